"""The nine tables as objects, read from the marts. No layout, no units: cells are yuan, fractions and counts.

Flow: ``marts.rpt_*`` + ``reference.ref_report_lines`` → :class:`ReportTable` → layout, Word, PDF, terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import tuple_row

from common.month import label
from exports.catalogue import LEVEL_NAMES, TableDefinition, definition
from exports.headings import ReportHeading, read_headings
from exports.values import Number

TOTAL, SUBTOTAL, LINE = "total", "type", "line"


class ReportNotFoundError(LookupError):
    """There is no such table for the organisation and month; the message says why."""


class Line(NamedTuple):
    """One printed line of ``reference.ref_report_lines``."""

    line_code: str
    group: str | None
    block: str | None
    label: str
    indent: int
    kind: str
    is_manual: bool


class ReportRow(NamedTuple):
    """One printed row. ``cells`` follow ``definition.value_columns``; ``kinds`` says how to print each.

    ``role`` is ``line``, ``customer``, ``company``, ``type`` (subtotal of a customer type) or ``total``.
    """

    label: str
    cells: tuple[Number, ...]
    kinds: tuple[str, ...]
    role: str = LINE
    code: str | None = None
    group: str | None = None
    block: str | None = None
    indent: int = 0
    is_manual: bool = False
    sequence: int | None = None


@dataclass(frozen=True)
class ReportTable:
    """One table of one organisation and month; ``below`` holds the figures printed under it (表九: 核对差额)."""

    definition: TableDefinition
    heading: ReportHeading
    rows: tuple[ReportRow, ...]
    below: Mapping[str, Number] = field(default_factory=dict)

    @property
    def table_no(self) -> int:
        """The number of the table, 1 to 9."""
        return self.definition.table_no


class Labels(NamedTuple):
    """Printed texts of a month: the lines of every table and the names of the customer types."""

    lines: Mapping[int, Mapping[str, Line]]
    customer_types: Mapping[str, str]


def read_report(connection: psycopg.Connection[Any], table_no: int, month: date, org_code: str) -> ReportTable:
    """Read one table of one organisation (客户经理, 公司, 县, 市, 区域 or 全省).

    Raises:
        CatalogueError: no such table number.
        ReportNotFoundError: unknown organisation, table not made at its level, or month not closed for it.
    """
    wanted = definition(table_no)
    heading = read_headings(connection, month, [org_code]).get(org_code)
    if heading is None:
        raise ReportNotFoundError(f"没有代码为“{org_code}”的机构，请核对机构代码")
    if heading.org_level not in wanted.levels:
        raise ReportNotFoundError(f"{wanted.sheet}没有{LEVEL_NAMES[heading.org_level]}一级的报表")
    table = read_tables(connection, wanted, month, {org_code: heading}, read_labels(connection, month)).get(org_code)
    if table is None:
        raise ReportNotFoundError(
            f"{heading.org_name}没有 {label(month)} 的{wanted.sheet}，请先运行 close {label(month)}"
        )
    return table


def read_tables(
    connection: psycopg.Connection[Any],
    wanted: TableDefinition,
    month: date,
    headings: Mapping[str, ReportHeading],
    labels: Labels,
) -> dict[str, ReportTable]:
    """Read one table of many organisations in one ordered query; organisations without rows are left out."""
    build = line_table if wanted.shape == "lines" else member_table
    keys, order = (
        (("line_code",), "line_order")
        if wanted.shape == "lines"
        else (("row_kind", "customer_type", "member_code", "member_name"), "row_order")
    )
    columns = ", ".join(("org_code", *keys, *wanted.fields, *wanted.below))
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            f"select {columns} from marts.{wanted.source}"
            f" where reporting_month = %s and org_code = any(%s) order by org_code, {order}",
            [month, [code for code, heading in headings.items() if heading.org_level in wanted.levels]],
        )
        grouped = {code: list(records) for code, records in groupby(cursor.fetchall(), itemgetter(0))}
    return {code: build(wanted, headings[code], records, labels) for code, records in grouped.items()}


def read_labels(connection: psycopg.Connection[Any], month: date) -> Labels:
    """Read the line labels valid in ``month`` and the names of the customer types."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "select table_no, line_code, group_title, block_title, line_title, indent, kind, is_manual"
            " from reference.ref_report_lines where valid_from <= %(m)s and coalesce(valid_to, 'infinity') > %(m)s"
            " order by table_no, line_order",
            {"m": month},
        )
        lines: dict[int, dict[str, Line]] = {}
        for table_no, *record in cursor.fetchall():
            lines.setdefault(table_no, {})[record[0]] = Line(*record)
        cursor.execute("select code, name_zh from reference.ref_code_lists where code_list = 'customer_type'")
        return Labels(lines, dict(cursor.fetchall()))


def line_table(
    wanted: TableDefinition, heading: ReportHeading, records: Iterable[Sequence[Any]], labels: Labels
) -> ReportTable:
    """Build a table of printed lines from records (organisation, line code, cells…)."""
    values = {record[1]: tuple(record[2:]) for record in records}
    nothing = (None,) * len(wanted.fields)
    rows = []
    for code, line in labels.lines.get(wanted.table_no, {}).items():
        cells = values.get(code, nothing)
        if code in wanted.exceptional_lines and not any(cells):
            continue
        kinds = tuple(line.kind if column.kind == "line" else str(column.kind) for column in wanted.value_columns)
        rows.append(
            ReportRow(
                line.label,
                cells,
                kinds,
                role=TOTAL if code in wanted.total_lines else LINE,
                code=code,
                group=line.group or None,
                block=line.block or None,
                indent=line.indent,
                is_manual=line.is_manual,
            )
        )
    return ReportTable(wanted, heading, tuple(rows))


def member_table(
    wanted: TableDefinition, heading: ReportHeading, records: Iterable[Sequence[Any]], labels: Labels
) -> ReportTable:
    """Build 表八 or 表九 from records (organisation, row kind, customer type, code, name, cells…, below…)."""
    kinds = tuple(str(column.kind) for column in wanted.value_columns)
    end = 5 + len(kinds)
    rows: list[ReportRow] = []
    below: dict[str, Number] = {}
    sequence = 0
    for record in records:
        role, customer_type, code, name = record[1:5]
        if role == TOTAL:
            name, below = "合计", dict(zip(wanted.below, record[end:], strict=True))
        elif role == SUBTOTAL:
            name = f"{labels.customer_types.get(customer_type, customer_type)}小计"
        else:
            sequence += 1
        numbered = None if role in (TOTAL, SUBTOTAL) else sequence
        rows.append(ReportRow(name or code, tuple(record[5:end]), kinds, role=role, code=code, sequence=numbered))
    return ReportTable(wanted, heading, tuple(rows), below)
