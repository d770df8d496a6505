"""The book of living notes of the province, moved forward month by month.

Flow: state at the previous closing dates + one window -> :class:`BookMonth` and the state at this closing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from ingestion.synthetic.accrual import Month, close_notes
from ingestion.synthetic.calendar import Ints
from ingestion.synthetic.columns import Columns, running_numbers, sums
from ingestion.synthetic.companies import Companies
from ingestion.synthetic.customers import Customers
from ingestion.synthetic.events import COLLECTION, DISBURSEMENT, SALE, WRITE_OFF, draw_events
from ingestion.synthetic.notes import Loans, Wish, describe, draw_notes
from ingestion.synthetic.payments import Moves, Window, move
from ingestion.synthetic.tables import number_texts
from ingestion.synthetic.texts import describe_note

LENDING_SEASON = (0.85, 0.75, 1.2, 1.25, 1.15, 1.0, 0.9, 0.9, 0.95, 0.9, 1.15, 1.15)
REPAYING_SEASON = (1.6, 1.0, 0.8, 0.8, 0.9, 1.0, 0.9, 0.9, 0.9, 0.9, 1.0, 1.6)
RAMP_MONTHS = 6  # a newly opened company reaches its volume after so many months
LOAN_STEP = 0.16  # how fast loans move towards their target
SPOKEN = (  # needed for the texts of a note only
    *("direction", "purpose", "guarantor", "is_outside", "manager", "kind", "joint"),
    *("reference", "is_lpr", "is_floating", "contract_no"),
)
ITEMS = ("GRANTED", "COLLECTED", "WRITTEN_OFF", "SOLD")


@dataclass
class BookMonth:
    """What the month did: all its notes (old and new), their moves, money and events."""

    notes: Columns
    moves: Moves
    money: Month
    events: dict[str, np.ndarray]


class Book:
    """Living notes and the cumulative totals (累放, 累收, 核销, 转让) of every company."""

    def __init__(self, companies: Companies, customers: Customers) -> None:
        self.companies = companies
        self.customers = customers
        self.notes = Columns()
        self.written_off = Columns()
        self.cumulative_amount = np.zeros((len(ITEMS), len(companies)), dtype=np.int64)
        self.cumulative_count = np.zeros_like(self.cumulative_amount)

    def balances(self) -> Ints:
        """Return the loan balance of every company."""
        if not len(self.notes):
            return np.zeros(len(self.companies), dtype=np.int64)
        return sums(self.notes["company"], self.notes["balance"], len(self.companies))

    def advance(
        self, month: int, opened: Ints, closed: Ints, means: Ints, age: Ints, draw: np.random.Generator
    ) -> BookMonth:
        """Move the book over the window; ``means`` is the cash a company could lend, ``age`` its months in business."""
        notes, moves = self.notes, Moves.none(len(self.notes))
        if len(notes):
            notes["opening"] = notes["balance"].copy()
            company = notes["company"]
            season = REPAYING_SEASON[month % 12]
            window = Window(opened[company], closed[company], season, month % 12 == 11)
            moves = move(notes, self.companies.trouble[company], window, draw)
        fresh = self._lend(month, opened, closed, means, age, moves, draw)
        text = f"{1970 + month // 12}{month % 12 + 1:02d}"
        count = len(fresh["company"])
        running, _ = running_numbers(fresh["company"], len(self.companies))
        fresh["note_no"] = number_texts(f"JJ{text}", running + 1)
        fresh["contract_no"] = number_texts(f"HT{text}", running + 1)
        fresh |= describe_note(fresh, self.customers)
        notes.append({name: values for name, values in fresh.items() if name not in SPOKEN})
        moves = cast(Moves, _longer(moves, count))
        company = notes["company"]
        money = close_notes(notes, moves, opened[company], closed[company])
        events = draw_events(notes, moves, money, closed[company], text, draw)
        self._accumulate(events)
        return BookMonth(notes, moves, money, events)

    def forget(self) -> None:
        """Drop the notes that ended in the month just reported."""
        self.notes.keep(self.notes["balance"] > 0)

    def _lend(
        self, month: int, opened: Ints, closed: Ints, means: Ints, age: Ints, moves: Moves, draw: np.random.Generator
    ) -> dict[str, np.ndarray]:
        firms, size = self.companies, len(self.companies)
        collected = np.zeros(size, dtype=np.int64)
        if len(self.notes):
            cash = np.where(moves.is_written_off | moves.is_sold | moves.is_renewed, 0, moves.principal)
            collected = sums(self.notes["company"], cash, size)
        season = LENDING_SEASON[month % 12]
        ramp = np.clip((age + 1) / RAMP_MONTHS, 0.2, 1)
        target = firms.capital * firms.loan_ratio * np.where(age < RAMP_MONTHS, ramp, 1)
        need = collected * season + LOAN_STEP * (target - (self.balances() - collected))
        total = np.clip(np.minimum(need, means + collected), 0, None).astype(np.int64)
        count = draw.poisson(np.where(age < 0, 0, firms.new_notes * season * np.maximum(ramp, 0.3)))
        wish = Wish(np.where(total > 0, count, 0), total, opened, closed)
        fresh = draw_notes(wish, firms, self.customers, draw)
        renewed = np.flatnonzero(moves.is_renewed) if len(self.notes) else np.zeros(0, dtype=np.int64)
        company = self.notes["company"][renewed] if len(renewed) else renewed
        if len(renewed):
            loans = Loans(
                company,
                self.notes["customer"][renewed],
                self.notes["opening"][renewed],
                moves.day[renewed],
                closed[company],
            )
            more = describe(loans, firms, self.customers, draw, is_renewal=True)
            fresh = {name: np.concatenate([values, more[name]]) for name, values in fresh.items()}
        return fresh

    def _accumulate(self, events: dict[str, np.ndarray]) -> None:
        """Add the month to the cumulative amounts and counts (a 笔 of collection is a note and a day)."""
        size = len(self.companies)
        for place, kind in enumerate((DISBURSEMENT, COLLECTION, WRITE_OFF, SALE)):
            chosen = (events["type"] == kind) & (events["principal"] != 0)
            company = events["company"][chosen]
            self.cumulative_amount[place] += sums(company, events["principal"][chosen], size)
            whole = chosen & (events["reverses"] == -1)
            self.cumulative_count[place] += np.bincount(events["company"][whole], minlength=size)


def _longer(moves: Moves, count: int) -> Moves:
    """Extend the moves by notes to which nothing happens yet."""
    empty = Moves.none(count)
    joined = {name: np.concatenate([values, getattr(empty, name)]) for name, values in vars(moves).items()}
    return Moves(**joined)
