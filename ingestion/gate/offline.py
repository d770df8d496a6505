"""Checking files without the office's database (离线检查): the same gate on a throw-away server.

What needs the register or earlier months cannot be asked here; one finding says so.
"""

from __future__ import annotations

import csv
import io
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg

from common import postgres
from common.database import connect, engine
from common.exchange import Severity, create_exchange_tables
from common.month import parse_month
from common.settings import Settings, load_settings
from ingestion.contract import load_contract
from ingestion.findings import Finding
from ingestion.gate.checking import check_received
from ingestion.raw_tables import create_raw_tables
from ingestion.reading import SubmittedFiles, read_files
from ingestion.reference import load_reference
from ingestion.register import create_register_tables
from ingestion.register_file import CODE_PATTERN
from ingestion.rules import load_rules, rule_by_id
from ingestion.submissions import receive

UNKNOWN_COMPANY = "OFFLINE"
UNKNOWN_MONTH = date(2019, 1, 1)
NEEDS = ("history", "register")


def validate_files(
    paths: Sequence[Path], company_code: str | None = None, month: str | date | None = None
) -> list[Finding]:
    """Check files as the gate would, with no database but one made for the occasion.

    Company and month are taken from the files' own header where they are not given. The last finding says which
    rules could not be asked.

    Raises:
        SubmissionError: there are no files, or two of one name.
    """
    claimed_company, claimed_month = _claimed(read_files(paths))
    company = company_code or claimed_company or UNKNOWN_COMPANY
    reporting_month = _as_month(month) or claimed_month or UNKNOWN_MONTH
    with tempfile.TemporaryDirectory(prefix="lendwatch-validate-") as folder:
        settings = replace(
            load_settings(), home=Path(folder), postgres_url=None, postgres_port=_free_port(), database_prefix=""
        )
        postgres.start(settings)
        try:
            _prepare(settings, company)
            receipt = receive(settings, company, reporting_month, paths)
            check_received(settings, without=NEEDS)
            findings = _findings(settings, receipt.submission_id)
        finally:
            postgres.stop(settings)
    return [*findings, _not_asked()]


def _claimed(files: SubmittedFiles) -> tuple[str | None, date | None]:
    """Read company and month from the header record, if there is one."""
    header = files.records.get("company_month")
    if header is None or not header.row_count:
        return None, None
    row = next(csv.reader(io.StringIO(header.body.decode("utf-8"))), [])
    names = ["", *header.columns] if header.numbered else list(header.columns)
    values = dict(zip(names, row, strict=False))
    try:
        month = parse_month(values.get("reporting_month", "")[:7])
    except ValueError:
        month = None
    code = values.get("company_code", "")
    return (code if CODE_PATTERN.fullmatch(code) else None), month


def _as_month(month: str | date | None) -> date | None:
    return parse_month(month) if isinstance(month, str) else month


def _prepare(settings: Settings, company_code: str) -> None:
    with engine(settings).begin() as tables:
        create_exchange_tables(tables)
    with connect(settings) as connection:
        create_raw_tables(connection, load_contract())
        create_register_tables(connection)
        load_reference(settings, connection)
        _register(connection, company_code)


def _register(connection: psycopg.Connection, company_code: str) -> None:
    """The company is taken on trust: the rules that compare with the register are not asked."""
    connection.execute(
        "insert into reference.companies (company_code, valid_from, company_name, county_code, opened_date,"
        " paid_in_capital_yuan) values (%s, '1990-01-01', '离线检查', '320102', '1990-01-01', 1)",
        [company_code],
    )


def _findings(settings: Settings, submission_id: int) -> list[Finding]:
    with connect(settings) as connection:
        rows = connection.execute(
            "select rule_id, severity, record, file_number, row_number, column_name, value, message, remedy"
            " from exchange.submission_findings where submission_id = %s order by finding_id",
            [submission_id],
        ).fetchall()
    return [Finding(row[0], Severity(row[1]), *row[2:]) for row in rows]


def _not_asked() -> Finding:
    rule = rule_by_id("VE-OFFLINE")
    titles = "、".join(item.title for item in load_rules() if item.needs in NEEDS)
    return Finding(
        rule.rule_id, rule.severity, None, None, None, None, None, rule.message.format(titles=titles), rule.remedy
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
