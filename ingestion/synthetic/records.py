"""The records about lending: header, customers, contracts, notes, postings, month-end states, security.

Flow: state of a month -> :class:`RecordTable` per contract record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.synthetic.accrual import CLASSES, twelve
from ingestion.synthetic.book import BookMonth
from ingestion.synthetic.calendar import Ints, add_months, due_day, iso, month_of
from ingestion.synthetic.columns import Columns, sums
from ingestion.synthetic.companies import STAFF, Companies
from ingestion.synthetic.customers import Customers
from ingestion.synthetic.events import EVENT_TYPES, number_texts
from ingestion.synthetic.identity import person_names
from ingestion.synthetic.ledger import TrialBalance
from ingestion.synthetic.notes import BILL, BULLET, DAY_COUNTS, METHODS, PRODUCTS, REVOLVING, SECURITIES
from ingestion.synthetic.payments import interest
from ingestion.synthetic.sidelines import Funding
from ingestion.synthetic.tables import NOTHING, RecordTable

STAFF_A_COMPANY = 20
COLLATERAL_KINDS = np.array(["HOUSE", "LAND", "MACHINERY", "VEHICLE", "INVENTORY"], dtype=object)
PLEDGE_KINDS = np.array(["DEPOSIT", "RECEIVABLE", "EQUITY"], dtype=object)
BANKS = np.array(["中国工商银行", "中国农业银行", "江苏银行", "南京银行", "苏州银行"], dtype=object)
STAFF_NUMBERS = np.array([f"Y{number:02d}" for number in range(100)], dtype=object)


@dataclass
class MonthState:
    """Everything a month's records are made from."""

    month: int
    opened: Ints
    closed: Ints
    reporting: np.ndarray
    done: BookMonth
    trial: TrialBalance
    expense: Ints
    before: tuple[np.ndarray, np.ndarray]
    last_balance: Ints
    is_first: np.ndarray
    companies: Companies
    customers: Customers
    guarantees: Columns
    assets: Columns
    funding: Funding

    @property
    def label(self) -> str:
        """The month as YYYY-MM."""
        return f"{1970 + self.month // 12}-{self.month % 12 + 1:02d}"


def staff_names(company: Ints, place: Ints) -> np.ndarray:
    """Return the name of an employee by place."""
    return person_names(company * STAFF_A_COMPANY + place + STAFF)


def suffixed(prefix: str, texts: np.ndarray) -> np.ndarray:
    """Return numbers of things that belong to a note: the note's number under another prefix."""
    return np.array([prefix + text[2:] for text in texts], dtype=object)


def customer_numbers(customers: Customers, customer: Ints) -> np.ndarray:
    """Return the customer numbers (客户编号)."""
    return number_texts("K", customers.columns["serial"][customer])


def lending_records(state: MonthState) -> list[RecordTable]:
    """Build the records about lending."""
    return [
        _header(state),
        _customers(state),
        _contracts(state),
        _notes(state),
        _events(state),
        _states(state),
        _instalments(state),
        _guarantees(state),
        _collaterals(state),
        _bills(state),
        _lines(state),
    ]


def _header(state: MonthState) -> RecordTable:
    firms, notes = state.companies, state.done.notes
    mine = np.flatnonzero(state.reporting)
    alive = (notes["balance"] > 0).astype(np.int64)
    columns = {
        "company_code": firms.code[mine],
        "reporting_month": np.full(len(mine), state.label, dtype=object),
        "previous_closing_date": iso(state.opened[mine]),
        "closing_date": iso(state.closed[mine]),
        "amount_unit": np.full(len(mine), "YUAN", dtype=object),
        "paid_in_capital_yuan": firms.capital[mine],
        "employee_count": firms.employees[mine],
        "branch_count": firms.branches[mine],
        "loan_balance_yuan": sums(notes["company"], notes["balance"], len(firms))[mine],
        "note_count": sums(notes["company"], alive, len(firms))[mine],
        "prepared_by": staff_names(mine, firms.employees[mine] - 1),
        "reviewed_by": staff_names(mine, firms.employees[mine] - 2),
        "responsible_person": firms.representative[mine],
        "telephone": firms.telephone[mine],
    }
    return RecordTable("company_month", mine, columns)


def _customers(state: MonthState) -> RecordTable:
    chosen = state.done.notes["customer"]
    if len(state.guarantees):
        chosen = np.concatenate([chosen, state.guarantees["customer"]])
    living = np.unique(chosen)
    who = {name: values[living] for name, values in state.customers.columns.data.items()}
    is_leading = who["kind"] == 2
    valid_to = add_months(state.closed[who["company"]], 14)
    columns = {
        "customer_no": number_texts("K", who["serial"]),
        "customer_name": who["name"],
        "customer_type": who["type"],
        "id_type": np.where(who["is_firm"], "CREDIT_CODE", "RESIDENT_ID").astype(object),
        "id_number": who["id_number"],
        "county_code": state.companies.county[who["company"]],
        "is_farm_household": who["kind"] == 0,
        "is_cooperative": who["kind"] == 1,
        "is_leading_enterprise": is_leading,
        "leading_enterprise_valid_to": np.where(is_leading, iso(valid_to), ""),
        "is_individual_business": who["kind"] == 5,
        "industry_code": who["industry"],
        "enterprise_size": who["size"],
        "legal_representative": who["representative"],
        "is_related_party": np.zeros(len(living), dtype=bool),
        "credit_grade": who["grade"],
        "telephone": who["telephone"],
        "address": who["address"],
    }
    return RecordTable("customers", who["company"], columns)


