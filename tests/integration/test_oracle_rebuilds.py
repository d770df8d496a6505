"""Month after month, all at once, or with a late correction of one company: always the same figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from common.database import connect
from common.settings import Settings
from orchestration.dbt import run_dbt
from tests.oracle.book import read_reference
from tests.oracle.compare import differences, explain, read_reports
from tests.oracle.province import Tables, recompute
from tests.portfolios import corrected, load_correction, load_portfolio, make_portfolio

FIRST = date(2010, 11, 1)


def reports(settings: Settings, months: list[date]) -> Tables:
    with connect(settings) as connection:
        return read_reports(connection, months)


def test_month_by_month_equals_one_rebuild(installation: Settings) -> None:
    reference = read_reference(installation.transform / "seeds")
    portfolio = make_portfolio(11, reference, months=3, first=FIRST)
    load_portfolio(installation, portfolio)
    months = portfolio.months()
    for month in months:
        run_dbt(installation, "run", months=(month, month))
    stepwise = reports(installation, months)
    run_dbt(installation, "run", months=(months[0], months[-1]))
    found = differences(stepwise, reports(installation, months))
    assert not found, explain(found)


def test_late_correction_equals_full_rebuild(installation: Settings) -> None:
    """One company corrects December, another hands in its last month when all are built already."""
    reference = read_reference(installation.transform / "seeds")
    portfolio = make_portfolio(12, reference, months=3, first=FIRST)
    months = portfolio.months()
    late = [item for item in portfolio.submissions if (item.company_code, item.month) == ("JS0001", months[-1])]
    load_portfolio(installation, replace(portfolio, submissions=[s for s in portfolio.submissions if s not in late]))
    run_dbt(installation, "run", months=(months[0], months[-1]))
    portfolio, correction = corrected(portfolio, "JS0002", months[1])
    for submission in (*late, correction):
        load_correction(installation, submission)
    run_dbt(installation, "run", months=(months[1], months[-1]), companies=["JS0001", "JS0002"])
    found = differences(recompute(portfolio.book(reference)), reports(installation, months))
    assert not found, explain(found)
