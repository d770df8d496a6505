"""The prepared workbook package: everything of an .xlsx but the cells, made once by openpyxl and reused.

Every style is made once; sheets get protection and print set-up here. Flow: catalogue → :class:`Skeleton`
(package members, style numbers) → workbook.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exports.catalogue import TableDefinition, definitions
from exports.layout import header_rows
from exports.styles import register_styles

PROVENANCE_SHEET = "出处"
PROVENANCE_WIDTHS = (20.0, 14.0, 8.0, 26.0, 68.0, 14.0, 30.0)
COLUMNS = re.compile(r"<cols>.*?</cols>", re.DOTALL)
CELLS = re.compile(r"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
MERGES = re.compile(r"<mergeCells.*?</mergeCells>", re.DOTALL)
DIMENSION = re.compile(r'<dimension ref="[^"]*"\s*/>')


@dataclass(frozen=True)
class SheetFrame:
    """The XML of a sheet around its cells: before columns and rows, between rows and merges, after."""

    member: str
    before: str
    between: str
    after: str


@dataclass(frozen=True)
class Skeleton:
    """Package members that never change, the frames of the sheets by name, and the style numbers."""

    members: dict[str, bytes]
    frames: dict[str, SheetFrame]
    styles: dict[str, int]


@cache
def prepared_skeleton(sheets: tuple[str, ...]) -> Skeleton:
    """Return the package for the given sheets of the catalogue, with the hidden sheet 出处 at the end."""
    book = Workbook()
    book.remove(book.worksheets[0])
    scratch = book.create_sheet("scratch")
    styles = register_styles(scratch)
    book.remove(scratch)
    for definition in definitions():
        if definition.sheet in sheets:
            _prepare_sheet(book.create_sheet(definition.sheet), definition)
    _prepare_provenance(book.create_sheet(PROVENANCE_SHEET))
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as package:
        content = {name: package.read(name) for name in package.namelist()}
    frames = {}
    for number, name in enumerate(book.sheetnames, 1):
        member = f"xl/worksheets/sheet{number}.xml"
        frames[name] = _frame(member, content.pop(member).decode("utf-8"))
    content.pop("docProps/core.xml")
    return Skeleton(content, frames, styles)


def _frame(member: str, xml: str) -> SheetFrame:
    before, rest = CELLS.split(COLUMNS.sub("", DIMENSION.sub("", xml)))
    between, after = MERGES.split(rest)
    return SheetFrame(member, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + before, between, after)


def _prepare_sheet(sheet: Worksheet, definition: TableDefinition) -> None:
    first, last = header_rows(definition)
    sheet.sheet_view.showGridLines = False
    labels = definition.label_columns
    sheet.freeze_panes = f"{get_column_letter(labels + 1)}{last + 1}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if definition.orientation == "landscape" else "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth = 2 if definition.second_page else 1
    sheet.page_setup.fitToHeight = 1 if definition.shape == "lines" else 0
    sheet.print_title_rows = f"{first}:{last}" if definition.shape == "lines" else f"1:{last}"
    if definition.second_page:
        sheet.print_title_cols = f"A:{get_column_letter(labels)}"
    if definition.shape == "lines":
        sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = 17.5, True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4 if definition.orientation == "landscape" else 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.6, 0.3, 0.3
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="第 &P 页 共 &N 页"))
    _close_frame(sheet)


def _prepare_provenance(sheet: Worksheet) -> None:
    sheet.sheet_state = "hidden"
    _close_frame(sheet)


def _close_frame(sheet: Worksheet) -> None:
    """Protect without a password and leave one merge as the place of the real ones."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.merge_cells("A1:B1")


@cache
def column_xml(widths: Sequence[float]) -> str:
    """Return the element with the column widths, in characters."""
    columns = (f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1))
    return f"<cols>{''.join(columns)}</cols>"
