"""What the companies handed in (报送), as plain rows: the only input of the oracle."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

RECORDS_USED = (
    "company_month",
    "customers",
    "notes",
    "loan_events",
    "note_states",
    "off_balance_items",
    "fundings",
    "trial_balance",
    "opening_cumulatives",
)


@dataclass(frozen=True)
class Handed:
    """The accepted submission (已受理的报送) of one company and month: its rows by record."""

    company_code: str
    month: date
    records: dict[str, list[Row]]

    @property
    def closing_date(self) -> date:
        return self.records["company_month"][0]["closing_date"]

    def rows(self, record: str) -> list[Row]:
        return self.records.get(record, [])


@dataclass(frozen=True)
class Reference:
    """The dated reference data: rates, parameters and regions as the seeds hold them."""

    rates: list[Row]
    parameters: list[Row]
    regions: dict[str, Row]

    def parameter(self, name: str, day: date) -> Decimal:
        """Return the value of the parameter in force on ``day``."""
        for row in self.parameters:
            if row["parameter"] == name and row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"]):
                return row["value"]
        raise KeyError(name)


@dataclass(frozen=True)
class Book:
    """Everything there is: the register, the reference data and all accepted submissions."""

    register: list[Row]
    reference: Reference
    handed: dict[tuple[str, date], Handed]

    def of(self, company: str, month: date) -> Handed | None:
        return self.handed.get((company, month))

    def months(self) -> list[date]:
        return sorted({month for _, month in self.handed})

    def companies(self, month: date) -> list[str]:
        """Return the companies whose ``month`` is accepted."""
        return sorted(company for company, handed in self.handed if handed == month)

    def registered(self, company: str, day: date) -> Row:
        """Return the register row of ``company`` valid on ``day``."""
        for row in self.register:
            valid = row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
            if row["company_code"] == company and valid:
                return row
        raise KeyError(company)


def read_reference(seeds: Path) -> Reference:
    """Read rates, parameters and regions from the seed files."""
    rates = [
        {
            "rate_type": row["rate_type"],
            "up_to": int(row["term_months_up_to"]) if row["term_months_up_to"] else None,
            "valid_from": date.fromisoformat(row["valid_from"]),
            "rate": Decimal(row["annual_rate_pct"]),
        }
        for row in _csv(seeds / "ref_reference_rates.csv")
    ]
    parameters = [
        {
            "parameter": row["parameter"],
            "value": Decimal(row["value"]),
            "valid_from": date.fromisoformat(row["valid_from"]),
            "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        }
        for row in _csv(seeds / "ref_parameters.csv")
    ]
    return Reference(rates, parameters, {row["code"]: row for row in _csv(seeds / "ref_regions.csv")})


def read_book(connection: psycopg.Connection, seeds: Path) -> Book:
    """Read back what stands in ``raw_submitted`` under accepted submissions, and the register."""
    found: dict[tuple[str, date], dict[str, list[Row]]] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for record in RECORDS_USED:
            cursor.execute(
                f"""select r.* from raw_submitted.{record} r join exchange.submissions s using (submission_id)
                    where s.status = 'accepted' order by submission_id, row_number"""
            )
            for row in cursor:
                key = (row["company_code"], row["reporting_month"])
                found.setdefault(key, {}).setdefault(record, []).append(row)
        cursor.execute("select * from reference.companies order by company_code, valid_from")
        register = cursor.fetchall()
    handed = {key: Handed(*key, records) for key, records in found.items()}
    return Book(register, read_reference(seeds), handed)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
