"""A tiny demonstration, run twice: what was handed in and closed is recognised."""

from __future__ import annotations

from datetime import date

import pytest

from common.database import connect
from common.settings import Settings
from orchestration.demo import DemoError, run_demo
from tests.factories import register_company


def test_second_demonstration_recognises_the_first(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.demo.COMPANIES", 3)
    monkeypatch.setattr("orchestration.demo.MONTHS", 1)
    told: list[str] = []
    first = run_demo(installation, tell=told.append)
    assert told[0] == "生成模拟省份：3 家公司，2023-12 起 1 个月"
    assert [(month.month, month.submitted, month.rejected, month.accepted) for month in first.months] == [
        (date(2023, 12, 1), 3, 1, 3)
    ]
    assert first.months[0].received == 4
    assert not first.is_repetition
    second = run_demo(installation, tell=told.append)
    assert second.is_repetition
    assert [(month.submitted, month.rejected, month.accepted) for month in second.months] == [(3, 1, 3)]
    assert second.months[0].failed_checks == ()
    monkeypatch.setattr("orchestration.demo.MONTHS", 3)
    with pytest.raises(DemoError, match="请先执行 make clean"):
        run_demo(installation, tell=told.append)


def test_demonstration_keeps_away_from_real_data(installation: Settings) -> None:
    with connect(installation) as connection:
        register_company(connection)
        connection.execute(
            "insert into exchange.submissions (company_code, reporting_month, version, receipt_number, content_sha256,"
            " contract_version) values ('JS0001', '2023-12-01', 1, 'R1', 'x', '1')"
        )
    with pytest.raises(DemoError, match="已有正式报送"):
        run_demo(installation)
