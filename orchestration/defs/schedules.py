"""Schedules: the monthly close after the submission due day (报送截止日), the nightly upkeep."""

import datetime as dt

import dagster as dg

from common.database import connect
from common.month import add_months, label
from common.settings import Settings

TIMEZONE = "Asia/Shanghai"
DUE_DAY = """
select value::int from reference.ref_parameters
where parameter = 'submission_due_day' and valid_from <= %(day)s and %(day)s < coalesce(valid_to, 'infinity')
"""


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """Return the schedules; they run as soon as the daemon does."""

    @dg.schedule(
        job_name="close_month",
        cron_schedule="0 20 * * *",
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="每晚查看报送日历，截止日当晚自动月结上月",
    )
    def monthly_close_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = context.scheduled_execution_time.date()
        due = due_day(settings, today)
        if today.day != due:
            return dg.SkipReason(f"报送截止日是每月 {due} 日，今天不月结")
        month = label(add_months(today.replace(day=1), -1))
        return dg.RunRequest(run_key=f"close-{month}", partition_key=month)

    nightly = dg.ScheduleDefinition(
        name="nightly_upkeep_schedule",
        job_name="keep_up",
        cron_schedule="0 2 * * *",
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return [monthly_close_schedule, nightly]


def due_day(settings: Settings, day: dt.date) -> int:
    """Return the day of the month by which the companies hand in the month before.

    Raises:
        LookupError: the parameter ``submission_due_day`` has no value on that day.
    """
    with connect(settings) as connection:
        row = connection.execute(DUE_DAY, {"day": day}).fetchone()
    if row is None:
        raise LookupError(f"参数 submission_due_day 在 {day} 没有取值，请补充 ref_parameters")
    return int(row[0])
