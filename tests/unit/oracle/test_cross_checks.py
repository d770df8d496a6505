"""The oracle's own figures hold the cross checks of the nine tables (核对关系 CK-02 … CK-08)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.book import Book, read_reference
from tests.oracle.province import Org, Tables, recompute
from tests.oracle.units import before
from tests.portfolios import make_portfolio

REFERENCE = read_reference(Path(__file__).parents[3] / "transform" / "seeds")


@pytest.fixture(scope="module")
def book() -> Book:
    return make_portfolio(0, REFERENCE).book(REFERENCE)


@pytest.fixture(scope="module")
def tables(book: Book) -> Tables:
    return recompute(book)


def sheets(tables: Tables, table: int = 1) -> list[tuple[date, Org]]:
    return sorted((month, org) for number, month, org in tables.sheets if number == table)


def total(lines: dict[Any, dict[str, Any]], table: int, *rows: int) -> tuple[Decimal, int]:
    picked = [lines[f"T{table}-{row:02}"] for row in rows]
    return sum((row["amount_yuan"] for row in picked), Decimal(0)), sum(row["note_count"] for row in picked)


def test_stock_groups_sum_to_all_loans(tables: Tables) -> None:
    groups = [(8, 9, 11, 12), range(21, 25), range(25, 29), range(29, 34)]
    for month, org in sheets(tables):
        lines = tables.lines(1, month, org)
        assert {total(lines, 1, *rows) for rows in groups} == {total(lines, 1, 7)}


def test_flow_groups_sum_to_month_flow(tables: Tables) -> None:
    groups = [range(1, 5), (5, 6, 8, 9), range(18, 22), range(22, 26)]
    for month, org in sheets(tables):
        for table, line in ((3, 5), (4, 6)):
            lines = tables.lines(table, month, org)
            assert {total(lines, table, *rows) for rows in groups} == {total(tables.lines(1, month, org), 1, line)}


def test_cumulative_flow_grows_by_month_flow(tables: Tables) -> None:
    for month, org in sheets(tables):
        lines, last = tables.lines(1, month, org), tables.lines(1, before(month), org)
        if org[0] == "company" and last:
            for number in (1, 2):
                (amount, count), (more, times) = total(last, 1, number), total(lines, 1, number + 4)
                assert total(lines, 1, number) == (amount + more, count + times)


def test_rate_tables_sum_to_flow_and_stock(tables: Tables) -> None:
    for month, org in sheets(tables):
        lines = tables.lines(1, month, org)
        for table, line in ((6, 5), (7, 7)):
            assert tables.lines(table, month, org)[f"T{table}-10"]["total_yuan"] == total(lines, 1, line)[0]


def test_customer_tables_tie_to_loans_and_credit(tables: Tables) -> None:
    for month, org in sheets(tables, 8):
        risk = tables.lines(8, month, org).get(("total", "", ""))
        credit = tables.lines(9, month, org).get(("total", "", ""))
        if risk and credit and "credit_yuan" in risk:
            assert risk["on_balance_yuan"] == total(tables.lines(1, month, org), 1, 7)[0]
            assert risk["credit_yuan"] == credit["closing_yuan"]


def test_reconciliation_leaves_no_difference(tables: Tables) -> None:
    found = [cells for key, cells in tables.rows[9].items() if key[3] == "total" and key[1] != "manager"]
    assert {cells["difference_yuan"] for cells in found} == {Decimal(0)}
    for cells in tables.rows[9].values():
        if "opening_yuan" in cells:
            grown = cells["opening_yuan"] + cells["increase_yuan"] - cells["decrease_yuan"]
            assert grown == cells["closing_yuan"]


def test_managers_sum_to_their_company(tables: Tables) -> None:
    for month, org in sheets(tables):
        if org[0] == "company":
            managers = [other for day, other in sheets(tables) if day == month and other[1].startswith(org[1] + ":")]
            for row in range(5, 34):
                own = [total(tables.lines(1, month, manager), 1, row)[0] for manager in managers]
                assert sum(own, Decimal(0)) == total(tables.lines(1, month, org), 1, row)[0]
