"""Word documents by python-docx: the grids of the workbook, one table a page, same bytes for same figures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from exports.display import DisplayCell, DisplayTable, display_tables, text_size
from exports.layout import Grid
from exports.styles import FONT, HEADER_FILL, MANUAL_FILL, TOTAL_FILL
from exports.values import printable
from exports.workbook import MEMBER_DATE

A4 = (Mm(210), Mm(297))
MARGIN = Mm(12)
CELL_MARGIN = 40
LARGEST = 10.0
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}


def word_bytes(grids: Sequence[Grid], title: str, made: datetime) -> bytes:
    """Return the bytes of a .docx with one section per table; ``made`` is its creation time."""
    document = Document()
    moment = made.astimezone(UTC).replace(tzinfo=None)
    properties = document.core_properties
    properties.title, properties.author = printable(title)[:255], "lendwatch"
    properties.created = properties.modified = moment
    tables = [table for grid in grids for table in display_tables(grid)]
    for number, table in enumerate(tables):
        _add_table(document, table, is_first=number == 0)
    buffer = io.BytesIO()
    document.save(buffer)
    return _with_fixed_dates(buffer.getvalue())


def _add_table(document: Any, table: DisplayTable, *, is_first: bool) -> None:
    section = document.sections[0] if is_first else document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if table.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = A4[::-1] if table.landscape else A4
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    size = Pt(text_size(table, (section.page_width - 2 * MARGIN) / Pt(1), 2 * CELL_MARGIN / 20, LARGEST))
    _paragraph(document.add_paragraph(), table.title, Pt(12), "center", bold=True)
    for line in table.above:
        _spread(document.add_paragraph(), line, section.page_width - 2 * MARGIN)
    _draw(document, table, size, section.page_width - 2 * MARGIN)
    for line in table.below:
        _paragraph(document.add_paragraph(), "　　　　".join(line), Pt(10), "left")


def _spread(paragraph: Any, texts: Sequence[str], width: int) -> None:
    """Put left, centre and right texts on one line with tab stops."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(width * 62 // 100, WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    _paragraph(paragraph, "\t".join(texts), Pt(10), "left")


def _paragraph(paragraph: Any, text: str, size: int, align: str, *, bold: bool = False) -> None:
    paragraph.alignment = ALIGN[align]
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(0)
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = size, bold or None, FONT
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)


def _draw(document: Any, table: DisplayTable, size: int, width: int) -> None:
    """Draw header and body as XML rows: python-docx's cell objects are slow on long lists."""
    frame = document.add_table(rows=0, cols=len(table.widths))
    frame.style, frame.autofit = "Table Grid", False
    total = sum(table.widths)
    twips = [int(width / total * share / 635) for share in table.widths]
    margins = _child(frame._tbl.tblPr, "w:tblCellMar")
    for side in ("left", "right"):
        _child(margins, f"w:{side}", w=str(CELL_MARGIN), type="dxa")
    for column, share in zip(frame.columns, twips, strict=True):
        column._gridCol.set(qn("w:w"), str(share))
    for cells, count, is_header in ((table.header, table.header_count, True), (table.body, table.body_count, False)):
        for row in _rows(cells, count, len(twips)):
            frame._tbl.append(_row(row, twips, size, is_header=is_header))


def _rows(cells: Sequence[DisplayCell], count: int, width: int) -> list[list[tuple[DisplayCell, bool]]]:
    """Return per row the cells that stand or continue (vertical merge) there, with whether they start there."""
    rows: list[list[tuple[DisplayCell, bool]]] = [[] for _ in range(count)]
    for cell in cells:
        for offset in range(cell.rows):
            rows[cell.y + offset].append((cell, offset == 0))
    return [sorted(row, key=lambda one: one[0].x) for row in rows]


def _row(cells: Sequence[tuple[DisplayCell, bool]], twips: Sequence[int], size: int, *, is_header: bool) -> Any:
    row = OxmlElement("w:tr")
    properties = _child(row, "w:trPr")
    _child(properties, "w:cantSplit")
    if is_header:
        _child(properties, "w:tblHeader")
    for cell, starts in cells:
        row.append(_cell(cell, sum(twips[cell.x : cell.x + cell.columns]), size, starts=starts, is_header=is_header))
    return row


def _cell(cell: DisplayCell, width: int, size: int, *, starts: bool, is_header: bool) -> Any:
    element = OxmlElement("w:tc")
    properties = _child(element, "w:tcPr")
    _child(properties, "w:tcW", w=str(width), type="dxa")
    if cell.columns > 1:
        _child(properties, "w:gridSpan", val=str(cell.columns))
    if cell.rows > 1:
        _child(properties, "w:vMerge", val="restart" if starts else "continue")
    fill = HEADER_FILL if is_header else MANUAL_FILL if cell.is_manual else TOTAL_FILL if cell.is_total else None
    if fill:
        _child(properties, "w:shd", val="clear", fill=fill)
    _child(properties, "w:vAlign", val="center")
    paragraph = _child(element, "w:p")
    _child(_child(paragraph, "w:pPr"), "w:jc", val=cell.align)
    if starts and cell.text:
        run = _child(paragraph, "w:r")
        style = _child(run, "w:rPr")
        _child(style, "w:rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT)
        if cell.is_total:
            _child(style, "w:b")
        _child(style, "w:sz", val=str(int(size / Pt(1) * 2)))
        text = _child(run, "w:t")
        text.text = cell.text
    return element


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    child = OxmlElement(tag)
    for name, value in attributes.items():
        child.set(qn(f"w:{name}"), value)
    parent.append(child)
    return child


def _with_fixed_dates(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, MEMBER_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return buffer.getvalue()
