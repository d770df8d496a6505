"""Build small portfolios by hand and land them as accepted submissions, without files and gate.

Rows are given with the columns that matter; every other required column gets a harmless value of its type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from common.month import month_end
from ingestion.contract import Contract, ContractRecord, load_contract
from ingestion.raw_tables import LINEAGE_NAMES, create_month_partitions, data_columns

Row = Mapping[str, Any]
FILLER = {
    "text": "x",
    "money": Decimal(0),
    "rate": Decimal("6"),
    "integer": 0,
    "boolean": False,
    "date": date(2020, 1, 1),
}
CODES = {"rate_kind": "FIXED", "reference_rate_type": "PBOC_BENCHMARK", "amount_unit": "YUAN"}


@dataclass
class CompanyMonth:
    """The rows one company hands in for one month."""

    company_code: str
    month: date
    previous_closing_date: date
    closing_date: date
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, record: str, **values: Any) -> None:
        self.rows.setdefault(record, []).append(values)


def calendar_month(company_code: str, month: date) -> CompanyMonth:
    return CompanyMonth(company_code, month, month - timedelta(days=1), month_end(month))


def register_company(
    connection: psycopg.Connection, company_code: str, *, county: str = "320102", opened: date = date(2008, 1, 1)
) -> None:
    connection.execute(
        "insert into reference.companies (company_code, valid_from, company_name, county_code, opened_date,"
        " paid_in_capital_yuan) values (%s, %s, %s, %s, %s, 100000000) on conflict do nothing",
        [company_code, opened, f"{company_code}农村小额贷款有限公司", county, opened],
    )


def accept(connection: psycopg.Connection, submissions: Iterable[CompanyMonth]) -> None:
    """Land the months as accepted submissions; an earlier version of the same month is superseded."""
    contract = load_contract()
    for submission in submissions:
        create_month_partitions(connection, contract, [submission.month])
        _land(connection, contract, submission, _new_version(connection, submission))


def _new_version(connection: psycopg.Connection, submission: CompanyMonth) -> int:
    connection.execute(
        "update exchange.submissions set status = 'superseded', superseded_at = clock_timestamp()"
        " where company_code = %s and reporting_month = %s and status = 'accepted'",
        [submission.company_code, submission.month],
    )
    row = connection.execute(
        "insert into exchange.submissions (company_code, reporting_month, version, status, receipt_number,"
        " content_sha256, contract_version, accepted_at)"
        " select %(company)s, %(month)s, version, 'accepted', %(company)s || %(month)s::text || version,"
        " md5(version::text), '1', clock_timestamp()"
        " from (select coalesce(max(version), 0) + 1 as version from exchange.submissions"
        "  where company_code = %(company)s and reporting_month = %(month)s) as next returning submission_id",
        {"company": submission.company_code, "month": submission.month},
    ).fetchone()
    assert row is not None
    return int(row[0])


def _land(connection: psycopg.Connection, contract: Contract, submission: CompanyMonth, submission_id: int) -> None:
    header = {
        "previous_closing_date": submission.previous_closing_date,
        "closing_date": submission.closing_date,
        "paid_in_capital_yuan": Decimal(100_000_000),
    }
    for record in contract.records:
        rows = [header] if record.name == "company_month" else submission.rows.get(record.name, [])
        columns = [*LINEAGE_NAMES, *data_columns(record)]
        statement = f"copy raw_submitted.{record.name} ({', '.join(columns)}) from stdin"
        if not rows:
            continue
        with connection.cursor().copy(statement) as copy:
            for number, row in enumerate(rows, 2):
                lineage = [submission_id, submission.company_code, submission.month, 1, number]
                copy.write_row([*lineage, *_values(record, row)])


def _values(record: ContractRecord, row: Row) -> list[Any]:
    known = {column.name: column for column in record.columns}
    unknown = set(row) - set(known)
    assert not unknown, f"{record.name} has no {unknown}"
    values = []
    for name in data_columns(record):
        column = known[name]
        filler = CODES.get(name, FILLER.get(column.type_name, "x")) if column.required else None
        values.append(row.get(name, filler))
    return values
