"""Landing (落地): the bytes of a batch of submissions go by COPY into text tables of this session.

Nothing is typed or judged here. One transaction per company; what COPY refuses is looked at by the reader's
diagnosis, row by row, and leaves findings instead. Row numbers are not parsed: every landed row draws the next
number of one sequence, and the first number of each file is kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import psycopg
from psycopg import sql

from ingestion.contract import Contract
from ingestion.findings import Finding
from ingestion.reading import SubmittedFiles, SubmittedRecord

FIRST_DATA_ROW = 2
TEMPORARY_MEMORY = "512MB"  # a batch of the whole province stays in memory while it is checked
Diagnose = Callable[[SubmittedRecord], tuple[SubmittedRecord | None, list[Finding]]]


@dataclass
class Landing:
    """The landing tables of one session and where the next row will stand in the sequence."""

    connection: psycopg.Connection
    contract: Contract
    diagnose: Diagnose
    next_row: int = 1
    landed: set[str] = field(default_factory=set)

    def create_tables(self) -> None:
        """Create the text tables, the sequence and the list of landed files."""
        execute = self.connection.execute
        execute(f"set temp_buffers = '{TEMPORARY_MEMORY}'")
        execute("create temporary sequence landed_row")
        execute(
            "create temporary table landed_files (submission_id bigint, record text, file_number smallint,"
            " first_row bigint, row_count bigint)"
        )
        for record in self.contract.records:
            columns = ", ".join(f"{column.name} text" for column in record.columns)
            execute(
                f"create temporary table landed_{record.name} (submission_id bigint not null"
                " default current_setting('lendwatch.submission_id')::bigint,"
                f" row_sequence bigint not null default nextval('landed_row'), given_row integer, {columns})"
            )
        self.connection.commit()

    def clear(self) -> None:
        """Empty the tables for the next batch."""
        names = ", ".join(f"landed_{record.name}" for record in self.contract.records)
        self.connection.execute(f"truncate landed_files, {names}")
        self.connection.commit()
        self.landed.clear()

    def land(self, submission_id: int, files: SubmittedFiles) -> list[Finding]:
        """Land one submission in one transaction and return what the reader and COPY found wrong.

        Raises:
            psycopg.Error: the database itself failed; nothing of the submission stays landed.
        """
        records = dict(files.records)
        findings = list(files.findings)
        while records:
            refused = self._try(submission_id, records)
            if refused is None:
                break
            record = records.pop(refused)
            mended, why = self.diagnose(record)
            findings += why
            if mended is not None and mended.body != record.body:
                records[refused] = mended
        return findings

    def _try(self, submission_id: int, records: dict[str, SubmittedRecord]) -> str | None:
        """Copy all records; give the name of the first one refused, with nothing left landed."""
        name = ""
        entries: list[tuple[int, str, int, int, int]] = []
        try:
            self.connection.execute("select set_config('lendwatch.submission_id', %s, true)", [str(submission_id)])
            for name, record in records.items():
                count = self._copy(record)
                entries.append((submission_id, name, record.file_number, self.next_row, count))
                self.next_row += count
            name = ""
            self._list_files(entries)
            self.connection.commit()
        except psycopg.DataError:
            self.connection.rollback()
            self._catch_up()
            if not name:
                raise
            return name
        except BaseException:
            self.connection.rollback()
            self._catch_up()
            raise
        self.landed.update(records)
        return None

    def _copy(self, record: SubmittedRecord) -> int:
        statement = _copy_statement(record.record, record.columns, record.numbered)
        with self.connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                copy.write(record.body)
            return cursor.rowcount

    def _list_files(self, entries: Sequence[tuple[int, str, int, int, int]]) -> None:
        with (
            self.connection.cursor() as cursor,
            cursor.copy(
                "copy landed_files (submission_id, record, file_number, first_row, row_count) from stdin"
            ) as copy,
        ):
            for entry in entries:
                copy.write_row(entry)

    def _catch_up(self) -> None:
        """A refused COPY has drawn numbers that no row carries."""
        row = self.connection.execute("select nextval('landed_row')").fetchone()
        self.connection.commit()
        self.next_row = (row[0] if row else 0) + 1


def landed_row_number(alias: str, files: str) -> str:
    """Return the SQL for the row number as the submitter sees it (header = 1)."""
    return f"coalesce({alias}.given_row, ({alias}.row_sequence - {files}.first_row + {FIRST_DATA_ROW})::integer)"


@cache
def _copy_statement(record: str, columns: tuple[str, ...], numbered: bool) -> bytes:
    """Write the COPY of one shape of file; companies that use the same layout share it."""
    names = [sql.Identifier(name) for name in (*(["given_row"] if numbered else []), *columns)]
    nullable = [sql.Identifier(name) for name in columns]
    return (
        sql.SQL("copy {} ({}) from stdin (format csv, force_null ({}))")
        .format(sql.Identifier(f"landed_{record}"), sql.SQL(", ").join(names), sql.SQL(", ").join(nullable))
        .as_bytes()
    )
