"""Random portfolios (随机样例): small, nasty and consistent months of several companies, and their loader.

The loader writes straight into ``raw_submitted``, past the gate, with submissions marked as accepted or superseded.
Flow: seed -> :func:`make_portfolio` -> :func:`load_portfolio` -> dbt -> compared with the oracle.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import psycopg

from common.database import connect
from common.month import add_months, month_range
from common.settings import Settings
from ingestion.contract import load_contract
from ingestion.raw_tables import LINEAGE_NAMES, SCHEMA, create_month_partitions, data_columns
from tests.oracle.book import Book, Handed, Reference
from tests.portfolio_companies import Company, Traits, copied
from tests.portfolio_notes import CLASSES, Row

COUNTIES = ("320582", "320582", "320324", "320281", "320583", "321023")  # two companies share a county
CLOSING_DAYS = (31, 25, 20, 31, 28, 31)
FIRST_MONTHS = (date(2009, 7, 1), date(2010, 10, 1), date(2019, 6, 1), date(2023, 8, 1), date(2024, 2, 1))


@dataclass(frozen=True)
class Submission:
    """One version of one company's month: rows by record."""

    company_code: str
    month: date
    version: int
    status: str
    records: dict[str, list[Row]]


@dataclass(frozen=True)
class Portfolio:
    """A register and submissions; several versions of a month may stand beside each other."""

    seed: int
    register: list[Row]
    submissions: list[Submission]

    def months(self) -> list[date]:
        return sorted({submission.month for submission in self.submissions})

    def companies(self) -> list[str]:
        return sorted({row["company_code"] for row in self.register})

    def book(self, reference: Reference) -> Book:
        """Return what the accepted submissions say, without a database."""
        accepted = [item for item in self.submissions if item.status == "accepted"]
        handed = [Handed(item.company_code, item.month, item.records) for item in accepted]
        return Book(self.register, reference, {(item.company_code, item.month): item for item in handed})


def make_portfolio(
    seed: int, reference: Reference, *, companies: int = 4, months: int | None = None, first: date | None = None
) -> Portfolio:
    """Return the portfolio of ``seed``: the same seed always gives the same rows.

    The second company brings balances along, the third opens midway, the fourth never hands in the last month.
    """
    rng = random.Random(seed)
    first = first or FIRST_MONTHS[seed % len(FIRST_MONTHS)]
    to_year_end = 13 - first.month
    span = month_range(first, add_months(first, (months or to_year_end + rng.randint(1, 4)) - 1))
    register: list[Row] = []
    submissions: list[Submission] = []
    for number in range(companies):
        traits = _traits(number, span)
        register += _register_rows(traits, number, span)
        company = Company(traits, seed, reference)
        own = [month for month in span if month >= traits.opened_date.replace(day=1)] if number == 2 else span
        for month in own:
            records = copied(company.live(month))
            is_missing = number == 3 and month == span[-1]
            if not is_missing:
                submissions += _versions(rng, Submission(traits.company_code, month, 1, "accepted", records))
    return Portfolio(seed, register, submissions)


def corrected(portfolio: Portfolio, company: str, month: date) -> tuple[Portfolio, Submission]:
    """Return the portfolio after a late correction (更正) of one month, and the new version alone.

    Balances stay; classes, managers, directions, rates, postings and the ledger change, some notes are gone.
    """
    versions = [item for item in portfolio.submissions if (item.company_code, item.month) == (company, month)]
    old = max(versions, key=lambda item: item.version)
    records = _changed(random.Random(f"{portfolio.seed}/{company}/{month}"), old.records)
    new = replace(old, version=old.version + 1, records=records)
    kept = [replace(item, status="superseded") if item is old else item for item in portfolio.submissions]
    return replace(portfolio, submissions=[*kept, new]), new


def load_portfolio(settings: Settings, portfolio: Portfolio) -> None:
    """Write the register and every submission, in an order that is not the order of the months."""
    with connect(settings) as connection:
        create_month_partitions(connection, load_contract(), portfolio.months())
        _insert(connection, "reference.companies", portfolio.register)
        order = random.Random(portfolio.seed).sample(portfolio.submissions, len(portfolio.submissions))
        for submission in order:
            _load(connection, submission)


def load_correction(settings: Settings, submission: Submission) -> None:
    """Write a new version; the one accepted so far becomes superseded."""
    with connect(settings) as connection:
        connection.execute(
            """update exchange.submissions set status = 'superseded', superseded_at = clock_timestamp()
               where company_code = %s and reporting_month = %s and status = 'accepted'""",
            [submission.company_code, submission.month],
        )
        _load(connection, submission)


