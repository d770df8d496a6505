"""The stored findings of a submission, as the gate wrote them."""

from __future__ import annotations

import psycopg

from common.exchange import Severity
from ingestion.findings import Finding

STORED = """
select rule_id, severity, record, file_number, row_number, column_name, value, message, remedy
from exchange.submission_findings
where submission_id = %s
order by severity, record, file_number, row_number, finding_id
"""


def read_findings(connection: psycopg.Connection, submission_id: int) -> list[Finding]:
    """Return the findings of a submission, errors first.

    Raises:
        LookupError: there is no such submission.
    """
    known = connection.execute("select 1 from exchange.submissions where submission_id = %s", [submission_id])
    if known.fetchone() is None:
        raise UnknownSubmissionError(f"没有编号为 {submission_id} 的报送，可用 lendwatch close 的报送情况表查看编号")
    return [
        Finding(rule, Severity(severity), *rest)
        for rule, severity, *rest in connection.execute(STORED, [submission_id])
    ]


class UnknownSubmissionError(LookupError):
    """No submission carries the number asked for."""
