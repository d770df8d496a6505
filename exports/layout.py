"""A table laid out as a grid of cells: title lines, merged headers, body, lines below. One layout for every format.

Values are already rounded and in the unit; the style name of a cell says what it is. Excel, Word and PDF only draw.
Flow: :class:`~exports.reports.ReportTable` + unit → :class:`Grid` (section 3.14.2, layouts of 表一 … 表九).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate, groupby
from typing import NamedTuple

from exports.catalogue import Column, TableDefinition
from exports.reports import SUBTOTAL, TOTAL, ReportRow, ReportTable
from exports.values import DASH, Number, printed, shown

Cell = tuple[Number | str, str]
SIGNATURE_TITLES = ("单位负责人", "复核", "填报人", "电话")
BELOW_TITLES = {"opening_yuan": "上期余额", "ledger_yuan": "总账余额", "difference_yuan": "核对差额"}
TITLE_LINES = 3
MARGIN = 1.5


class Merge(NamedTuple):
    """A merged area, rows and columns counted from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass
class Grid:
    """Rows of (value, style) over all columns; covered cells of a merge carry ``None`` and the owner's style."""

    definition: TableDefinition
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    body: range = range(0)
    widths: tuple[float, ...] = ()

    def add_segments(self, segments: Sequence[tuple[Number | str, str, int]]) -> None:
        """Add a row of segments (value, style, number of columns), each merged."""
        row: list[Cell] = []
        number = len(self.rows) + 1
        for value, style, columns in segments:
            if columns > 1:
                self.merges.append(Merge(number, len(row) + 1, number, len(row) + columns))
            row += [(value, style)] + [(None, style)] * (columns - 1)
        self.rows.append(row + [(None, segments[0][1])] * (len(self.widths) - len(row)))


def lay_out(table: ReportTable, unit: str) -> Grid:
    """Lay out one table with its amounts in ``unit``."""
    grid = Grid(table.definition, widths=table.definition.widths)
    _add_title(grid, table, unit)
    _add_header(grid)
    first = len(grid.rows) + 1
    grid.rows.extend(_body(table, unit))
    grid.body = range(first, len(grid.rows) + 1)
    grid.merges.extend(_group_merges(table, first))
    grid.widths = _wide_enough(grid)
    _add_foot(grid, table, unit)
    return grid


def header_rows(definition: TableDefinition) -> tuple[int, int]:
    """Return the first and last header row, which are repeated on every printed page."""
    return TITLE_LINES + 1, TITLE_LINES + definition.header_depth


def measured_in(definition: TableDefinition, unit: str) -> str:
    """Return the line that names the unit of the table."""
    return f"单位：{unit if definition.measured_in == 'money' else definition.measured_in}"


def _add_title(grid: Grid, table: ReportTable, unit: str) -> None:
    heading, whole = table.heading, table.definition.title_columns
    grid.add_segments([(f"{table.definition.sheet}　{table.definition.title}", "title", whole)])
    left, middle, right = _split(grid.widths[:whole], (0.45, 0.75))
    grid.add_segments(
        [
            (f"填报单位：{heading.org_name}", "left", left),
            (f"{heading.month.year}年{heading.month.month}月", "centre", middle),
            (measured_in(table.definition, unit), "right", right),
        ]
    )
    grid.add_segments([(_scope(table), "left", whole)])
    grid.heights.update({1: 27.0, 2: 16.5, 3: 16.5})


def _scope(table: ReportTable) -> str:
    heading = table.heading
    if heading.period:
        previous_close, close = heading.period
        return f"统计期间：{previous_close + timedelta(days=1)} 至 {close}"
    if heading.coverage:
        submitted, expected = heading.coverage
        return f"报送 {submitted} 家 / 应报 {expected} 家"
    return f"统计月份：{heading.month:%Y-%m}"


def _add_header(grid: Grid) -> None:
    depth, first = grid.definition.header_depth, len(grid.rows) + 1
    columns = [column for column in grid.definition.columns for _ in column.widths]
    grid.rows.extend([(None, "header")] * len(columns) for _ in range(depth))
    for area, text in _header_areas(grid.definition.columns, depth):
        grid.rows[first - 1 + area.first_row][area.first_column - 1] = (text, "header")
        if area.first_row != area.last_row or area.first_column != area.last_column:
            grid.merges.append(
                Merge(first + area.first_row, area.first_column, first + area.last_row, area.last_column)
            )
    for level in range(depth):
        grid.heights[first + level] = 19.5


def _header_areas(columns: Sequence[Column], depth: int) -> Iterator[tuple[Merge, str]]:
    """Yield the header cells of a tree of headings; rows count from 0, columns from 1."""
    ends = list(accumulate(len(column.widths) for column in columns))
    placed = [(end - len(column.widths) + 1, end, column.headings) for column, end in zip(columns, ends, strict=True)]
    for level in range(depth):
        for path, members in groupby(placed, key=lambda one: one[2][: level + 1]):
            covered = list(members)
            if len(path) <= level:
                continue
            is_leaf = len(covered[0][2]) == level + 1
            yield Merge(level, covered[0][0], depth - 1 if is_leaf else level, covered[-1][1]), path[level]