def _traits(number: int, span: list[date]) -> Traits:
    midway = span[len(span) // 2] + timedelta(days=4)
    before = span[0] - timedelta(days=2 if number == 0 else 400)
    first_day = span[0] if number != 0 else before
    opened = midway if number == 2 else before if number == 1 else first_day
    return Traits(f"JS{number + 1:04}", COUNTIES[number], CLOSING_DAYS[number], opened, has_history=number in (1, 4))


def _register_rows(traits: Traits, number: int, span: list[date]) -> list[Row]:
    row: Row = {
        "company_code": traits.company_code,
        "valid_from": traits.opened_date,
        "valid_to": None,
        "company_name": f"样例{number + 1}小额贷款有限公司",
        "county_code": traits.county_code,
        "opened_date": traits.opened_date,
        "closed_date": None,
        "closing_day": traits.closing_day,
        "paid_in_capital_yuan": Decimal(50_000_000),
    }
    if number != 0:
        return [row]
    renamed = span[len(span) // 2]
    return [row | {"valid_to": renamed}, row | {"valid_from": renamed, "company_name": "更名小额贷款有限公司"}]


def _versions(rng: random.Random, submission: Submission) -> list[Submission]:
    """Return the submission, now and then behind a first version that was superseded."""
    if rng.random() > 0.2:
        return [submission]
    first = replace(submission, status="superseded", records=_changed(rng, submission.records))
    return [first, replace(submission, version=2)]


def _changed(rng: random.Random, records: dict[str, list[Row]]) -> dict[str, list[Row]]:
    new = _without_short_notes(rng, copied(records))
    managers = [row["staff_no"] for row in new["staff"] if row["is_customer_manager"]]
    for note in new.get("notes", []):
        if rng.random() < 0.4:
            note["manager_no"] = rng.choice(managers)
            note["annual_rate_pct"] += Decimal("1.23456")
            note["direction_line"] = rng.choice(("FARM_HOUSEHOLD", "INDUSTRY", "OTHER"))
    for row in [*new.get("note_states", []), *new.get("off_balance_items", [])]:
        if rng.random() < 0.4:
            row["class5"] = rng.choice(CLASSES)
    new["loan_events"] = new.get("loan_events", []) + _moved_postings(new)
    for row in new["trial_balance"]:
        if row["standard_account_code"] in ("1002", "2001"):
            row["closing_debit_yuan"] += 1000 if row["account_code"] == "1002.01" else 0
            row["closing_credit_yuan"] += 1000 if row["account_code"] == "2001" else 0
    return new


def _without_short_notes(rng: random.Random, records: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Leave out some notes that neither begin nor end the month with a balance: they were handed in by mistake."""
    gone = {
        row["note_no"]
        for row in records.get("note_states", [])
        if not row["opening_balance_yuan"] and not row["closing_balance_yuan"] and rng.random() < 0.5
    }
    for record in ("notes", "note_states", "loan_events", "discounted_bills"):
        records[record] = [row for row in records.get(record, []) if row["note_no"] not in gone]
    return records


def _moved_postings(records: dict[str, list[Row]]) -> list[Row]:
    """Return a collection and its reversal on another day for every collection: counts move, balances do not."""
    header = records["company_month"][0]
    days = (header["closing_date"], header["previous_closing_date"] + timedelta(days=1))
    return [
        event | {"event_no": event["event_no"] + letter, "principal_yuan": amount, "booking_date": day}
        for event in records.get("loan_events", [])
        if event["event_type"] == "COLLECTION" and event["principal_yuan"] > 0
        for letter, amount, day in zip("ab", (Decimal(5), Decimal(-5)), days, strict=True)
    ]


def _load(connection: psycopg.Connection, submission: Submission) -> None:
    key = [submission.company_code, submission.month, submission.version]
    label = f"{submission.company_code}-{submission.month:%Y%m}-{submission.version}"
    row = connection.execute(
        """insert into exchange.submissions (company_code, reporting_month, version, status, receipt_number,
             content_sha256, contract_version, accepted_at) values (%s, %s, %s, %s, %s, %s, '1.0.0', clock_timestamp())
           returning submission_id""",
        [*key, submission.status, f"R-{label}", f"sha-{label}"],
    ).fetchone()
    assert row is not None
    for number, (record, rows) in enumerate(submission.records.items(), start=1):
        names = data_columns(load_contract().record(record))
        lineage = [row[0], submission.company_code, submission.month, number]
        columns = ", ".join((*LINEAGE_NAMES, *names))
        with connection.cursor().copy(f"copy {SCHEMA}.{record} ({columns}) from stdin") as copy:
            for position, values in enumerate(rows, start=2):
                copy.write_row([*lineage, position, *(values.get(name) for name in names)])


def _insert(connection: psycopg.Connection, table: str, rows: Iterable[Row]) -> None:
    for row in rows:
        places = ", ".join(["%s"] * len(row))
        connection.execute(f"insert into {table} ({', '.join(row)}) values ({places})", list(row.values()))
