"""Assets of the landed submissions: ``raw_submitted/<record>``, filled by the gate, checked by Great Expectations.

One step checks everything received for the months of the run; a company that fails is sent back and the others
go on. The step itself fails only when the gate could not work at all.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import dagster as dg

from common.database import connect
from common.exchange import STATUS_NAMES, SubmissionStatus
from common.month import label, month_range
from common.settings import Settings
from ingestion.contract import Contract, load_contract
from ingestion.raw_tables import create_month_partitions
from orchestration.defs.failures import RETRIES, retry_only_transient
from orchestration.defs.partitions import ONE_RUN, REPORTING_MONTH, months_of
from orchestration.progress import Progress, silent

GROUP = "ingest_submitted"
SCHEMA = "raw_submitted"
CHECK = "expectations_hold"
ROW_COUNTS = """
select key, sum(value::bigint)
from exchange.submissions, jsonb_each_text(row_counts)
where status = 'accepted' and reporting_month between %s and %s
group by key
"""


def submitted_assets(settings: Settings, progress: Progress = silent) -> dg.AssetsDefinition:
    """Return the assets of all records of the data contract, made in one step."""
    contract = load_contract()

    @dg.multi_asset(
        name="ingest_submitted",
        specs=[
            dg.AssetSpec([SCHEMA, record.name], group_name=GROUP, description=record.title, kinds={"postgres"})
            for record in contract.records
        ],
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=[SCHEMA, record.name], description="Great Expectations：落地数据符合约定")
            for record in contract.records
        ],
        partitions_def=REPORTING_MONTH,
        backfill_policy=ONE_RUN,
        retry_policy=RETRIES,
    )
    def ingest_submitted(context: dg.AssetExecutionContext) -> Iterator[Any]:
        first, last = months_of(context)
        with retry_only_transient():
            outcomes = _check(context, settings, month_range(first, last), progress)
            months = sorted({outcome.reporting_month for outcome in outcomes}) or [last]
            _gather_statistics(settings, contract, months)
            expectations = _expectation_results(settings, contract, months)
        counts = _row_counts(settings, first, last)
        for record in contract.records:
            metadata: dict[str, Any] = {"dagster/row_count": counts.get(record.name, 0)}
            if record.name == "company_month":
                metadata["companies"] = _company_table(outcomes)
            yield dg.MaterializeResult(asset_key=[SCHEMA, record.name], metadata=metadata)
        yield from expectations

    return ingest_submitted


def _check(
    context: dg.AssetExecutionContext, settings: Settings, months: list[date], progress: Progress
) -> Sequence[Any]:
    from ingestion.gate import check_received  # pandas and the checks load only in the run

    outcomes = check_received(settings, months=months, progress=progress)
    for outcome in outcomes:
        status = STATUS_NAMES[SubmissionStatus(outcome.status)]
        context.log.info(
            f"{outcome.company_code} {label(outcome.reporting_month)} {status}："
            f"错误 {outcome.error_count}，警告 {outcome.warning_count}"
        )
    return outcomes


def _gather_statistics(settings: Settings, contract: Contract, months: Sequence[date]) -> None:
    """Let the planner know the landed months; it takes fresh partitions for empty and loops over them."""
    with connect(settings, autocommit=True) as connection:
        create_month_partitions(connection, contract, months)
        for month in months:
            for record in contract.records:
                connection.execute(f"analyze {SCHEMA}.{record.name}_{month:%Y%m}")


def _row_counts(settings: Settings, first: date, last: date) -> dict[str, int]:
    with connect(settings) as connection:
        return {record: int(count) for record, count in connection.execute(ROW_COUNTS, [first, last])}


def _company_table(outcomes: Sequence[Any]) -> dg.TableMetadataValue:
    """Return what the gate decided, one row per company and month."""
    return dg.MetadataValue.table(
        records=[
            dg.TableRecord(
                {
                    "公司": outcome.company_code,
                    "月份": label(outcome.reporting_month),
                    "结果": STATUS_NAMES[SubmissionStatus(outcome.status)],
                    "错误": outcome.error_count or 0,
                    "警告": outcome.warning_count or 0,
                }
            )
            for outcome in outcomes
        ],
        schema=dg.TableSchema(
            columns=[
                dg.TableColumn("公司"),
                dg.TableColumn("月份"),
                dg.TableColumn("结果"),
                dg.TableColumn("错误", type="int"),
                dg.TableColumn("警告", type="int"),
            ]
        ),
    )


def _expectation_results(settings: Settings, contract: Contract, months: Sequence[date]) -> list[dg.AssetCheckResult]:
    from ingestion.expectations import run_expectations

    outcomes = [outcome for month in months for outcome in run_expectations(settings, month)]
    results = []
    for record in contract.records:
        own = [outcome for outcome in outcomes if outcome.record == record.name]
        failed = [outcome for outcome in own if not outcome.success]
        result = dg.AssetCheckResult(
            asset_key=[SCHEMA, record.name],
            check_name=CHECK,
            passed=not failed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"expectations": len(own), "failed": [str(outcome) for outcome in failed[:20]]},
        )
        results.append(result)
    return results
