"""The verdict (受理结论): findings are written, each submission is accepted or rejected, accepted rows are stored.

One transaction for the whole batch; if the database refuses, each submission is tried alone, so that one company
never stops the others.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import psycopg
from psycopg.types.json import Jsonb, set_json_loads

from common.exchange import Severity, SubmissionStatus
from common.month import label
from ingestion.contract import Contract
from ingestion.findings import Finding
from ingestion.gate.wording import Wording
from ingestion.raw_tables import LINEAGE_NAMES, SCHEMA, create_month_partitions, data_columns

MOST_OF_A_RULE = 10_000
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckOutcome:
    """What checking a submission came to; counts are complete even where the list of findings is cut."""

    submission_id: int
    company_code: str
    reporting_month: date
    status: SubmissionStatus
    error_count: int
    warning_count: int


@dataclass(frozen=True)
class Judged:
    """A submission with its findings, and how many there were of each severity."""

    submission_id: int
    company_code: str
    findings: Sequence[Finding]
    error_count: int
    warning_count: int

    @property
    def status(self) -> SubmissionStatus:
        """Errors reject; unexplained warnings have become errors before."""
        return SubmissionStatus.REJECTED if self.error_count else SubmissionStatus.ACCEPTED


def note_unexplained_warnings(connection: psycopg.Connection, warnings: Sequence[str]) -> None:
    """Add one finding per submission and warning rule that has no row in the explanations (情况说明)."""
    connection.execute(
        "insert into found (submission_id, rule_id, record, column_name, value, details)"
        " select w.submission_id, 'VE-UNEXPLAINED', 'explanations', 'rule_id', w.rule_id,"
        " jsonb_build_object('count', w.amount)"
        " from (select submission_id, rule_id, count(*) as amount from (select submission_id, rule_id from found"
        " where rule_id = any(%s) union all select submission_id, rule_id from read_findings"
        " where severity = 'warning') f group by submission_id, rule_id) w"
        " where not exists (select from typed_explanations x where x.submission_id = w.submission_id"
        " and btrim(x.rule_id) = w.rule_id and length(btrim(x.explanation)) > 0)",
        [list(warnings)],
    )


def judge(
    connection: psycopg.Connection, wording: Wording, file_findings: Mapping[int, Sequence[Finding]]
) -> list[Judged]:
    """Turn what was found into findings, at most 10,000 of one rule in one submission."""
    findings: dict[int, list[Finding]] = {key: list(found) for key, found in file_findings.items()}
    totals: dict[tuple[int, str], int] = {}
    with connection.cursor() as cursor:
        set_json_loads(partial(json.loads, parse_float=str), cursor)  # an amount stays as it was written
        rows = cursor.execute(
            "select submission_id, rule_id, record, file_number, row_number, column_name, value, details, total"
            " from (select *, count(*) over w as total, row_number() over (partition by submission_id, rule_id"
            " order by record, row_number, column_name) as place from found"
            " window w as (partition by submission_id, rule_id)) f where place <= %s"
            " order by submission_id, rule_id, record, row_number, column_name",
            [MOST_OF_A_RULE],
        )
        for submission_id, rule_id, *rest, total in rows:
            findings.setdefault(submission_id, []).append(wording.finding(rule_id, *rest))
            totals[submission_id, rule_id] = total
    for (submission_id, rule_id), total in totals.items():
        if total > MOST_OF_A_RULE:
            findings[submission_id].append(_cut(wording, rule_id, total))
    submissions = connection.execute("select submission_id, company_code from batch order by submission_id").fetchall()
    return [_judged(key, code, findings.get(key, []), totals) for key, code in submissions]


def store_verdicts(
    connection: psycopg.Connection, contract: Contract, month: date, judged: Sequence[Judged]
) -> list[CheckOutcome]:
    """Write findings, states and accepted rows; what fails for all is tried one by one.

    What the database refuses even then is logged and stays ``checking``.

    Raises:
        psycopg.OperationalError: the connection is lost.
    """
    create_month_partitions(connection, contract, [month])
    connection.commit()
    try:
        _store(connection, contract, month, judged)
    except psycopg.Error:
        if connection.closed:
            raise
        connection.rollback()
        log.exception("the verdicts of %s could not be stored together", label(month))
        return [_store_alone(connection, contract, month, one) for one in judged]
    return [_outcome(one, month) for one in judged]


def _store_alone(connection: psycopg.Connection, contract: Contract, month: date, one: Judged) -> CheckOutcome:
    try:
        _store(connection, contract, month, [one])
    except psycopg.Error:
        if connection.closed:
            raise
        connection.rollback()
        log.exception("the verdict of submission %s could not be stored", one.submission_id)
        return replace(_outcome(one, month), status=SubmissionStatus.CHECKING)
    return _outcome(one, month)


def _store(connection: psycopg.Connection, contract: Contract, month: date, judged: Sequence[Judged]) -> None:
    with connection.transaction():
        accepted = [one.submission_id for one in judged if one.status is SubmissionStatus.ACCEPTED]
        _write_findings(connection, judged)
        _write_states(connection, judged)
        if accepted:
            for record in contract.records:
                connection.execute(_accept_statement(record.name, data_columns(record), month), [accepted])


def _accept_statement(record: str, columns: Sequence[str], month: date) -> str:
    names = ", ".join((*LINEAGE_NAMES, *columns))
    return (
        f"insert into {SCHEMA}.{record}_{month:%Y%m} ({names}) select {names} from typed_{record}"
        " where submission_id = any(%s) order by submission_id, row_number"
    )


def _write_findings(connection: psycopg.Connection, judged: Sequence[Judged]) -> None:
    keys = [one.submission_id for one in judged]
    connection.execute("delete from exchange.submission_findings where submission_id = any(%s)", [keys])
    statement = (
        "copy exchange.submission_findings (submission_id, rule_id, severity, record, file_number, row_number,"
        " column_name, value, message, remedy) from stdin"
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for one in judged:
            for item in one.findings:
                place = (item.record, item.file_number, item.row_number, item.column_name, item.value)
                copy.write_row((one.submission_id, item.rule_id, item.severity, *place, item.message, item.remedy))


def _write_states(connection: psycopg.Connection, judged: Sequence[Judged]) -> None:
    """Write states; the older accepted version steps back before the newer one takes its place."""
    counts = _row_counts(connection)
    connection.execute(
        "update exchange.submissions old set status = 'superseded', superseded_at = clock_timestamp()"
        " from exchange.submissions new where new.submission_id = any(%s) and old.status = 'accepted'"
        " and old.company_code = new.company_code and old.reporting_month = new.reporting_month"
        " and old.submission_id <> new.submission_id",
        [[one.submission_id for one in judged if one.status is SubmissionStatus.ACCEPTED]],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "update exchange.submissions set status = %s, error_count = %s, warning_count = %s, row_counts = %s,"
            " checked_at = clock_timestamp(), accepted_at = case when %s then clock_timestamp() end"
            " where submission_id = %s",
            [
                (
                    *(one.status, one.error_count, one.warning_count),
                    *(Jsonb(counts.get(one.submission_id, {})), one.status is SubmissionStatus.ACCEPTED),
                    one.submission_id,
                )
                for one in judged
            ],
        )


def _row_counts(connection: psycopg.Connection) -> dict[int, dict[str, int]]:
    rows = connection.execute(
        "select submission_id, jsonb_object_agg(record, row_count) from landed_files group by submission_id"
    )
    return {row[0]: row[1] for row in rows}


def _judged(key: int, code: str, findings: list[Finding], totals: Mapping[tuple[int, str], int]) -> Judged:
    counts = {Severity.ERROR: 0, Severity.WARNING: 0}
    for item in findings:
        counts[item.severity] += 1
    for (submission_id, rule_id), total in totals.items():
        if submission_id == key and total > MOST_OF_A_RULE:
            severity = next(item.severity for item in findings if item.rule_id == rule_id)
            counts[severity] += total - MOST_OF_A_RULE - 1
    return Judged(key, code, findings, counts[Severity.ERROR], counts[Severity.WARNING])


def _cut(wording: Wording, rule_id: str, total: int) -> Finding:
    found = wording.finding(rule_id, None, None, None, None, None, None)
    return Finding(
        rule_id,
        found.severity,
        None,
        None,
        None,
        None,
        str(total),
        f"本规则共发现 {total:,} 处问题，清单只列出前 {MOST_OF_A_RULE:,} 处",
        "请按已列出的各处找出共同原因，一并改正后重新报送",
    )


def _outcome(one: Judged, month: date) -> CheckOutcome:
    return CheckOutcome(one.submission_id, one.company_code, month, one.status, one.error_count, one.warning_count)
