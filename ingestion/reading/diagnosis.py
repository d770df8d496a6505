"""CSV files parsed row by row (逐行诊断): the slow path, which says what is wrong where.

Rows are counted as a spreadsheet shows them: blank lines count, a line break inside quotes does not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from ingestion.contract import ContractRecord, load_contract
from ingestion.findings import Finding
from ingestion.parsing.cells import damaged_text
from ingestion.parsing.headers import Header, known_titles, match_header
from ingestion.parsing.limits import MAX_LINE_CHARACTERS, MAX_LINES_OF_A_ROW
from ingestion.parsing.problems import MOST_OF_A_KIND, Problem, shorten
from ingestion.parsing.scan import place_name
from ingestion.reading.catalogue import to_finding
from ingestion.reading.records import SubmittedRecord

HEADER_SEARCH_ROWS = 10
_BATCH = 5000
_MOST_PROBLEMS = 10 * MOST_OF_A_KIND
Row = tuple[int, list[str]]


def diagnose(record: SubmittedRecord) -> tuple[SubmittedRecord | None, list[Finding]]:
    """Parse a record again that COPY has refused.

    Returns:
        The record rebuilt row by row (numbered), or ``None`` if it cannot be taken, and the findings.
    """
    if record.numbered:
        problem = Problem("S-30", record.record, record.sheet)
        return None, [to_finding(problem, record.file_number, record.sheet)]
    contract = load_contract().record(record.record)
    reading = _Reading(contract, record.sheet, Header(record.columns, (), []), b"\0" in record.body)
    reading.take(_rows(record.body, first=2))
    problems = shorten(reading.problems)
    rebuilt = None if reading.is_broken else reading.result(record.file_number)
    return rebuilt, [to_finding(problem, record.file_number, record.sheet) for problem in problems]


def diagnose_text(
    record: ContractRecord, file_number: int, name: str, content: bytes
) -> tuple[SubmittedRecord | None, list[Problem]]:
    """Read a CSV file of UTF-8 bytes row by row, header included."""
    rows = _rows(content, first=1)
    try:
        first = next(((number, row) for number, row in rows if _is_filled(row)), None)
        if first is None:
            return None, [Problem("S-05", record.name, name)]
        number, titles = first
        if number > 1 or not known_titles(record, titles):
            number = _likely_header(record, first, rows)
    except csv.Error as error:
        return None, [_broken(record, name, 1, error)]
    if number > 1:
        return None, [Problem("S-24", record.name, name, number)]
    if not known_titles(record, titles):
        return None, [Problem("S-05", record.name, name, 1)]
    if any("\0" in title for title in titles):
        return None, [Problem("S-12", record.name, name, 1)]
    reading = _Reading(record, name, match_header(record, name, titles), b"\0" in content)
    reading.take(rows)
    return reading.result(file_number), shorten(reading.header.problems + reading.problems)


class _Reading:
    """One pass over the rows below the header: good rows are written, the others become problems."""

    def __init__(self, record: ContractRecord, name: str, header: Header, has_nul: bool) -> None:
        self.record = record
        self.name = name
        self.header = header
        self.problems: list[Problem] = []
        self.is_broken = False
        self.has_nul = has_nul
        self._names = tuple(column for column in header.columns if column)
        self._positions = [position for position, column in enumerate(header.columns) if column]
        self._target = io.BytesIO()
        self._count = 0

    def take(self, rows: Iterator[Row]) -> None:
        """Read all rows; stop at the one after which columns cannot be told apart."""
        number = 1
        batch: list[Row] = []
        try:
            for number, row in rows:
                if _is_filled(row) and self._fits(number, row):
                    batch.append((number, row))
                if len(batch) >= _BATCH:
                    self._write(batch)
                    batch = []
        except csv.Error as error:
            self.is_broken = True
            self.problems.append(_broken(self.record, self.name, number + 1, error))
        self._write(batch)

    def result(self, file_number: int) -> SubmittedRecord:
        """Return what could be read."""
        body = self._target.getvalue()
        return SubmittedRecord(self.record.name, file_number, self.name, self._names, body, self._count, True)

    def _fits(self, number: int, row: list[str]) -> bool:
        width = len(self.header.columns)
        if len(row) != width:
            self._add("S-11", number, None, None, {"found": str(len(row)), "expected": str(width)})
            return False
        for position in self.header.blank:
            if row[position].strip():
                self._add("S-28", number, place_name((0, position + 1)), row[position])
        return not self.has_nul or not any("\0" in value for value in row) or self._nul(number, row)

    def _nul(self, number: int, row: list[str]) -> bool:
        for position, column in zip(self._positions, self._names, strict=True):
            if "\0" in row[position]:
                self._add("S-12", number, column, row[position].replace("\0", "␀"))
        return False

    def _add(
        self, rule: str, number: int, column: str | None, value: str | None, params: dict[str, str] | None = None
    ) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(rule, self.record.name, self.name, number, column, value, params or {}))

    def _write(self, batch: Sequence[Row]) -> None:
        numbers = [number for number, _ in batch]
        columns = list(zip(*(row for _, row in batch), strict=True))
        picked = [columns[position] for position in self._positions] if batch else []
        for column, values in zip(self._names, picked, strict=False):
            for damage in damaged_text(self.record.column(column), values):
                self._add(damage.rule_id, numbers[damage.position], column, damage.value)
        stream = io.TextIOWrapper(self._target, encoding="utf-8", newline="")
        csv.writer(stream, lineterminator="\n").writerows(zip(numbers, *picked, strict=True))
        stream.detach()
        self._count += len(batch)


def _rows(content: bytes, first: int) -> Iterator[Row]:
    """Yield numbered rows.

    Raises:
        csv.Error: quotes do not pair up, or a field is too long.
    """
    with io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="") as stream:
        taken = [0]
        for number, row in enumerate(csv.reader(_lines(stream, taken), strict=True), start=first):
            taken[0] = 0
            yield number, row


def _lines(stream: io.TextIOWrapper, taken: list[int]) -> Iterator[str]:
    """Yield the lines of a text, none longer and no row of more lines than can be meant."""
    while line := stream.readline(MAX_LINE_CHARACTERS + 1):
        taken[0] += 1
        if len(line) > MAX_LINE_CHARACTERS or taken[0] > MAX_LINES_OF_A_ROW:
            raise csv.Error("field larger than a row may be")
        yield line


def _is_filled(row: list[str]) -> bool:
    return any(value.strip() for value in row)


def _likely_header(record: ContractRecord, first: Row, rows: Iterator[Row]) -> int:
    """Return the row that looks like a header, 1 if none does and the first row is filled."""
    if known_titles(record, first[1]):
        return first[0]
    for number, row in rows:
        if known_titles(record, row) >= min(2, len(record.columns)):
            return number
        if number > HEADER_SEARCH_ROWS:
            break
    return first[0]


def _broken(record: ContractRecord, name: str, number: int, error: csv.Error) -> Problem:
    if "field larger" in str(error):
        return Problem("S-29", record.name, name, number, params={"limit": f"{csv.field_size_limit():,}"})
    return Problem("S-10", record.name, name, number)
