"""Identities: resident IDs (ISO 7064 MOD 11-2), credit codes (GB 32100 over GB 11714), names, telephones, addresses.

All are functions of a running number, so the same number is the same person or firm everywhere.
"""

from __future__ import annotations

import numpy as np

from ingestion.synthetic.calendar import Ints, Texts

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
GIVEN_FIRST = "建国志明秀英伟芳丽强军洋勇艳杰娟涛超霞平刚桂玉红海文永春金凤荣福德宝根林茂盛广庆龙俊宏成长兴"
GIVEN_SECOND = "华兰民生芬珍梅琴云莲凯峰鹏飞健东辉亮斌波宁康祥瑞泉松柏源清洁雨雪晨阳敏静慧颖琳嘉欣怡然博"
BRANDS_FIRST = "恒金华润永兴盛泰鑫丰瑞宏裕隆益康福顺昌汇"
BRANDS_SECOND = "源达发旺和诚通利茂业升祥宇邦信德安农禾田"
TOWNS = ("城关镇", "新河镇", "双沟镇", "黄桥镇", "安丰镇", "石港镇", "横林镇", "杨集镇", "大中镇", "陆家镇")
VILLAGES = ("前进村", "红旗村", "新民村", "东风村", "胜利村", "光明村", "朝阳路", "人民路", "建设路", "解放路")

BIRTH_FIRST = -5_479  # 1955-01-01
BIRTH_SPAN = 16_000
STRIDE = 7_919
SCATTER = 2_654_435_761
ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
CREDIT_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
CREDIT_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])


def scatter(numbers: Ints, salt: int = 0) -> Ints:
    """Return well-spread 31-bit values that depend only on the numbers."""
    mixed = (numbers + 1 + salt * 1_000_003) * SCATTER % (1 << 32)
    mixed = (mixed ^ (mixed >> 15)) * 2_246_822_519 % (1 << 32)
    return (mixed ^ (mixed >> 13)) & 0x7FFFFFFF


def resident_ids(numbers: Ints, counties: Ints) -> Texts:
    """Return 18-character resident IDs, unique per number, with a valid check character."""
    birth = (numbers * STRIDE % BIRTH_SPAN + BIRTH_FIRST).astype("datetime64[D]")
    months = birth.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    day = (birth - months.astype("datetime64[D]")).astype(np.int64) + 1
    sequence = numbers // BIRTH_SPAN % 999 + 1
    digits = _digits([(counties, 6), (year, 4), (month, 2), (day, 2), (sequence, 3)])
    checks = ID_CHECKS[digits @ ID_WEIGHTS % 11]
    return _join(digits.astype(np.uint8) + ord("0"), checks)


def credit_codes(numbers: Ints, counties: Ints, is_cooperative: np.ndarray) -> Texts:
    """Return 18-character unified social credit codes, unique per number, with both check characters valid."""
    size = len(numbers)
    values = np.zeros((size, 17), dtype=np.int64)
    values[:, 0] = 9
    values[:, 1] = np.where(is_cooperative, 3, 1)
    values[:, 2:8] = _digits([(counties, 6)])
    values[:, 8:10] = (20, 10)  # MA, as in all codes since 2015
    rest = numbers
    for place in range(15, 9, -1):
        values[:, place] = rest % 31
        rest = rest // 31
    characters = CREDIT_ALPHABET[values]
    inner = characters[:, 8:16].astype(np.int64)
    worth = np.where(inner >= ord("A"), inner - ord("A") + 10, inner - ord("0"))
    check = 11 - worth @ ORG_WEIGHTS % 11
    inner_check = np.where(check == 10, ord("X"), np.where(check == 11, ord("0"), ord("0") + check))
    characters[:, 16] = inner_check
    values[:, 16] = np.searchsorted(CREDIT_ALPHABET, inner_check)
    checks = CREDIT_ALPHABET[(31 - values @ CREDIT_WEIGHTS % 31) % 31]
    return _join(characters, checks)


def _digits(parts: list[tuple[Ints, int]]) -> Ints:
    columns = [number // 10**place % 10 for number, width in parts for place in range(width - 1, -1, -1)]
    return np.column_stack(columns).astype(np.int64)


def _join(characters: np.ndarray, checks: np.ndarray) -> Texts:
    whole = np.ascontiguousarray(np.column_stack([characters, checks]).astype(np.uint8))
    return whole.view(f"S{whole.shape[1]}").ravel().astype(f"U{whole.shape[1]}").astype(object)


def _choose(source: str | tuple[str, ...], numbers: Ints) -> Texts:
    return np.array(tuple(source), dtype=object)[numbers % len(source)]


def person_names(numbers: Ints) -> Texts:
    """Return Chinese names of persons."""
    mixed = scatter(numbers)
    second = np.where(mixed % 7 == 0, "", _choose(GIVEN_SECOND, mixed // 2_500))
    return _choose(SURNAMES, mixed) + _choose(GIVEN_FIRST, mixed // 50) + second


def firm_names(numbers: Ints, places: Texts, trades: Texts) -> Texts:
    """Return names of firms and cooperatives: place, brand, trade with legal form."""
    mixed = scatter(numbers, 3)
    return places + _choose(BRANDS_FIRST, mixed) + _choose(BRANDS_SECOND, mixed // 20) + trades


def telephones(numbers: Ints) -> Texts:
    """Return mobile numbers."""
    mixed = scatter(numbers, 5) % 100_000_000
    return np.array([f"13{number % 10}{number:08d}" for number in mixed.tolist()], dtype=object)


def addresses(numbers: Ints, places: Texts) -> Texts:
    """Return addresses in a town of the county."""
    mixed = scatter(numbers, 7)
    house = np.array([f"{number}号" for number in range(1, 200)], dtype=object)[mixed // 100 % 199]
    return places + _choose(TOWNS, mixed) + _choose(VILLAGES, mixed // 10) + house
