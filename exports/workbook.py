"""Excel workbooks: grids written as sheet XML into the prepared package, the same bytes for the same figures.

Numbers are written as their exact decimal text, texts only as strings: nothing that came from data can be a formula.
Flow: :class:`~exports.layout.Grid` list + provenance → bytes of an .xlsx.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from xml.sax.saxutils import escape

from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from exports.layout import Cell, Grid, Merge
from exports.skeleton import PROVENANCE_SHEET, PROVENANCE_WIDTHS, SheetFrame, column_xml, prepared_skeleton
from exports.values import printable

CREATOR = "lendwatch"
MEMBER_DATE = (1980, 1, 1, 0, 0, 0)
COMPRESSION_LEVEL = 4
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def workbook_bytes(grids: Sequence[Grid], provenance: Sequence[Sequence[Cell]], title: str, made: datetime) -> bytes:
    """Return the bytes of a workbook with one sheet per grid and the hidden sheet 出处.

    ``made`` is written as the creation time; the clock is never read.
    """
    skeleton = prepared_skeleton(tuple(grid.definition.sheet for grid in grids))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in skeleton.members.items():
            _add_member(package, name, content)
        _add_member(package, "docProps/core.xml", _properties(title, made))
        for grid in grids:
            frame = skeleton.frames[grid.definition.sheet]
            content = _sheet(frame, grid.rows, skeleton.styles, grid.merges, grid.heights, grid.widths)
            _add_member(package, frame.member, content)
        frame = skeleton.frames[PROVENANCE_SHEET]
        _add_member(package, frame.member, _sheet(frame, provenance, skeleton.styles))
    return buffer.getvalue()


def clean_text(value: str) -> str:
    """Return the text without characters that no workbook can hold, and safe from Excel's ``_x0041_`` decoding."""
    return LOOKS_ESCAPED.sub("_x005F_", printable(value))


def _sheet(
    frame: SheetFrame,
    rows: Iterable[Sequence[Cell]],
    styles: Mapping[str, int],
    merges: Iterable[Merge] = (),
    heights: Mapping[int, float] = MappingProxyType({}),
    widths: Sequence[float] = PROVENANCE_WIDTHS,
) -> bytes:
    columns = column_xml(widths)
    body = "".join(_rows(rows, heights, styles))
    areas = "".join(f'<mergeCell ref="{_area(merge)}"/>' for merge in merges)
    merged = f"<mergeCells>{areas}</mergeCells>" if areas else ""
    return f"{frame.before}{columns}<sheetData>{body}</sheetData>{frame.between}{merged}{frame.after}".encode()


def _rows(rows: Iterable[Sequence[Cell]], heights: Mapping[int, float], styles: Mapping[str, int]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        height = f' ht="{heights[number]}" customHeight="1"' if number in heights else ""
        yield f'<row r="{number}"{height}>'
        for letter, (value, style) in zip(_letters(len(row)), row, strict=True):
            if value is None:
                yield f'<c r="{letter}{number}" s="{styles[style]}"/>'
            elif isinstance(value, str):
                text = escape(clean_text(value))
                yield (
                    f'<c r="{letter}{number}" s="{styles[style]}" t="inlineStr">'
                    f'<is><t xml:space="preserve">{text}</t></is></c>'
                )
            else:
                yield f'<c r="{letter}{number}" s="{styles[style]}"><v>{value}</v></c>'
        yield "</row>"


@cache
def _letters(count: int) -> tuple[str, ...]:
    return tuple(get_column_letter(number) for number in range(1, count + 1))


def _area(merge: Merge) -> str:
    first = f"{get_column_letter(merge.first_column)}{merge.first_row}"
    return f"{first}:{get_column_letter(merge.last_column)}{merge.last_row}"


def _properties(title: str, made: datetime) -> bytes:
    moment = made.astimezone(UTC).replace(tzinfo=None)
    properties = DocumentProperties(creator=CREATOR, title=clean_text(title), created=moment, modified=moment)
    return bytes(tostring(properties.to_tree()))  # type: ignore[arg-type]  # bytes, whatever the stub says


def _add_member(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, MEMBER_DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(member, content, compresslevel=COMPRESSION_LEVEL)
