"""The two levels that are counted note by note: a company, and one customer manager (客户经理) of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.oracle.book import Book
from tests.oracle.notes import NoteMonth, notes_of

Cells = dict[str, Any]  # column -> Decimal, int or None (printed —)


@dataclass(frozen=True)
class History:
    """The book together with its notes, month by month."""

    book: Book
    notes: dict[tuple[str, date], list[NoteMonth]]


def history_of(book: Book) -> History:
    return History(book, {key: notes_of(book, *key) for key in book.handed})


@dataclass(frozen=True)
class Unit:
    """What one company, or one manager of it, had in the months the company handed in."""

    history: History
    company: str
    manager: str | None = None

    def months(self) -> list[date]:
        return sorted(month for company, month in self.history.notes if company == self.company)

    def notes(self, month: date) -> list[NoteMonth]:
        """Return the notes that stood under this unit in ``month``; none when the month is not accepted."""
        notes = self.history.notes.get((self.company, month), [])
        return [note for note in notes if self.manager in (None, note.manager_no)]

    def managers(self, month: date) -> list[str]:
        """Return everybody who had a note or a guarantee of the company in or before ``month``."""
        found = {note.manager_no for day in self.months() if day <= month for note in self.notes(day)}
        for day in self.months():
            handed = self.history.book.of(self.company, day)
            if handed and day <= month:
                found |= {row["manager_no"] for row in handed.rows("off_balance_items")}
        return sorted(found)

    def opening_cumulatives(self) -> dict[str, tuple[Decimal, int]]:
        """Return the totals brought along from before the first month (期初累计); companies only."""
        if self.manager is not None:
            return {}
        found = {}
        for month in self.months():
            handed = self.history.book.of(self.company, month)
            for row in handed.rows("opening_cumulatives") if handed else []:
                found[row["item"]] = (row["amount_yuan"], row["item_count"])
        return found


def before(month: date) -> date:
    """Return the label of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def year_so_far(months: Iterable[date], month: date) -> list[date]:
    """Return the months of the year of ``month`` up to it."""
    return [day for day in months if day.year == month.year and day <= month]
