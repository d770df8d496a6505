"""The golden portfolio (eleven notes on the band edges) as company months, 2008-10 to 2010-02.

``golden_months`` gives what the fact sheet says; ``golden_submission`` completes a month to what a company hands in.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from common.month import label, month_range
from tests import factories
from tests.identities import credit_code, identity_number
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
CLASS12 = {"NORMAL": 1, "SPECIAL_MENTION": 5, "SUBSTANDARD": 8, "DOUBTFUL": 10, "LOSS": 12}
PRODUCTS = {
    "CREDIT": "CREDIT_LOAN",
    "GUARANTEE": "GUARANTEED_LOAN",
    "MORTGAGE": "MORTGAGE_LOAN",
    "PLEDGE": "PLEDGE_LOAN",
}
PURPOSES = {
    "FARM_HOUSEHOLD": "AGRICULTURE",
    "COOPERATIVE": "AGRICULTURE",
    "LEADING_ENTERPRISE": "AGRI_SUPPORT",
    "OTHER_AGRI": "AGRI_SUPPORT",
    "INDUSTRY": "INDUSTRIAL",
    "INDIVIDUAL_BUSINESS": "COMMERCE",
    "OTHER_BUSINESS": "COMMERCE",
    "OTHER": "CONSUMPTION",
}
CHANGED_A_LOT = Decimal("0.3")  # the balance moves by more: the company explains it


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
        written_off = sum((Decimal(event["principal"]) for event in booked if event["event"] == "WRITEOFF"), Decimal(0))
        _add_ledger(submission, sum(opening.values(), Decimal(0)), sum(balances.values(), Decimal(0)), written_off)
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


def _add_ledger(submission: CompanyMonth, opening: Decimal, closing: Decimal, written_off: Decimal) -> None:
    """Capital lies in the bank or is lent; what is written off in the last month is a loss of that month."""
    capital = Decimal(100_000_000)
    for code, before, after in (
        ("1303", opening, closing),
        ("1002", capital - opening, capital - closing - written_off),
        ("4001", -capital, -capital),
        ("6701", Decimal(0), written_off),
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


def golden_submission(month: CompanyMonth) -> factories.CompanyMonth:
    """Complete a golden month to rows that a company hands in: identities, contracts, control totals, explanations."""
    whole = factories.company_month(COMPANY, month.month)
    states = month.rows.get("note_states", [])
    notes = month.rows.get("notes", [])
    directions = {note["customer_no"]: note["direction_line"] for note in notes}
    maturities = {note["note_no"]: note["current_maturity_date"] for note in notes}
    opening = sum((state["opening_balance_yuan"] for state in states), Decimal(0))
    closing = sum((state["closing_balance_yuan"] for state in states), Decimal(0))
    header = {
        **whole["company_month"][0],
        "loan_balance_yuan": closing,
        "note_count": sum(1 for state in states if state["closing_balance_yuan"]),
    }
    return {
        "company_month": [header],
        "staff": whole["staff"],
        "customers": [_customer(row, directions[row["customer_no"]]) for row in month.rows["customers"]],
        "contracts": [_contract(whole["contracts"][0], note) for note in notes],
        "notes": [_note(whole["notes"][0], note) for note in notes],
        "note_states": [_state(row, month.closing_date, maturities[row["note_no"]]) for row in states],
        "loan_events": _events(month.rows.get("loan_events", [])),
        "trial_balance": [dict(row) for row in month.rows["trial_balance"]],
        "explanations": _explanations(opening, closing),
    }


def _explanations(opening: Decimal, closing: Decimal) -> list[factories.Row]:
    if not opening or abs(closing - opening) <= opening * CHANGED_A_LOT:
        return []
    return [{"rule_id": "CK-15", "explanation": "开业初期，贷款逐笔发放"}]


def _customer(given: Any, direction: str) -> factories.Row:
    number = int(given["customer_no"].removeprefix("K"))
    is_company = given["customer_type"] == "COMPANY"
    row = {
        **given,
        "id_type": "CREDIT_CODE" if is_company else "RESIDENT_ID",
        "id_number": credit_code(f"91320100MA1AAAA{number:02}")
        if is_company
        else identity_number(f"32010219800101{number:03}"),
        "county_code": "320102",
        "is_farm_household": _yes(direction == "FARM_HOUSEHOLD"),
        "is_cooperative": _yes(direction == "COOPERATIVE"),
        "is_leading_enterprise": _yes(direction == "LEADING_ENTERPRISE"),
        "is_individual_business": _yes(direction == "INDIVIDUAL_BUSINESS"),
        "is_related_party": "否",
        "industry_code": "C13" if direction == "INDUSTRY" else "F51",
    }
    return {**row, "leading_enterprise_valid_to": LAST.replace(year=2012)} if direction == "LEADING_ENTERPRISE" else row


def _yes(condition: bool) -> str:
    return "是" if condition else "否"


def _contract(template: factories.Row, note: Any) -> factories.Row:
    return {
        **template,
        "contract_no": f"C-{note['note_no']}",
        "customer_no": note["customer_no"],
        "product_code": PRODUCTS[note["primary_security"]],
        "contract_amount_yuan": note["original_amount_yuan"],
        "signed_date": note["start_date"],
        "start_date": note["start_date"],
        "end_date": note["original_maturity_date"],
    }


def _note(template: factories.Row, note: Any) -> factories.Row:
    return {
        **template,
        **note,
        "contract_no": f"C-{note['note_no']}",
        "product_code": PRODUCTS[note["primary_security"]],
        "purpose_code": PURPOSES[note["direction_line"]],
        "joint_group_no": note["joint_group_no"] or "",
    }


def _state(given: Any, closing_date: date, maturity: date) -> factories.Row:
    """A note past its maturity is overdue with all its balance."""
    balance = given["closing_balance_yuan"]
    days = (closing_date - maturity).days if balance and maturity < closing_date else 0
    row = factories.state(given["note_no"], given["opening_balance_yuan"], balance)
    return {
        **row,
        **given,
        "class12": CLASS12[given["class5"]],
        "overdue_principal_yuan": balance if days else 0,
        "overdue_days_principal": days,
    }


def _events(given: list[Any]) -> list[factories.Row]:
    """A negative posting reverses the posting of the same note before it."""
    rows: list[factories.Row] = []
    posted: dict[str, str] = {}
    for event in given:
        is_reversal = event["principal_yuan"] < 0
        rows.append({**event, "reverses_event_no": posted[event["note_no"]] if is_reversal else ""})
        posted[event["note_no"]] = event["event_no"]
    return rows
