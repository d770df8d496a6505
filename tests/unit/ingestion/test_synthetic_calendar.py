"""Dates of the synthetic province follow the rules of the reporting window and of 对年对月对日."""

from datetime import date

import numpy as np
import pytest

from ingestion.synthetic.calendar import add_months, as_date, closing_days, day_number, due_day, month_index


def days(*dates: date) -> np.ndarray:
    return np.array([day_number(day) for day in dates])


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2009, 8, 31), 6, date(2010, 2, 28)),
        (date(2011, 8, 31), 6, date(2012, 2, 29)),
        (date(2010, 1, 15), 12, date(2011, 1, 15)),
        (date(2010, 11, 30), 3, date(2011, 2, 28)),
    ],
    ids=["clipped", "leap-year", "same-day", "year-crossed"],
)
def test_months_are_added_keeping_the_day(start: date, count: int, expected: date) -> None:
    assert as_date(add_months(days(start), count)[0]) == expected


def test_closing_day_is_clipped_except_in_december() -> None:
    closing = np.array([31, 25, 30])
    february = closing_days(month_index(date(2023, 2, 1)), closing)
    assert [as_date(day).day for day in february] == [28, 25, 28]
    december = closing_days(month_index(date(2023, 12, 1)), closing)
    assert [as_date(day).day for day in december] == [31, 31, 31]


def test_due_day_lies_inside_the_window() -> None:
    opened, closed = days(date(2023, 5, 25), date(2023, 12, 31)), days(date(2023, 6, 25), date(2024, 1, 25))
    due = due_day(np.array([28, 28]), opened, closed)
    assert as_date(due[0]) == date(2023, 5, 28)
    assert due[1] == 0
