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
from ingestion.synthetic.customers import LEADING, Customers
from ingestion.synthetic.events import EVENT_TYPES
from ingestion.synthetic.identity import person_names
from ingestion.synthetic.ledger import TrialBalance
from ingestion.synthetic.notes import BILL, REVOLVING, SECURITIES
from ingestion.synthetic.payments import AMORTISING, interest
from ingestion.synthetic.sidelines import Funding
from ingestion.synthetic.tables import RecordTable
from ingestion.synthetic.texts import customer_numbers, suffixed

STAFF_A_COMPANY = 20
CERTIFICATE_MONTHS = 14  # how long a leading enterprise's certificate still runs
BANKS = np.array(["中国工商银行", "中国农业银行", "江苏银行", "南京银行", "苏州银行"], dtype=object)


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
    who = state.customers.columns
    company, is_leading = who["company"][living], who["kind"][living] == LEADING
    valid_to = add_months(state.closed[company], CERTIFICATE_MONTHS)
    columns = {
        "customer_no..is_leading_enterprise": who["text_head"][living],
        "leading_enterprise_valid_to": np.where(is_leading, iso(valid_to), ""),
        "is_individual_business..address": who["text_tail"][living],
    }
    return RecordTable("customers", company, columns)


def _contracts(state: MonthState) -> RecordTable:
    notes = state.done.notes
    columns = {
        "contract_no..start_date": notes["contract_head"],
        "end_date": iso(notes["maturity"]),
        "is_revolving..credit_line_no": notes["contract_line"],
        "status": np.where(notes["balance"] > 0, "ACTIVE", "SETTLED").astype(object),
    }
    return RecordTable("contracts", notes["company"], columns)


def _notes(state: MonthState) -> RecordTable:
    notes = state.done.notes
    columns = {
        "note_no..original_maturity_date": notes["note_head"],
        "current_maturity_date": iso(notes["maturity"]),
        "annual_rate_pct..pboc_agri_class": notes["note_middle"],
        "extension_count": notes["extensions"],
        "is_renewal": notes["is_renewal"],
        "is_restructured": notes["is_restructured"],
        "is_outside_territory..fees_charged_yuan": notes["note_tail"],
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
    ahead = np.flatnonzero(
        (due > 0) & (due < notes["maturity"]) & (notes["balance"] > 0) & np.isin(notes["method"], AMORTISING)
    )
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
    columns = {"guarantee_no..guarantor_customer_no": notes["guarantee"][rows]}
    return RecordTable("guarantees", notes["company"][rows], columns)


def _collaterals(state: MonthState) -> RecordTable:
    notes = state.done.notes
    rows = np.flatnonzero((notes["security"] >= 2) & (notes["product"] != BILL))
    columns = {
        "collateral_no..registration_no": notes["collateral"][rows],
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
