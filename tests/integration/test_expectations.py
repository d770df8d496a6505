"""Great Expectations agrees with the gate on an accepted month, and sees what bypassed the gate."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from common.database import connect
from common.settings import Settings
from ingestion.expectations import ExpectationOutcome, run_expectations
from ingestion.gate import check_received
from ingestion.submissions import receive
from tests.factories import company_month, new_folder, register_company, write_csv_files

MONTH = date(2019, 6, 1)
SPOILS = {
    "note_states 状态": "update raw_submitted.note_states set closing_balance_yuan = 1 where note_no = 'N1'",
    "notes 代码": "update raw_submitted.notes set primary_security = 'SPOKEN' where note_no = 'N1'",
    "notes 范围": "update raw_submitted.notes set annual_rate_pct = 101 where note_no = 'N1'",
    "staff 主键": "update raw_submitted.staff set staff_no = 'M1'",
}


def _failed(settings: Settings) -> set[tuple[str, str]]:
    outcomes: list[ExpectationOutcome] = run_expectations(settings, MONTH)
    assert len(outcomes) > 200
    return {(outcome.record, outcome.expectation) for outcome in outcomes if not outcome.success}


@pytest.fixture
def accepted(installation: Settings, tmp_path: Path) -> Settings:
    with connect(installation) as connection:
        register_company(connection)
    receive(installation, "JS0001", MONTH, write_csv_files(new_folder(tmp_path), company_month()))
    check_received(installation)
    return installation


def test_accepted_month_meets_every_expectation(accepted: Settings) -> None:
    assert _failed(accepted) == set()


def test_rows_changed_behind_the_gate_fail_their_expectations(accepted: Settings) -> None:
    with connect(accepted) as connection:
        for statement in SPOILS.values():
            connection.execute(statement)
    failed = _failed(accepted)
    assert {
        ("note_states", "UnexpectedRowsExpectation"),
        ("notes", "ExpectColumnValuesToBeInSet"),
        ("notes", "ExpectColumnValuesToBeBetween"),
        ("staff", "ExpectCompoundColumnsToBeUnique"),
    } <= failed
    assert ("customers", "ExpectCompoundColumnsToBeUnique") not in failed
