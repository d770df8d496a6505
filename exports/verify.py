"""Verification of a workbook (核对): read the hidden sheet, make the same tables again, compare every cell.

Cells for hand entry are left out. Flow: .xlsx + marts → list of :class:`Mismatch`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from common.database import connect
from common.settings import Settings
from exports.layout import Cell
from exports.organisation import OrgReports, read_organisations
from exports.provenance import NotOurWorkbookError, Origin, read_origin
from exports.skeleton import PROVENANCE_SHEET
from exports.workbook import clean_text


@dataclass(frozen=True)
class Mismatch:
    """One difference between a workbook and the warehouse; ``cell`` is empty for a whole sheet."""

    sheet: str
    cell: str
    expected: str
    found: str

    @property
    def message(self) -> str:
        """The difference in one sentence."""
        place = f"工作表“{self.sheet}”{self.cell and f'单元格 {self.cell}'}"
        return f"{place}：应为“{self.expected}”，实为“{self.found}”"


def verify_workbook(settings: Settings, path: Path) -> list[Mismatch]:
    """Compare the workbook with the warehouse and return all differences; none means it stands.

    Raises:
        NotOurWorkbookError: the file is no workbook of ours, or its organisation and month are unknown.
    """
    book = _open(path)
    try:
        origin = read_origin(book[PROVENANCE_SHEET])
        return list(_compare(book, _read(settings, origin), origin.unit))
    finally:
        book.close()


def _open(path: Path) -> Workbook:
    try:
        book = load_workbook(path)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, SyntaxError, TypeError, ValueError) as error:
        raise NotOurWorkbookError(f"无法打开 {path}：{error}。请核对由本系统导出的 .xlsx 工作簿") from error
    if PROVENANCE_SHEET not in book.sheetnames:
        raise NotOurWorkbookError(f"{path.name} 没有工作表“{PROVENANCE_SHEET}”，不是由本系统导出的工作簿")
    return book


def _read(settings: Settings, origin: Origin) -> OrgReports:
    with connect(settings) as connection:
        found = read_organisations(connection, origin.month, [origin.org_code])
    if not found:
        raise NotOurWorkbookError(f"数据仓库中没有机构 {origin.org_code} {origin.month:%Y-%m} 的报表，无法核对")
    return found[0]


def _compare(book: Workbook, organisation: OrgReports, unit: str) -> Iterator[Mismatch]:
    expected: dict[str, Sequence[Sequence[Cell]]] = {
        grid.definition.sheet: grid.rows for grid in organisation.grids(unit)
    }
    expected[PROVENANCE_SHEET] = organisation.provenance(unit)
    for name in [name for name in book.sheetnames if name not in expected]:
        yield Mismatch(name, "", "没有此工作表", "有")
    for name, rows in expected.items():
        if name in book.sheetnames:
            yield from _compare_sheet(book[name], rows)
        else:
            yield Mismatch(name, "", "有此工作表", "没有")


def _compare_sheet(sheet: Worksheet, rows: Sequence[Sequence[Cell]]) -> Iterator[Mismatch]:
    height = max(sheet.max_row, len(rows))
    width = max(sheet.max_column, max((len(row) for row in rows), default=0))
    for number in range(1, height + 1):
        row = rows[number - 1] if number <= len(rows) else ()
        for column in range(1, width + 1):
            wanted, style = row[column - 1] if column <= len(row) else (None, "")
            if style.startswith("manual_"):
                continue
            want, have = _text(wanted), _found(sheet.cell(number, column))
            if want != have:
                yield Mismatch(sheet.title, f"{get_column_letter(column)}{number}", want, have)


def _found(cell: SheetCell | MergedCell) -> str:
    if cell.value is None:
        return ""
    if isinstance(cell.value, str):
        return f"公式 {cell.value}" if cell.data_type == "f" else cell.value
    return _text(Decimal(str(cell.value))) if isinstance(cell.value, int | float) else str(cell.value)


def _text(value: Any) -> str:
    """Return one spelling per value: numbers without trailing zeros, texts as the workbook holds them."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean_text(value)
    return f"{Decimal(value).normalize():f}"
