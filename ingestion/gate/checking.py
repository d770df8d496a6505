"""Checking received submissions (检查): month by month, one batch of set SQL for all companies of a month.

Flow: stored files → read → landed → typed → rules → findings, verdict, accepted rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

import psycopg

from common.database import connect
from common.exchange import Severity, SubmissionStatus
from common.month import label, month_end
from common.settings import Settings
from ingestion.contract import load_contract
from ingestion.findings import Finding
from ingestion.gate.rule_pass import run_rules, run_typing
from ingestion.gate.session import clear_session_tables, create_session_tables, fill_batch, fill_headers
from ingestion.gate.verdict import CheckOutcome, Judged, judge, note_unexplained_warnings, store_verdicts
from ingestion.gate.wording import Wording
from ingestion.landing import Landing
from ingestion.reading import diagnose, read_files
from ingestion.rules import STAGE_NAMES, Rule, Stage, load_rules, rule_by_id
from ingestion.submissions import stored_files

LOCK = "lendwatch check_received"
OPEN = (SubmissionStatus.RECEIVED, SubmissionStatus.CHECKING)
Progress = Callable[[str, int, int], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Check:
    """One session of checking."""

    settings: Settings
    connection: psycopg.Connection
    landing: Landing
    wording: Wording
    progress: Progress
    without: frozenset[str]


def check_received(
    settings: Settings,
    months: Collection[date] | None = None,
    progress: Progress | None = None,
    *,
    without: Collection[str] = (),
) -> list[CheckOutcome]:
    """Check all submissions that are received or whose check was interrupted, and return what came of each.

    ``months`` limits the reporting months (first days); ``progress`` is told what is going on, how much of it is
    done and how much there is. ``without`` leaves out rules that need ``history`` or ``register``. Two calls at
    once take turns. A submission that cannot be checked is rejected, unless storage, memory or the database's
    refusal to store it was the cause: then it stays ``checking`` and is tried again next time.

    Raises:
        psycopg.OperationalError: the connection is lost; what is not yet judged is checked next time.
    """
    contract = load_contract()
    outcomes: list[CheckOutcome] = []
    with connect(settings) as connection:
        connection.execute("select pg_advisory_lock(hashtext(%s))", [LOCK])
        outcomes += _set_aside_outdated(connection, months)
        waiting = _waiting(connection, months)
        if not waiting:
            return outcomes
        landing = Landing(connection, contract, diagnose)
        landing.create_tables()
        create_session_tables(connection, contract)
        wording = Wording(connection, contract)
        check = _Check(settings, connection, landing, wording, progress or _silent, frozenset(without))
        for month in sorted(waiting):
            for submission_ids in _rounds(connection, waiting[month]):
                outcomes += _check_batch(check, month, submission_ids)
                _clear(check)
    return outcomes


def _set_aside_outdated(connection: psycopg.Connection, months: Collection[date] | None) -> list[CheckOutcome]:
    """An open version older than the accepted one must never take its place: it is superseded unchecked."""
    rows = connection.execute(
        "update exchange.submissions old set status = 'superseded', superseded_at = clock_timestamp()"
        " from exchange.submissions new where old.status = any(%s) and new.status = 'accepted'"
        " and (%s::date[] is null or old.reporting_month = any(%s))"
        " and new.company_code = old.company_code and new.reporting_month = old.reporting_month"
        " and new.version > old.version returning old.submission_id, old.company_code, old.reporting_month",
        [list(OPEN), None if months is None else list(months), None if months is None else list(months)],
    ).fetchall()
    connection.commit()
    return [CheckOutcome(key, code, month, SubmissionStatus.SUPERSEDED, 0, 0) for key, code, month in sorted(rows)]


def _waiting(connection: psycopg.Connection, months: Collection[date] | None) -> dict[date, list[int]]:
    rows = connection.execute(
        "select reporting_month, submission_id from exchange.submissions where status = any(%s)"
        " and (%s::date[] is null or reporting_month = any(%s)) order by reporting_month, company_code, version",
        [list(OPEN), None if months is None else list(months), None if months is None else list(months)],
    )
    waiting: dict[date, list[int]] = {}
    for month, submission_id in rows:
        waiting.setdefault(month, []).append(submission_id)
    connection.commit()
    return waiting


def _rounds(connection: psycopg.Connection, submission_ids: Sequence[int]) -> list[list[int]]:
    """Several open versions of one company and month are judged one after the other, the older first."""
    rows = connection.execute(
        "update exchange.submissions s set status = 'checking' from (select submission_id,"
        " row_number() over (partition by company_code order by version) as place from exchange.submissions"
        " where submission_id = any(%s)) o where o.submission_id = s.submission_id"
        " returning o.place, s.submission_id",
        [list(submission_ids)],
    ).fetchall()
    connection.commit()
    rounds: dict[int, list[int]] = {}
    for place, submission_id in sorted(rows):
        rounds.setdefault(place, []).append(submission_id)
    return list(rounds.values())


def _check_batch(check: _Check, month: date, submission_ids: Sequence[int]) -> list[CheckOutcome]:
    """Check all submissions at once; if that fails, one by one, so that one company never stops the others."""
    try:
        return _check_together(check, month, submission_ids)
    except Exception:
        if check.connection.closed:
            raise
        log.exception("the submissions of %s could not be checked together", label(month))
    outcomes: list[CheckOutcome] = []
    for submission_id in submission_ids:
        _clear(check)
        outcomes += _check_alone(check, month, submission_id)
    return outcomes


def _check_alone(check: _Check, month: date, submission_id: int) -> list[CheckOutcome]:
    """Check one submission; if that fails it is rejected, or stays open when the cause will pass."""
    try:
        return _check_together(check, month, [submission_id])
    except Exception as error:
        if check.connection.closed:
            raise
        log.exception("submission %s could not be checked", submission_id)
        _clear(check)
        if _will_pass(error):
            return _left_open(check, month, [submission_id])
    judged = [
        Judged(submission_id, outcome.company_code, [_unreadable()], error_count=1, warning_count=0)
        for outcome in _left_open(check, month, [submission_id])
    ]
    return store_verdicts(check.connection, check.landing.contract, month, judged)


def _check_together(check: _Check, month: date, submission_ids: Sequence[int]) -> list[CheckOutcome]:
    findings = _land_all(check, month, submission_ids)
    open_still = _left_open(check, month, [key for key in submission_ids if key not in findings])
    connection, contract = check.connection, check.landing.contract
    check.progress(f"{label(month)} 检查", 0, len(Stage))
    fill_batch(connection, month, list(findings))
    _note_read_findings(connection, findings)
    run_typing(connection, contract, sorted(check.landing.landed))
    fill_headers(connection, month)
    rules = _rules_in_force(check, month)
    run_rules(connection, contract, rules, month, lambda stage: _tell(check, month, stage))
    warnings = [rule.rule_id for rule in load_rules() if rule.severity is Severity.WARNING]
    note_unexplained_warnings(connection, warnings)
    judged = judge(connection, check.wording, findings)
    connection.commit()
    outcomes = store_verdicts(connection, contract, month, judged)
    check.progress(f"{label(month)} 受理", len(Stage), len(Stage))
    return [*outcomes, *open_still]


def _clear(check: _Check) -> None:
    """Give up what is under way and empty the tables of the session."""
    check.connection.rollback()
    check.landing.clear()
    clear_session_tables(check.connection, check.landing.contract)


def _will_pass(error: Exception) -> bool:
    """Whether the same submission may well go through another time: storage, memory or connection failed."""
    if isinstance(error, psycopg.errors.ProgramLimitExceeded):  # a limit of the database, the same every time
        return False
    return isinstance(error, (OSError, MemoryError, psycopg.OperationalError))


def _left_open(check: _Check, month: date, submission_ids: Sequence[int]) -> list[CheckOutcome]:
    """Return outcomes that say ``checking``: these submissions are tried again next time."""
    rows = check.connection.execute(
        "select submission_id, company_code from exchange.submissions where submission_id = any(%s)"
        " order by submission_id",
        [list(submission_ids)],
    ).fetchall()
    return [CheckOutcome(key, code, month, SubmissionStatus.CHECKING, 0, 0) for key, code in rows]


def _rules_in_force(check: _Check, month: date) -> list[Rule]:
    day = month_end(month)
    return [rule for rule in load_rules() if rule.in_force(day) and rule.needs not in check.without]


def _tell(check: _Check, month: date, stage: Stage) -> None:
    check.progress(f"{label(month)} {STAGE_NAMES[stage]}", list(Stage).index(stage), len(Stage))


def _land_all(check: _Check, month: date, submission_ids: Sequence[int]) -> dict[int, list[Finding]]:
    """Read and land each submission, and return what reading found.

    One that fails for a cause that will pass (storage, memory) is not among the results and stays ``checking``; one
    that fails otherwise has a single finding that says so.
    """
    findings: dict[int, list[Finding]] = {}
    for done, submission_id in enumerate(submission_ids):
        check.progress(f"{label(month)} 读取", done, len(submission_ids))
        try:
            paths = stored_files(check.settings, check.connection, submission_id)
            check.connection.commit()
            for path in paths:
                path.open("rb").close()  # storage out of reach is no fault of the files
            findings[submission_id] = check.landing.land(submission_id, read_files(paths))
        except Exception as error:
            if check.connection.closed:
                raise
            log.exception("submission %s could not be read", submission_id)
            check.connection.rollback()
            if not _will_pass(error):
                findings[submission_id] = [_unreadable()]
    return findings


def _unreadable() -> Finding:
    rule = rule_by_id("VE-UNREADABLE")
    return Finding(rule.rule_id, rule.severity, None, None, None, None, None, rule.message, rule.remedy)


def _note_read_findings(connection: psycopg.Connection, findings: dict[int, list[Finding]]) -> None:
    statement = "copy read_findings (submission_id, rule_id, severity) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for submission_id, found in findings.items():
            for item in found:
                copy.write_row((submission_id, item.rule_id, item.severity))


def _silent(text: str, done: int, total: int) -> None:
    """Take progress and say nothing."""
