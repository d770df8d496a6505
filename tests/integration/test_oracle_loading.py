"""What is loaded of a random portfolio is what the oracle reads back: accepted versions only."""

from __future__ import annotations

from common.database import connect
from common.settings import Settings
from tests.oracle.book import RECORDS_USED, read_book, read_reference
from tests.oracle.compare import differences, explain
from tests.oracle.province import recompute
from tests.portfolios import corrected, load_correction, load_portfolio, make_portfolio


def test_loaded_rows_give_the_same_figures(installation: Settings) -> None:
    seeds = installation.transform / "seeds"
    reference = read_reference(seeds)
    portfolio = make_portfolio(5, reference, months=7)
    load_portfolio(installation, portfolio)
    portfolio, correction = corrected(portfolio, "JS0001", portfolio.months()[1])
    load_correction(installation, correction)
    with connect(installation) as connection:
        read = read_book(connection, seeds)
    expected = portfolio.book(reference)
    assert {key: counts(item.records) for key, item in read.handed.items()} == {
        key: counts(item.records) for key, item in expected.handed.items()
    }
    found = differences(recompute(expected), recompute(read))
    assert not found, explain(found)


def counts(records: dict[str, list[dict[str, object]]]) -> dict[str, int]:
    return {record: len(rows) for record, rows in records.items() if record in RECORDS_USED and rows}
