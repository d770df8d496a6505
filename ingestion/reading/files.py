"""All files of one submission → records and findings (文件读取): the front door of the gate.

Flow: size → real type → package directory → guarded child (workbooks) or byte checks (CSV) → completeness.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingestion.contract import load_contract
from ingestion.parsing.headers import canonical, record_names
from ingestion.parsing.limits import MAX_FILE_BYTES, MAX_FILES, MAX_WORKBOOK_BYTES, MIB
from ingestion.parsing.problems import Problem
from ingestion.reading.archive import check_directory, check_end_record, check_workbook, is_workbook
from ingestion.reading.catalogue import to_finding
from ingestion.reading.content import Kind, kind_of
from ingestion.reading.delimited import read_delimited
from ingestion.reading.guard import Guard, shared_guard
from ingestion.reading.records import SubmittedFiles, SubmittedRecord

REQUIRED_RECORDS = (
    "company_month", "customers", "staff", "contracts", "notes", "note_states", "loan_events", "trial_balance",
)  # fmt: skip
NEVER_EMPTY_RECORDS = ("company_month", "trial_balance", "staff")
TEXT_EXTENSIONS = {".csv", ".txt", ""}
Part = tuple[SubmittedRecord | None, list[Problem]]


def read_files(paths: Sequence[Path], guard: Guard = shared_guard) -> SubmittedFiles:
    """Read the files of one submission; whatever is wrong with them comes back as findings, never as an exception."""
    files = SubmittedFiles()
    if len(paths) > MAX_FILES:
        problem = Problem("F-29", params={"count": str(len(paths)), "limit": str(MAX_FILES)})
        files.findings.append(to_finding(problem, None, None))
        return files
    for number, path in enumerate(paths, start=1):
        for record, problems in _read_file(Path(path), number, guard):
            _add(files, record, problems, number, Path(path).name)
    whole = not any(finding.rule_id.startswith("F-") for finding in files.findings)
    files.findings += [to_finding(problem, None, None) for problem in _incomplete(files, whole)]
    return files


def _add(
    files: SubmittedFiles, record: SubmittedRecord | None, problems: list[Problem], number: int, name: str
) -> None:
    if record is not None and record.record in files.records:
        first = files.records[record.record].sheet
        problems = [Problem("S-03", record.record, record.sheet, params={"first": first})]
    elif record is not None:
        files.records[record.record] = record
    files.findings += [to_finding(problem, number, name) for problem in problems]


def _incomplete(files: SubmittedFiles, whole: bool) -> Iterator[Problem]:
    """Find required records that are missing or empty; nothing is missing from a file that could not be read."""
    spoken_of = {finding.record for finding in files.findings}
    for name in REQUIRED_RECORDS if whole else ():
        if name not in files.records and name not in spoken_of:
            yield Problem("S-04", name, params={"title": load_contract().record(name).title})
    for name in NEVER_EMPTY_RECORDS:
        record = files.records.get(name)
        if record is not None and record.row_count == 0:
            yield Problem("S-27", name, load_contract().record(name).title)


def _read_file(path: Path, number: int, guard: Guard) -> Iterator[Part]:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            refusal = _refused_size(size, MAX_FILE_BYTES)
            if refusal:
                yield None, [refusal]
                return
            yield from _read_kind(path, number, guard, stream, kind_of(stream), size)
    except OSError:
        yield None, [Problem("F-27")]


def _refused_size(size: int, limit: int) -> Problem | None:
    if size == 0:
        return Problem("F-01")
    if size > limit:
        return Problem("F-02", params={"size": f"{size / MIB:,.1f} MB", "limit": f"{limit // MIB} MB"})
    return None


def _read_kind(path: Path, number: int, guard: Guard, stream: BinaryIO, kind: Kind, size: int) -> Iterator[Part]:
    extension = path.suffix.lower()
    if kind is Kind.ZIP:
        yield from _read_package(path, number, guard, stream, size)
    elif kind is Kind.TEXT and extension in TEXT_EXTENSIONS:
        stream.seek(0)
        yield _read_text(number, path.name, stream.read())
    elif kind is Kind.ENCRYPTED:
        yield None, [Problem("F-06")]
    elif kind is Kind.OLE:
        yield None, [Problem("F-05")]
    elif kind in (Kind.HTML, Kind.XML, Kind.TEXT):
        yield None, [Problem("F-04", params={"extension": path.suffix, "kind": kind.value})]
    else:
        yield None, [Problem("F-03", params={"kind": kind.value})]


def _read_package(path: Path, number: int, guard: Guard, stream: BinaryIO, size: int) -> Iterator[Part]:
    problem = check_end_record(stream)
    if problem:
        yield None, [problem]
        return
    try:
        with zipfile.ZipFile(stream) as archive:
            problems = check_directory(archive.infolist(), size)
            if problems:
                yield None, problems
            elif is_workbook(archive.infolist()):
                yield from _read_workbook(path, number, guard, archive, size)
            elif "mimetype" in archive.namelist():
                yield None, [Problem("F-03", params={"kind": "OpenDocument 文件 (.ods)"})]
            else:
                yield from _read_members(archive, number)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        yield None, [Problem("F-07")]


def _read_workbook(path: Path, number: int, guard: Guard, archive: zipfile.ZipFile, size: int) -> Iterator[Part]:
    refusal = _refused_size(size, MAX_WORKBOOK_BYTES)
    problems = [refusal] if refusal else check_workbook(archive)
    if not problems and path.suffix.lower() != ".xlsx":
        problems = [Problem("F-04", params={"extension": path.suffix, "kind": "Excel 工作簿"})]
    if problems:
        yield None, problems
        return
    records, problems = guard.read(path, number)
    yield None, problems
    for record in records:
        yield record, []


def _read_members(archive: zipfile.ZipFile, number: int) -> Iterator[Part]:
    for member in archive.infolist():
        name = PurePosixPath(_readable_name(member).replace("\\", "/")).name  # some Windows packers write \\
        if member.is_dir() or name.startswith(".") or member.filename.startswith("__MACOSX/"):
            continue
        if PurePosixPath(name).suffix.lower() not in TEXT_EXTENSIONS:
            yield None, [Problem("F-14", params={"member": name})]
            continue
        content = archive.read(member)
        if content.startswith(b"PK\x03\x04"):
            yield None, [Problem("F-14", params={"member": name})]
            continue
        yield _read_text(number, name, content)


def _readable_name(member: zipfile.ZipInfo) -> str:
    """Return the member's name; Chinese names that Windows wrote in GBK come out right."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _read_text(number: int, name: str, content: bytes) -> Part:
    record_name = record_names().get(canonical(PurePosixPath(name).stem))
    if record_name is None:
        return None, [Problem("S-01", None, name)]
    record = load_contract().record(record_name)
    if not content.strip():
        return None, [Problem("S-05", record.name, name)]
    parsed, problems = read_delimited(record, number, name, content)
    return (replace(parsed, sheet=name) if parsed else None), problems
