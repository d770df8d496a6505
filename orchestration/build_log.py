"""The build log (构建日志): which months were built when, for which companies, and what that leaves to do.

A month counts as closed once a build of all companies was exported. A company's month is stale while its
standing submission was accepted after the last build that covered it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from common.month import month_range

CREATE = """
create table if not exists exchange.builds (
    build_id bigint generated always as identity primary key,
    run_id text not null,
    first_month date not null,
    last_month date not null,
    companies text[],
    started_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp(),
    exported_at timestamptz
)
"""
STALE = """
select submission.company_code, submission.reporting_month
from exchange.submissions as submission
where submission.status = 'accepted'
  and submission.reporting_month <= %(until)s
  and not exists (
    select from exchange.builds as build
    where submission.reporting_month between build.first_month and build.last_month
      and (build.companies is null or submission.company_code = any (build.companies))
      and build.started_at > submission.accepted_at
      and build.exported_at is not null
  )
order by 2, 1
"""


@dataclass(frozen=True)
class BuildStep:
    """One build: a range of months for some companies; an empty tuple means all companies.

    ``anew`` drops the tables first: the range covers everything that was ever accepted.
    """

    first: date
    last: date
    companies: tuple[str, ...] = ()
    anew: bool = False


def create_build_log(connection: psycopg.Connection) -> None:
    """Create the table where it does not exist yet."""
    connection.execute(CREATE)


def clock(connection: psycopg.Connection) -> datetime:
    """Return the server's clock while the gate rests: builds and acceptances are compared on it.

    The gate writes ``accepted_at`` before its rows are visible. A build that took the time in between would miss the
    rows and yet look younger than they are, so this waits for a gate at work to finish.
    """
    from ingestion.gate.checking import LOCK  # slow to import: only where a build really starts

    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock_shared(hashtext(%s))", [LOCK])
        row = connection.execute("select clock_timestamp()").fetchone()
    assert row  # noqa: S101 - a select without from always gives one row
    moment: datetime = row[0]
    return moment


def record_build(connection: psycopg.Connection, run_id: str, step: BuildStep, started_at: datetime) -> None:
    """Note that ``step`` was built from what was accepted before ``started_at``."""
    connection.execute(
        "insert into exchange.builds (run_id, first_month, last_month, companies, started_at)"
        " values (%s, %s, %s, %s, %s)",
        [run_id, step.first, step.last, list(step.companies) or None, started_at],
    )


def record_export(connection: psycopg.Connection, first: date, last: date) -> None:
    """Note that the workbooks of all builds inside the range are written."""
    connection.execute(
        "update exchange.builds set exported_at = clock_timestamp()"
        " where exported_at is null and first_month >= %s and last_month <= %s",
        [first, last],
    )


def closed_months(connection: psycopg.Connection) -> set[date]:
    """Return the months that were built for all companies and exported."""
    rows = connection.execute(
        "select first_month, last_month from exchange.builds where companies is null and exported_at is not null"
    )
    return {month for first, last in rows for month in month_range(first, last)}


def stale_months(connection: psycopg.Connection, until: date) -> list[tuple[str, date]]:
    """Return (company, month) whose standing submission no build has seen, up to ``until``."""
    return [(company, month) for company, month in connection.execute(STALE, {"until": until})]


def plan_builds(
    stale: Sequence[tuple[str, date]], closed: set[date], until: date, start: date | None = None
) -> list[BuildStep]:
    """Return the builds that bring everything up to ``until`` up to date, corrections first.

    A correction of a closed month is carried forward for its companies only, to the last closed month. Months
    never closed are built for everybody in one range. ``start`` rebuilds all companies from that month on; when that
    leaves no closed month out, the tables are made anew (needed after an upgrade that changed their columns).
    """
    if start:
        return [BuildStep(start, until, anew=all(start <= month <= until for month in closed))]
    steps = []
    corrections = [(company, month) for company, month in stale if month in closed]
    if corrections:
        first = min(month for _, month in corrections)
        steps.append(BuildStep(first, max(closed), tuple(sorted({company for company, _ in corrections}))))
    fresh = {month for _, month in stale if month not in closed}
    if fresh:
        steps.append(BuildStep(min(fresh), until))
    return steps
