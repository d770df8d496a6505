"""Header rows are recognised in both languages; what cannot be taken is named."""

import pytest

from ingestion.contract import load_contract
from ingestion.parsing.headers import canonical, column_names, match_header, record_names

STAFF = load_contract().record("staff")
TITLES = ["员工编号", "姓名", "岗位", "是否客户经理"]


def rule_ids(titles: list[str]) -> list[str]:
    return [problem.rule_id for problem in match_header(STAFF, "员工", titles).problems]


@pytest.mark.parametrize(
    "titles",
    [
        TITLES,
        ["staff_no", "staff_name", "post", "is_customer_manager"],
        ["岗位", "姓名", "是否客户经理", "员工编号"],
        [f"{title}*" for title in TITLES],
        [f" {title}\n(必填)" for title in TITLES],
        ["ＳＴＡＦＦ＿ＮＯ", "Staff_Name", "POST", "是否 客户经理"],
    ],
    ids=["chinese", "english", "any order", "stars", "brackets", "width and case"],
)
def test_titles_in_any_dress_are_recognised(titles: list[str]) -> None:
    header = match_header(STAFF, "员工", titles)
    assert header.problems == []
    assert {name for name in header.columns if name} == {"staff_no", "staff_name", "post", "is_customer_manager"}


def test_columns_keep_the_order_of_the_file() -> None:
    header = match_header(STAFF, "员工", ["岗位", "", "姓名", "是否客户经理", "员工编号"])
    assert header.columns == ("post", None, "staff_name", "is_customer_manager", "staff_no")
    assert header.blank == (1,)


def test_missing_double_and_unknown_titles_are_named() -> None:
    assert rule_ids(TITLES[:3]) == ["S-06"]
    assert rule_ids([*TITLES, "姓名"]) == ["S-07"]
    assert rule_ids([*TITLES, "staff_name"]) == ["S-07"]
    assert rule_ids([*TITLES, "身高"]) == ["S-08"]


@pytest.mark.parametrize("unit", ["（万元）", "(千元)", "（亿元）"])
def test_amounts_in_another_unit_are_refused(unit: str) -> None:
    record = load_contract().record("cost_entries")
    problems = match_header(record, "费用明细", ["费用池", f"本期金额{unit}"]).problems
    assert [(problem.rule_id, problem.column) for problem in problems] == [("S-25", "amount_yuan")]


def test_amounts_with_unit_yuan_are_taken() -> None:
    record = load_contract().record("cost_entries")
    assert match_header(record, "费用明细", ["费用池", "本期金额（元）"]).problems == []


def test_titles_are_unique_within_each_record() -> None:
    for record in load_contract().records:
        titles = {canonical(column.title) for column in record.columns}
        names = {canonical(column.name) for column in record.columns}
        assert len(titles | names) == 2 * len(record.columns)
        assert len(column_names(record.name)) == 2 * len(record.columns)
    assert len(record_names()) == 2 * len(load_contract().records)
