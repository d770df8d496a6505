"""The hidden sheet 出处: which organisation, month and unit, which submission versions, and a checksum per table.

Flow: tables + accepted submissions → rows of the sheet; back again for verification.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from openpyxl.worksheet.worksheet import Worksheet

from common.month import label, parse_month
from exports.headings import ReportHeading, Source, made_at
from exports.layout import Cell
from exports.reports import ReportTable
from exports.values import require_unit

NEVER = datetime(1980, 1, 1, tzinfo=UTC)
KEYS = ("机构级别", "机构代码", "机构名称", "报告期", "单位", "制表依据时间")
TABLE_TITLES = ("报表", "行数", "数值校验和")
SOURCE_TITLES = ("公司代码", "报告期", "版本", "回执号", "内容SHA-256", "数据约定版本", "受理时间")


class NotOurWorkbookError(ValueError):
    """The file has no readable sheet 出处; the message says so."""


@dataclass(frozen=True)
class Origin:
    """What the hidden sheet says about its workbook: enough to make it again."""

    org_code: str
    month: date
    unit: str


def provenance_rows(
    heading: ReportHeading, unit: str, tables: Sequence[ReportTable], sources: Sequence[Source]
) -> list[list[Cell]]:
    """Return the rows of the sheet 出处; all texts, widths as in the skeleton."""
    month = label(heading.month)
    facts = (heading.org_level, heading.org_code, heading.org_name, month, unit, _moment(sources))
    rows = [[*pair] for pair in zip(KEYS, facts, strict=True)]
    rows += [[], list(TABLE_TITLES)]
    rows += [[table.definition.sheet, str(len(table.rows)), checksum(table)] for table in tables]
    rows += [[], list(SOURCE_TITLES)]
    rows += [_source_row(source) for source in sources]
    return [[(text, "left") for text in row] for row in rows]


def checksum(table: ReportTable) -> str:
    """Return the SHA-256 over the labels and unrounded values of a table; the unit does not enter."""
    digest = hashlib.sha256()
    for row in table.rows:
        digest.update("\x1f".join([row.label, *map(str, row.cells), "\x1e"]).encode())
    digest.update("\x1f".join(map(str, table.below.values())).encode())
    return digest.hexdigest()


def made_moment(sources: Sequence[Source]) -> datetime:
    """Return the creation time of a workbook: when its newest submission was accepted."""
    return made_at(sources) or NEVER


def read_origin(sheet: Worksheet) -> Origin:
    """Read the facts back from the hidden sheet.

    Raises:
        NotOurWorkbookError: a fact is missing.
        ValueError: month or unit cannot be read.
    """
    rows = sheet.iter_rows(min_row=1, max_row=len(KEYS), max_col=2, values_only=True)
    facts = {str(row[0]): str(row[1]) for row in rows}
    if set(facts) != set(KEYS):
        raise NotOurWorkbookError("工作表“出处”不完整，无法核对；请核对由本系统导出的原始工作簿")
    return Origin(facts["机构代码"], parse_month(facts["报告期"]), require_unit(facts["单位"]))


def _moment(sources: Sequence[Source]) -> str:
    moment = made_at(sources)
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def _source_row(source: Source) -> list[str]:
    return [
        source.company_code,
        label(source.reporting_month),
        str(source.version),
        source.receipt_number,
        source.sha256,
        source.contract_version,
        source.accepted_at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
