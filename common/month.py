"""Reporting months (报告期): a month label is the first day of its calendar month.

The window of a month is not a calendar month: it runs from the company's previous closing date to its
closing date and travels with the data (`reporting_periods`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta


def parse_month(text: str) -> date:
    """Read ``YYYY-MM`` as a month label.

    Raises:
        ValueError: the text is not a month; the message is in Chinese.
    """
    match = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1990:
        raise ValueError(f"月份“{text}”无效，应写成 YYYY-MM，例如 2024-06")
    return date(int(match[1]), int(match[2]), 1)


def add_months(month: date, count: int) -> date:
    """Return the label ``count`` months later."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def month_end(month: date) -> date:
    """Return the last calendar day of the month."""
    return add_months(month, 1) - timedelta(days=1)


def month_range(first: date, last: date) -> list[date]:
    """Return all labels from ``first`` to ``last``, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [add_months(first, offset) for offset in range(count + 1)]


def label(month: date) -> str:
    """Return ``YYYY-MM``."""
    return f"{month:%Y-%m}"
