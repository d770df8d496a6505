"""Every edge of the bands, decided by the oracle as the rules say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.notes import amount_band, plus_months, rate_ratio, rate_row, term_band


@pytest.mark.parametrize(
    ("amount", "band"),
    [("0.01", 0), ("200000", 0), ("200000.01", 1), ("300000", 1), ("300000.01", 2), ("500000", 2), ("500000.01", 3)],
)
def test_amount_on_upper_edge_stays_below(amount: str, band: int) -> None:
    assert amount_band(Decimal(amount)) == band


@pytest.mark.parametrize(
    ("start", "maturity", "band"),
    [
        (date(2023, 8, 31), date(2023, 11, 30), 0),
        (date(2023, 8, 31), date(2024, 2, 29), 1),
        (date(2022, 8, 31), date(2023, 2, 28), 1),
        (date(2022, 8, 31), date(2023, 3, 1), 2),
        (date(2024, 2, 29), date(2025, 2, 28), 2),
        (date(2024, 2, 29), date(2025, 3, 1), 3),
    ],
    ids=str,
)
def test_term_on_clipped_month_end_stays_below(start: date, maturity: date, band: int) -> None:
    assert term_band(start, maturity) == band


def test_month_arithmetic_crosses_year_ends() -> None:
    assert plus_months(date(2023, 12, 31), 2) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("rate", "reference", "row"),
    [
        ("3.91478", "4.35", 0),
        ("3.91491", "4.35", 1),
        ("3.91500", "4.35", 1),
        ("4.35000", "4.35", 2),
        ("4.35021", "4.35", 2),
        ("4.35022", "4.35", 3),
        ("5.84100", "5.31", 3),
        ("17.40000", "4.35", 8),
        ("17.40022", "4.35", 9),
    ],
)
def test_ratio_is_rounded_before_banding(rate: str, reference: str, row: int) -> None:
    assert rate_row(rate_ratio(Decimal(rate), Decimal(reference))) == row
