"""The exchange tables: where ingestion, exports and the operational app meet.

Ingestion writes submissions, their files and findings; exports writes the produced report files; the app shows
both. Definitions only: no queries beyond creating the schema.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import CreateSchema

metadata = MetaData(schema="exchange")


class SubmissionStatus(StrEnum):
    """State of a submission: received → checking → rejected | accepted → superseded."""

    RECEIVED = "received"
    CHECKING = "checking"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"


STATUS_NAMES = {
    SubmissionStatus.RECEIVED: "已接收",
    SubmissionStatus.CHECKING: "检查中",
    SubmissionStatus.REJECTED: "退回",
    SubmissionStatus.ACCEPTED: "已受理",
    SubmissionStatus.SUPERSEDED: "已被新版本替代",
}


class Severity(StrEnum):
    """Weight of a finding: an error blocks, a warning must be explained."""

    ERROR = "error"
    WARNING = "warning"


submissions = Table(
    "submissions",
    metadata,
    Column("submission_id", BigInteger, Identity(), primary_key=True),
    Column("company_code", Text, nullable=False),
    Column("reporting_month", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False, server_default=SubmissionStatus.RECEIVED),
    Column("receipt_number", Text, nullable=False, unique=True),
    Column("content_sha256", Text, nullable=False),
    Column("contract_version", Text, nullable=False),
    Column("source", Text, nullable=False, server_default="file"),
    Column("sender", Text),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("checked_at", DateTime(timezone=True)),
    Column("accepted_at", DateTime(timezone=True)),
    Column("superseded_at", DateTime(timezone=True)),
    Column("error_count", Integer),
    Column("warning_count", Integer),
    Column("row_counts", JSONB),
    UniqueConstraint("company_code", "reporting_month", "version"),
    UniqueConstraint("company_code", "reporting_month", "content_sha256"),
    Index(
        "submissions_one_accepted",
        "company_code",
        "reporting_month",
        unique=True,
        postgresql_where=text("status = 'accepted'"),
    ),
)

submission_files = Table(
    "submission_files",
    metadata,
    Column("submission_id", ForeignKey(submissions.c.submission_id), primary_key=True),
    Column("file_number", SmallInteger, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("record", Text),
    Column("byte_count", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("stored_path", Text, nullable=False),
)

submission_findings = Table(
    "submission_findings",
    metadata,
    Column("finding_id", BigInteger, Identity(), primary_key=True),
    Column("submission_id", ForeignKey(submissions.c.submission_id), nullable=False, index=True),
    Column("rule_id", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("record", Text),
    Column("file_number", SmallInteger),
    Column("row_number", Integer),
    Column("column_name", Text),
    Column("value", Text),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
)

report_files = Table(
    "report_files",
    metadata,
    Column("report_file_id", BigInteger, Identity(), primary_key=True),
    Column("reporting_month", Date, nullable=False),
    Column("org_level", Text, nullable=False),
    Column("org_code", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("byte_count", BigInteger, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Index("report_files_by_org", "reporting_month", "org_code"),
)


def create_exchange_tables(connection: Connection) -> None:
    """Create the schema and its tables where they do not exist yet."""
    connection.execute(CreateSchema("exchange", if_not_exists=True))
    metadata.create_all(connection)
