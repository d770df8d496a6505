"""Made-up identities carry true check characters, computed here a second way."""

import numpy as np

from ingestion.synthetic.identity import credit_codes, resident_ids

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def check_of_resident_id(number: str) -> str:
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11]


def check_of_organisation(code: str) -> str:
    total = sum(int(mark, 36) * weight for mark, weight in zip(code, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X0"[11 - total % 11]


def check_of_credit_code(code: str) -> str:
    total = sum(ALPHABET.index(mark) * 3**place for place, mark in enumerate(code[:17]))
    return ALPHABET[(31 - total % 31) % 31]


def test_known_resident_id_passes_this_check() -> None:
    assert check_of_resident_id("11010519491231002") == "X"


def test_resident_ids_are_valid_and_unique() -> None:
    numbers = resident_ids(np.arange(10_000_000, 10_040_000), np.full(40_000, 320583))
    assert len(set(numbers)) == 40_000
    assert all(len(number) == 18 and number[-1] == check_of_resident_id(number) for number in numbers)
    assert {number[6:8] for number in numbers} == {"19"}


def test_credit_codes_are_valid_and_unique() -> None:
    flags = np.arange(20_000) % 2 == 0
    codes = credit_codes(np.arange(20_000_000, 20_020_000), np.full(20_000, 321322), flags)
    assert len(set(codes)) == 20_000
    assert {code[:2] for code in codes} == {"91", "93"}
    assert all(code[16] == check_of_organisation(code[8:16]) for code in codes)
    assert all(code[17] == check_of_credit_code(code) for code in codes)
