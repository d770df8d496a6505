"""The course of a submission through the gate: acceptance, rejection, resubmission, crashes, other companies."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from common.database import connect
from common.exchange import SubmissionStatus
from common.settings import Settings
from ingestion.gate import CheckOutcome, check_received
from ingestion.gate.verdict import MOST_OF_A_RULE
from ingestion.rules import STAGE_NAMES, Stage
from ingestion.submissions import receive
from tests.factories import (
    CompanyMonth,
    company_month,
    event,
    new_folder,
    next_month,
    register_company,
    write_csv_files,
)

JUNE = date(2019, 6, 1)
JULY = date(2019, 7, 1)
KILL = """
select pg_terminate_backend(pid, 10000) from pg_stat_activity
where datname = current_database() and application_name = 'lendwatch' and pid <> pg_backend_pid()
"""
ACCEPTED, REJECTED = SubmissionStatus.ACCEPTED, SubmissionStatus.REJECTED
CHECKING, SUPERSEDED = SubmissionStatus.CHECKING, SubmissionStatus.SUPERSEDED
REGISTER_THAT_FAILS_FOR_JS0002 = """
alter table reference.companies rename to companies_kept;
create view reference.companies as
select company_code, valid_from, valid_to, opened_date, closed_date, closing_day,
    paid_in_capital_yuan / case company_code when 'JS0002' then 0 else 1 end as paid_in_capital_yuan
