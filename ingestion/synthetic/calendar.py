"""Days as integers (days since 1970-01-01): closing dates, month arithmetic 对年对月对日, ISO texts.

Everything is vectorised; 0 stands for "no date".
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
LAST_TEXT_DAY = 40_000
MONTH_END = 31


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def as_date(day: int) -> date:
    """Return the date of a day number."""
    return date.fromordinal(int(day) + EPOCH_ORDINAL)


def month_index(month: date) -> int:
    """Return the months since 1970-01."""
    return (month.year - 1970) * 12 + month.month - 1


def first_days(months: Ints) -> Ints:
    """Return the first day of each month index."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_of(days: Ints) -> Ints:
    """Return the month index of each day."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def day_in_month(months: Ints, day: Ints) -> Ints:
    """Return the given day of the month, clipped to the month's end."""
    start, following = first_days(months), first_days(months + 1)
    return np.minimum(start + day - 1, following - 1)


def add_months(days: Ints, count: Ints | int) -> Ints:
    """Move by whole months keeping the day of the month, clipped to the month's end (domain sheet 0.5)."""
    months = month_of(days)
    return day_in_month(months + count, days - first_days(months) + 1)


def closing_days(month: int, closing_day: Ints) -> Ints:
    """Return the closing date of the month for each company; December always closes on the 31st."""
    months = np.full(len(closing_day), month, dtype=np.int64)
    day = np.full_like(closing_day, MONTH_END) if month % 12 == 11 else closing_day
    return day_in_month(months, day)


def due_day(day: Ints, opened: Ints, closed: Ints) -> Ints:
    """Return the last occurrence of a day of the month inside the window (opened, closed], 0 when there is none."""
    months = month_of(closed)
    this = day_in_month(months, day)
    latest = np.where(this <= closed, this, day_in_month(months - 1, day))
    return np.where(latest > opened, latest, 0)


def _texts() -> Texts:
    texts = np.datetime_as_string(np.arange(LAST_TEXT_DAY).astype("datetime64[D]")).astype(object)
    texts[0] = ""
    return texts


_TEXTS = _texts()


def iso(days: Ints) -> Texts:
    """Return ISO dates; day 0 becomes the empty text."""
    return _TEXTS[days]
