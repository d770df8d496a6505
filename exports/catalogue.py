"""The report catalogue (报表目录): what each of the nine mandated tables looks like on paper.

One file per table under ``exports/reports/``, named like the mart it prints. Row labels are not here: they come from
``reference.ref_report_lines``. Flow: YAML → :class:`TableDefinition` → reports, layout (section 3.14.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

REPORTS_FOLDER = Path(__file__).parent / "reports"
LEVEL_NAMES = {
    "manager": "客户经理",
    "company": "公司",
    "county": "县（市、区）",
    "city": "设区市",
    "zone": "区域",
    "province": "全省",
}
LABEL_FIELDS = ("group", "label", "sequence", "member")
KINDS = ("amount", "count", "ratio", "rate", "line")


class CatalogueError(ValueError):
    """A file of the catalogue contradicts itself or the request; the message says which table."""


@dataclass(frozen=True)
class Column:
    """One printed column: a mart column (``kind`` set) or a label column (``kind`` is ``None``).

    ``kind`` is ``amount`` (yuan), ``count``, ``ratio`` (fraction), ``rate`` (percent a year) or ``line`` (the line
    says which). ``widths`` has one entry per sheet column: the group column of 表一 takes two.
    """

    field: str
    headings: tuple[str, ...]
    kind: str | None
    widths: tuple[float, ...]


@dataclass(frozen=True)
class TableDefinition:
    """One of the nine tables: title, source table, header tree and the levels at which it exists.

    ``shape`` is ``lines`` (rows of ``ref_report_lines``) or ``members`` (rows of customers or companies);
    ``exceptional_lines`` are printed only when they hold a figure, ``total_lines`` stand out, ``below`` names the
    figures of the total row printed under the table. A table too wide for one page is continued on a second one
    beside it from the column ``second_page`` on.
    """

    table_no: int
    source: str
    sheet: str
    title: str
    levels: tuple[str, ...]
    shape: str
    measured_in: str
    orientation: str
    columns: tuple[Column, ...]
    second_page: str | None = None
    below: tuple[str, ...] = ()
    exceptional_lines: tuple[str, ...] = ()
    total_lines: tuple[str, ...] = ()

    @cached_property
    def value_columns(self) -> tuple[Column, ...]:
        """The columns whose cells come from the mart, in print order."""
        return tuple(column for column in self.columns if column.kind)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The mart columns of the cells, in print order."""
        return tuple(column.field for column in self.value_columns)

    @cached_property
    def widths(self) -> tuple[float, ...]:
        """The width of every sheet column, in characters."""
        return tuple(width for column in self.columns for width in column.widths)

    @cached_property
    def title_columns(self) -> int:
        """How many sheet columns stand on the first page, and under the title: all but those of a second page."""
        starts = accumulate((len(column.widths) for column in self.columns), initial=0)
        found = (at for at, column in zip(starts, self.columns, strict=False) if column.field == self.second_page)
        return next(found, len(self.widths))

    @cached_property
    def label_columns(self) -> int:
        """How many sheet columns are labels; they are repeated on a second page."""
        return sum(len(column.widths) for column in self.columns if not column.kind)

    @cached_property
    def header_depth(self) -> int:
        """How many header rows the table has."""
        return max(len(column.headings) for column in self.columns)


def definition(table_no: int) -> TableDefinition:
    """Return the definition of table ``table_no`` (1 to 9).

    Raises:
        CatalogueError: there is no such table.
    """
    for candidate in definitions():
        if candidate.table_no == table_no:
            return candidate
    raise CatalogueError(f"没有第 {table_no} 号报表，可选 1 至 {len(definitions())}")


@cache
def definitions() -> tuple[TableDefinition, ...]:
    """Return the nine definitions in the order of their numbers."""
    found = [_definition(path.stem, yaml.safe_load(path.read_text("utf-8"))) for path in REPORTS_FOLDER.glob("*.yml")]
    return tuple(sorted(found, key=lambda one: one.table_no))


def _definition(stem: str, content: Mapping[str, Any]) -> TableDefinition:
    if content["source"] != stem:
        raise CatalogueError(f"报表目录 {stem}.yml 的 source 应与文件名相同，现为 {content['source']}")
    columns = tuple(column for node in content["columns"] for column in _columns(node, ()))
    wrong = [column.field for column in columns if column.kind not in (None, *KINDS)]
    wrong += [column.field for column in columns if (column.kind is None) != (column.field in LABEL_FIELDS)]
    if wrong:
        raise CatalogueError(f"报表目录 {stem}.yml 的列类型（kind）无效：{'、'.join(wrong)}")
    return TableDefinition(
        **{name: content[name] for name in ("table_no", "source", "sheet", "title", "shape", "measured_in")},
        levels=tuple(content["levels"]),
        orientation=content["orientation"],
        columns=columns,
        second_page=content.get("second_page"),
        below=tuple(content.get("below", ())),
        exceptional_lines=tuple(content.get("exceptional_lines", ())),
        total_lines=tuple(content.get("total_lines", ())),
    )


def _columns(node: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Column]:
    headings = (*above, node["text"])
    if "columns" in node:
        for child in node["columns"]:
            yield from _columns(child, headings)
        return
    width = node["width"]
    widths = tuple(width) if isinstance(width, list) else (width,)
    yield Column(node["field"], headings, node.get("kind"), widths)
