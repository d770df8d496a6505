"""What stands around a table: organisation, period, coverage (报送 n / 应报 m), signatures, and where it came from.

The submissions are those the warehouse was built from (``int_reporting_periods``), not whatever is accepted by now.
Flow: ``marts.dim_org`` + ``raw_submitted.company_month`` → :class:`ReportHeading`; submissions → :class:`Source`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import tuple_row

from common.month import add_months

HEADINGS = """
select org.org_level, org.org_code, org.org_name, org.company_code,
       coverage.submitted_count, coverage.expected_count,
       header.previous_closing_date, header.closing_date,
       header.responsible_person, header.reviewed_by, header.prepared_by, header.telephone
from marts.dim_org as org
left join marts.fct_coverage_month as coverage
    on coverage.reporting_month = %(month)s
    and coverage.org_level = org.org_level and coverage.org_code = org.org_code
left join intermediate.int_reporting_periods as period
    on period.reporting_month = %(month)s
    and period.company_code = org.company_code and org.org_level in ('company', 'manager')
left join raw_submitted.company_month as header
    on header.reporting_month = %(month)s and header.submission_id = period.submission_id
where org.org_code = any(%(codes)s)
"""
SOURCES = """
select org.org_code, sent.company_code, sent.reporting_month, sent.version, sent.receipt_number,
       sent.content_sha256, sent.contract_version, sent.accepted_at
from marts.dim_org as org
join intermediate.int_reporting_periods as period
    on period.reporting_month = any(%(months)s)
    and case org.org_level
        when 'province' then period.province_code = org.org_code
        when 'zone' then period.zone_code = org.org_code
        when 'city' then period.city_code = org.org_code
        when 'county' then period.county_code = org.org_code
        else period.company_code = org.company_code
    end
join exchange.submissions as sent on sent.submission_id = period.submission_id
where org.org_code = any(%(codes)s)
order by org.org_code, sent.reporting_month desc, sent.company_code
"""
COMPANY_LEVELS = ("company", "manager")


class Signatures(NamedTuple):
    """Who answers for the figures: 单位负责人, 复核, 填报人 and telephone."""

    responsible: str | None
    reviewer: str | None
    preparer: str | None
    telephone: str | None


@dataclass(frozen=True)
class ReportHeading:
    """The organisation and month of a table; ``period`` is the window of a company, ``coverage`` (n, m) above it."""

    org_level: str
    org_code: str
    org_name: str
    month: date
    period: tuple[date, date] | None = None
    coverage: tuple[int, int] | None = None
    signatures: Signatures = Signatures(None, None, None, None)

    @property
    def is_company(self) -> bool:
        """Whether the rows of 表八 and 表九 are customers (a company or one of its managers)."""
        return self.org_level in COMPANY_LEVELS


class Source(NamedTuple):
    """One submission behind a workbook."""

    company_code: str
    reporting_month: date
    version: int
    receipt_number: str
    sha256: str
    contract_version: str
    accepted_at: datetime


def read_headings(
    connection: psycopg.Connection[Any], month: date, org_codes: Sequence[str]
) -> dict[str, ReportHeading]:
    """Read the headings of the organisations that exist; keys are organisation codes."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(HEADINGS, {"month": month, "codes": list(org_codes)})
        return {record[1]: _heading(month, record) for record in cursor.fetchall()}


def read_sources(connection: psycopg.Connection[Any], month: date, org_codes: Sequence[str]) -> dict[str, list[Source]]:
    """Read the submissions each organisation's figures rest on.

    These are the month itself and the two months it is compared with: the previous one and last December.
    """
    months = [month, add_months(month, -1), date(month.year - 1, 12, 1)]
    found: dict[str, list[Source]] = {code: [] for code in org_codes}
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(SOURCES, {"months": months, "codes": list(org_codes)})
        for org_code, *record in cursor.fetchall():
            found[org_code].append(Source(*record))
    return found


def made_at(sources: Iterable[Source]) -> datetime | None:
    """Return when the newest submission used was accepted: the report's own clock, the same at every rebuild."""
    return max((source.accepted_at for source in sources), default=None)


def _heading(month: date, record: Sequence[Any]) -> ReportHeading:
    level, code, name, _, submitted, expected, previous_close, close, *names = record
    at_company = level in COMPANY_LEVELS
    return ReportHeading(
        level,
        code,
        name,
        month,
        period=(previous_close, close) if at_company and close else None,
        coverage=(submitted, expected) if not at_company and expected is not None else None,
        signatures=Signatures(*names),
    )
