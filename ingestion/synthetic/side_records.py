"""The records beside lending: owners, staff, guarantees issued, funds, ledger, costs, blacklist, assets."""

from __future__ import annotations

import numpy as np

from ingestion.synthetic import identity
from ingestion.synthetic.accrual import CLASSES
from ingestion.synthetic.book import ITEMS
from ingestion.synthetic.calendar import add_months, iso
from ingestion.synthetic.companies import OWNERS
from ingestion.synthetic.ledger import ACCOUNTS
from ingestion.synthetic.records import (
    BANKS,
    MonthState,
    staff_names,
)
from ingestion.synthetic.reference import code_names
from ingestion.synthetic.sidelines import FEE_PERCENT, FUNDING_SOURCES
from ingestion.synthetic.tables import RecordTable
from ingestion.synthetic.texts import STAFF_NUMBERS, customer_numbers

SHARE_PERCENT = np.array([40, 25, 15, 10, 10])
POSTS = np.array(["RISK_REVIEW", "DECISION", "POST_LOAN", "ADMINISTRATION", "FINANCE", "FINANCE"], dtype=object)
POOLS = ("MANAGER", "RISK_REVIEW", "POST_LOAN", "OPERATIONS", "HEAD_OFFICE")
POOL_PERCENT = (40, 15, 15, 15, 15)
BLACKLIST_AFTER, SEVERE_AFTER = 90, 180
LONGEST_ENTRY_MONTHS = 60
CHANGE_TO_EXPLAIN = 0.30


def side_records(state: MonthState) -> list[RecordTable]:
    """Build the records that are not about lending itself."""
    return [
        _related_parties(state),
        _staff(state),
        _off_balance(state),
        _fundings(state),
        _trial_balance(state),
        _costs(state),
        _blacklist(state),
        _assets(state),
        _cumulatives(state),
        _explanations(state),
    ]


def _related_parties(state: MonthState) -> RecordTable:
    mine = np.flatnonzero(state.reporting)
    company, place = np.repeat(mine, 5), np.tile(np.arange(5), len(mine))
    number = OWNERS + company * 5 + place
    columns = {
        "party_no": np.array(["G1", "G2", "G3", "G4", "G5"], dtype=object)[place],
        "party_name": identity.person_names(number),
        "id_type": np.full(len(company), "RESIDENT_ID", dtype=object),
        "id_number": identity.resident_ids(number, state.companies.county[company]),
        "relation": np.full(len(company), "SHAREHOLDER", dtype=object),
        "share_ratio_pct": SHARE_PERCENT[place] * 100_000,
        "contributed_capital_yuan": state.companies.capital[company] * SHARE_PERCENT[place] // 100,
    }
    return RecordTable("related_parties", company, columns)


def _staff(state: MonthState) -> RecordTable:
    firms, mine = state.companies, np.flatnonzero(state.reporting)
    company = np.repeat(mine, firms.employees[mine])
    place = np.concatenate([np.arange(count) for count in firms.employees[mine]]) if len(mine) else mine
    is_manager = place < firms.managers[company]
    from_end = firms.employees[company] - 1 - place
    columns = {
        "staff_no": STAFF_NUMBERS[place + 1],
        "staff_name": staff_names(company, place),
        "post": np.where(is_manager, "INVESTIGATION", POSTS[::-1][np.minimum(from_end, 5)]).astype(object),
        "is_customer_manager": is_manager,
        "joined_date": iso(firms.opened[company] + place * 13),
    }
    late = firms.opened[company] + place * 13 > state.closed[company]
    columns["joined_date"] = np.where(late, iso(firms.opened[company]), columns["joined_date"])
    return RecordTable("staff", company, columns)


def _off_balance(state: MonthState) -> RecordTable:
    items = state.guarantees
    columns = {
        "item_no": items["item_no"],
        "customer_no": customer_numbers(state.customers, items["customer"]),
        "manager_no": STAFF_NUMBERS[items["manager"] + 1],
        "amount_yuan": items["amount"],
        "start_date": iso(items["start"]),
        "end_date": iso(items["end"]),
        "opening_balance_yuan": items["opening"],
        "increase_yuan": items["increase"],
        "decrease_yuan": items["decrease"],
        "closing_balance_yuan": items["closing"],
        "class5": np.full(len(items), CLASSES[0], dtype=object),
        "fee_yuan": items["increase"] * FEE_PERCENT // 100,
    }
    return RecordTable("off_balance_items", items["company"], columns)


def _fundings(state: MonthState) -> RecordTable:
    funding = state.funding
    mine = np.flatnonzero(state.reporting & ((funding.opening > 0) | (funding.increase > 0)))
    is_bank = funding.source[mine] == 0
    owner = state.companies.representative[mine]
    columns = {
        "funding_no": np.array([f"RZ{number:04d}" for number in funding.number[mine].tolist()], dtype=object),
        "funding_source": FUNDING_SOURCES[funding.source[mine]],
        "lender_name": np.where(is_bank, BANKS[mine % len(BANKS)], owner),
        "annual_rate_pct": funding.rate[mine],
        "start_date": iso(funding.start[mine]),
        "due_date": iso(add_months(state.closed[mine], 12)),
        "opening_balance_yuan": funding.opening[mine],
        "increase_yuan": funding.increase[mine],
        "decrease_yuan": funding.decrease[mine],
        "closing_balance_yuan": funding.closing[mine],
    }
    return RecordTable("fundings", mine, columns)


