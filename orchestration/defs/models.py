"""dbt models and seeds as assets; dbt tests as their checks. One dbt invocation builds the whole range of months.

dbt runs inside this process: started as a command it would cost several seconds for each month.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test, get_updated_cli_invocation_params_for_context

from common.database import connect
from common.settings import Settings
from orchestration.build_log import BuildStep, clock, closed_months, record_build
from orchestration.dbt import failure_message, invoke_dbt, with_remedy
from orchestration.defs.failures import RETRIES, retry_only_transient
from orchestration.defs.partitions import ANEW_TAG, ONE_RUN, REPORTING_MONTH, companies_of, months_of
from orchestration.prepare import load_seeds
from orchestration.progress import Progress, dbt_progress, silent

SEEDS = "resource_type:seed"
PASSED = {"success", "pass"}


class Translator(DagsterDbtTranslator):
    """How dbt nodes appear in Dagster: key = [schema, table], group = layer, marts by subject."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return [schema, table] for models, seeds and sources alike."""
        name = dbt_resource_props.get("alias") or dbt_resource_props.get("identifier") or dbt_resource_props["name"]
        return dg.AssetKey([dbt_resource_props["schema"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the layer; marts are split by their subject folder."""
        schema, path = dbt_resource_props["schema"], dbt_resource_props["fqn"]
        return f"marts_{path[2]}" if schema == "marts" and len(path) > 3 else str(schema)


def translator() -> Translator:
    """Return the translator with dbt tests as asset checks."""
    return Translator(settings=DagsterDbtTranslatorSettings(enable_asset_checks=True))


def reference_assets(settings: Settings, manifest: Path) -> dg.AssetsDefinition:
    """Return the seeds: dated reference data, loaded when the files changed."""

    @dbt_assets(manifest=manifest, select=SEEDS, name="load_reference_data", dagster_dbt_translator=translator())
    def load_reference_data(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        load_seeds(settings)
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(asset_key=key)

    return load_reference_data


def model_assets(settings: Settings, manifest: Path, progress: Progress = silent) -> dg.AssetsDefinition:
    """Return all models from staging to the nine report tables."""
    nodes = json.loads(manifest.read_bytes())

    @dbt_assets(
        manifest=nodes,
        exclude=SEEDS,
        name="build_models",
        partitions_def=REPORTING_MONTH,
        backfill_policy=ONE_RUN,
        retry_policy=RETRIES,
        dagster_dbt_translator=translator(),
    )
    def build_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        first, last = months_of(context)
        step = BuildStep(first, last, companies_of(context.run.tags))
        with connect(settings) as connection:
            started_at = clock(connection)
        parameters = get_updated_cli_invocation_params_for_context(
            context=context, manifest=nodes, dagster_dbt_translator=translator()
        )
        with retry_only_transient():
            outcome = invoke_dbt(
                settings,
                *("build", "--exclude-resource-type", "unit_test", *parameters.selection_args),
                *(("--full-refresh",) if ANEW_TAG in context.run.tags else ()),
                months=(first, last),
                companies=step.companies,
                callbacks=[dbt_progress(progress)],
            )
        if outcome.result:
            yield from _events(outcome.result, nodes, context.selected_asset_keys)
        if not outcome.success:
            with connect(settings) as connection:
                built = closed_months(connection) | {first, last}
            raise dg.Failure(description=with_remedy(failure_message(outcome), built), allow_retries=False)
        with connect(settings) as connection:
            record_build(connection, context.run_id, step, started_at)

    return build_models


def _events(results: Any, nodes: Mapping[str, Any], selected: Any) -> Iterator[Any]:
    """Turn dbt's results into materialisations and check results."""
    names = translator()
    for item in results:
        if item.node.resource_type == "test":
            check = get_asset_check_key_for_test(nodes, names, item.node.unique_id, project=None)
            if check and check.asset_key in selected:
                yield _check_result(check, item)
        elif item.status in PASSED and item.node.resource_type in ("model", "snapshot"):
            key = names.get_asset_key(nodes["nodes"][item.node.unique_id])
            if key in selected:
                yield dg.MaterializeResult(asset_key=key, metadata={"seconds": float(item.execution_time)})


def _check_result(check: dg.AssetCheckKey, item: Any) -> dg.AssetCheckResult:
    warns = item.node.config.severity.lower() == "warn"
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=item.status in PASSED,
        severity=dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR,
        metadata={"failures": int(item.failures or 0), "status": str(item.status)},
    )
