"""The company register (机构名录): which companies and branches exist, dated, imported from the province's own list.

Requirement 3.1.1. The row of a company that counts for a month is the one valid on its closing date.
Flow: register file -> findings or, all at once, rows of ``reference.companies`` and ``reference.branches``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from common.database import connect
from common.settings import Settings
from ingestion.findings import Finding
from ingestion.register_file import LAST_DAY, RegisterFile, RegisterRow, problem, read_register

ATTRIBUTES = (
    "company_name",
    "county_code",
    "opened_date",
    "closed_date",
    "closing_day",
    "paid_in_capital_yuan",
    "legal_representative",
    "telephone",
)
BRANCH_ATTRIBUTES = ("branch_name", "county_code", "opened_date", "closed_date")

TABLES = """
create schema if not exists reference;
create table if not exists reference.companies (
    company_code text not null,
    valid_from date not null,
    valid_to date,
    company_name text not null,
    county_code text not null,
    opened_date date not null,
    closed_date date,
    closing_day smallint not null default 31 check (closing_day between 1 and 31),
    paid_in_capital_yuan numeric(18, 2) not null check (paid_in_capital_yuan > 0),
    legal_representative text,
    telephone text,
    primary key (company_code, valid_from),
    check (valid_to > valid_from)
);
create table if not exists reference.branches (
    company_code text not null,
    branch_code text not null,
    branch_name text not null,
    county_code text not null,
    opened_date date not null,
    closed_date date,
    primary key (company_code, branch_code)
);
"""


@dataclass(frozen=True)
class ImportOutcome:
    """What an import did: counts of companies by fate, branches written, and the findings that stopped it."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    branches: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the file was taken over; with findings nothing at all is."""
        return not self.findings


@dataclass
class _Dated:
    """A stored row of a company, and whether this import touched it."""

    valid_from: date
    valid_to: date | None
    attributes: tuple[Any, ...]


@dataclass
class _Company:
    rows: list[_Dated] = field(default_factory=list)
    is_touched: bool = False


def create_register_tables(connection: psycopg.Connection) -> None:
    """Create the register's tables where they do not exist yet."""
    connection.execute(TABLES)


def import_companies(settings: Settings, path: Path) -> ImportOutcome:
    """Take over a register file (requirement 3.1.1), all of it or nothing.

    A changed attribute closes the dated row it changes and opens a new one from 生效日期; the same file again
    changes nothing. ``path`` is a workbook (.xlsx), a CSV file or a folder of CSV files. What is wrong with the
    file is in the outcome's findings, never an exception.
    """
    read = read_register(path)
    with connect(settings) as connection:
        connection.execute("lock table reference.companies, reference.branches in share row exclusive mode")
        known = _known(connection)
        counties = {
            row[0] for row in connection.execute("select code from reference.ref_regions where level = 'county'")
        }
        findings = [*read.findings, *_row_findings(read, counties), *_dating_findings(read, known)]
        if not findings:
            findings = _branch_findings(read, set(known))
        if findings:
            connection.rollback()
            return ImportOutcome(findings=tuple(findings))
        added, changed, unchanged = _write_companies(connection, read, known)
        branches = _write_branches(connection, read)
    return ImportOutcome(added, changed, unchanged, branches)


def _known(connection: psycopg.Connection) -> dict[str, _Company]:
    known: dict[str, _Company] = {}
    query = f"select company_code, valid_from, valid_to, {', '.join(ATTRIBUTES)} from reference.companies order by 1, 2"
    for code, valid_from, valid_to, *attributes in connection.execute(query):
        known.setdefault(code, _Company()).rows.append(_Dated(valid_from, valid_to, tuple(attributes)))
    return known


def _attributes(row: RegisterRow) -> tuple[Any, ...]:
    values = dict(row.values)
    values["closing_day"] = values.get("closing_day") or LAST_DAY
    return tuple(values.get(name) for name in ATTRIBUTES)


def _row_findings(read: RegisterFile, counties: set[str]) -> list[Finding]:
    findings = []
    for record, rows in (("companies", read.companies), ("branches", read.branches)):
        for row in rows:
            county = row.values.get("county_code")
            if county and county not in counties:
                said = (f"第{row.row_number}行县区代码“{county}”不在区划代码表中", "请按 GB/T 2260 填写江苏省县级代码")
                findings.append(problem(record, row, "county_code", county, said))
            opened, closed = row.values.get("opened_date"), row.values.get("closed_date")
            if opened and closed and closed < opened:
                said = (f"第{row.row_number}行停业日期早于开业日期", "请核对两个日期，营业中的机构停业日期留空")
                findings.append(problem(record, row, "closed_date", closed, said))
    return findings


