"""表八 (贷款余额按客户明细) and 表九 (信用总额核对) of one company or manager, customer by customer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.amounts import CLASSES, CUSTOMER_TYPES
from tests.oracle.book import Row
from tests.oracle.notes import ZERO
from tests.oracle.rates import share
from tests.oracle.units import Unit, before

NAMES = dict(zip(("normal", "special_mention", "substandard", "doubtful", "loss"), CLASSES, strict=True))
PERFORMING = ("normal", "special_mention")
NON_PERFORMING = ("substandard", "doubtful", "loss")
ALL_CLASSES = (*PERFORMING, "performing", *NON_PERFORMING, "non_performing")
RECONCILED = tuple(f"{name}_yuan" for name in ("opening", "increase", "decrease", "closing", *NAMES))
ORDER_8 = "on_balance_yuan"
ORDER_9 = "closing_yuan"

Key = tuple[str, str, str]  # row_kind, customer_type, member_code
Member = dict[str, Any]


def customer_rows(unit: Unit, month: date, table: int) -> dict[Key, Member]:
    """Return one row per customer with anything to say in ``month``, without ratios and totals."""
    make = _risk_row if table == 8 else _reconciliation_row
    types = _customer_types(unit, (before(month), month))
    rows = {("customer", kind, customer): make(unit, month, customer) for customer, kind in types.items()}
    return {key: row for key, row in rows.items() if any(row.values())}


def add_up(members: dict[Key, Member], kind: str, code: str) -> dict[Key, Member]:
    """Sum ``members`` to one row per customer type, named ``(kind, type, code)``."""
    found: dict[Key, Member] = {}
    for customer_type in CUSTOMER_TYPES:
        rows = [row for (_, member_type, _), row in members.items() if member_type == customer_type]
        if rows:
            found[kind, customer_type, code] = _sum(rows)
    return found


def whole_sheet(members: dict[Key, Member], table: int) -> dict[Key, Member]:
    """Return members, type subtotals and 合计; 表八 with its ratios over the whole sheet."""
    rows = members | add_up(members, "type", "")
    if members:
        rows["total", "", ""] = _sum(members.values())
    if table == 8 and members:
        total = rows["total", "", ""]
        for row in rows.values():
            row["customer_ratio"] = share(row["customer_count"], total["customer_count"])
            for name in ALL_CLASSES:
                row[f"{name}_ratio"] = share(row[f"{name}_yuan"], total["on_balance_yuan"])
    for position, key in enumerate(_printed_order(rows, table), start=1):
        rows[key]["row_order"] = position
    return rows


def _printed_order(rows: dict[Key, Member], table: int) -> list[Key]:
    """Return the keys as printed: types in turn, members by balance descending, subtotal after each, 合计 last."""
    column = ORDER_8 if table == 8 else ORDER_9
    ranks = {code: rank for rank, code in enumerate((*CUSTOMER_TYPES, ""))}

    def position(key: Key) -> tuple[int, bool, Decimal, str]:
        kind, customer_type, member = key
        return ranks[customer_type], kind in ("type", "total"), -Decimal(rows[key][column] or 0), member

    return sorted(rows, key=position)


def off_items(unit: Unit, month: date) -> list[Row]:
    """Return the guarantees (担保业务) of the unit in ``month``."""
    handed = unit.history.book.of(unit.company, month)
    rows = handed.rows("off_balance_items") if handed else []
    return [row for row in rows if unit.manager in (None, row["manager_no"])]


def ledger(unit: Unit, month: date) -> Decimal:
    """总账: accounts 1303 and 1301 and the guarantees outstanding (no memo account is handed in)."""
    handed = unit.history.book.of(unit.company, month)
    rows = handed.rows("trial_balance") if handed else []
    loans = [row for row in rows if row["standard_account_code"] in ("1301", "1303")]
    return sum((row["closing_debit_yuan"] - row["closing_credit_yuan"] for row in loans), ZERO) + sum(
        (row["closing_balance_yuan"] for row in off_items(unit, month)), ZERO
    )


def _customer_types(unit: Unit, months: Iterable[date]) -> dict[str, str]:
    """Return the type of every customer of ``months``; the later month decides."""
    types: dict[str, str] = {}
    for month in months:
        handed = unit.history.book.of(unit.company, month)
        for row in handed.rows("customers") if handed else []:
            types[row["customer_no"]] = row["customer_type"]
    return types


def _risk_row(unit: Unit, month: date, customer: str) -> Member:
    now = [note for note in unit.notes(month) if note.customer_no == customer]
    last = [note for note in unit.notes(before(month)) if note.customer_no == customer]
    off = [row for row in off_items(unit, month) if row["customer_no"] == customer]
    row: Member = {}
    for name, code in NAMES.items():
        row[f"{name}_yuan"] = sum((note.closing for note in now if note.class5 == code), ZERO)
        row[f"{name}_previous_yuan"] = sum((note.closing for note in last if note.class5 == code), ZERO)
    for name, parts in (("performing", PERFORMING), ("non_performing", NON_PERFORMING)):
        for suffix in ("yuan", "previous_yuan"):
            row[f"{name}_{suffix}"] = sum((row[f"{part}_{suffix}"] for part in parts), ZERO)
    row["on_balance_yuan"] = sum((note.closing for note in now), ZERO)
    row["on_balance_loss_yuan"] = row["loss_yuan"]
    row["off_balance_yuan"] = sum((item["closing_balance_yuan"] for item in off), ZERO)
    row["off_balance_loss_yuan"] = sum((item["closing_balance_yuan"] for item in off if item["class5"] == "LOSS"), ZERO)
    row["credit_yuan"] = row["on_balance_yuan"] + row["off_balance_yuan"]
    row["credit_loss_yuan"] = row["on_balance_loss_yuan"] + row["off_balance_loss_yuan"]
    row["customer_count"] = 1 if row["credit_yuan"] > 0 else 0
    return row


def _reconciliation_row(unit: Unit, month: date, customer: str) -> Member:
    notes = [note for note in unit.notes(month) if note.customer_no == customer]
    off = [row for row in off_items(unit, month) if row["customer_no"] == customer]
    row: Member = {
        "opening_yuan": sum((note.opening for note in notes), ZERO) + _total(off, "opening_balance_yuan"),
        "increase_yuan": sum((note.granted for note in notes), ZERO) + _total(off, "increase_yuan"),
        "decrease_yuan": sum((note.reduced for note in notes), ZERO) + _total(off, "decrease_yuan"),
        "closing_yuan": sum((note.closing for note in notes), ZERO) + _total(off, "closing_balance_yuan"),
    }
    for name, code in NAMES.items():
        items = [item for item in off if item["class5"] == code]
        on_balance = sum((note.closing for note in notes if note.class5 == code), ZERO)
        row[f"{name}_yuan"] = on_balance + _total(items, "closing_balance_yuan")
    return row


def _total(items: list[Row], column: str) -> Decimal:
    return sum((item[column] for item in items), ZERO)


def _sum(rows: Iterable[Member]) -> Member:
    found: Member = {}
    for row in rows:
        for name, value in row.items():
            if name != "row_order" and not name.endswith("_ratio"):
                found[name] = found.get(name, 0) + value
    return found
