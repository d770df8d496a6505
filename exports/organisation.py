"""The nine tables of one organisation as one document: read many at once, render one as Excel, Word or PDF.

Flow: connection + organisation codes → :class:`OrgReports` → bytes of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from common.settings import Settings
from exports.catalogue import definitions
from exports.headings import ReportHeading, Source, read_headings, read_sources
from exports.layout import Cell, Grid, lay_out
from exports.pdf import pdf_bytes
from exports.provenance import made_moment, provenance_rows
from exports.reports import ReportTable, read_labels, read_tables
from exports.word import word_bytes
from exports.workbook import workbook_bytes

FORMATS = ("xlsx", "docx", "pdf")


@dataclass(frozen=True)
class OrgReports:
    """All tables of one organisation and month, and the submissions they rest on."""

    heading: ReportHeading
    tables: tuple[ReportTable, ...]
    sources: tuple[Source, ...]

    @property
    def title(self) -> str:
        """The title of the document."""
        return f"{self.heading.org_name} {self.heading.month.year}年{self.heading.month.month}月报表"

    def grids(self, unit: str) -> list[Grid]:
        """Lay out all tables with amounts in ``unit``."""
        return [lay_out(table, unit) for table in self.tables]

    def provenance(self, unit: str) -> list[list[Cell]]:
        """Return the rows of the hidden sheet 出处."""
        return provenance_rows(self.heading, unit, self.tables, self.sources)


def read_organisations(connection: psycopg.Connection[Any], month: date, org_codes: Sequence[str]) -> list[OrgReports]:
    """Read every table of the organisations, one ordered query a table; the order of ``org_codes`` is kept."""
    headings = read_headings(connection, month, org_codes)
    sources = read_sources(connection, month, org_codes)
    labels = read_labels(connection, month)
    tables: dict[str, list[ReportTable]] = {code: [] for code in headings}
    for definition in definitions():
        for code, table in read_tables(connection, definition, month, headings, labels).items():
            tables[code].append(table)
    return [
        OrgReports(headings[code], tuple(tables[code]), tuple(sources[code])) for code in org_codes if tables.get(code)
    ]


def render(settings: Settings, organisation: OrgReports, unit: str, suffix: str) -> bytes:
    """Return the bytes of the document in the format ``suffix`` (one of :data:`FORMATS`)."""
    grids = organisation.grids(unit)
    made = made_moment(organisation.sources)
    if suffix == "docx":
        return word_bytes(grids, organisation.title, made)
    if suffix == "pdf":
        return pdf_bytes(settings, grids, organisation.title, made)
    return workbook_bytes(grids, organisation.provenance(unit), organisation.title, made)
