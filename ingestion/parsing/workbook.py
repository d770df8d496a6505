"""A workbook → one CSV body per record, with problems (工作簿读取). Runs in the guarded child only."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound, XmlError, ZipError

from ingestion.contract import ContractRecord, load_contract
from ingestion.parsing.cells import convert
from ingestion.parsing.headers import Header, canonical, known_titles, match_header, record_names
from ingestion.parsing.limits import MAX_ROWS
from ingestion.parsing.package import Package, RefusedError, SheetPart, read_package, read_part
from ingestion.parsing.problems import Problem, shorten
from ingestion.parsing.scan import Place, Scan, place_name, scan_sheet

IGNORED_SHEETS = {canonical(name) for name in ("填报说明", "检查结果", "代码表")}
HEADER_SEARCH_ROWS = 10
_UNREADABLE = (CalamineError, ZipError, XmlError, WorksheetNotFound)


@dataclass(frozen=True)
class ParsedSheet:
    """One record as read: CSV without header; ``numbered`` if the first field is the row number."""

    record: str
    sheet: str
    columns: tuple[str, ...]
    body: bytes
    row_count: int
    numbered: bool


def read_workbook(path: Path) -> tuple[list[ParsedSheet], list[Problem]]:
    """Read every record sheet of the workbook; what is wrong comes back as problems, never as an exception."""
    try:
        with zipfile.ZipFile(path) as archive:
            package = read_package(archive)
            workbook = CalamineWorkbook.from_path(str(path))
            return _read_sheets(archive, package, workbook)
    except RefusedError as refusal:
        return [], [refusal.problem]
    except PasswordError:
        return [], [Problem("F-06")]
    except _UNREADABLE as error:
        return [], [Problem("F-26", params={"part": str(error)[:80]})]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return [], [Problem("F-07")]


def _read_sheets(
    archive: zipfile.ZipFile, package: Package, workbook: CalamineWorkbook
) -> tuple[list[ParsedSheet], list[Problem]]:
    parsed: list[ParsedSheet] = []
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for part in package.sheets:
        name = record_names().get(canonical(part.name))
        if name is None:
            problems += _unknown_sheet(part, archive)
        elif name in taken:
            problems.append(Problem("S-03", name, part.name, params={"first": taken[name]}))
        else:
            taken[name] = part.name
            sheet, found = _read_record(archive, package, workbook, part, load_contract().record(name))
            problems += found
            parsed += [sheet] if sheet else []
    return parsed, shorten(problems)


def _unknown_sheet(part: SheetPart, archive: zipfile.ZipFile) -> list[Problem]:
    """Say that a visible sheet with content is not taken; its cells are not parsed."""
    if part.hidden or canonical(part.name) in IGNORED_SHEETS:
        return []
    xml = read_part(archive, part.path)
    return [Problem("S-02", None, part.name)] if b"<v" in xml or b"<t" in xml or b":v>" in xml else []


def _read_record(
    archive: zipfile.ZipFile, package: Package, workbook: CalamineWorkbook, part: SheetPart, record: ContractRecord
) -> tuple[ParsedSheet | None, list[Problem]]:
    scan = scan_sheet(read_part(archive, part.path), package.percent_styles)
    refusal = _refusal(scan, record, part)
    if refusal:
        return None, [refusal]
    rows = workbook.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
    top = _header_row(record, rows)
    if top != 0:
        rule = "S-05" if top is None else "S-24"
        return None, [Problem(rule, record.name, part.name, None if top is None else top + 1)]
    header = match_header(record, part.name, [str(value) for value in rows[0]])
    problems = list(header.problems)
    if part.hidden:
        problems.append(Problem("S-18", record.name, part.name))
    problems += _scanned(scan, record, header, part.name)
    sheet, found = _write(record, part.name, header, rows)
    return sheet, problems + found


def _refusal(scan: Scan, record: ContractRecord, part: SheetPart) -> Problem | None:
    if scan.far:
        return Problem("F-22", record.name, part.name, scan.far[0], place_name((0, scan.far[1])), None,
                       {"place": place_name(scan.far)})  # fmt: skip
    if scan.too_large:
        return Problem("S-26", record.name, part.name, params={"limit": f"{MAX_ROWS:,}"})
    if scan.declared:
        return Problem("F-23", record.name, part.name, params={"place": scan.declared})
    return None


def _header_row(record: ContractRecord, rows: list[list[Any]]) -> int | None:
    """Return the index of the row that looks like the header, ``None`` if there is none."""
    filled = [index for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]) if row.count("") < len(row)]
    if not filled:
        return None
    scores = {index: known_titles(record, [str(value) for value in rows[index]]) for index in filled}
    best = max(filled, key=lambda index: (scores[index], -index))
    return best if scores[best] else None


def _scanned(scan: Scan, record: ContractRecord, header: Header, sheet: str) -> list[Problem]:
    """Turn the places of the scan into problems; percent formats matter in rate columns only."""
    problems = []
    for rule, places in (("S-15", scan.formulas), ("S-16", scan.errors), ("S-17", scan.merged)):
        for place in places:
            name = _column_at(header, place) or place_name((0, place[1]))
            problems.append(Problem(rule, record.name, sheet, place[0] or None, name or None))
    for place in scan.percents:
        column = _column_at(header, place)
        if column and place[0] > 1 and record.column(column).type_name == "rate":
            problems.append(Problem("S-23", record.name, sheet, place[0], column))
    return problems


def _column_at(header: Header, place: Place) -> str | None:
    position = place[1] - 1
    return header.columns[position] if 0 <= position < len(header.columns) else None


def _write(
    record: ContractRecord, sheet: str, header: Header, rows: list[list[Any]]
) -> tuple[ParsedSheet, list[Problem]]:
    numbers = [number for number, row in enumerate(rows[1:], start=2) if not _is_blank(row)]
    numbered = len(numbers) > 0 and numbers[-1] - 1 != len(numbers)
    data = [rows[number - 1] for number in numbers]
    positions = [position for position, name in enumerate(header.columns) if name]
    names = tuple(name for name in header.columns if name)
    columns: list[Sequence[Any]] = list(zip(*data, strict=True)) if data else []
    problems = _headless(record, sheet, header, columns, numbers)
    texts: list[Sequence[Any]] = [numbers] if numbered else []
    for position, name in zip(positions, names, strict=True) if columns else ():
        text, damages = convert(record.column(name), columns[position])
        texts.append(text)
        problems += [Problem(d.rule_id, record.name, sheet, numbers[d.position], name, d.value) for d in damages]
    body = _csv(texts)
    problems += _nul_bytes(record, sheet, names, texts[1:] if numbered else texts, numbers) if b"\0" in body else []
    return ParsedSheet(record.name, sheet, names, body, len(numbers), numbered), problems


def _is_blank(row: list[Any]) -> bool:
    """Whether a row holds nothing but empty texts and spaces; ordinary rows are told by their first cell."""
    first = row[0]
    if first.__class__ is not str or (first and not first.isspace()):
        return False
    return all(value.__class__ is str and not value.strip() for value in row)


def _headless(
    record: ContractRecord, sheet: str, header: Header, columns: list[Sequence[Any]], numbers: list[int]
) -> list[Problem]:
    """Find data that stands under no title."""
    problems = []
    for position in header.blank if columns else ():
        first = next((i for i, value in enumerate(columns[position]) if value != ""), None)
        if first is not None:
            letters = place_name((0, position + 1))
            problems.append(Problem("S-28", record.name, sheet, numbers[first], letters))
    return problems


def _nul_bytes(
    record: ContractRecord, sheet: str, names: Sequence[str], texts: Sequence[Sequence[str]], numbers: list[int]
) -> list[Problem]:
    return [
        Problem("S-12", record.name, sheet, numbers[index], name, value.replace("\0", "␀"))
        for name, column in zip(names, texts, strict=True)
        for index, value in enumerate(column)
        if "\0" in value
    ]


def _csv(columns: list[Sequence[Any]]) -> bytes:
    target = io.BytesIO()
    with io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=False) as stream:
        csv.writer(stream, lineterminator="\n").writerows(zip(*columns, strict=True))
        stream.flush()
        return target.getvalue()
