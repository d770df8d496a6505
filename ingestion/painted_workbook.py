"""Findings painted into an open workbook (着色与批注): failing cells coloured, a first sheet that lists everything.

Works on plain mappings, knows no findings and no database: it also runs in the limited child of
``ingestion.painting``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.contract import load_contract
from ingestion.parsing.headers import canonical, match_header, record_names
from ingestion.template_cells import cell_at, link_to, write_text
from ingestion.template_words import letters_of

RESULT_SHEET = "检查结果"
PAINTER = "月报检查"
MOST_LISTED = 20_000
MOST_PAINTED = 20_000
Line = Mapping[str, Any]
Place = tuple[str, int, int]

_FONT = "宋体"
_SEVERITIES = {"error": "错误", "warning": "预警"}
_FILLS = {"error": PatternFill("solid", fgColor="FFC7CE"), "warning": PatternFill("solid", fgColor="FFEB9C")}
_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TITLES = ("序号", "级别", "规则", "工作表", "行", "列", "内容", "问题", "怎样修改")
_WIDTHS = (7, 8, 24, 18, 8, 18, 24, 64, 60)


def paint(workbook: Workbook, lines: Sequence[Line], notice: str = "") -> None:
    """Colour and comment the cells that ``lines`` speak of, and put the sheet 检查结果 in front."""
    _clear_old_marks(workbook)
    _disarm_formulas(workbook)
    ordered = sorted(lines, key=lambda line: line["severity"] != "error")
    places = _places(workbook, ordered)
    if len(set(places) - {None}) > MOST_PAINTED:
        notice += f"只着色前 {MOST_PAINTED:,} 个单元格；"
    _paint_cells(workbook, ordered, places)
    _write_result(workbook, ordered, places, notice)
    workbook.active = 0


def _clear_old_marks(workbook: Workbook) -> None:
    """Take away what an earlier check has painted, so that mended cells come back plain."""
    if RESULT_SHEET in workbook.sheetnames:
        del workbook[RESULT_SHEET]
    for sheet in workbook.worksheets:
        for cell in _cells(sheet):
            if cell.comment is not None and cell.comment.author == PAINTER:
                cell.comment = None
                cell.fill = PatternFill()
        sheet.sheet_view.tabSelected = False


def _disarm_formulas(workbook: Workbook) -> None:
    """Turn formulas into the text they were written as."""
    for sheet in workbook.worksheets:
        for cell in _cells(sheet):
            if cell.data_type == "f":
                write_text(cell, str(getattr(cell.value, "text", cell.value)))


def _cells(sheet: Any) -> list[Cell]:
    """Return the cells that exist; walking over rows would make one for every place up to the farthest."""
    return [cell for cell in sheet._cells.values() if isinstance(cell, Cell)]


def _places(workbook: Workbook, lines: Sequence[Line]) -> list[Place | None]:
    """Return sheet, row and column of every line, ``None`` if there is no cell for it."""
    sheets = {record_names().get(canonical(name), ""): name for name in workbook.sheetnames}
    columns = {name: _columns(workbook[sheets[name]], name) for name in sheets if name}
    places: list[Place | None] = []
    for line in lines:
        record = line["record"]
        if record not in columns:
            places.append(None)
            continue
        column = columns[record].get(line["column_name"] or "") or _lettered(line["column_name"])
        places.append((sheets[record], line["row_number"] or 1, column))
    return places


def _columns(sheet: Worksheet, record_name: str) -> dict[str, int]:
    titles = [str(cell.value or "") for cell in sheet[1]] if sheet.max_row else []
    header = match_header(load_contract().record(record_name), sheet.title, titles)
    return {name: position for position, name in enumerate(header.columns, start=1) if name}


def _lettered(column_name: str | None) -> int:
    """Return the position of a column that is named by its letters; 1 if it is not."""
    name = column_name or ""
    return column_index_from_string(name) if name.isascii() and name.isupper() and len(name) <= 2 else 1


def _paint_cells(workbook: Workbook, lines: Sequence[Line], places: Sequence[Place | None]) -> None:
    grouped: defaultdict[Place, list[Line]] = defaultdict(list)
    for line, place in zip(lines, places, strict=True):
        if place is not None and (place in grouped or len(grouped) < MOST_PAINTED):
            grouped[place].append(line)
    for (sheet, row, column), found in grouped.items():
        if row > 1_048_576 or column > 16_384:
            continue
        cell = workbook[sheet].cell(row, column)
        if isinstance(cell, Cell):
            cell.fill = _FILLS[found[0]["severity"]]
            cell.comment = _comment(found, cell.comment if row == 1 else None)


def _comment(lines: Sequence[Line], earlier: Comment | None) -> Comment:
    words = [f"[{line['rule_id']}] {line['message']}\n→ {line['remedy']}" for line in lines[:5]]
    if len(lines) > 5:
        words.append(f"另有 {len(lines) - 5} 项，见“{RESULT_SHEET}”")
    if earlier is not None:
        words.append(earlier.text)
    text = "\n".join(words)[:2000]
    comment = Comment(text, PAINTER)
    comment.width, comment.height = 320, min(400, 40 + 18 * (text.count("\n") + len(text) // 22))
    return comment


def _write_result(workbook: Workbook, lines: Sequence[Line], places: Sequence[Place | None], notice: str) -> None:
    sheet = workbook.create_sheet(RESULT_SHEET, 0)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = "C00000"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for position, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[letters_of(position)].width = width
    severities = Counter(line["severity"] for line in lines)
    head = f"检查结果：错误 {severities['error']:,} 项，预警 {severities['warning']:,} 项"
    _words(sheet, 1, head, Font(name=_FONT, size=16, bold=True))
    if len(lines) > MOST_LISTED:
        notice += f"清单只列前 {MOST_LISTED:,} 项；"
    words = "红色单元格为错误，必须改正；黄色为预警，须改正或在“情况说明”表中说明。" + notice
    _words(sheet, 2, words, Font(name=_FONT, size=10))
    row = _write_counts(sheet, lines, 4)
    _write_list(sheet, lines[:MOST_LISTED], places, row + 2)


def _words(sheet: Worksheet, row: int, text: str, font: Font) -> None:
    cell = cell_at(sheet, row, 1)
    write_text(cell, text)
    cell.font = font
    sheet.row_dimensions[row].height = 26 if font.b else 18


def _write_counts(sheet: Worksheet, lines: Sequence[Line], top: int) -> int:
    """Write one line per rule with its count; return the last row."""
    counted = Counter((line["severity"], line["rule_id"]) for line in lines)
    remedies = {line["rule_id"]: line["remedy"] for line in lines}
    _write_row(sheet, top, ("", "级别", "规则", "处数", "", "", "", "怎样修改", ""), "head")
    row = top
    for (severity, rule_id), count in sorted(counted.items()):
        row += 1
        _write_row(sheet, row, ("", _SEVERITIES[severity], rule_id, count, "", "", "", remedies[rule_id], ""))
        _dress(cell_at(sheet, row, 2), _look(sheet, severity))
    return row


def _write_list(sheet: Worksheet, lines: Sequence[Line], places: Sequence[Place | None], top: int) -> None:
    _write_row(sheet, top, _TITLES, "head")
    titles = {record.name: record for record in load_contract().records}
    for number, line in enumerate(lines, start=1):
        record = titles.get(line["record"] or "")
        column = (
            next((item.title for item in record.columns if item.name == line["column_name"]), None) if record else None
        )
        place = places[number - 1]
        values = (
            number,
            _SEVERITIES[line["severity"]],
            line["rule_id"],
            place[0] if place else (record.title if record else ""),
            line["row_number"] or "",
            column or line["column_name"] or "",
            line["value"] or "",
            line["message"],
            line["remedy"],
        )
        _write_row(sheet, top + number, values)
        _dress(cell_at(sheet, top + number, 2), _look(sheet, line["severity"]))
        if place is not None:
            link = cell_at(sheet, top + number, 4)
            link_to(link, place[0], f"{letters_of(place[2])}{place[1]}")
            _dress(link, _look(sheet, "link"))
    sheet.freeze_panes = f"A{top + 1}" if top < 30 else None
    sheet.auto_filter.ref = f"A{top}:{letters_of(len(_TITLES))}{top + len(lines)}"


def _write_row(sheet: Worksheet, row: int, values: Sequence[object], look: str = "body") -> None:
    style = _look(sheet, look)
    for position, value in enumerate(values, start=1):
        cell = cell_at(sheet, row, position)
        if isinstance(value, int):
            cell.value = value
        elif value != "":
            write_text(cell, str(value))
        _dress(cell, style)


def _dress(cell: Any, style: StyleArray) -> None:
    cell._style = copy(style)


def _look(sheet: Worksheet, look: str) -> StyleArray:
    """Return the style of head, body, link or a severity; registered with the workbook once."""
    parent = sheet.parent
    styles: dict[str, StyleArray] = parent.__dict__.setdefault("_result_looks", {})
    if look not in styles:
        cell: Any = Cell(sheet, row=1, column=1)
        cell.font = _FONTS.get(look, _FONTS["body"])
        cell.border = _BOX
        cell.alignment = Alignment(vertical="center", horizontal="left", wrap_text=True)
        if look in _RESULT_FILLS:
            cell.fill = _RESULT_FILLS[look]
        styles[look] = cell._style
    return styles[look]


_RESULT_FILLS = {**_FILLS, "head": PatternFill("solid", fgColor="1F4E79")}
_FONTS = {
    "head": Font(name=_FONT, size=11, bold=True, color="FFFFFF"),
    "body": Font(name=_FONT, size=11),
    "link": Font(name=_FONT, size=11, color="0563C1", underline="single"),
}
