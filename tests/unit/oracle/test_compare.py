"""The comparison itself: it sees a fen, a missing row and a wrong order, and nothing else."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle.book import read_reference
from tests.oracle.compare import differences
from tests.oracle.province import Tables, recompute
from tests.portfolios import make_portfolio

REFERENCE = read_reference(Path(__file__).parents[3] / "transform" / "seeds")
MONTH = date(2010, 12, 1)
ORG = ("company", "JS0002")
TOTAL = ("total", "", "")


@pytest.fixture(scope="module")
def expected() -> Tables:
    return recompute(make_portfolio(1, REFERENCE, companies=2, months=3, first=date(2010, 11, 1)).book(REFERENCE))


def test_equal_tables_have_no_difference(expected: Tables) -> None:
    assert differences(expected, copy.deepcopy(expected)) == []


@pytest.mark.parametrize(
    ("table", "line", "column"),
    [
        (1, "T1-07", "amount_yuan"),
        (2, "T2-03", "change_month_this_year"),
        (5, "T5-02", "granted_total_count"),
        (7, "T7-10", "total_yuan"),
        (8, TOTAL, "normal_previous_yuan"),
        (9, TOTAL, "ledger_yuan"),
    ],
    ids=str,
)
def test_one_fen_off_is_named_by_cell(expected: Tables, table: int, line: object, column: str) -> None:
    got = copy.deepcopy(expected)
    got.lines(table, MONTH, ORG)[line][column] += Decimal("0.01")
    found = differences(expected, got)
    assert len(found) == 1
    assert "2010-12 company JS0002" in found[0]
    assert column in found[0]


def test_empty_cell_is_not_a_zero(expected: Tables) -> None:
    got = copy.deepcopy(expected)
    got.lines(1, MONTH, ORG)["T1-05"]["amount_change_year_yuan"] = Decimal(0)
    assert len(differences(expected, got)) == 1


def test_row_of_zeros_may_be_missing(expected: Tables) -> None:
    got = copy.deepcopy(expected)
    zeros = [key for key, cells in got.rows[3].items() if not any(cells.values())]
    del got.rows[3][zeros[0]]
    assert differences(expected, got) == []
    filled = next(key for key, cells in got.rows[3].items() if all(cells.values()))
    del got.rows[3][filled]
    assert len(differences(expected, got)) == 4


def test_swapped_customers_are_reported(expected: Tables) -> None:
    got = copy.deepcopy(expected)
    sheet = got.lines(8, MONTH, ORG)
    first, second, *_ = [key for key in sheet if key[0] == "customer"]
    sheet[first]["row_order"], sheet[second]["row_order"] = sheet[second]["row_order"], sheet[first]["row_order"]
    found = differences(expected, got)
    assert len(found) == 1
    assert "order" in found[0]