def _body(table: ReportTable, unit: str) -> Iterator[list[Cell]]:
    labels = [column for column in table.definition.columns if not column.kind]
    group_width = max((len(column.widths) for column in labels if column.field == "group"), default=0)
    previous: tuple[str | None, str | None] | None = None
    for row in table.rows:
        cells: list[Cell] = []
        for column in labels:
            if column.field == "group":
                fresh = (row.group, row.block) != previous
                cells += (
                    _group_cells(row, group_width, previous[0] if previous else None)
                    if fresh
                    else [(None, "group")] * group_width
                )
            else:
                cells.append(_label_cell(row, column.field))
        previous = (row.group, row.block)
        cells.extend(_value_cells(row, unit))
        yield cells


def _wide_enough(grid: Grid) -> tuple[float, ...]:
    """Widen columns whose amounts need it (a province in 元); of long lists the total row is the widest."""
    widths = list(grid.widths)
    rows = grid.body if grid.definition.shape == "lines" else grid.body[-1:]
    for number in rows:
        for column, (value, style) in enumerate(grid.rows[number - 1]):
            if isinstance(value, Decimal) and style.endswith("amount"):
                widths[column] = max(widths[column], len(f"{value:,.2f}") + MARGIN)
    return tuple(widths)


def _group_cells(row: ReportRow, width: int, group_above: str | None) -> list[Cell]:
    if width == 1:
        return [(row.block or row.group, "group")]
    if row.block is None:
        return [(row.group, "group"), *[(None, "group")] * (width - 1)]
    outer = None if row.group == group_above else row.group
    return [(outer, "group"), (row.block, "group"), *[(None, "group")] * (width - 2)]


def _label_cell(row: ReportRow, name: str) -> Cell:
    lead = "total_" if row.role in (TOTAL, SUBTOTAL) else ""
    if name == "sequence":
        return row.sequence, f"{lead}sequence"
    if name == "member" or lead:
        return row.label, f"{lead}member"
    return row.label, f"label{min(row.indent, 2)}"


def _value_cells(row: ReportRow, unit: str) -> Iterator[Cell]:
    if row.is_manual:
        for value, kind in zip(row.cells, row.kinds, strict=True):
            yield printed(value, kind, unit), f"manual_{kind}"
        return
    lead = "total_" if row.role in (TOTAL, SUBTOTAL) else ""
    for value, kind in zip(row.cells, row.kinds, strict=True):
        if value is None:
            yield DASH, f"{lead}dash"
        else:
            yield printed(value, kind, unit), lead + kind


def _group_merges(table: ReportTable, first: int) -> Iterator[Merge]:
    width = max((len(column.widths) for column in table.definition.columns if column.field == "group"), default=0)
    if not width:
        return
    numbered = list(enumerate(table.rows, first))
    for (_, block), members in groupby(numbered, key=lambda one: (one[1].group, one[1].block)):
        rows = [number for number, _ in members]
        column = 2 if width == 2 and block else 1
        if len(rows) > 1 or column < width:
            yield Merge(rows[0], column, rows[-1], width)
    for (_, has_block), members in groupby(numbered, key=lambda one: (one[1].group, bool(one[1].block))):
        rows = [number for number, _ in members]
        if width == 2 and has_block and len(rows) > 1:
            yield Merge(rows[0], 1, rows[-1], 1)


def _add_foot(grid: Grid, table: ReportTable, unit: str) -> None:
    if table.below:
        figures = [
            f"{BELOW_TITLES[name]}：{shown(printed(value, 'amount', unit), 'amount')}"
            for name, value in table.below.items()
        ]
        grid.add_segments([("　　".join(figures), "left", grid.definition.title_columns)])
    spans = _split(grid.widths[: grid.definition.title_columns], (0.28, 0.5, 0.72))
    names = [f"{title}：{name or ''}" for title, name in zip(SIGNATURE_TITLES, table.heading.signatures, strict=True)]
    grid.add_segments([(name, "left", span) for name, span in zip(names, spans, strict=True)])
    grid.heights[len(grid.rows)] = 24.0


def _split(widths: Sequence[float], shares: Sequence[float]) -> list[int]:
    """Cut the columns at the given shares of the whole width; every part keeps at least one column."""
    total = sum(widths)
    edges: list[int] = []
    sums = list(accumulate(widths))
    for position, share in enumerate(shares):
        nearest = min(range(len(sums)), key=lambda index: abs(sums[index] - share * total)) + 1
        lowest = (edges[-1] if edges else 0) + 1
        edges.append(max(lowest, min(nearest, len(widths) - (len(shares) - position))))
    return [end - start for start, end in zip([0, *edges], [*edges, len(widths)], strict=True)]
