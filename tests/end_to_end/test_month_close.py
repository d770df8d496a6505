"""From a company's files to the workbook it gets back: submit, close through Dagster, read the figures again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from openpyxl import load_workbook

from common.database import connect
from common.month import add_months, label
from common.settings import Settings
from ingestion.painting import paint_findings
from ingestion.submissions import Receipt, receive, stored_files
from orchestration.build_log import BuildStep
from orchestration.close import CloseOutcome, close_month
from orchestration.instance import open_instance
from orchestration.submission_findings import read_findings
from tests.factories import company_month, new_folder, next_month, register_company, write_csv_files

JUNE, JULY = date(2019, 6, 1), date(2019, 7, 1)
GOOD, ALSO_GOOD, DEFECTIVE = "JS0001", "JS0002", "JS0003"
BALANCE = "select sum(closing_balance_yuan) from raw_submitted.note_states where reporting_month = %s"
PROVINCE_BALANCE = """
select sum(amount_yuan) from marts.rpt_01_business_status
where reporting_month = %s and org_level = %s and line_code = 'T1-07'
"""


@dataclass
class Closed:
    """An installation after the close of June and July, with what was handed in."""

    settings: Settings
    june: CloseOutcome
    july: CloseOutcome
    defective: Receipt


@pytest.fixture(scope="module")
def closed(make_installation: Callable[[], Settings], tmp_path_factory: pytest.TempPathFactory) -> Closed:
    settings = make_installation()
    folder = tmp_path_factory.mktemp("files")
    with connect(settings) as connection:
        for code in (GOOD, ALSO_GOOD, DEFECTIVE):
            register_company(connection, code)
    months = {code: company_month(code, JUNE) for code in (GOOD, ALSO_GOOD, DEFECTIVE)}
    months[DEFECTIVE]["customers"][0]["id_number"] = "320102198001010000"
    receipts = {
        code: receive(settings, code, JUNE, write_csv_files(new_folder(folder), data)) for code, data in months.items()
    }
    june = close_month(settings, JUNE)
    for code in (GOOD, ALSO_GOOD):
        receive(settings, code, JULY, write_csv_files(new_folder(folder), next_month(months[code])))
    return Closed(settings, june, close_month(settings, JULY), receipts[DEFECTIVE])


def one(connection: psycopg.Connection, query: str, *values: object) -> Decimal:
    row = connection.execute(query, values).fetchone()
    assert row
    return Decimal(row[0])


def state_of(outcome: CloseOutcome, company: str) -> str:
    return next(row.state for row in outcome.board if row.company_code == company)


def test_failing_company_does_not_stop_others(closed: Closed) -> None:
    codes = (GOOD, ALSO_GOOD, DEFECTIVE)
    assert [state_of(closed.june, code) for code in codes] == [
        "accepted",
        "accepted",
        "rejected",
    ]
    assert [state_of(closed.july, code) for code in codes] == ["accepted", "accepted", "missing"]


def test_each_close_builds_only_its_month(closed: Closed) -> None:
    assert closed.june.steps == (BuildStep(JUNE, JUNE),)
    assert closed.july.steps == (BuildStep(JULY, JULY),)


def test_all_checks_hold_after_close(closed: Closed) -> None:
    assert closed.june.failed_checks == closed.july.failed_checks == ()


@pytest.mark.parametrize("month", [JUNE, JULY], ids=label)
def test_province_balance_is_sum_of_raw_rows(closed: Closed, month: date) -> None:
    with connect(closed.settings) as connection:
        raw = one(connection, BALANCE, month)
        assert raw > 0
        assert one(connection, PROVINCE_BALANCE, month, "province") == raw
        assert one(connection, PROVINCE_BALANCE, month, "company") == raw


@pytest.mark.parametrize("month", [JUNE, JULY], ids=label)
def test_company_workbook_shows_raw_balance(closed: Closed, month: date) -> None:
    found = list((closed.settings.reports / label(month)).rglob(f"company/{GOOD}*.xlsx"))
    assert len(found) == 1
    with connect(closed.settings) as connection:
        raw = one(connection, f"{BALANCE} and company_code = %s", month, GOOD)
    sheet = load_workbook(found[0])["表一"]
    shown = {round(Decimal(str(cell)), 2) for row in sheet.values for cell in row if isinstance(cell, int | float)}
    assert round(raw / 10_000, 2) in shown


def test_rejected_rows_never_reach_raw_tables(closed: Closed) -> None:
    with connect(closed.settings) as connection:
        row = connection.execute(
            "select count(*) from raw_submitted.customers where company_code = %s", [DEFECTIVE]
        ).fetchone()
    assert row == (0,)


def test_defective_file_goes_back_painted(closed: Closed, tmp_path: Path) -> None:
    with connect(closed.settings) as connection:
        findings = read_findings(connection, closed.defective.submission_id)
        originals = stored_files(closed.settings, connection, closed.defective.submission_id)
    assert ("customers", "id_number") in {(finding.record, finding.column_name) for finding in findings}
    paint_findings(originals, findings, tmp_path / "back.xlsx")
    comments = [
        cell.comment.text
        for sheet in load_workbook(tmp_path / "back.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    ]
    assert comments


def test_runs_and_materialisations_are_stored(closed: Closed) -> None:
    import dagster as dg

    with open_instance(closed.settings) as instance:
        runs = instance.get_runs()
        keys = [dg.AssetKey(["marts", "rpt_01_business_status"]), dg.AssetKey(["exports", "workbooks"])]
        partitions = {key: instance.get_materialized_partitions(key) for key in keys}
    assert [run.job_name for run in reversed(runs)] == ["ingest_month", "build_month"] * 2
    assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
    assert partitions == dict.fromkeys(keys, {label(JUNE), label(JULY)})


def test_second_close_has_nothing_to_build(closed: Closed) -> None:
    assert close_month(closed.settings, JULY).steps == ()


def test_late_correction_rebuilds_its_company_only(closed: Closed, tmp_path: Path) -> None:
    settings = closed.settings
    corrected = company_month(GOOD, JUNE)
    corrected["staff"][0]["staff_name"] = "孙经理"
    receive(settings, GOOD, JUNE, write_csv_files(tmp_path, corrected))
    untouched = next((settings.reports / label(JULY)).rglob(f"company/{ALSO_GOOD}*.xlsx"))
    before = untouched.stat().st_mtime_ns
    outcome = close_month(settings, add_months(JUNE, 1))
    assert outcome.steps == (BuildStep(JUNE, JULY, (GOOD,)),)
    assert untouched.stat().st_mtime_ns == before
    with connect(settings) as connection:
        assert one(connection, PROVINCE_BALANCE, JULY, "province") == one(connection, BALANCE, JULY)
