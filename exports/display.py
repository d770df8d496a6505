"""A grid as texts for Word and PDF: cells with their spans, formatted as Excel would show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from exports.layout import TITLE_LINES, Cell, Grid, header_rows
from exports.values import printable, shown

EM_PER_CHARACTER = 0.49
ALIGNMENTS = {"sequence": "center", "group": "center", "header": "center", "member": "left"}


class DisplayCell(NamedTuple):
    """One visible cell; ``x`` and ``y`` count from 0 inside its part (header or body)."""

    text: str
    x: int
    y: int
    columns: int
    rows: int
    align: str
    style: str
    is_total: bool
    is_manual: bool


class DisplayTable(NamedTuple):
    """Title, the texts left, centre and right above, header, body, and the lines below."""

    title: str
    above: list[list[str]]
    header: list[DisplayCell]
    body: list[DisplayCell]
    below: list[list[str]]
    widths: tuple[float, ...]
    landscape: bool
    header_count: int
    body_count: int


def display_tables(grid: Grid) -> list[DisplayTable]:
    """Return the grid as texts: one table, or two when it is continued beside itself (labels repeated)."""
    whole, first = len(grid.widths), grid.definition.title_columns
    if first == whole:
        return [_display(grid, range(whole))]
    return [
        _display(grid, range(first)),
        _display(grid, [*range(grid.definition.label_columns), *range(first, whole)]),
    ]


def _display(grid: Grid, kept: Sequence[int]) -> DisplayTable:
    first, last = header_rows(grid.definition)
    return DisplayTable(
        title=cell_text(grid.rows[0][0]),
        above=[_texts(row) for row in grid.rows[1:TITLE_LINES]],
        header=_kept(_cells(grid, range(first, last + 1)), kept),
        body=_kept(_cells(grid, grid.body), kept),
        below=[_texts(row) for row in grid.rows[grid.body.stop - 1 :]],
        widths=tuple(grid.widths[column] for column in kept),
        landscape=grid.definition.orientation == "landscape",
        header_count=last - first + 1,
        body_count=len(grid.body),
    )


def text_size(table: DisplayTable, room: float, padding: float, largest: float) -> float:
    """Return the font size in points at which the columns fit into ``room`` points, in half points."""
    fitting = (room - padding * len(table.widths)) / (sum(table.widths) * EM_PER_CHARACTER)
    return min(largest, int(fitting * 2) / 2)


def cell_text(cell: Cell) -> str:
    """Return the text of a cell as it is shown."""
    value, style = cell
    if value is None:
        return ""
    return printable(value) if isinstance(value, str) else shown(value, style.rpartition("_")[2])


def _texts(row: Iterable[Cell]) -> list[str]:
    return [cell_text(cell) for cell in row if cell[0] is not None]


def _kept(cells: Iterable[DisplayCell], columns: Sequence[int]) -> list[DisplayCell]:
    """Leave out the columns that are not kept; a span across the edge is cut there."""
    places = {column: place for place, column in enumerate(columns)}
    kept = []
    for cell in cells:
        left = [places[column] for column in range(cell.x, cell.x + cell.columns) if column in places]
        if left:
            kept.append(cell._replace(x=left[0], columns=len(left)))
    return kept


def _cells(grid: Grid, rows: range) -> list[DisplayCell]:
    spans = {(merge.first_row, merge.first_column): merge for merge in grid.merges}
    covered = {
        (row, column)
        for merge in grid.merges
        if merge.first_row in rows
        for row in range(merge.first_row, merge.last_row + 1)
        for column in range(merge.first_column, merge.last_column + 1)
    } - set(spans)
    return [
        _cell(cell, column - 1, row - rows.start, spans.get((row, column)))
        for row in rows
        for column, cell in enumerate(grid.rows[row - 1], 1)
        if (row, column) not in covered
    ]


def _cell(cell: Cell, x: int, y: int, merge: tuple[int, int, int, int] | None) -> DisplayCell:
    top, left, bottom, right = merge or (0, 0, 0, 0)
    style = cell[1].rpartition("_")[2]
    align = "left" if style.startswith("label") else ALIGNMENTS.get(style, "right")
    text = cell_text(cell)
    if style == "sequence":
        text = "" if cell[0] is None else str(cell[0])
    elif style.startswith("label"):
        text = "　" * int(style[-1]) + text
    return DisplayCell(
        text,
        x,
        y,
        right - left + 1,
        bottom - top + 1,
        align,
        style,
        cell[1].startswith("total_"),
        cell[1].startswith("manual_"),
    )
