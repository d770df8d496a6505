"""Sensors: a received submission starts the gate, an accepted correction rebuilds what follows from it.

A request carries what it is for in its key, so the same work is asked for once; what is still undone after an hour
(a run failed, a submission stayed ``checking``) is asked for again.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import psycopg

from common.database import connect
from common.month import label
from common.settings import Settings
from orchestration.build_log import closed_months, plan_builds, stale_months
from orchestration.defs.partitions import range_tags

INTERVAL_SECONDS = 30
AGAIN_SECONDS = 3600
ABANDONED = timedelta(hours=12)
AT_WORK = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
WAITING = """
select min(reporting_month), max(reporting_month),
    md5(string_agg(concat_ws(' ', submission_id, received_at, checked_at), ',' order by submission_id))
from exchange.submissions
where status in ('received', 'checking')
"""
STANDING = """
select md5(string_agg(concat_ws(' ', submission_id, accepted_at), ',' order by submission_id))
from exchange.submissions
join unnest(%s::text[], %s::date[]) as wanted (code, month) on company_code = code and reporting_month = month
where status = 'accepted'
"""
AGAIN = "select floor(extract(epoch from clock_timestamp()) / %s)::bigint"


def sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """Return the sensors; they run as soon as the daemon does."""

    @dg.sensor(
        job_name="ingest_month",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="收到新报送后自动检查",
    )
    def new_submission_sensor(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        with connect(settings) as connection:
            row = connection.execute(WAITING).fetchone()
            again = _again(connection)
        if row is None or row[2] is None:
            yield dg.SkipReason("没有待检查的报送")
        elif _is_at_work(context.instance):
            yield dg.SkipReason("检查或计算正在进行，结束后再看")
        else:
            first, last, content = row
            yield dg.RunRequest(run_key=f"submission-{content}-{again}", tags=range_tags(first, last))

    @dg.sensor(
        job_name="build_month",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="已结月份的更正报送受理后，重算该公司此后各月",
    )
    def late_correction_sensor(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        with connect(settings) as connection:
            closed = closed_months(connection)
            stale = stale_months(connection, max(closed)) if closed else []
            corrections = [item for item in stale if item[1] in closed]
            content = _standing(connection, corrections)
            again = _again(connection)
        if not corrections:
            yield dg.SkipReason("没有需要重算的更正")
        elif _is_at_work(context.instance):
            yield dg.SkipReason("检查或计算正在进行，结束后再看")
        else:
            step = plan_builds(corrections, closed, max(closed))[0]
            yield dg.RunRequest(
                run_key=f"correction-{label(step.first)}-{content}-{again}",
                tags=range_tags(step.first, step.last, step.companies),
            )

    return [new_submission_sensor, late_correction_sensor]


def _is_at_work(instance: dg.DagsterInstance) -> bool:
    """Whether a run has not ended; one whose process was killed long ago does not count."""
    unfinished = dg.RunsFilter(statuses=AT_WORK, created_after=datetime.now(UTC) - ABANDONED)
    return any(run.job_name != "keep_up" for run in instance.get_runs(unfinished))


def _standing(connection: psycopg.Connection, corrections: list[tuple[str, date]]) -> str:
    codes, months = [code for code, _ in corrections], [month for _, month in corrections]
    row = connection.execute(STANDING, [codes, months]).fetchone()
    return str(row[0]) if row else ""


def _again(connection: psycopg.Connection) -> int:
    """Return a number that changes every ``AGAIN_SECONDS``."""
    row = connection.execute(AGAIN, [AGAIN_SECONDS]).fetchone()
    return int(row[0]) if row else 0
