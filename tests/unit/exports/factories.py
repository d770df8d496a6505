"""Tables in memory and marts in a database, with seeded figures; labels come from the real seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from exports.catalogue import TableDefinition, definition, definitions
from exports.headings import ReportHeading, Signatures
from exports.reports import Labels, Line, ReportTable, line_table, member_table

MONTH = date(2024, 6, 1)
ACCEPTED = datetime(2024, 7, 3, 9, 30, tzinfo=UTC)
SEED = Path(__file__).parents[3] / "transform" / "seeds" / "ref_report_lines.csv"
CUSTOMER_TYPES = {
    "COMPANY": "公司客户",
    "SMALL_BUSINESS": "中小企业（小企业主）",
    "URBAN": "城镇居民",
    "FARMER": "农户",
}
SIGNATURES = Signatures("王建国", "李秀英", "张小明", "0512-65100001")
COMPANY = ReportHeading(
    "company",
    "JS001",
    "苏州吴中区诚信农村小额贷款股份有限公司",
    MONTH,
    period=(date(2024, 5, 31), date(2024, 6, 30)),
    signatures=SIGNATURES,
)
PROVINCE = ReportHeading("province", "320000", "江苏省", MONTH, coverage=(58, 62))


def labels() -> Labels:
    """The printed lines of the seed, and the customer types."""
    lines: dict[int, dict[str, Line]] = {}
    with SEED.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            line = Line(
                row["line_code"],
                row["group_title"] or None,
                row["block_title"] or None,
                row["line_title"],
                int(row["indent"]),
                row["kind"],
                row["is_manual"] == "true",
            )
            lines.setdefault(int(row["table_no"]), {})[row["line_code"]] = line
    return Labels(lines, CUSTOMER_TYPES)


def figure(randomness: random.Random, kind: str) -> Decimal | int | None:
    """A plausible figure of a kind."""
    if kind == "count":
        return randomness.randrange(0, 400)
    if kind == "ratio":
        return Decimal(randomness.randrange(0, 10_001)) / 10_000
    if kind == "rate":
        return Decimal(randomness.randrange(400_000, 1_800_000)) / 100_000
    return Decimal(randomness.randrange(-50_000_000, 9_000_000_000)) / 100


def records(wanted: TableDefinition, heading: ReportHeading, members: int = 6, seed: int = 1) -> list[tuple[Any, ...]]:
    """Mart records of one organisation in the column order of ``read_tables``."""
    randomness = random.Random(f"{seed}{wanted.table_no}{heading.org_code}")
    if wanted.shape == "lines":
        return [
            (
                heading.org_code,
                line.line_code,
                *(
                    figure(randomness, line.kind if column.kind == "line" else str(column.kind))
                    for column in wanted.value_columns
                ),
            )
            for line in labels().lines[wanted.table_no].values()
            if line.line_code not in wanted.exceptional_lines
        ]
    rows: list[tuple[Any, ...]] = []
    for customer_type in CUSTOMER_TYPES:
        for number in range(members):
            role = "customer" if heading.is_company else "company"
            name = f"客户{customer_type[:1]}{number:03d}" if heading.is_company else f"第{number}农村小额贷款公司"
            rows.append((role, customer_type, f"C{customer_type[:1]}{number:03d}", name))
        rows.append(("type", customer_type, None, None))
    rows.append(("total", None, None, None))
    return [
        (
            heading.org_code,
            *keys,
            *(figure(randomness, str(column.kind)) for column in wanted.value_columns),
            *(figure(randomness, "amount") if keys[0] == "total" else None for _ in wanted.below),
        )
        for keys in rows
    ]


def table(table_no: int, heading: ReportHeading = COMPANY, members: int = 6) -> ReportTable:
    """One table in memory."""
    wanted = definition(table_no)
    build = line_table if wanted.shape == "lines" else member_table
    return build(wanted, heading, records(wanted, heading, members), labels())


def tables(heading: ReportHeading = COMPANY, members: int = 6) -> list[ReportTable]:
    """All nine tables in memory."""
    return [table(one.table_no, heading, members) for one in definitions()]


def create_marts(connection: psycopg.Connection) -> None:
    """Create empty marts with the columns the catalogue reads."""
    connection.execute("create schema if not exists marts")
    connection.execute(
        "create table marts.dim_org (org_level text, org_code text, org_name text, parent_code text,"
        " company_code text, county_code text, city_code text, zone_code text)"
    )
    connection.execute(
        "create table marts.fct_coverage_month (reporting_month date, org_level text, org_code text,"
        " expected_count int, submitted_count int)"
    )
    connection.execute("create schema if not exists intermediate")
    connection.execute(
        "create table intermediate.int_reporting_periods (reporting_month date, company_code text,"
        " submission_id bigint, county_code text, city_code text, zone_code text, province_code text,"
        " primary key (reporting_month, company_code))"
    )
    for wanted in definitions():
        keys = "reporting_month date, org_level text, org_code text, "
        keys += (
            "line_code text, line_order int"
            if wanted.shape == "lines"
            else "row_kind text, customer_type text, member_code text, member_name text, row_order int"
        )
        columns = [f"{one.field} {'int' if one.kind == 'count' else 'numeric'}" for one in wanted.value_columns]
        columns += [f"{name} numeric" for name in wanted.below]
        connection.execute(f"create table marts.{wanted.source} ({keys}, {', '.join(columns)})")


def fill_marts(
    connection: psycopg.Connection, headings: Sequence[ReportHeading], month: date = MONTH, members: int = 3
) -> None:
    """Fill the marts with seeded figures for the organisations."""
    for heading in headings:
        is_company = heading.org_level == "company"
        connection.execute(
            "insert into marts.dim_org values (%s, %s, %s, null, %s, '320506', '320500', 'ZONE_SN')",
            [heading.org_level, heading.org_code, heading.org_name, heading.org_code if is_company else None],
        )
        if heading.coverage:
            submitted, expected = heading.coverage
            connection.execute(
                "insert into marts.fct_coverage_month values (%s, %s, %s, %s, %s)",
                [month, heading.org_level, heading.org_code, expected, submitted],
            )
    for wanted in definitions():
        with connection.cursor().copy(f"copy marts.{wanted.source} from stdin") as copy:
            for heading in headings:
                if heading.org_level not in wanted.levels:
                    continue
                for order, record in enumerate(records(wanted, heading, members)):
                    keys = 1 if wanted.shape == "lines" else 4
                    copy.write_row(
                        (month, heading.org_level, heading.org_code, *record[1 : 1 + keys], order, *record[1 + keys :])
                    )


def accept_submission(
    connection: psycopg.Connection, heading: ReportHeading, version: int = 1, *, is_built: bool = True
) -> None:
    """Record an accepted submission with its header row; ``is_built`` says that the marts rest on it."""
    month = heading.month
    connection.execute(
        "update exchange.submissions set status = 'superseded'"
        " where company_code = %s and reporting_month = %s and status = 'accepted'",
        [heading.org_code, month],
    )
    row = connection.execute(
        "insert into exchange.submissions (company_code, reporting_month, version, status, receipt_number,"
        " content_sha256, contract_version, accepted_at) values (%s, %s, %s, 'accepted', %s, %s, '1.0.0', %s)"
        " returning submission_id",
        [
            heading.org_code,
            month,
            version,
            f"R{month:%Y%m}-{heading.org_code}-{version}",
            f"{version:064d}",
            ACCEPTED.replace(day=2 + version),
        ],
    ).fetchone()
    assert row is not None
    connection.execute(
        f"create table if not exists raw_submitted.company_month_{month:%Y%m}"
        f" partition of raw_submitted.company_month for values in ('{month}')"
    )
    values = {
        "submission_id": row[0],
        "company_code": heading.org_code,
        "reporting_month": month,
        "file_number": 1,
        "row_number": 2,
        "previous_closing_date": date(2024, 5, 31),
        "closing_date": date(2024, 6, 30),
        "amount_unit": "YUAN",
        "paid_in_capital_yuan": 1,
        "employee_count": 5,
        "loan_balance_yuan": 0,
        "note_count": 0,
        "prepared_by": SIGNATURES.preparer,
        "reviewed_by": SIGNATURES.reviewer,
        "responsible_person": SIGNATURES.responsible,
        "telephone": SIGNATURES.telephone,
    }
    connection.execute(
        f"insert into raw_submitted.company_month ({', '.join(values)}) values ({', '.join(['%s'] * len(values))})",
        list(values.values()),
    )
    if is_built:
        connection.execute(
            "insert into intermediate.int_reporting_periods"
            " values (%s, %s, %s, '320506', '320500', 'ZONE_SN', '320000')"
            " on conflict (reporting_month, company_code) do update set submission_id = excluded.submission_id",
            [month, heading.org_code, row[0]],
        )
