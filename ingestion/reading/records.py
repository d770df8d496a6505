"""What reading gives: one body of CSV bytes per record, ready for COPY, and findings."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.findings import Finding


@dataclass(frozen=True)
class SubmittedRecord:
    """One record of a submission as handed in.

    ``columns`` are contract names in the order of the file. ``body`` is UTF-8 CSV without header, as
    ``COPY … (FORMAT csv)`` takes it; unquoted empty fields are missing values. If ``numbered``, the first field of
    every line is the row number in the submitter's file, otherwise rows are consecutive from row 2. ``sheet`` is the
    name of the sheet, or of the CSV file.
    """

    record: str
    file_number: int
    sheet: str
    columns: tuple[str, ...]
    body: bytes
    row_count: int
    numbered: bool


@dataclass
class SubmittedFiles:
    """All records of a submission and what is wrong with its files."""

    records: dict[str, SubmittedRecord] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
