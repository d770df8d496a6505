from __future__ import annotations

from datetime import date

import psycopg
import pytest

from common.database import connect
from common.settings import Settings
from ingestion.gate.checking import LOCK
from orchestration.board import count_states, read_board
from orchestration.build_log import BuildStep, clock, closed_months, record_build, record_export, stale_months
from orchestration.status import month_overview

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


def register(connection: psycopg.Connection, code: str, opened: str, closed: str | None = None) -> None:
    connection.execute(
        "insert into reference.companies (company_code, valid_from, company_name, county_code, opened_date,"
        " closed_date, paid_in_capital_yuan) values (%s, %s, %s, '320102', %s, %s, 1)",
        [code, opened, f"{code}公司", opened, closed],
    )


def submit(connection: psycopg.Connection, code: str, month: date, version: int, status: str) -> None:
    connection.execute(
        "insert into exchange.submissions (company_code, reporting_month, version, status, receipt_number,"
        " content_sha256, contract_version, accepted_at)"
        " values (%s, %s, %s, %s, %s, %s, '1', case when %s = 'accepted' then clock_timestamp() end)",
        [code, month, version, status, f"{code}{month}{version}", f"{version}", status],
    )


@pytest.fixture
def filled(installation: Settings) -> Settings:
    with connect(installation) as connection:
        for code in ("C1", "C2", "C3", "C4"):
            register(connection, code, "2020-01-01")
        register(connection, "C5", "2020-01-01", closed="2023-12-31")
        register(connection, "C6", "2024-02-10")
        submit(connection, "C1", JANUARY, 1, "superseded")
        submit(connection, "C1", JANUARY, 2, "accepted")
        submit(connection, "C1", JANUARY, 3, "rejected")
        submit(connection, "C2", JANUARY, 1, "rejected")
        submit(connection, "C3", JANUARY, 1, "received")
    return installation


def test_board_shows_every_expected_company(filled: Settings) -> None:
    with connect(filled) as connection:
        board = read_board(connection, JANUARY)
    assert [(row.company_code, row.state, row.version) for row in board] == [
        ("C1", "accepted", 2),
        ("C2", "rejected", 1),
        ("C3", "received", 1),
        ("C4", "missing", None),
    ]
    assert count_states(board) == {"accepted": 1, "rejected": 1, "received": 1, "missing": 1}


def test_acceptance_after_build_makes_month_stale(filled: Settings) -> None:
    with connect(filled, autocommit=True) as connection:
        assert stale_months(connection, FEBRUARY) == [("C1", JANUARY)]
        record_build(connection, "run", BuildStep(JANUARY, JANUARY), clock(connection))
        assert stale_months(connection, FEBRUARY) == [("C1", JANUARY)]
        record_export(connection, JANUARY, JANUARY)
        assert stale_months(connection, FEBRUARY) == []
        assert closed_months(connection) == {JANUARY}
        submit(connection, "C4", JANUARY, 1, "accepted")
        assert stale_months(connection, FEBRUARY) == [("C4", JANUARY)]


def test_build_waits_for_acceptance_under_way(filled: Settings) -> None:
    with connect(filled, autocommit=True) as build:
        build.execute("set lock_timeout = '200ms'")
        with connect(filled) as gate:
            gate.execute("select pg_advisory_lock(hashtext(%s))", [LOCK])
            submit(gate, "C4", JANUARY, 1, "accepted")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                clock(build)
        record_build(build, "run", BuildStep(JANUARY, JANUARY), clock(build))
        record_export(build, JANUARY, JANUARY)
        assert stale_months(build, JANUARY) == []


def test_build_of_one_company_leaves_others_stale(filled: Settings) -> None:
    with connect(filled, autocommit=True) as connection:
        submit(connection, "C4", JANUARY, 1, "accepted")
        record_build(connection, "run", BuildStep(JANUARY, JANUARY, ("C4",)), clock(connection))
        record_export(connection, JANUARY, JANUARY)
        assert stale_months(connection, JANUARY) == [("C1", JANUARY)]
        assert closed_months(connection) == set()


def test_overview_tells_whether_month_is_closed(filled: Settings) -> None:
    assert month_overview(filled) == [("2024-01", 4, 1, 1, 1, 1, "未月结")]
    with connect(filled, autocommit=True) as connection:
        record_build(connection, "run", BuildStep(JANUARY, JANUARY), clock(connection))
        record_export(connection, JANUARY, JANUARY)
        assert month_overview(filled)[0][-1] == "已月结"
        submit(connection, "C4", JANUARY, 1, "accepted")
    assert month_overview(filled)[0][-1] == "有更正待重算"
