from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import dagster as dg
import pytest

from common.database import connect
from common.settings import Settings
from orchestration.build_log import BuildStep, clock, record_build, record_export
from orchestration.defs.partitions import COMPANIES_TAG, RANGE_END_TAG, RANGE_START_TAG
from orchestration.defs.sensors import sensors

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def submit(settings: Settings, code: str, month: date, status: str, version: int = 1) -> None:
    with connect(settings) as connection:
        connection.execute(
            "insert into exchange.submissions (company_code, reporting_month, version, status, receipt_number,"
            " content_sha256, contract_version, accepted_at)"
            " values (%s, %s, %s, %s, %s, %s, '1', case when %s = 'accepted' then clock_timestamp() end)",
            [code, month, version, status, f"{code}{month}{version}", f"{version}", status],
        )


def change(settings: Settings, statement: str) -> None:
    with connect(settings) as connection:
        connection.execute(f"update exchange.submissions set {statement}")


def asked(settings: Settings, instance: dg.DagsterInstance, name: str) -> dg.RunRequest | None:
    sensor = next(sensor for sensor in sensors(settings) if sensor.name == name)
    with dg.build_sensor_context(instance=instance) as context:
        requests = sensor.evaluate_tick(context).run_requests
    return requests[0] if requests else None


def close_january(settings: Settings) -> None:
    with connect(settings, autocommit=True) as connection:
        record_build(connection, "run", BuildStep(JANUARY, JANUARY), clock(connection))
        record_export(connection, JANUARY, JANUARY)


@pytest.mark.parametrize("status", ["received", "checking"])
def test_undecided_submissions_start_the_gate(
    installation: Settings, instance: dg.DagsterInstance, status: str
) -> None:
    submit(installation, "C1", JANUARY, status)
    submit(installation, "C2", FEBRUARY, "received")
    request = asked(installation, instance, "new_submission_sensor")
    assert request is not None
    assert (request.tags[RANGE_START_TAG], request.tags[RANGE_END_TAG]) == ("2024-01", "2024-02")


def test_decided_submissions_start_nothing(installation: Settings, instance: dg.DagsterInstance) -> None:
    for code, status in (("C1", "rejected"), ("C2", "accepted")):
        submit(installation, code, JANUARY, status)
    assert asked(installation, instance, "new_submission_sensor") is None
    assert asked(installation, instance, "late_correction_sensor") is None


def test_reopened_submission_is_asked_for_anew(installation: Settings, instance: dg.DagsterInstance) -> None:
    submit(installation, "C1", JANUARY, "received")
    first = asked(installation, instance, "new_submission_sensor")
    change(installation, "status = 'rejected', checked_at = clock_timestamp()")
    change(installation, "status = 'received'")
    second = asked(installation, instance, "new_submission_sensor")
    assert first
    assert second
    assert first.run_key != second.run_key


@pytest.mark.parametrize("name", ["new_submission_sensor", "late_correction_sensor"])
def test_undone_work_is_asked_for_again(
    installation: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("orchestration.defs.sensors.AGAIN_SECONDS", 1e-6)
    close_january(installation)
    submit(installation, "C1", JANUARY, "accepted")
    submit(installation, "C2", JANUARY, "received")
    first, second = asked(installation, instance, name), asked(installation, instance, name)
    assert first
    assert second
    assert first.run_key != second.run_key


@pytest.mark.parametrize("name", ["new_submission_sensor", "late_correction_sensor"])
def test_nothing_is_asked_for_during_run(installation: Settings, instance: dg.DagsterInstance, name: str) -> None:
    close_january(installation)
    submit(installation, "C1", JANUARY, "accepted")
    submit(installation, "C2", JANUARY, "received")
    assert asked(installation, instance, name)

    @dg.job
    def build_month() -> None: ...

    instance.create_run_for_job(build_month, status=dg.DagsterRunStatus.STARTED)
    assert asked(installation, instance, name) is None


def test_second_correction_is_asked_for_too(installation: Settings, instance: dg.DagsterInstance) -> None:
    close_january(installation)
    submit(installation, "C1", JANUARY, "accepted")
    first = asked(installation, instance, "late_correction_sensor")
    change(installation, "status = 'superseded'")
    submit(installation, "C1", JANUARY, "accepted", version=2)
    second = asked(installation, instance, "late_correction_sensor")
    assert first
    assert second
    assert first.tags[COMPANIES_TAG] == "C1"
    assert first.run_key != second.run_key
