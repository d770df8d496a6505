"""The same close on a server that is not ours: named by a setting, another PostgreSQL version."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from common import postgres
from common.database import connect
from common.settings import Settings
from ingestion.submissions import receive
from orchestration.close import close_month
from orchestration.doctor import examine
from orchestration.prepare import prepare
from tests.external_server import running_server, server_programs
from tests.factories import company_month, register_company, write_csv_files

MONTH = date(2019, 6, 1)
PROGRAMS = server_programs()


@pytest.mark.parametrize("name", PROGRAMS)
def test_close_works_on_external_server(name: str, server: Settings, tmp_path: Path) -> None:
    with running_server(PROGRAMS[name]) as url:
        settings = replace(server, home=tmp_path / "home", postgres_url=url, database_prefix="ext_")
        prepare(settings)
        with connect(settings) as connection:
            assert connection.info.server_version // 10_000 in (15, 16, 17, 18)
            assert connection.info.port != server.postgres_port
            register_company(connection)
        receive(settings, "JS0001", MONTH, write_csv_files(tmp_path / "files", company_month()))
        outcome = close_month(settings, MONTH)
        assert [row.state for row in outcome.board] == ["accepted"]
        assert outcome.failed_checks == ()
        assert list(settings.reports.rglob("company/JS0001*.xlsx"))
        assert {item.title: item.well for item in examine(settings)}["PostgreSQL"]


def test_stop_leaves_external_server_alone(server: Settings, tmp_path: Path) -> None:
    with running_server(PROGRAMS["wheel-16"]) as url:
        postgres.stop(replace(server, home=tmp_path, postgres_url=url))
        with psycopg.connect(f"{url}/postgres") as connection:
            assert connection.execute("select 1").fetchone() == (1,)
