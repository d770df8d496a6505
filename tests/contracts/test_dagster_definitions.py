"""Every asset key and group of the pipeline, so that a rename is seen in review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from common.settings import load_settings
from orchestration.definitions import build_definitions
from orchestration.defs.partitions import REPORTING_MONTH

SNAPSHOT = Path(__file__).parent / "asset_keys.txt"
MONTHLY = ("raw_submitted", "staging", "intermediate", "marts", "exports")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(replace(load_settings(), home=tmp_path_factory.mktemp("home"), postgres_url=None))


def test_asset_keys_and_groups_are_the_recorded_ones(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    found = {f"{key.to_user_string()} {graph.get(key).group_name}" for key in graph.get_all_asset_keys()}
    assert sorted(found) == SNAPSHOT.read_text(encoding="utf-8").splitlines()


def test_every_layer_is_partitioned_by_month(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    loose = [
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if key.path[0] in MONTHLY and graph.get(key).partitions_def != REPORTING_MONTH
    ]
    assert loose == []


def test_lineage_leads_from_submission_to_workbook(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    above = graph.get_ancestor_asset_keys(dg.AssetKey(["exports", "workbooks"]))
    assert dg.AssetKey(["raw_submitted", "note_states"]) in above
    assert dg.AssetKey(["exchange", "submissions"]) in above
    assert dg.AssetKey(["reference", "ref_report_lines"]) in above


@pytest.mark.parametrize(
    ("job", "first", "last"),
    [
        pytest.param("ingest_month", "raw_submitted", "raw_submitted", id="ingest"),
        pytest.param("build_month", "exports", "staging", id="build"),
        pytest.param("close_month", "exports", "staging", id="close"),
        pytest.param("export_month", "exports", "exports", id="export"),
    ],
)
def test_jobs_cover_their_layers(definitions: dg.Definitions, job: str, first: str, last: str) -> None:
    selected = definitions.resolve_job_def(job).asset_layer.selected_asset_keys
    schemas = sorted({key.path[0] for key in selected})
    assert (schemas[0], schemas[-1]) == (first, last)


def test_ranges_of_months_run_as_one(definitions: dg.Definitions) -> None:
    policies = {
        item.backfill_policy
        for item in definitions.assets or ()
        if isinstance(item, dg.AssetsDefinition) and item.partitions_def
    }
    assert policies == {dg.BackfillPolicy.single_run()}


def test_sensors_and_schedules_run_by_default(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {sensor.name: sensor.default_status for sensor in repository.sensor_defs} == {
        "new_submission_sensor": dg.DefaultSensorStatus.RUNNING,
        "late_correction_sensor": dg.DefaultSensorStatus.RUNNING,
    }
    assert {schedule.name: schedule.default_status for schedule in repository.schedule_defs} == {
        "monthly_close_schedule": dg.DefaultScheduleStatus.RUNNING,
        "nightly_upkeep_schedule": dg.DefaultScheduleStatus.RUNNING,
    }


def test_dbt_tests_appear_as_asset_checks(definitions: dg.Definitions) -> None:
    checks = definitions.resolve_asset_graph().asset_check_keys
    layers = {check.asset_key.path[0] for check in checks}
    assert {"raw_submitted", "marts", "staging"} <= layers