from reference.companies_kept
"""


@pytest.fixture
def office(installation: Settings) -> Settings:
    with connect(installation) as connection:
        for code in ("JS0001", "JS0002", "JS0003"):
            register_company(connection, code)
    return installation


def _send(settings: Settings, folder: Path, data: CompanyMonth, code: str = "JS0001", month: date = JUNE) -> int:
    return receive(settings, code, month, write_csv_files(new_folder(folder), data)).submission_id


def _spoiled(code: str = "JS0001") -> CompanyMonth:
    data = company_month(code)
    data["note_states"][0]["closing_balance_yuan"] = 1
    return data


def _statuses(outcomes: list[CheckOutcome]) -> dict[str, SubmissionStatus]:
    return {outcome.company_code: outcome.status for outcome in outcomes}


def _rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with connect(settings) as connection:
        return connection.execute(query).fetchall()


def test_accepted_rows_know_submission_file_and_row(office: Settings, tmp_path: Path) -> None:
    submission_id = _send(office, tmp_path, company_month())
    outcomes = check_received(office)
    assert outcomes == [CheckOutcome(submission_id, "JS0001", JUNE, ACCEPTED, 0, 0)]
    notes = _rows(
        office,
        "select submission_id, company_code, reporting_month, row_number, note_no, primary_security, is_renewal"
        " from raw_submitted.notes order by row_number",
    )
    assert notes == [
        (submission_id, "JS0001", JUNE, 2, "N1", "GUARANTEE", False),
        (submission_id, "JS0001", JUNE, 3, "N2", "MORTGAGE", False),
        (submission_id, "JS0001", JUNE, 4, "N3", "CREDIT", False),
    ]
    counts = _rows(office, "select row_counts ->> 'notes', accepted_at is not null from exchange.submissions")
    assert counts == [("3", True)]


def test_rejected_submission_leaves_raw_tables_untouched(office: Settings, tmp_path: Path) -> None:
    _send(office, tmp_path, _spoiled())
    assert _statuses(check_received(office)) == {"JS0001": REJECTED}
    assert _rows(office, "select 1 from raw_submitted.notes union all select 1 from raw_submitted.customers") == []
    found = _rows(
        office, "select record, row_number, message from exchange.submission_findings where rule_id = 'CK-01'"
    )
    assert len(found) == 1
    assert found[0][:2] == ("note_states", 2)
    assert "N1" in found[0][2]


def test_resubmission_supersedes_once_it_is_accepted(office: Settings, tmp_path: Path) -> None:
    _send(office, tmp_path, company_month())
    check_received(office)
    _send(office, tmp_path, _spoiled())
    check_received(office)
    assert _rows(office, "select status from exchange.submissions order by version") == [("accepted",), ("rejected",)]
    better = company_month()
    better["company_month"][0]["employee_count"] = 9
    _send(office, tmp_path, better)
    check_received(office)
    states = _rows(office, "select status, superseded_at is not null from exchange.submissions order by version")
    assert states == [("superseded", True), ("rejected", False), ("accepted", False)]


def test_versions_sent_together_end_with_the_newest(office: Settings, tmp_path: Path) -> None:
    _send(office, tmp_path, company_month())
    better = company_month()
    better["company_month"][0]["employee_count"] = 9
    _send(office, tmp_path, better)
    assert [outcome.status for outcome in check_received(office)] == [ACCEPTED, ACCEPTED]
    assert _rows(office, "select version from exchange.submissions where status = 'accepted'") == [(2,)]


def test_older_version_left_open_never_returns(office: Settings, tmp_path: Path) -> None:
    older = _send(office, tmp_path, company_month())
    better = company_month()
    better["company_month"][0]["employee_count"] = 9
    newer = _send(office, tmp_path, better)
    with connect(office) as connection:
        connection.execute(
            f"alter table raw_submitted.staff add constraint odd check (submission_id <> {older}) not valid"
        )
    assert {item.submission_id: item.status for item in check_received(office)} == {older: CHECKING, newer: ACCEPTED}
    with connect(office) as connection:
        connection.execute("alter table raw_submitted.staff drop constraint odd")
    assert {item.submission_id: item.status for item in check_received(office)} == {older: SUPERSEDED}
    assert _rows(office, "select version, accepted_at is null from exchange.submissions where status = 'superseded'"
                 " union all select version, false from exchange.submissions where status = 'accepted'") == [
        (1, True), (2, False),
    ]  # fmt: skip
    assert check_received(office) == []


def test_companies_of_one_batch_do_not_touch_each_other(office: Settings, tmp_path: Path) -> None:
    _send(office, tmp_path, company_month("JS0001"), "JS0001")
    _send(office, tmp_path, _spoiled("JS0002"), "JS0002")
    garbage = tmp_path / "garbage.xlsx"
    garbage.write_bytes(b"PK\x03\x04 not a workbook")
    receive(office, "JS0003", JUNE, [garbage])
    assert _statuses(check_received(office)) == {"JS0001": ACCEPTED, "JS0002": REJECTED, "JS0003": REJECTED}
    assert _rows(office, "select distinct company_code from raw_submitted.notes") == [("JS0001",)]


def test_lost_connection_leaves_a_check_to_be_redone(office: Settings, tmp_path: Path) -> None:
    _send(office, tmp_path, company_month())
    killed: list[bool] = []

    def kill(text: str, *_: int) -> None:
        if STAGE_NAMES[Stage.BALANCES] in text:
            with connect(office) as other:
                killed.extend(row[0] for row in other.execute(KILL))

    with pytest.raises(psycopg.OperationalError):
        check_received(office, progress=kill)
    assert killed == [True]
    assert _rows(office, "select status from exchange.submissions") == [("checking",)]
    assert _statuses(check_received(office)) == {"JS0001": ACCEPTED}
    assert check_received(office) == []


def test_two_checks_at_once_take_turns(office: Settings, tmp_path: Path) -> None:
    _send(office, tmp_path, company_month())
    outcomes: list[CheckOutcome] = []
    threads = [threading.Thread(target=lambda: outcomes.extend(check_received(office))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _statuses(outcomes) == {"JS0001": ACCEPTED}
    assert len(outcomes) == 1
    assert _rows(office, "select count(*) from raw_submitted.notes") == [(3,)]


def test_explained_warning_is_accepted(office: Settings, tmp_path: Path) -> None:
    data = company_month()
    data["note_states"][0].update(overdue_days_principal=91, overdue_principal_yuan=9)
    data["explanations"] = [{"rule_id": "CK-16", "explanation": "借款人住院，已约定还款"}]
    _send(office, tmp_path, data)
    (outcome,) = check_received(office)
    assert (outcome.status, outcome.error_count, outcome.warning_count) == (ACCEPTED, 0, 1)


def test_month_is_refused_while_the_month_before_is_open(office: Settings, tmp_path: Path) -> None:
    june = _spoiled()
    july = next_month(company_month())
    _send(office, tmp_path, june)
    _send(office, tmp_path, july, month=JULY)
    assert [outcome.status for outcome in check_received(office)] == [REJECTED, REJECTED]
    assert ("VH-SEQUENCE",) in _rows(office, "select rule_id from exchange.submission_findings")
    _send(office, tmp_path, company_month())
    july["company_month"][0]["telephone"] = "1"
    _send(office, tmp_path, july, month=JULY)
    assert [outcome.status for outcome in check_received(office)] == [ACCEPTED, ACCEPTED]


def test_months_limit_what_is_checked(office: Settings, tmp_path: Path) -> None:
    _send(office, tmp_path, company_month())
    _send(office, tmp_path, next_month(company_month()), month=JULY)
    assert [outcome.reporting_month for outcome in check_received(office, [JUNE])] == [JUNE]
    assert _rows(office, "select count(*) from exchange.submissions where status = 'received'") == [(1,)]


def test_counts_are_complete_where_the_list_is_cut(office: Settings, tmp_path: Path) -> None:
    data = company_month()
    data["loan_events"] = [event(f"E{n}", "N1", JULY, "发放", 1) for n in range(MOST_OF_A_RULE + 5)]
    _send(office, tmp_path, data)
    (outcome,) = check_received(office)
    stored = _rows(office, "select count(*) from exchange.submission_findings where rule_id = 'VR-WINDOW'")
    assert stored == [(MOST_OF_A_RULE + 1,)]
    assert outcome.error_count > MOST_OF_A_RULE + 5
    cut = _rows(
        office, "select value from exchange.submission_findings where rule_id = 'VR-WINDOW' and row_number is null"
    )
    assert cut == [(str(MOST_OF_A_RULE + 5),)]


def test_row_numbers_survive_a_refused_copy(office: Settings, tmp_path: Path) -> None:
    paths = write_csv_files(new_folder(tmp_path), company_month("JS0001"))
    ragged = next(path for path in paths if path.stem == "借据")
    lines = ragged.read_text().splitlines()
    ragged.write_text("\n".join([*lines[:2], lines[2] + ",多余", lines[3]]))
    receive(office, "JS0001", JUNE, paths)
    _send(office, tmp_path, company_month("JS0002"), "JS0002")
    assert _statuses(check_received(office)) == {"JS0001": REJECTED, "JS0002": ACCEPTED}
    rows = _rows(office, "select row_number from raw_submitted.notes where company_code = 'JS0002' order by 1")
    assert rows == [(2,), (3,), (4,)]
    assert (3,) in _rows(office, "select row_number from exchange.submission_findings where record = 'notes'")


def test_database_refusal_of_one_company_spares_the_others(
    office: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(office) as connection:
        connection.execute(
            "alter table raw_submitted.staff add constraint odd check (company_code <> 'JS0002' or staff_name is null)"
        )
    _send(office, tmp_path, company_month("JS0001"), "JS0001")
    _send(office, tmp_path, company_month("JS0002"), "JS0002")
    with caplog.at_level("ERROR"):
        assert _statuses(check_received(office)) == {"JS0001": ACCEPTED, "JS0002": CHECKING}
    states = _rows(office, "select company_code, status from exchange.submissions order by company_code")
    assert states == [("JS0001", "accepted"), ("JS0002", "checking")]
    assert "could not be stored" in caplog.text
    assert 'violates check constraint "odd"' in caplog.text


def test_sql_error_of_one_company_rejects_only_it(office: Settings, tmp_path: Path) -> None:
    with connect(office) as connection:
        connection.execute(REGISTER_THAT_FAILS_FOR_JS0002)
    for code in ("JS0001", "JS0002", "JS0003"):
        _send(office, tmp_path, company_month(code), code)
    assert _statuses(check_received(office)) == {"JS0001": ACCEPTED, "JS0002": REJECTED, "JS0003": ACCEPTED}
    found = _rows(office, "select company_code, rule_id from exchange.submission_findings natural join"
                  " exchange.submissions")  # fmt: skip
    assert found == [("JS0002", "VE-UNREADABLE")]
    assert _rows(office, "select count(*) from raw_submitted.notes group by company_code") == [(3,), (3,)]


def test_files_out_of_reach_keep_a_submission_open(office: Settings, tmp_path: Path) -> None:
    for code in ("JS0001", "JS0002"):
        _send(office, tmp_path, company_month(code), code)
    folder = office.submissions / "JS0001"
    away = folder.rename(office.home / "unmounted")
    assert _statuses(check_received(office)) == {"JS0001": CHECKING, "JS0002": ACCEPTED}
    assert _rows(office, "select 1 from exchange.submission_findings") == []
    away.rename(folder)
    assert _statuses(check_received(office)) == {"JS0001": ACCEPTED}


def test_accepted_versions_are_one_per_month_in_the_database(office: Settings, tmp_path: Path) -> None:
    _send(office, tmp_path, company_month())
    check_received(office)
    with connect(office) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(
            "insert into exchange.submissions (company_code, reporting_month, version, status, receipt_number,"
            " content_sha256, contract_version) values ('JS0001', %s, 9, 'accepted', 'x', 'y', '1')",
            [JUNE],
        )
