"""The prepared workbook package: everything of an .xlsx but the cells, made once by openpyxl and reused.

Every style is made once; sheets get columns, protection and print set-up here. Flow: catalogue → :class:`Skeleton`
(package members, style numbers) → workbook.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import cache

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from exports.catalogue import TableDefinition, definitions
from exports.layout import header_rows

PROVENANCE_SHEET = "出处"
PROVENANCE_WIDTHS = (20.0, 14.0, 8.0, 26.0, 68.0, 14.0, 30.0)
FONT = "宋体"
FORMATS = {"amount": "#,##0.00", "count": "#,##0", "ratio": "0.00%", "rate": "0.00000", "dash": "@"}
HEADER_FILL, TOTAL_FILL, MANUAL_FILL = "D9E1F2", "F2F2F2", "FFF8DC"
CELLS = re.compile(r"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
MERGES = re.compile(r"<mergeCells.*?</mergeCells>", re.DOTALL)
DIMENSION = re.compile(r'<dimension ref="[^"]*"\s*/>')


@dataclass(frozen=True)
class SheetFrame:
    """The XML of a sheet around its cells: before the rows, between rows and merges, after the merges."""

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
    styles = _register_styles(scratch)
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
    before, rest = CELLS.split(DIMENSION.sub("", xml))
    between, after = MERGES.split(rest)
    return SheetFrame(member, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + before, between, after)


def _prepare_sheet(sheet: Worksheet, definition: TableDefinition) -> None:
    first, last = header_rows(definition)
    _set_widths(sheet, definition.widths)
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
    _set_widths(sheet, PROVENANCE_WIDTHS)
    sheet.sheet_state = "hidden"
    _close_frame(sheet)


def _close_frame(sheet: Worksheet) -> None:
    """Protect without a password and leave one merge as the place of the real ones."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.merge_cells("A1:B1")


def _set_widths(sheet: Worksheet, widths: tuple[float, ...]) -> None:
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _register_styles(sheet: Worksheet) -> dict[str, int]:
    """Make every style once on a scratch cell; its number in the style table is what rows refer to."""
    side = Side(style="thin", color="808080")
    border = Border(left=side, right=side, top=side, bottom=side)
    numbers: dict[str, int] = {}

    def make(
        name: str,
        alignment: Alignment,
        *,
        font: Font | None = None,
        framed: bool = True,
        fill: str | None = None,
        number_format: str = "General",
        is_text: bool = False,
    ) -> None:
        cell = sheet.cell(row=len(numbers) + 1, column=1)
        cell.font = font or Font(name=FONT, size=10)
        cell.alignment = alignment
        if framed:
            cell.border = border
        if fill:
            cell.fill = PatternFill("solid", start_color=fill)
        cell.number_format = number_format
        cell.quotePrefix = is_text
        cell.protection = Protection(locked=not name.startswith("manual_"))
        numbers[name] = cell.style_id

    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    right = Alignment(horizontal="right", vertical="center")
    make("title", middle, font=Font(name=FONT, size=12, bold=True), framed=False)
    for name, side_name in (("left", "left"), ("centre", "center"), ("right", "right")):
        make(name, Alignment(horizontal=side_name, vertical="center"), framed=False, is_text=True)
    make("header", middle, fill=HEADER_FILL)
    make("group", middle)
    for indent in range(3):
        make(f"label{indent}", Alignment(horizontal="left", vertical="center", indent=indent), is_text=True)
    for lead, fill, bold in (("", None, False), ("total_", TOTAL_FILL, True)):
        font = Font(name=FONT, size=10, bold=bold)
        make(f"{lead}sequence", middle, font=font, fill=fill)
        wrapped = Alignment(horizontal="left", vertical="center", wrap_text=True)
        make(f"{lead}member", wrapped, font=font, fill=fill, is_text=True)
        for kind, number_format in FORMATS.items():
            make(lead + kind, right, font=font, fill=fill, number_format=number_format)
    for kind, number_format in FORMATS.items():
        make(f"manual_{kind}", right, fill=MANUAL_FILL, number_format=number_format)
    return numbers
