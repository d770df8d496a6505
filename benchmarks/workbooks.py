"""All workbooks of a month against openpyxl writing the same cells with styles made once and shared."""

from __future__ import annotations

import io
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from benchmarks.measure import Figure
from common.settings import Settings
from exports.province import PROCESSES, export_month

SAMPLE = 60


def all_workbooks(settings: Settings, month: date) -> Figure:
    """Write every workbook of the month; the peer writes a sample of the same cells, scaled up."""
    start = time.perf_counter()
    made = [path for path in export_month(settings, month) if path.suffix == ".xlsx"]
    taken = time.perf_counter() - start
    sample = made[:: max(len(made) // SAMPLE, 1)]
    halves = [sample[number::PROCESSES] for number in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        peer = max(pool.map(write_plainly, halves)) * len(made) / len(sample)
    work = f"{len(made)} workbooks, two processes, fetched, written and zipped"
    return Figure(work, "openpyxl, shared styles, same cells", taken, peer, "s", 1.3)


def write_plainly(paths: Sequence[Path]) -> float:
    """Write the cells of the workbooks anew with openpyxl and return the seconds the writing took."""
    taken = 0.0
    for path in paths:
        source = load_workbook(path)
        sheets = [(sheet.title, list(_cells(sheet)), sheet.merged_cells.ranges) for sheet in source]
        start = time.perf_counter()
        target = Workbook()
        del target[target.sheetnames[0]]
        styles: dict[int, Any] = {}
        for title, cells, merged in sheets:
            sheet = target.create_sheet(title)
            for row, column, value, number, original in cells:
                cell = sheet.cell(row, column, value)
                if number not in styles:
                    styles[number] = _style(cell, original)
                cell._style = styles[number]
            for area in merged:
                sheet.merge_cells(area.coord)
        target.save(io.BytesIO())
        taken += time.perf_counter() - start
    return taken


def _cells(sheet: Any) -> Any:
    for row in sheet.iter_rows():
        for cell in row:
            if type(cell).__name__ == "Cell":
                yield cell.row, cell.column, cell.value, cell.style_id, cell


def _style(cell: Any, original: Any) -> Any:
    """Give the cell the original's style once and return the shared style array."""
    for name in ("font", "fill", "border", "alignment", "protection"):
        setattr(cell, name, copy(getattr(original, name)))
    cell.number_format = original.number_format
    return copy(cell._style)
