"""The golden portfolio (手工核对样例) of eleven notes as a book of one company with three months."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.oracle.book import Book, Handed, Reference, Row

COMPANY = "JS0001"
CLOSINGS = {
    date(2009, 12, 1): (date(2008, 1, 1), date(2009, 12, 31)),
    date(2010, 1, 1): (date(2009, 12, 31), date(2010, 1, 31)),
    date(2010, 2, 1): (date(2010, 1, 31), date(2010, 2, 28)),
}
TYPES = {"公司": "COMPANY", "小企业主": "SMALL_BUSINESS", "城镇居民": "URBAN", "农户": "FARMER"}
SECURITY = {"信用": "CREDIT", "保证": "GUARANTEE", "抵押": "MORTGAGE", "质押": "PLEDGE"}
DIRECTIONS = {
    "农户": "FARM_HOUSEHOLD",
    "农业专业合作组织": "COOPERATIVE",
    "龙头企业": "LEADING_ENTERPRISE",
    "其他农业经济组织": "OTHER_AGRI",
    "工业企业": "INDUSTRY",
    "个体工商户": "INDIVIDUAL_BUSINESS",
    "工商业-其他": "OTHER_BUSINESS",
    "其他": "OTHER",
}
CLASSES = {"正常": "NORMAL", "关注": "SPECIAL_MENTION", "次级": "SUBSTANDARD", "可疑": "DOUBTFUL", "损失": "LOSS"}
EVENTS = {"DISB": "DISBURSEMENT", "REPAY": "COLLECTION", "WRITEOFF": "WRITE_OFF"}


@dataclass(frozen=True)
class _Golden:
    notes: list[dict[str, str]]
    events: list[Row]
    classes: dict[tuple[str, str], str]


def golden_book(folder: Path, reference: Reference) -> Book:
    """Read the golden CSV files of ``folder`` as a book."""
    golden = _Golden(
        _csv(folder / "golden_notes.csv"),
        [_event(number, row) for number, row in enumerate(_csv(folder / "golden_events.csv"))],
        {(row["note_id"], row["period"]): CLASSES[row["class5"]] for row in _csv(folder / "golden_class.csv")},
    )
    opened = date(2008, 1, 2)
    place = {"company_code": COMPANY, "county_code": "320582", "opened_date": opened}
    register = [place | {"valid_from": opened, "valid_to": None}]
    handed = {(COMPANY, month): _handed(golden, month, *window) for month, window in CLOSINGS.items()}
    return Book(register, reference, handed)


def _handed(golden: _Golden, month: date, previous_closing: date, closing: date) -> Handed:
    events = [row for row in golden.events if previous_closing < row["booking_date"] <= closing]
    moved = {row["note_no"] for row in events}
    notes, states = [], []
    for row in golden.notes:
        number = row["note_id"]
        opening, balance = (_balance(golden, number, day) for day in (previous_closing, closing))
        if opening > 0 or number in moved:
            notes.append(_note(row))
            class5 = golden.classes.get((number, f"{month:%Y-%m}"), "NORMAL")
            states.append(
                {"note_no": number, "opening_balance_yuan": opening, "closing_balance_yuan": balance, "class5": class5}
            )
    customers = {row["customer_id"]: TYPES[row["customer_type"]] for row in golden.notes}
    header = {"previous_closing_date": previous_closing, "closing_date": closing}
    records: dict[str, list[Row]] = {
        "company_month": [header],
        "customers": [{"customer_no": number, "customer_type": kind} for number, kind in customers.items()],
        "notes": notes,
        "loan_events": events,
        "note_states": states,
    }
    return Handed(COMPANY, month, records)


def _note(row: dict[str, str]) -> Row:
    return {
        "note_no": row["note_id"],
        "customer_no": row["customer_id"],
        "manager_no": "M1",
        "primary_security": SECURITY[row["method"]],
        "joint_group_no": "G1" if row["joint_liability"] == "1" else None,
        "direction_line": DIRECTIONS[row["direction"]],
        "original_amount_yuan": Decimal(row["amount"]),
        "start_date": date.fromisoformat(row["start_date"]),
        "original_maturity_date": date.fromisoformat(row["maturity_date"]),
        "annual_rate_pct": Decimal(row["annual_rate_pct"]),
        "reference_rate_type": "PBOC_BENCHMARK",
        "reference_rate_pct": None,
    }


def _event(number: int, row: dict[str, str]) -> Row:
    return {
        "event_no": f"E{number}",
        "note_no": row["note_id"],
        "booking_date": date.fromisoformat(row["booking_date"]),
        "event_type": EVENTS[row["event"]],
        "principal_yuan": Decimal(row["principal"]),
    }


def _balance(golden: _Golden, note: str, day: date) -> Decimal:
    signed = [
        row["principal_yuan"] if row["event_type"] == "DISBURSEMENT" else -row["principal_yuan"]
        for row in golden.events
        if row["note_no"] == note and row["booking_date"] <= day
    ]
    return sum(signed, Decimal(0))


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
