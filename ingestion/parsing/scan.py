"""A cheap look at a sheet's XML before calamine opens it (工作表预检).

Finds what calamine would hide or die of: cells at extreme places, a dimension tag that lies, formulas, error
values, merged cells, numbers printed as percent. Byte patterns, not a parser: what slips through meets the
memory limit of the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingestion.parsing.limits import MAX_BOX_CELLS, MAX_COLUMNS, MAX_ROWS

Place = tuple[int, int]

_FAR = re.compile(rb''' r="(?:[A-Z]{0,3}\d{6,}|(?:[B-Z][A-Z]|[A-Z]{3,})\d+)"''')
_FAR_OTHERWISE = re.compile(rb"""\sr\s*=\s*["'](?:[A-Z]{0,3}\d{6,}|(?:[B-Z][A-Z]|[A-Z]{3,})\d+)["']""")
_CELL = re.compile(rb"""<(?:\w+:)?c\s([^>]*?)(/?)>(</(?:\w+:)?c>)?""")
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_STYLE = re.compile(rb"""(?:^|\s)s\s*=\s*["'](\d+)["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,7})["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_FORMULA_MARKS = (b"<f", b":f")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\bt\s*=\s*["']e["'][^>]*>""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]{1,3})(\d{1,7})""")
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\s[^>]*?ref\s*=\s*["'](?:[A-Z]+\d+:)?([A-Z]{1,3})(\d{1,7})["']""")


@dataclass
class Scan:
    """Places are (row, column) counted from 1."""

    far: Place | None = None
    too_large: Place | None = None
    declared: str | None = None
    formulas: list[Place] = field(default_factory=list)
    errors: list[Place] = field(default_factory=list)
    merged: list[Place] = field(default_factory=list)
    percents: list[Place] = field(default_factory=list)


def scan_sheet(xml: bytes, percent_styles: frozenset[bytes]) -> Scan:
    """Look through the XML of one sheet."""
    found = Scan()
    if _FAR.search(xml) or (b' r="' not in xml and _FAR_OTHERWISE.search(xml)):
        _measure(xml, found)
    found.declared = _lying_dimension(xml)
    if any(mark in xml for mark in _FORMULA_MARKS):
        found.formulas = [_place_before(xml, match.start()) for match in _FORMULA.finditer(xml)]
    if b'"e"' in xml or b"'e'" in xml:
        found.errors = [_place(match.group()) for match in _ERROR.finditer(xml)]
    if b"mergeCell " in xml:
        found.merged = [(int(row), column_number(letters)) for letters, row in _MERGED.findall(xml)]
    if percent_styles:
        found.percents = [_place(text) for text in _styled(xml, percent_styles)]
    return found


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def place_name(place: Place) -> str:
    """Return a place as Excel names it, such as B12."""
    row, column = place
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row or ''}"


def _measure(xml: bytes, found: Scan) -> None:
    """Find the farthest cell that is not empty; the box up to it is what calamine would allocate."""
    last_row = last_column = 0
    for match in _CELL.finditer(xml):
        if match.group(2) or match.group(3):
            continue
        row, column = _place(match.group(1))
        if row > 1_048_576 or column > MAX_COLUMNS or row > 5 * MAX_ROWS:
            found.far = (row, column)
            return
        last_row, last_column = max(last_row, row), max(last_column, column)
    if last_row > MAX_ROWS or last_row * last_column > MAX_BOX_CELLS:
        found.too_large = (last_row, last_column)


def _lying_dimension(xml: bytes) -> str | None:
    match = _DIMENSION.search(xml[:65_536])
    if match is None:
        return None
    row, column = int(match.group(2)), column_number(match.group(1))
    if row * column <= MAX_BOX_CELLS:
        return None
    last_row = max((int(number) for number in _ROW.findall(xml)), default=0)
    return place_name((row, column)) if row > last_row + 1000 else None


def _styled(xml: bytes, styles: frozenset[bytes]) -> Iterator[bytes]:
    for match in _CELL.finditer(xml):
        style = _STYLE.search(match.group(1))
        if style and style.group(1) in styles and not match.group(2) and not match.group(3):
            yield match.group(1)


def _place_before(xml: bytes, position: int) -> Place:
    before = xml[max(0, position - 400) : position]
    return _place(before[before.rfind(b"<") :])


def _place(attributes: bytes) -> Place:
    match = _REFERENCE.search(attributes)
    return (int(match.group(2)), column_number(match.group(1))) if match else (0, 0)
