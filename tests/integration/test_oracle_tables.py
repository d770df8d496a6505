"""All nine tables of the warehouse equal the independent oracle, cell by cell, on random portfolios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from common.database import connect
from common.month import month_end
from common.settings import Settings
from orchestration.dbt import run_dbt
from tests.oracle.book import Book, read_book, read_reference
from tests.oracle.compare import differences, explain, read_reports
from tests.oracle.province import PROVINCE, ZONES, recompute
from tests.portfolios import load_portfolio, make_portfolio


@dataclass(frozen=True)
class Built:
    """An installation with the models built over one random portfolio."""

    settings: Settings
    book: Book
    months: list[date]


@pytest.fixture(scope="module", params=[0, 2, 4], ids="seed{}".format)
def built(make_installation: Callable[[], Settings], request: pytest.FixtureRequest) -> Built:
    settings = make_installation()
    seeds = settings.transform / "seeds"
    portfolio = make_portfolio(request.param, read_reference(seeds), companies=3 + request.param % 4)
    load_portfolio(settings, portfolio)
    months = portfolio.months()
    run_dbt(settings, "run", months=(months[0], months[-1]))
    with connect(settings) as connection:
        return Built(settings, read_book(connection, seeds), months)


def test_every_cell_equals_the_oracle(built: Built) -> None:
    with connect(built.settings) as connection:
        got = read_reports(connection, built.months)
    found = differences(recompute(built.book), got)
    assert not found, explain(found)


def test_coverage_counts_open_and_accepted_companies(built: Built) -> None:
    with connect(built.settings) as connection:
        rows = connection.execute(
            """select reporting_month, expected_count, submitted_count from marts.fct_coverage_month
               where org_level = 'province' and reporting_month = any(%s)""",
            [built.months],
        ).fetchall()
    opened = {row["company_code"]: row["opened_date"] for row in built.book.register}
    assert {month: (expected, submitted) for month, expected, submitted in rows} == {
        month: (sum(day <= month_end(month) for day in opened.values()), len(built.book.companies(month)))
        for month in built.months
    }


def test_every_company_leads_up_to_the_province(built: Built) -> None:
    with connect(built.settings) as connection:
        parents: dict[str, str] = dict(
            connection.execute(
                "select org_code, parent_code from marts.dim_org where org_level <> 'manager'"
            ).fetchall()
        )
    for row in built.book.register:
        region = built.book.reference.regions[row["county_code"]]
        path = [row["company_code"]]
        while parents[path[-1]]:
            path.append(parents[path[-1]])
        assert path[1:] == [row["county_code"], region["parent"], ZONES[region["zone"]], PROVINCE]
