"""The rows a company of a random portfolio hands in for one month, in the shape of the data contract."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.portfolio_ledger import ZERO
from tests.portfolio_notes import Note, Row

if TYPE_CHECKING:
    from tests.portfolio_companies import Company

OVERDUE_DAYS = {"NORMAL": 0, "SPECIAL_MENTION": 30, "SUBSTANDARD": 120, "DOUBTFUL": 200, "LOSS": 400}


def handed_in(company: Company, month: date, previous_closing: date) -> dict[str, list[Row]]:
    """Return the full list of living data of ``month``; closes the month's ledger."""
    moved = {event["note_no"] for event in company.events}
    had = company.opening
    living = [note for note in company.notes if had.get(note.row["note_no"]) or note.row["note_no"] in moved]
    states = [_state(note, company.opening.get(note.row["note_no"], ZERO)) for note in living]
    for state in states:
        company.ledger.post("1132", "6011", state["interest_income_yuan"])
    used = {note.row["customer_no"] for note in living} | {item["customer_no"] for item in company.guarantees}
    customers = [row for row in company.customers if row["customer_no"] in used or row is company.customers[-1]]
    records = {
        "company_month": [_header(company, month, previous_closing, living)],
        "customers": customers,
        "staff": _staff(company),
        "contracts": [_contract(note) for note in living],
        "notes": [dict(note.row) for note in living],
        "planned_instalments": [_instalment(note) for note in living if note.balance > 0],
        "loan_events": company.events,
        "note_states": states,
        "guarantees": [_guarantee(note) for note in living if note.row["primary_security"] == "GUARANTEE"],
        "collaterals": [_collateral(note) for note in living if note.row["primary_security"] in ("MORTGAGE", "PLEDGE")],
        "fundings": [_funding(company, source) for source in ("BANK", "ENTRUSTED", "DONATED")],
        "off_balance_items": [dict(item) for item in company.guarantees],
        "discounted_bills": [_bill(note) for note in living if note.row["product_code"] == "BILL_DISCOUNT"],
        "trial_balance": company.ledger.close(),
        "opening_cumulatives": company.cumulatives,
    }
    return {record: rows for record, rows in records.items() if rows}


def _header(company: Company, month: date, previous_closing: date, living: list[Note]) -> Row:
    return {
        "company_code": company.traits.company_code,
        "reporting_month": month,
        "previous_closing_date": previous_closing,
        "closing_date": company.closing,
        "amount_unit": "YUAN",
        "paid_in_capital_yuan": Decimal(50_000_000),
        "employee_count": len(company.managers) + 1,
        "branch_count": 0,
        "loan_balance_yuan": sum((note.balance for note in living), ZERO),
        "note_count": sum(1 for note in living if note.balance > 0),
        "prepared_by": "张三",
        "reviewed_by": "李四",
        "responsible_person": "王五",
    }


def _staff(company: Company) -> list[Row]:
    managers = [
        {"staff_no": number, "staff_name": f"经理{number}", "post": "INVESTIGATION", "is_customer_manager": True}
        for number in company.managers
    ]
    return [*managers, {"staff_no": "S9", "staff_name": "会计", "post": "FINANCE", "is_customer_manager": False}]


def _state(note: Note, opening: Decimal) -> Row:
    days = OVERDUE_DAYS[note.class5] if note.balance else 0
    return {
        "note_no": note.row["note_no"],
        "opening_balance_yuan": opening,
        "closing_balance_yuan": note.balance,
        "overdue_principal_yuan": note.balance if days else ZERO,
        "overdue_interest_yuan": ZERO,
        "overdue_days_principal": days,
        "overdue_days_interest": 0,
        "class5": note.class5,
        "accrual_status": "NON_ACCRUAL" if days > 90 else "ACCRUING",
        "accrued_interest_yuan": ZERO,
        "interest_income_yuan": (opening * note.row["annual_rate_pct"] / 1200).quantize(Decimal("0.01")),
        "provision_yuan": ZERO,
    }


def _contract(note: Note) -> Row:
    row = note.row
    return {
        "contract_no": row["contract_no"],
        "customer_no": row["customer_no"],
        "product_code": row["product_code"],
        "contract_amount_yuan": row["original_amount_yuan"],
        "signed_date": row["start_date"],
        "start_date": row["start_date"],
        "end_date": row["original_maturity_date"],
        "is_revolving": False,
        "status": "ACTIVE" if note.balance else "SETTLED",
    }


def _instalment(note: Note) -> Row:
    due = note.row["current_maturity_date"]
    number, principal = 1, note.balance
    return {
        "note_no": note.row["note_no"],
        "instalment_no": number,
        "due_date": due,
        "principal_yuan": principal,
        "interest_yuan": ZERO,
    }


def _guarantee(note: Note) -> Row:
    return {
        "guarantee_no": "G" + note.row["note_no"],
        "contract_no": note.row["contract_no"],
        "guarantor_name": "保证人",
        "id_type": "OTHER",
        "id_number": "X1",
        "guaranteed_amount_yuan": note.row["original_amount_yuan"],
        "start_date": note.row["start_date"],
        "end_date": note.row["original_maturity_date"],
    }


def _collateral(note: Note) -> Row:
    return {
        "collateral_no": "Y" + note.row["note_no"],
        "contract_no": note.row["contract_no"],
        "collateral_kind": "HOUSE" if note.row["primary_security"] == "MORTGAGE" else "DEPOSIT",
        "owner_name": "权属人",
        "appraised_value_yuan": note.row["original_amount_yuan"] * 2,
        "guaranteed_amount_yuan": note.row["original_amount_yuan"],
        "status": "HELD",
    }


def _funding(company: Company, source: str) -> Row:
    """Return a borrowing; entrusted and donated funds stand in no ledger account."""
    amount = company.borrowed.get(source, ZERO)
    change = Decimal(company.rng.randint(0, 9_000_000)) / 100
    company.borrowed[source] = amount + change
    return {
        "funding_no": f"F{source}",
        "funding_source": source,
        "lender_name": "资金方",
        "annual_rate_pct": Decimal("6.00000"),
        "start_date": company.traits.opened_date,
        "due_date": date(2030, 1, 1),
        "opening_balance_yuan": amount,
        "increase_yuan": change,
        "decrease_yuan": ZERO,
        "closing_balance_yuan": amount + change,
    }


def _bill(note: Note) -> Row:
    return {
        "note_no": note.row["note_no"],
        "bill_no": "P" + note.row["note_no"],
        "bill_kind": "BANK_BILL",
        "acceptor_name": "承兑银行",
        "face_amount_yuan": note.row["original_amount_yuan"],
        "draw_date": note.row["start_date"],
        "due_date": note.row["original_maturity_date"],
    }