def _trial_balance(state: MonthState) -> RecordTable:
    trial, names = state.trial, code_names()["account"]
    used = (trial.opening != 0) | (trial.debit != 0) | (trial.credit != 0) | (trial.closing != 0)
    company, account = np.nonzero((used & state.reporting).T)
    codes = np.array(ACCOUNTS, dtype=object)[account]
    columns = {
        "account_code": codes,
        "account_name": np.array([names[code] for code in ACCOUNTS], dtype=object)[account],
        "standard_account_code": codes,
        "period_debit_yuan": trial.debit[account, company],
        "period_credit_yuan": trial.credit[account, company],
    }
    for when, balances in (("opening", trial.opening), ("closing", trial.closing)):
        amount = balances[account, company]
        columns[f"{when}_debit_yuan"] = np.maximum(amount, 0)
        columns[f"{when}_credit_yuan"] = np.maximum(-amount, 0)
    return RecordTable("trial_balance", company, columns)


def _costs(state: MonthState) -> RecordTable:
    mine = np.flatnonzero(state.reporting & (state.expense > 0))
    parts = np.column_stack([state.expense[mine] * percent // 100 for percent in POOL_PERCENT])
    parts[:, -1] += state.expense[mine] - parts.sum(axis=1)
    columns = {
        "cost_pool": np.tile(np.array(POOLS, dtype=object), len(mine)),
        "amount_yuan": parts.ravel(),
    }
    return RecordTable("cost_entries", np.repeat(mine, len(POOLS)), columns)


def _blacklist(state: MonthState) -> RecordTable:
    notes, money = state.done.notes, state.done.money
    days = np.maximum(money.days_principal, money.days_interest)
    bad = np.flatnonzero(days > BLACKLIST_AFTER)
    bad = bad[np.argsort(-days[bad], kind="stable")]
    customer, first = np.unique(notes["customer"][bad], return_index=True)
    days, company = days[bad][first], notes["company"][bad][first]
    who = {name: values[customer] for name, values in state.customers.columns.data.items()}
    severe = days > SEVERE_AFTER
    effective = state.closed[company] - days + np.where(severe, SEVERE_AFTER, BLACKLIST_AFTER) + 1
    columns = {
        "entry_no": np.array([f"HM{number:06d}" for number in who["serial"].tolist()], dtype=object),
        "subject_type": np.where(who["is_firm"], "ORGANISATION", "PERSON").astype(object),
        "subject_name": who["name"],
        "id_type": np.where(who["is_firm"], "CREDIT_CODE", "RESIDENT_ID").astype(object),
        "id_number": who["id_number"],
        "reason": np.where(severe, "B04", "B05").astype(object),
        "severity": np.where(severe, "B", "C").astype(object),
        "effective_date": iso(effective),
        "expiry_date": iso(add_months(effective, LONGEST_ENTRY_MONTHS) - 1),
        "share_scope": np.full(len(customer), "PROVINCE", dtype=object),
        "status": np.full(len(customer), "ACTIVE", dtype=object),
        "approved_by": staff_names(company, state.companies.managers[company]),
    }
    return RecordTable("blacklist_entries", company, columns)


def _assets(state: MonthState) -> RecordTable:
    items = state.assets
    columns = {
        "asset_no": items["asset_no"],
        "note_no": items["note_no"],
        "asset_kind": items["asset_kind"],
        "taken_date": iso(items["taken"]),
        "opening_value_yuan": items["opening"],
        "increase_yuan": items["increase"],
        "decrease_yuan": items["decrease"],
        "closing_value_yuan": items["closing"],
        "impairment_yuan": items["impairment"],
        "status": np.where(items["closing"] > 0, "HELD", "DISPOSED").astype(object),
    }
    return RecordTable("foreclosed_assets", items["company"], columns)


def _cumulatives(state: MonthState) -> RecordTable:
    mine = np.flatnonzero(state.is_first)
    amount, count = state.before
    columns = {
        "item": np.tile(np.array(ITEMS, dtype=object), len(mine)),
        "amount_yuan": amount[:, mine].T.ravel(),
        "item_count": count[:, mine].T.ravel(),
        "as_of_date": np.repeat(iso(state.opened[mine]), len(ITEMS)),
    }
    return RecordTable("opening_cumulatives", np.repeat(mine, len(ITEMS)), columns)


def _explanations(state: MonthState) -> RecordTable:
    now = state.done.notes["balance"]
    balance = np.bincount(state.done.notes["company"], weights=now, minlength=len(state.companies))
    last = state.last_balance
    change = np.abs(balance - last) > CHANGE_TO_EXPLAIN * last
    mine = np.flatnonzero(state.reporting & (last > 0) & change)
    columns = {
        "rule_id": np.full(len(mine), "CK-15", dtype=object),
        "explanation": np.full(len(mine), "公司处于开业初期或集中投放收回期，各项贷款变动较大", dtype=object),
    }
    return RecordTable("explanations", mine, columns)
