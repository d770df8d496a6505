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
from ingestion.gate.verdict import CheckOutcome, judge, note_unexplained_warnings, store_verdicts
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
    once take turns. A submission that fails unexpectedly stays ``checking`` and is tried again next time.
    """
    contract = load_contract()
    outcomes: list[CheckOutcome] = []
    with connect(settings) as connection:
        connection.execute("select pg_advisory_lock(hashtext(%s))", [LOCK])
        waiting = _waiting(connection, months)
        if not waiting:
            return []
        landing = Landing(connection, contract, diagnose)
        landing.create_tables()
        create_session_tables(connection, contract)
        wording = Wording(connection, contract)
        check = _Check(settings, connection, landing, wording, progress or _silent, frozenset(without))
        for month in sorted(waiting):
            for submission_ids in _rounds(connection, waiting[month]):
                outcomes += _check_batch(check, month, submission_ids)
                landing.clear()
                clear_session_tables(connection, contract)
    return outcomes


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
    findings = _land_all(check, month, submission_ids)
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
    return outcomes


def _rules_in_force(check: _Check, month: date) -> list[Rule]:
    day = month_end(month)
    return [rule for rule in load_rules() if rule.in_force(day) and rule.needs not in check.without]


def _tell(check: _Check, month: date, stage: Stage) -> None:
    check.progress(f"{label(month)} {STAGE_NAMES[stage]}", list(Stage).index(stage), len(Stage))


def _land_all(check: _Check, month: date, submission_ids: Sequence[int]) -> dict[int, list[Finding]]:
    """Read and land each submission; one that fails unexpectedly is left for the next time."""
    findings: dict[int, list[Finding]] = {}
    for done, submission_id in enumerate(submission_ids):
        check.progress(f"{label(month)} 读取", done, len(submission_ids))
        try:
            paths = stored_files(check.settings, check.connection, submission_id)
            check.connection.commit()
            findings[submission_id] = check.landing.land(submission_id, read_files(paths))
        except Exception:
            log.exception("submission %s could not be read", submission_id)
            check.connection.rollback()
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
