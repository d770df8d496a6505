"""Sensors: a received submission starts the gate, an accepted correction rebuilds what follows from it."""

from collections.abc import Iterator

import dagster as dg

from common.database import connect
from common.month import label
from common.settings import Settings
from orchestration.build_log import closed_months, plan_builds, stale_months
from orchestration.defs.partitions import range_tags

INTERVAL_SECONDS = 30
WAITING = """
select min(reporting_month), max(reporting_month), max(submission_id)
from exchange.submissions
where status = 'received'
"""


def sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """Return the sensors; they run as soon as the daemon does."""

    @dg.sensor(
        job_name="ingest_month",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="收到新报送后自动检查",
    )
    def new_submission_sensor() -> Iterator[dg.RunRequest | dg.SkipReason]:
        with connect(settings) as connection:
            row = connection.execute(WAITING).fetchone()
        if row is None or row[2] is None:
            yield dg.SkipReason("没有待检查的报送")
            return
        first, last, newest = row
        yield dg.RunRequest(run_key=f"submission-{newest}", tags=range_tags(first, last))

    @dg.sensor(
        job_name="build_month",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="已结月份的更正报送受理后，重算该公司此后各月",
    )
    def late_correction_sensor() -> Iterator[dg.RunRequest | dg.SkipReason]:
        with connect(settings) as connection:
            closed = closed_months(connection)
            stale = [item for item in stale_months(connection, max(closed))] if closed else []
            newest = _newest_accepted(connection)
        corrections = [item for item in stale if item[1] in closed]
        if not corrections:
            yield dg.SkipReason("没有需要重算的更正")
            return
        step = plan_builds(corrections, closed, max(closed))[0]
        yield dg.RunRequest(
            run_key=f"correction-{label(step.first)}-{newest}", tags=range_tags(step.first, step.last, step.companies)
        )

    return [new_submission_sensor, late_correction_sensor]


def _newest_accepted(connection: object) -> int:
    row = connection.execute(  # type: ignore[attr-defined]
        "select submission_id from exchange.submissions where status = 'accepted' order by accepted_at desc limit 1"
    ).fetchone()
    return int(row[0]) if row else 0
