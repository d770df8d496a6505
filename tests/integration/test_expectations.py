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
    "trial_balance 余额": "update raw_submitted.trial_balance set closing_debit_yuan = 1 + closing_debit_yuan",
    "staff 主键": "update raw_submitted.staff set staff_no = 'M1'",
}


def _failed(settings: Settings) -> dict[tuple[str, str], str]:
    outcomes: list[ExpectationOutcome] = run_expectations(settings, MONTH)
    assert len(outcomes) > 200
    failed = [outcome for outcome in outcomes if not outcome.success]
    assert [outcome for outcome in failed if "未能执行" in outcome.detail] == []
    return {(outcome.record, outcome.expectation): outcome.detail for outcome in failed}


@pytest.fixture
def accepted(installation: Settings, tmp_path: Path) -> Settings:
    with connect(installation) as connection:
        register_company(connection)
    receive(installation, "JS0001", MONTH, write_csv_files(new_folder(tmp_path), company_month()))
    check_received(installation)
    return installation


def test_accepted_month_meets_every_expectation(accepted: Settings) -> None:
    assert _failed(accepted) == {}


def test_rows_changed_behind_the_gate_fail_their_expectations(accepted: Settings) -> None:
    with connect(accepted) as connection:
        for statement in SPOILS.values():
            connection.execute(statement)
    failed = _failed(accepted)
    assert {
        ("note_states", "UnexpectedRowsExpectation"),
        ("trial_balance", "UnexpectedRowsExpectation"),
        ("notes", "ExpectColumnValuesToBeInSet"),
        ("notes", "ExpectColumnValuesToBeBetween"),
        ("staff", "ExpectCompoundColumnsToBeUnique"),
    } <= failed.keys()
    assert failed["notes", "ExpectColumnValuesToBeBetween"] == "不符合的有 1 行"
    assert ("customers", "ExpectCompoundColumnsToBeUnique") not in failed


def test_expectation_that_cannot_run_says_why(accepted: Settings) -> None:
    with connect(accepted) as connection:
        connection.execute("alter table raw_submitted.staff rename column staff_no to number_of_staff")
    outcomes = [item for item in run_expectations(accepted, MONTH) if item.record == "staff" and not item.success]
    assert outcomes
    assert all("检验未能执行" in outcome.detail and "staff_no" in outcome.detail for outcome in outcomes)
