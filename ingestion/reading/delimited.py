"""CSV files (逗号分隔文件): the fast path. Clean bytes are checked and passed on, not parsed.

What the checks cannot vouch for goes through :mod:`ingestion.reading.diagnosis`, which parses line by line and says
what is wrong where.
"""

from __future__ import annotations

import csv
import io
from functools import lru_cache

from ingestion.contract import ContractRecord, load_contract
from ingestion.parsing.headers import match_header
from ingestion.parsing.limits import MAX_CSV_ROWS
from ingestion.parsing.problems import Problem
from ingestion.reading.diagnosis import diagnose_text
from ingestion.reading.encoding import UnknownEncodingError, to_utf8
from ingestion.reading.records import SubmittedRecord

MOST_HEADER_BYTES = 65_536
DELIMITERS = {";": "分号", "\t": "制表符 (Tab)", "|": "竖线", "，": "全角逗号", "；": "全角分号"}


def read_delimited(
    record: ContractRecord, file_number: int, name: str, content: bytes
) -> tuple[SubmittedRecord | None, list[Problem]]:
    """Read one CSV file of a record."""
    try:
        content = to_utf8(content)
    except UnknownEncodingError as error:
        return None, [Problem("S-13", record.name, name, params={"position": str(error.position + 1)})]
    if content.count(b"\n") > MAX_CSV_ROWS:
        return None, [Problem("S-26", record.name, name, params={"limit": f"{MAX_CSV_ROWS:,}"})]
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    end = content.find(b"\n")
    line, body_start = (content[start:], len(content)) if end < 0 else (content[start:end], end + 1)
    columns = _clean_header(record.name, line) if len(line) <= MOST_HEADER_BYTES else None
    body = content[body_start:]
    if columns is None or not _is_clean(body, len(columns)):
        wrong = _wrong_delimiter(record, name, line)
        return (None, [wrong]) if wrong else diagnose_text(record, file_number, name, content[start:])
    rows = body.count(b"\n") + (not body.endswith(b"\n") and len(body) > 0)
    return SubmittedRecord(record.name, file_number, name, columns, body, rows, False), []


@lru_cache(maxsize=256)
def _clean_header(record_name: str, line: bytes) -> tuple[str, ...] | None:
    """Return the columns of a header line in which every title is known, ``None`` for any other."""
    titles = _titles(line)
    if titles is None:
        return None
    header = match_header(load_contract().record(record_name), "", titles)
    columns = tuple(column for column in header.columns if column)
    return columns if not header.problems and len(columns) == len(titles) else None


def _titles(line: bytes) -> list[str] | None:
    """Return the titles of the header line, ``None`` if it is not one line of CSV."""
    line = line.removesuffix(b"\r")
    if len(line) > MOST_HEADER_BYTES or b"\0" in line or b"\r" in line or line.count(b'"') % 2:
        return None
    return next(csv.reader([line.decode()]), None)


def _wrong_delimiter(record: ContractRecord, name: str, line: bytes) -> Problem | None:
    titles = _titles(line)
    if titles is None or len(titles) != 1 or len(record.columns) == 1:
        return None
    delimiter = max(DELIMITERS, key=titles[0].count)
    if titles[0].count(delimiter) == 0:
        return None
    return Problem("S-09", record.name, name, 1, params={"delimiter": DELIMITERS[delimiter]})


def _is_clean(body: bytes, width: int) -> bool:
    """Whether COPY will take the body as rows of ``width`` fields, one a line, with nothing that needs a look."""
    newlines = body.count(b"\n")
    if body.count(b"\r") not in (0, newlines) or b"\0" in body or b"\\." in body or b"E+" in body:
        return False
    if body.startswith((b"\n", b"\r\n")) or b"\n\n" in body or b"\n\r" in body or _has_empty_row(body, width):
        return False
    if b'"' in body:
        return all(line.count(b'"') % 2 == 0 for line in io.BytesIO(body))
    rows = newlines + (not body.endswith(b"\n") and len(body) > 0)
    return body.count(b",") == rows * (width - 1)


def _has_empty_row(body: bytes, width: int) -> bool:
    empty = b"," * (width - 1)
    return (
        body.startswith((empty + b"\n", empty + b"\r"))
        or b"\n" + empty + b"\n" in body
        or b"\n" + empty + b"\r" in body
        or body.endswith(b"\n" + empty)
    )
