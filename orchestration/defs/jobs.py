"""The jobs (verb first): ingest_month, build_month, close_month, export_month and the nightly upkeep.

All run in one process: starting a process for each step would import everything again.
"""

import datetime as dt

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from common.settings import Settings
from orchestration.defs.partitions import REPORTING_MONTH

INGESTED = dg.AssetSelection.groups("ingest_submitted")
EXPORTED = dg.AssetSelection.groups("exports")
KEEP_RUNS_DAYS = 400


def month_jobs(models: dg.AssetsDefinition) -> list[UnresolvedAssetJobDefinition]:
    """Return the jobs over month partitions; ``models`` are the dbt models."""
    built = dg.AssetSelection.assets(models)
    return [
        _job("ingest_month", INGESTED, "检查并落地已收到的报送"),
        _job("build_month", built | EXPORTED, "计算报表并输出工作簿"),
        _job("close_month", INGESTED | built | EXPORTED, "月结：从报送到工作簿"),
        _job("export_month", EXPORTED, "重新输出工作簿"),
    ]


def _job(name: str, selection: dg.AssetSelection, description: str) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        name,
        selection=selection,
        partitions_def=REPORTING_MONTH,
        description=description,
        executor_def=dg.in_process_executor,
    )


def upkeep_job(settings: Settings) -> dg.JobDefinition:
    """Return the nightly job: a backup, then old runs and their events are deleted."""

    @dg.op(out=dg.Out(dg.Nothing))
    def back_up(context: dg.OpExecutionContext) -> None:
        from orchestration.backup import back_up_installation

        context.log.info(f"备份已写入 {back_up_installation(settings)}")

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def delete_old_runs(context: dg.OpExecutionContext) -> None:
        before = dt.datetime.now(dt.UTC) - dt.timedelta(days=KEEP_RUNS_DAYS)
        finished = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
        old = context.instance.get_runs(dg.RunsFilter(statuses=finished, created_before=before))
        for run in old:
            context.instance.delete_run(run.run_id)
        context.log.info(f"已清除 {len(old)} 条超过 {KEEP_RUNS_DAYS} 天的运行记录")

    @dg.job(name="keep_up", executor_def=dg.in_process_executor, description="每晚备份并清理旧运行记录")
    def keep_up() -> None:
        delete_old_runs(after=back_up())

    return keep_up
