"""Findings handed back in the submitter's own workbook (检查结果回填).

A workbook that passed the file checks is opened and painted in a child process with limits on memory and time; CSV
submissions get a workbook in the layout of the template with their data; files that could not be read get the sheet
检查结果 only. Formulas never come through.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from ingestion.contract import load_contract
from ingestion.findings import Finding
from ingestion.painted_workbook import Line, paint
from ingestion.parsing.limits import MIB
from ingestion.reading import SubmittedFiles, SubmittedRecord, read_files
from ingestion.template import build_workbook
from ingestion.template_cells import cell_at, write_value

PROJECT_ROOT = Path(__file__).resolve().parents[1]
MOST_ROWS = 20_000
PAINT_SECONDS = 25.0
PAINT_MEMORY_BYTES = 480 * MIB


def paint_findings(original: Sequence[Path], findings: Sequence[Finding], target: Path) -> None:
    """Write the workbook that goes back to the company to ``target`` (.xlsx).

    Raises:
        OSError: ``target`` cannot be written.
    """
    lines = [_line(finding) for finding in findings]
    refused = any(finding.rule_id.startswith("F-") for finding in findings)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".painting-") as folder:
        draft = Path(folder) / "painted.xlsx"
        own = len(original) == 1 and original[0].suffix.lower() == ".xlsx" and not refused
        if not (own and _paint_own(original[0], lines, draft)):
            _paint_layout(original, lines, draft)
        draft.replace(target)


def main() -> None:
    """Paint one workbook inside the child: request on the input, limits set first."""
    for kind, limit in ((resource.RLIMIT_AS, PAINT_MEMORY_BYTES), (resource.RLIMIT_FSIZE, 200 * MIB)):
        resource.setrlimit(kind, (limit, limit))
    request = json.load(sys.stdin)
    workbook = load_workbook(request["original"], keep_links=False)
    paint(workbook, request["lines"])
    workbook.save(request["draft"])


def _line(finding: Finding) -> dict[str, Any]:
    names = ("rule_id", "record", "row_number", "column_name", "value", "message", "remedy")
    return {"severity": str(finding.severity), **{name: getattr(finding, name) for name in names}}


def _paint_own(original: Path, lines: Sequence[Line], draft: Path) -> bool:
    """Paint the submitter's workbook in a limited child; tell whether it went well."""
    request = {"original": str(original.resolve()), "draft": str(draft.resolve()), "lines": list(lines)}
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", "from ingestion.painting import main; main()"],
            input=json.dumps(request).encode(),
            cwd=PROJECT_ROOT,
            env={"PYTHONPATH": str(PROJECT_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PAINT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and draft.exists()


def _paint_layout(original: Sequence[Path], lines: Sequence[Line], draft: Path) -> None:
    """Paint a workbook in the layout of the template that holds what could be read."""
    files = read_files(original)
    workbook = build_workbook()
    kept = _fill(workbook, files)
    for record in load_contract().records:
        if record.name not in files.records:
            del workbook[record.title]
    notice = "" if files.records else "原文件无法读取，本工作簿只有检查结果；"
    notice += "" if kept else f"数据只列前 {MOST_ROWS:,} 行；"
    paint(workbook, lines, notice)
    if not files.records:
        workbook = _only_result(workbook)
    workbook.save(draft)


def _only_result(workbook: Workbook) -> Workbook:
    for name in workbook.sheetnames[1:]:
        del workbook[name]
    return workbook


def _fill(workbook: Workbook, files: SubmittedFiles) -> bool:
    """Write the data row by row where the submitter had it; tell whether all rows went in."""
    left = MOST_ROWS
    whole = True
    for record in files.records.values():
        whole = whole and record.row_count <= left
        left -= _fill_record(workbook, record, left)
    return whole


def _fill_record(workbook: Workbook, record: SubmittedRecord, most: int) -> int:
    contract = load_contract().record(record.record)
    sheet = workbook[contract.title]
    positions = {column.name: position for position, column in enumerate(contract.columns, start=1)}
    written = 0
    for number, fields in _numbered_rows(record):
        if written >= most or number > 1_000_000:
            break
        written += 1
        for name, value in zip(record.columns, fields, strict=False):
            if value:
                write_value(cell_at(sheet, number, positions[name]), contract.column(name), value)
    return written


def _numbered_rows(record: SubmittedRecord) -> Iterator[tuple[int, list[str]]]:
    text = io.TextIOWrapper(io.BytesIO(record.body), encoding="utf-8", errors="replace", newline="")
    with text as stream, contextlib.suppress(csv.Error):
        for number, fields in enumerate(csv.reader(stream), start=2):
            if record.numbered and fields:
                yield int(fields[0]), fields[1:]
            else:
                yield number, fields
