"""A mandated table for the terminal and as JSON: labels and printed cells, no layout."""

from __future__ import annotations

import json
from typing import Any

from common.month import label
from exports.layout import measured_in
from exports.reports import ReportRow, ReportTable
from exports.values import printed, require_unit, shown


def title(table: ReportTable, unit: str) -> str:
    """Return number, name, organisation, month and unit of the table.

    Raises:
        UnitError: the unit is not one of 元, 千元, 万元, 亿元.
    """
    require_unit(unit)
    heading = table.heading
    return (
        f"{table.definition.sheet}　{table.definition.title}　{heading.org_name}　{label(heading.month)}"
        f"　{measured_in(table.definition, unit)}"
    )


def headings(table: ReportTable) -> list[str]:
    """Return the column headings, a path of headings joined into one."""
    return ["项目", *(" ".join(column.headings) for column in table.definition.value_columns)]


def rows(table: ReportTable, unit: str) -> list[list[str]]:
    """Return label and cells of each row as they are printed."""
    return [
        [
            _label(row),
            *(shown(printed(value, kind, unit), kind) for value, kind in zip(row.cells, row.kinds, strict=True)),
        ]
        for row in table.rows
    ]


def as_json_text(table: ReportTable) -> str:
    """Return the table as JSON: amounts in yuan and fractions, unrounded, as texts."""
    content: dict[str, Any] = {
        "table": table.table_no,
        "title": table.definition.title,
        "org": table.heading.org_code,
        "month": label(table.heading.month),
        "rows": [
            {"code": row.code, "label": row.label, "role": row.role}
            | dict(zip(table.definition.fields, row.cells, strict=True))
            for row in table.rows
        ],
    }
    return json.dumps(content, ensure_ascii=False, default=str, indent=2)


def _label(row: ReportRow) -> str:
    above = " · ".join(part for part in (row.group, row.block) if part)
    return f"{above} · {row.label}" if above else "　" * row.indent + row.label
