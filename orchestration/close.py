"""The month close (月结): the stored Dagster jobs, executed in this process, with progress.

Flow: received submissions → gate (``ingest_month``) → plan from the build log → ``build_month`` for what is new or
corrected → workbooks and the submission board.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.database import connect
from common.month import label
from common.settings import Settings
from orchestration.board import BoardRow, read_board
from orchestration.build_log import BuildStep, closed_months, plan_builds, stale_months
from orchestration.instance import open_instance
from orchestration.progress import Progress, silent

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class CloseError(RuntimeError):
    """A run of the close failed; the message names the step and what went wrong."""


@dataclass(frozen=True)
class CloseOutcome:
    """What a close did: the builds it ran, checks that did not hold, and the board of the month."""

    month: date
    steps: tuple[BuildStep, ...]
    failed_checks: tuple[str, ...]
    board: tuple[BoardRow, ...]


def close_month(
    settings: Settings, month: date, *, start: date | None = None, progress: Progress = silent
) -> CloseOutcome:
    """Check what was received up to ``month`` and bring every month up to it up to date.

    ``start`` rebuilds all companies from that month on. Nothing new since the last close means nothing to build.

    Raises:
        CloseError: a run failed; what was closed before stays as it was.
        ValueError: ``start`` lies after ``month``.
    """
    if start and start > month:
        raise ValueError(f"起始月份 {label(start)} 晚于月结月份 {label(month)}，请对调")
    from orchestration.definitions import build_definitions  # Dagster and dbt load only now

    definitions = build_definitions(settings, progress=progress)
    # The stored instance keeps the runs' log; the terminal shows progress.
    for name in ("dagster.builtin", "great_expectations"):
        logging.getLogger(name).propagate = False
    failed: list[str] = []
    with open_instance(settings) as instance:
        waiting = _waiting_months(settings, month)
        if waiting:
            failed += _run(definitions, instance, "ingest_month", BuildStep(waiting[0], waiting[-1]))
        with connect(settings) as connection:
            steps = plan_builds(stale_months(connection, month), closed_months(connection), month, start)
        for step in steps:
            failed += _run(definitions, instance, "build_month", step)
    with connect(settings) as connection:
        return CloseOutcome(month, tuple(steps), tuple(failed), tuple(read_board(connection, month)))


def _waiting_months(settings: Settings, until: date) -> list[date]:
    """Return the months with submissions that the gate has not decided."""
    with connect(settings) as connection:
        rows = connection.execute(
            "select distinct reporting_month from exchange.submissions"
            " where status in ('received', 'checking') and reporting_month <= %s order by 1",
            [until],
        )
        return [month for (month,) in rows]


def _run(definitions: Any, instance: Any, job: str, step: BuildStep) -> list[str]:
    """Execute ``job`` over the months of ``step`` and return the checks that did not hold."""
    from orchestration.defs.partitions import range_tags

    result = definitions.resolve_job_def(job).execute_in_process(
        instance=instance,
        tags=range_tags(step.first, step.last, step.companies, anew=step.anew),
        run_config=QUIET,
        raise_on_error=False,
    )
    if not result.success:
        raise CloseError(_failure(result) or f"作业 {job} 失败，请用 lendwatch up 打开 Dagster 页面查看")
    checks = result.get_asset_check_evaluations()
    return [f"{check.asset_key.to_user_string()}：{check.check_name}" for check in checks if not check.passed]


def _failure(result: Any) -> str:
    """Return the message of the first failed step."""
    for event in result.all_events:
        if event.event_type_value == "STEP_FAILURE":
            data = event.step_failure_data
            reason = data.user_failure_data.description if data.user_failure_data else None
            return f"{event.step_key}：{reason or _innermost(data.error)}"
    return ""


def _innermost(error: Any) -> str:
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.message).strip() if error is not None else ""
