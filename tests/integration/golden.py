"""The golden portfolio (eleven notes on the band edges) as company months, 2008-10 to 2010-02."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from common.month import label, month_range
from tests.integration.portfolio import CompanyMonth, calendar_month

FOLDER = Path(__file__).parent.parent / "fixtures" / "golden"
COMPANY = "JS0001"
FIRST, LAST = date(2008, 10, 1), date(2010, 2, 1)
TYPES = {"公司": "COMPANY", "小企业主": "SMALL_BUSINESS", "城镇居民": "URBAN", "农户": "FARMER"}
METHODS = {"信用": "CREDIT", "保证": "GUARANTEE", "抵押": "MORTGAGE", "质押": "PLEDGE"}
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
SIGNS = {"DISB": 1, "REPAY": -1, "WRITEOFF": -1}


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def golden_months() -> list[CompanyMonth]:
    notes = {row["note_id"]: row for row in read("golden_notes")}
    events = read("golden_events")
    classes = {(row["note_id"], row["period"]): CLASSES[row["class5"]] for row in read("golden_class")}
    balances: dict[str, Decimal] = defaultdict(Decimal)
    submissions = []
    for month in month_range(FIRST, LAST):
        submission = calendar_month(COMPANY, month)
        opening = dict(balances)
        booked = [event for event in events if event["booking_date"].startswith(label(month))]
        for event in booked:
            balances[event["note_id"]] += SIGNS[event["event"]] * Decimal(event["principal"])
        living = {note for note, balance in opening.items() if balance} | {event["note_id"] for event in booked}
        for number, event in enumerate(booked):
            submission.add(
                "loan_events",
                event_no=f"E{month:%Y%m}{number}",
                note_no=event["note_id"],
                booking_date=date.fromisoformat(event["booking_date"]),
                event_type=EVENTS[event["event"]],
                repay_kind="PARTIAL_EARLY" if event["event"] == "REPAY" else None,
                principal_yuan=Decimal(event["principal"]),
                channel="TRANSFER",
            )
        for note_no in sorted(living):
            _add_note(submission, notes[note_no])
            submission.add(
                "note_states",
                note_no=note_no,
                opening_balance_yuan=opening.get(note_no, Decimal(0)),
                closing_balance_yuan=balances[note_no],
                class5=classes.get((note_no, label(month)), "NORMAL"),
                accrual_status="ACCRUING",
            )
        for customer in sorted({notes[note_no]["customer_id"] for note_no in living}):
            kind = next(note["customer_type"] for note in notes.values() if note["customer_id"] == customer)
            submission.add("customers", customer_no=customer, customer_name=customer, customer_type=TYPES[kind])
        submission.add("staff", staff_no="M1", staff_name="张三", is_customer_manager=True)
        _add_ledger(submission, sum(opening.values(), Decimal(0)), sum(balances.values(), Decimal(0)))
        submissions.append(submission)
    return submissions


def _add_note(submission: CompanyMonth, note: dict[str, str]) -> None:
    submission.add(
        "notes",
        note_no=note["note_id"],
        customer_no=note["customer_id"],
        product_code="CREDIT_LOAN",
        manager_no="M1",
        original_amount_yuan=Decimal(note["amount"]),
        start_date=date.fromisoformat(note["start_date"]),
        original_maturity_date=date.fromisoformat(note["maturity_date"]),
        current_maturity_date=date.fromisoformat(note["maturity_date"]),
        annual_rate_pct=Decimal(note["annual_rate_pct"]),
        primary_security=METHODS[note["method"]],
        joint_group_no="G1" if note["joint_liability"] == "1" else None,
        direction_line=DIRECTIONS[note["direction"]],
    )


def _add_ledger(submission: CompanyMonth, opening: Decimal, closing: Decimal) -> None:
    capital = Decimal(100_000_000)
    for code, before, after in (
        ("1303", opening, closing),
        ("1002", capital - opening, capital - closing),
        ("4001", -capital, -capital),
    ):
        submission.add(
            "trial_balance",
            account_code=code,
            account_name=code,
            standard_account_code=code,
            opening_debit_yuan=max(before, Decimal(0)),
            opening_credit_yuan=max(-before, Decimal(0)),
            period_debit_yuan=max(after - before, Decimal(0)),
            period_credit_yuan=max(before - after, Decimal(0)),
            closing_debit_yuan=max(after, Decimal(0)),
            closing_credit_yuan=max(-after, Decimal(0)),
        )
