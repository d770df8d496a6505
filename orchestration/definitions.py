"""Everything Dagster knows, put together by one function; nothing is read or connected at import.

Flow: settings + dbt manifest + report catalogue → assets, checks, jobs, sensors, schedules.
"""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg

from common.settings import Settings, load_settings
from orchestration.defs.jobs import month_jobs, upkeep_job
from orchestration.defs.models import model_assets, reference_assets
from orchestration.defs.reports import report_assets
from orchestration.defs.schedules import schedules
from orchestration.defs.sensors import sensors
from orchestration.defs.submitted import submitted_assets
from orchestration.manifest import ensure_manifest
from orchestration.progress import Progress, silent

REGISTER = [
    dg.AssetSpec(["reference", "companies"], group_name="reference", description="小额贷款公司名录（有效期）"),
    dg.AssetSpec(["reference", "branches"], group_name="reference", description="分支机构"),
    dg.AssetSpec(["exchange", "submissions"], group_name="exchange", description="报送登记：版本、状态、回执"),
]


def build_definitions(
    settings: Settings | None = None, manifest: Path | None = None, progress: Progress = silent
) -> dg.Definitions:
    """Return the definitions of an installation; tests give their own settings and manifest.

    Raises:
        DbtError: the dbt project does not parse.
    """
    settings = settings or load_settings()
    manifest = manifest or ensure_manifest(settings)
    models = model_assets(settings, manifest, progress)
    return dg.Definitions(
        assets=[
            *REGISTER,
            submitted_assets(settings, progress),
            reference_assets(settings, manifest),
            models,
            report_assets(settings, report_names(manifest), progress),
        ],
        jobs=[*month_jobs(models), upkeep_job(settings)],
        sensors=sensors(settings),
        schedules=schedules(settings),
        executor=dg.in_process_executor,
    )


def report_names(manifest: Path) -> list[str]:
    """Return the names of the mandated tables' models (``rpt_…``) in printed order."""
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    return sorted(
        node["name"] for node in nodes if node["resource_type"] == "model" and node["name"].startswith("rpt_")
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Entry point of Dagster's processes."""
    return build_definitions()