def _dating_findings(read: RegisterFile, known: dict[str, _Company]) -> list[Finding]:
    """Check 生效日期: unique per company in the file, and given when a known company changes."""
    findings: list[Finding] = []
    seen: dict[tuple[str | None, date | None], int] = {}
    for row in read.companies:
        code, valid_from = row.values.get("company_code"), row.values.get("valid_from")
        first = seen.setdefault((code, valid_from), row.row_number)
        if code and first != row.row_number:
            said = (
                f"第{row.row_number}行与第{first}行公司代码“{code}”和生效日期都相同",
                "请删除重复行或填不同的生效日期",
            )
            findings.append(problem("companies", row, "company_code", code, said))
        if code in known and valid_from is None and known[code].rows[-1].attributes != _attributes(row):
            said = (
                f"第{row.row_number}行公司“{code}”的登记内容有变化，但没有生效日期",
                "请在“生效日期”填写变更的起始日期",
            )
            findings.append(problem("companies", row, "valid_from", None, said))
    return findings


def _branch_findings(read: RegisterFile, known: set[str]) -> list[Finding]:
    companies = known | {row.values["company_code"] for row in read.companies}
    findings: list[Finding] = []
    seen: dict[tuple[str, str], int] = {}
    for row in read.branches:
        code, key = row.values["company_code"], (row.values["company_code"], row.values["branch_code"])
        if code not in companies:
            said = (f"第{row.row_number}行公司代码“{code}”不在名录中", "请先在公司表中登记该公司，或更正公司代码")
            findings.append(problem("branches", row, "company_code", code, said))
        if seen.setdefault(key, row.row_number) != row.row_number:
            said = (f"第{row.row_number}行与第{seen[key]}行分支机构代码重复", "每个分支机构只填一行")
            findings.append(problem("branches", row, "branch_code", row.values["branch_code"], said))
    return findings


def _write_companies(
    connection: psycopg.Connection, read: RegisterFile, known: dict[str, _Company]
) -> tuple[int, int, int]:
    before = set(known)
    touched: dict[str, _Company] = {}
    for row in sorted(read.companies, key=lambda item: item.values.get("valid_from") or date.min):
        company = known.setdefault(row.values["company_code"], _Company())
        touched[row.values["company_code"]] = company
        _place(company, row)
    for code, company in touched.items():
        if company.is_touched:
            connection.execute("delete from reference.companies where company_code = %s", [code])
            columns = ", ".join(("company_code", "valid_from", "valid_to", *ATTRIBUTES))
            statement = (
                f"insert into reference.companies ({columns}) values ({', '.join(['%s'] * (3 + len(ATTRIBUTES)))})"
            )
            for item in company.rows:
                connection.execute(statement, [code, item.valid_from, item.valid_to, *item.attributes])
    added = len(set(touched) - before)
    changed = sum(company.is_touched for company in touched.values()) - added
    return added, changed, len(touched) - added - changed


def _place(company: _Company, row: RegisterRow) -> None:
    """Put the row into the company's history: correct, split, prepend, or leave alone what says the same already."""
    attributes = _attributes(row)
    start: date = row.values.get("valid_from") or (
        company.rows[-1].valid_from if company.rows else row.values["opened_date"]
    )
    holder = next((item for item in reversed(company.rows) if item.valid_from <= start), None)
    if holder is not None and holder.attributes == attributes:
        return
    company.is_touched = True
    if holder is None:
        following = company.rows[0].valid_from if company.rows else None
        company.rows.insert(0, _Dated(start, following, attributes))
    elif holder.valid_from == start:
        holder.attributes = attributes
    else:
        company.rows.insert(company.rows.index(holder) + 1, _Dated(start, holder.valid_to, attributes))
        holder.valid_to = start


def _write_branches(connection: psycopg.Connection, read: RegisterFile) -> int:
    names = ", ".join(BRANCH_ATTRIBUTES)
    updates = ", ".join(f"{name} = excluded.{name}" for name in BRANCH_ATTRIBUTES)
    for row in read.branches:
        connection.execute(
            f"insert into reference.branches (company_code, branch_code, {names}) values (%s, %s, %s, %s, %s, %s) "
            f"on conflict (company_code, branch_code) do update set {updates}",
            [row.values["company_code"], row.values["branch_code"], *map(row.values.get, BRANCH_ATTRIBUTES)],
        )
    return len(read.branches)