def _contracts(state: MonthState) -> RecordTable:
    notes = state.done.notes
    revolving = notes["method"] == REVOLVING
    columns = {
        "contract_no": notes["contract_no"],
        "customer_no": customer_numbers(state.customers, notes["customer"]),
        "product_code": PRODUCTS[notes["product"]],
        "contract_amount_yuan": np.where(revolving, notes["amount"] * 3 // 2, notes["amount"]),
        "signed_date": iso(notes["start"] - notes["grip"] % 4),
        "start_date": iso(notes["start"]),
        "end_date": iso(notes["maturity"]),
        "is_revolving": revolving,
        "credit_line_no": np.where(revolving, suffixed("SX", notes["note_no"]), ""),
        "status": np.where(notes["balance"] > 0, "ACTIVE", "SETTLED").astype(object),
    }
    return RecordTable("contracts", notes["company"], columns)


def _notes(state: MonthState) -> RecordTable:
    notes = state.done.notes
    joint = notes["joint"] > 0
    groups = number_texts("LB", notes["joint"])
    months = np.array([text[2:8] for text in notes["note_no"]], dtype=object)
    columns = {
        "note_no": notes["note_no"],
        "contract_no": notes["contract_no"],
        "customer_no": customer_numbers(state.customers, notes["customer"]),
        "product_code": PRODUCTS[notes["product"]],
        "manager_no": STAFF_NUMBERS[notes["manager"] + 1],
        "original_amount_yuan": notes["amount"],
        "start_date": iso(notes["start"]),
        "original_maturity_date": iso(notes["original_maturity"]),
        "current_maturity_date": iso(notes["maturity"]),
        "annual_rate_pct": notes["rate"],
        "rate_kind": np.where(notes["is_floating"], "FLOATING", "FIXED").astype(object),
        "reference_rate_type": np.where(notes["is_lpr"], "LPR", "PBOC_BENCHMARK").astype(object),
        "reference_rate_pct": notes["reference"],
        "penalty_markup_pct": notes["markup"] * 100_000,
        "repay_method": METHODS[notes["method"]],
        "day_count": DAY_COUNTS[notes["day_count"]],
        "settlement_day": np.where(notes["method"] == BULLET, NOTHING, notes["settlement_day"]),
        "primary_security": SECURITIES[notes["security"]],
        "joint_group_no": np.where(joint, groups + months, ""),
        "direction_line": notes["direction"],
        "purpose_code": notes["purpose"],
        "pboc_agri_class": state.customers.columns["agri"][notes["customer"]],
        "extension_count": notes["extensions"],
        "is_renewal": notes["is_renewal"],
        "is_restructured": notes["is_restructured"],
        "is_outside_territory": notes["is_outside"],
        "interest_deducted_yuan": np.zeros(len(notes), dtype=np.int64),
        "fees_charged_yuan": np.zeros(len(notes), dtype=np.int64),
    }
    return RecordTable("notes", notes["company"], columns)


def _events(state: MonthState) -> RecordTable:
    events, notes = state.done.events, state.done.notes
    columns = {
        "event_no": events["event_no"],
        "note_no": notes["note_no"][events["note"]],
        "booking_date": iso(events["day"]),
        "event_type": EVENT_TYPES[events["type"]],
        "repay_kind": events["repay_kind"],
        "principal_yuan": events["principal"],
        "interest_yuan": events["interest"],
        "penalty_yuan": events["penalty"],
        "channel": np.full(len(events["day"]), "TRANSFER", dtype=object),
        "reverses_event_no": events["reverses_no"],
    }
    return RecordTable("loan_events", events["company"], columns)


def _states(state: MonthState) -> RecordTable:
    notes, money = state.done.notes, state.done.money
    late = money.days_principal > 0
    columns = {
        "note_no": notes["note_no"],
        "opening_balance_yuan": notes["opening"],
        "closing_balance_yuan": notes["balance"],
        "overdue_principal_yuan": np.where(late, np.minimum(notes["overdue_principal"], notes["balance"]), 0),
        "overdue_interest_yuan": money.overdue_interest,
        "overdue_days_principal": money.days_principal,
        "overdue_days_interest": money.days_interest,
        "class5": CLASSES[notes["class5"]],
        "class12": twelve(notes["class5"], notes["grip"]),
        "accrual_status": np.where(money.is_non_accrual, "NON_ACCRUAL", "ACCRUING").astype(object),
        "accrued_interest_yuan": notes["accrued"],
        "interest_income_yuan": money.income,
        "provision_yuan": money.provision,
    }
    return RecordTable("note_states", notes["company"], columns)


def _instalments(state: MonthState) -> RecordTable:
    """List, for each note, the next due day and the last one: what is due in the period or still unpaid."""
    notes = state.done.notes
    closed = state.closed[notes["company"]]
    until = add_months(closed, 1)
    due = due_day(notes["settlement_day"], closed, until)
    ahead = np.flatnonzero((due > 0) & (due < notes["maturity"]) & (notes["balance"] > 0) & (notes["method"] != BULLET))
    running = month_of(due) - month_of(notes["start"])
    last = month_of(notes["maturity"]) - month_of(notes["start"]) + 1
    owed = np.where(notes["balance"] > 0, notes["balance"], notes["opening"])
    month_interest = interest(owed, notes["rate"], np.full(len(owed), 30), notes["day_count"])
    columns = {
        "note_no": np.concatenate([notes["note_no"], notes["note_no"][ahead]]),
        "instalment_no": np.concatenate([last, np.maximum(running[ahead], 1)]),
        "due_date": iso(np.concatenate([notes["maturity"], due[ahead]])),
        "principal_yuan": np.concatenate([owed, np.zeros(len(ahead), dtype=np.int64)]),
        "interest_yuan": np.concatenate([month_interest, month_interest[ahead]]),
    }
    return RecordTable("planned_instalments", np.concatenate([notes["company"], notes["company"][ahead]]), columns)


def _guarantees(state: MonthState) -> RecordTable:
    notes = state.done.notes
    rows = np.flatnonzero(notes["security"] == 1)
    columns = {
        "guarantee_no": suffixed("BZ", notes["note_no"][rows]),
        "contract_no": notes["contract_no"][rows],
        "guarantor_name": notes["guarantor_name"][rows],
        "id_type": np.full(len(rows), "RESIDENT_ID", dtype=object),
        "id_number": notes["guarantor_id"][rows],
        "guaranteed_amount_yuan": notes["amount"][rows],
        "start_date": iso(notes["start"][rows]),
        "end_date": iso(add_months(notes["maturity"][rows], 24)),
    }
    return RecordTable("guarantees", notes["company"][rows], columns)


def _collaterals(state: MonthState) -> RecordTable:
    notes = state.done.notes
    rows = np.flatnonzero((notes["security"] >= 2) & (notes["product"] != BILL))
    grip, amount = notes["grip"][rows], notes["amount"][rows]
    kinds = np.where(notes["security"][rows] == 2, COLLATERAL_KINDS[grip % 5], PLEDGE_KINDS[grip % 3])
    columns = {
        "collateral_no": suffixed("YP", notes["note_no"][rows]),
        "contract_no": notes["contract_no"][rows],
        "collateral_kind": kinds,
        "owner_name": state.customers.columns["name"][notes["customer"][rows]],
        "appraised_value_yuan": amount * (120 + grip % 100) // 100,
        "guaranteed_amount_yuan": amount,
        "valuation_date": iso(notes["start"][rows] - 10),
        "registration_no": suffixed("TX", notes["note_no"][rows]),
        "status": np.where(notes["balance"][rows] > 0, "HELD", "RELEASED").astype(object),
    }
    return RecordTable("collaterals", notes["company"][rows], columns)


def _bills(state: MonthState) -> RecordTable:
    notes = state.done.notes
    rows = np.flatnonzero(notes["product"] == BILL)
    columns = {
        "note_no": notes["note_no"][rows],
        "bill_no": suffixed("1301", notes["note_no"][rows]),
        "bill_kind": np.full(len(rows), "BANK_BILL", dtype=object),
        "acceptor_name": BANKS[notes["grip"][rows] % len(BANKS)],
        "face_amount_yuan": notes["amount"][rows],
        "draw_date": iso(notes["start"][rows] - notes["grip"][rows] % 20),
        "due_date": iso(notes["original_maturity"][rows]),
    }
    return RecordTable("discounted_bills", notes["company"][rows], columns)


def _lines(state: MonthState) -> RecordTable:
    notes = state.done.notes
    rows = np.flatnonzero(notes["method"] == REVOLVING)
    columns = {
        "credit_line_no": suffixed("SX", notes["note_no"][rows]),
        "customer_no": customer_numbers(state.customers, notes["customer"][rows]),
        "security": SECURITIES[notes["security"][rows]],
        "approved_amount_yuan": notes["amount"][rows] * 3 // 2,
        "used_amount_yuan": notes["balance"][rows],
        "start_date": iso(notes["start"][rows]),
        "end_date": iso(notes["maturity"][rows]),
        "status": np.where(notes["maturity"][rows] > state.closed[notes["company"][rows]], "ACTIVE", "EXPIRED").astype(
            object
        ),
    }
    return RecordTable("credit_lines", notes["company"][rows], columns)
