"""Compare the ``rpt_`` tables with the oracle, cell by cell, and say readably where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.oracle.province import NAMES, Table, Tables

FEN = Decimal("0.005")  # amounts: equal to the fen
RATIO = Decimal("0.0000000001")
RATE = Decimal("0.000005")  # percent a year, five decimals
RATE_LINES = ("T2-06", "T2-07", "T2-08")
RETURN_LINES = ("T2-12", "T2-13")
CUSTOMER_KEYS = ("row_kind", "customer_type", "member_code")


def read_reports(connection: psycopg.Connection, months: Iterable[date]) -> Tables:
    """Read the nine tables as the warehouse has them."""
    tables = Tables()
    with connection.cursor(row_factory=dict_row) as cursor:
        for table, name in NAMES.items():
            cursor.execute(f"select * from marts.{name} where reporting_month = any(%s)", [list(months)])
            for row in cursor:
                month, org, line = row["reporting_month"], (row["org_level"], row["org_code"]), _line(row, table)
                if line in tables.lines(table, month, org):
                    raise ValueError(f"{name} has two rows for {month} {org} {line}")
                tables.put(table, month, org, {line: row})
    return tables


def differences(expected: Tables, got: Tables) -> list[str]:
    """Return one line of text per differing cell: table, month, org, line, column, expected, got."""
    found: list[str] = []
    for table in NAMES:
        found += _cells(table, expected.rows[table], got.rows[table])
    for table in (8, 9):
        found += _orders(table, expected, got)
    return found


def explain(found: list[str], limit: int = 40) -> str:
    """Return the first differences and how many there are."""
    return f"{len(found)} differing cells\n" + "\n".join(found[:limit])


def _line(row: dict[str, Any], table: int) -> str | tuple[str, ...]:
    if table < 8:
        return str(row["line_code"])
    kind, customer_type, member = (row[name] or "" for name in CUSTOMER_KEYS)
    return kind, customer_type, member if kind in ("customer", "company") else ""


def _cells(table: int, expected: Table, got: Table) -> Iterator[str]:
    """A row that only one side has counts as a row of zeros and empty cells."""
    columns = sorted({name for cells in expected.values() for name in cells} - {"row_order"})
    for key in sorted({*expected, *got}, key=str):
        ours, theirs = expected.get(key, {}), got.get(key, {})
        for column in columns:
            left, right = ours.get(column), theirs.get(column)
            is_whole = bool(ours) and bool(theirs)
            if not _equal(left, right, _tolerance(table, key, column), is_whole):
                month, level, org, *line = key
                where = f"{month:%Y-%m} {level} {org} {'/'.join(line)} {column}"
                yield f"{NAMES[table]}: {where}: expected {left}, got {right}"


def _equal(left: Any, right: Any, tolerance: Decimal, is_whole: bool) -> bool:
    if left is None or right is None:
        return left is right or (not is_whole and not left and not right)
    if isinstance(left, str | date):
        return bool(left == right)
    return abs(Decimal(left) - Decimal(right)) < tolerance


def _tolerance(table: int, key: tuple[Any, ...], column: str) -> Decimal:
    if column.endswith("_ratio") or (table == 2 and key[3] in RETURN_LINES):
        return RATIO
    return RATE if table == 2 and key[3] in RATE_LINES else FEN


def _orders(table: int, expected: Tables, got: Tables) -> Iterator[str]:
    """Compare the printed order of the member rows that both sides have."""
    sheets = {key[:3] for key in expected.rows[table]} & {key[:3] for key in got.rows[table]}
    for month, level, org in sorted(sheets, key=str):
        ours, theirs = expected.lines(table, month, (level, org)), got.lines(table, month, (level, org))
        common = ours.keys() & theirs.keys()
        left = sorted(common, key=lambda key: ours[key].get("row_order", 0))
        right = sorted(common, key=lambda key: theirs[key].get("row_order", 0))
        if left != right:
            yield f"{NAMES[table]}: {month:%Y-%m} {level} {org} order: expected {left}, got {right}"
