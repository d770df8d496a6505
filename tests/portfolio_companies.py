"""One company (小额贷款公司) of a random portfolio: lives month after month and hands in its rows.

Flow: traits + random generator -> ``live(month)`` -> rows of every record of the data contract.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.month import month_end
from tests.oracle.book import Reference
from tests.oracle.notes import plus_months, reference_rate
from tests.portfolio_ledger import ZERO, Ledger
from tests.portfolio_notes import CLASSES, RATIOS, Note, Row, make_customer, make_note, price
from tests.portfolio_records import handed_in

FEN = Decimal("0.01")


@dataclass(frozen=True)
class Traits:
    """What sets a company apart: place, closing day, first month, what it brings along."""

    company_code: str
    county_code: str
    closing_day: int
    opened_date: date
    has_history: bool


class Company:
    """State of one company between two months."""

    def __init__(self, traits: Traits, seed: int, reference: Reference) -> None:
        self.traits, self.reference = traits, reference
        self.rng = random.Random(f"{seed}/{traits.company_code}")
        self.ledger = Ledger(self.rng)
        self.closing = traits.opened_date - timedelta(days=1)
        count = self.rng.randint(5, 11)
        self.customers = [make_customer(self.rng, number, traits.county_code) for number in range(1, count)]
        self.managers = [f"M{number}" for number in range(1, self.rng.randint(3, 5))]
        self.notes: list[Note] = []
        self.guarantees: list[Row] = []
        self.events: list[Row] = []
        self.cumulatives: list[Row] = []
        self.borrowed: dict[str, Decimal] = {}
        self.numbers = {"note": 0, "event": 0, "guarantee": 0}

    def live(self, month: date) -> dict[str, list[Row]]:
        """Live through ``month`` and return what is handed in for it."""
        is_first = self.numbers["event"] == 0 and not self.events
        self.cumulatives = []
        if is_first and self.traits.has_history:
            self._bring_along(month)
        if not is_first and month.month == 1:
            self.ledger.open_year()
        previous, self.closing = self.closing, closing_date(month, self.traits.closing_day)
        self.window = (previous + timedelta(days=1), self.closing)
        self.opening = {note.row["note_no"]: note.balance for note in self.notes}
        self.events = []
        if is_first and not self.traits.has_history:
            self.ledger.post("1002.01", "4001", Decimal(50_000_000))
        for note in list(self.notes):
            self._touch(note)
        for _ in range(self.rng.choice((0, 1, 2, 3, 4))):
            self._disburse()
        self._live_guarantees()
        self.ledger.live_a_month()
        return handed_in(self, month, previous)

    def _bring_along(self, month: date) -> None:
        """Start with notes, cumulative totals and a ledger from before the first month."""
        self.closing = closing_date((month - timedelta(days=1)).replace(day=1), self.traits.closing_day)
        granted = collected = ZERO
        for _ in range(5):
            note = self._new_note(self.closing - timedelta(days=self.rng.randint(0, 300)))
            original = note.row["original_amount_yuan"]
            note.balance = original if self.rng.random() < 0.5 else max((original / 3).quantize(FEN), FEN)
            granted, collected = granted + original, collected + original - note.balance
        granted, collected = granted + 900_000, collected + 600_000
        items = {"GRANTED": granted, "COLLECTED": collected, "WRITTEN_OFF": Decimal(200_000), "SOLD": Decimal(100_000)}
        self.cumulatives = [
            {"item": item, "amount_yuan": amount, "item_count": number, "as_of_date": self.closing}
            for number, (item, amount) in enumerate(items.items(), start=6)
        ]
        balances = {"1002.01": Decimal(30_000_000), "1304": Decimal(-45_000)}
        if month.month != 1:
            balances |= {"6011": Decimal(-123_456), "6601": Decimal("23456.78")}
        for note in self.notes:
            balances[note.account] = balances.get(note.account, ZERO) + note.balance
        self.ledger.bring_along(balances)

    def _new_note(self, day: date) -> Note:
        self.numbers["note"] += 1
        customer, manager = self.rng.choice(self.customers), self.rng.choice(self.managers)
        note = make_note(self.rng, self.reference, self.numbers["note"], customer, day, manager)
        self.notes.append(note)
        return note

    def _day(self) -> date:
        first, last = self.window
        if self.rng.random() < 0.25:
            return last
        return first + timedelta(days=self.rng.randint(0, (last - first).days))

    def _disburse(self) -> None:
        day = self._day()
        note = self._new_note(day)
        amount = note.row["original_amount_yuan"]
        event = self._book(note, "DISBURSEMENT", amount, day)
        fate = self.rng.random()
        if fate < 0.12:
            self._book(note, "DISBURSEMENT", -amount, day, event)
        elif fate < 0.2:
            self._book(note, "COLLECTION", amount, self.window[1])

    def _touch(self, note: Note) -> None:
        """Let one living or settled note have its month."""
        if note.balance == 0:
            return self._touch_settled(note)
        self._change_attributes(note)
        actions: tuple[tuple[float, Callable[[Note], object]], ...] = (
            (0.38, lambda note: None),
            (0.54, self._collect_once),
            (0.62, self._collect_twice_a_day),
            (0.70, self._collect_on_days),
            (0.80, lambda note: self._collect(note, note.balance)),
            (0.84, self._collect_and_reverse),
            (0.90, self._reverse_collection),
            (0.93, self._reverse_disbursement),
            (0.97, lambda note: self._write_off(note)),
            (1.01, lambda note: self._drop(note, "SALE")),
        )
        chance = self.rng.random()
        next(action for limit, action in actions if chance < limit)(note)
        return None

    def _touch_settled(self, note: Note) -> None:
        chance = self.rng.random()
        if note.written_off and chance < 0.3:
            self._book(note, "RECOVERY", (note.written_off / 7).quantize(FEN) + FEN, self._day())
        elif note.written_off and chance < 0.36:
            self._book(note, "WRITE_OFF", -note.written_off, self._day())
            note.written_off = ZERO
        elif chance < 0.06:
            self._reverse_collection(note)

    def _change_attributes(self, note: Note) -> None:
        if self.rng.random() < 0.12:
            note.row["manager_no"] = self.rng.choice(self.managers)
        if self.rng.random() < 0.15:
            note.class5 = self.rng.choice(CLASSES)
        if self.rng.random() < 0.06:
            note.row["extension_count"] += 1
            note.row["current_maturity_date"] = plus_months(note.row["current_maturity_date"], 3)
        if note.row["rate_kind"] == "FLOATING" and self.rng.random() < 0.15:
            today = note.row | {"reference_rate_pct": None, "start_date": self.window[1]}
            price(note.row, reference_rate(self.reference, today), self.rng.choice(RATIOS))

    def _collect(self, note: Note, amount: Decimal, day: date | None = None) -> Row:
        return self._book(note, "COLLECTION", amount, day or self._day())

    def _part(self, note: Note) -> Decimal:
        return max((note.balance / self.rng.randint(2, 6)).quantize(FEN), FEN)

    def _collect_once(self, note: Note) -> None:
        self._collect(note, self._part(note))

    def _collect_twice_a_day(self, note: Note) -> None:
        day = self._day()
        for _ in range(2):
            if note.balance:
                self._collect(note, self._part(note), day)

    def _collect_on_days(self, note: Note) -> None:
        for day in {self.window[0], self.window[1]}:
            if note.balance:
                self._collect(note, self._part(note), day)

    def _collect_and_reverse(self, note: Note) -> None:
        """Reverse a collection on its own day or on the last day of the window."""
        event = self._collect(note, self._part(note), self.window[0])
        day = self.rng.choice(self.window)
        self._book(note, "COLLECTION", -event["principal_yuan"], day, event)

    def _reverse_collection(self, note: Note) -> None:
        """Reverse a collection of an earlier window."""
        open_ones = [event for event in note.bookings if self._is_open(note, event)]
        if open_ones:
            event = self.rng.choice(open_ones)
            self._book(note, "COLLECTION", -event["principal_yuan"], self._day(), event)

    def _is_open(self, note: Note, event: Row) -> bool:
        reversed_ones = {booking["reverses_event_no"] for booking in note.bookings}
        early = event["booking_date"] < self.window[0] and event["event_type"] == "COLLECTION"
        return early and event["principal_yuan"] > 0 and event["event_no"] not in reversed_ones

    def _reverse_disbursement(self, note: Note) -> None:
        """Reverse the disbursement of an earlier window: -1 笔 there."""
        if len(note.bookings) == 1 and note.balance == note.row["original_amount_yuan"]:
            self._book(note, "DISBURSEMENT", -note.balance, self._day(), note.bookings[0])

    def _write_off(self, note: Note) -> None:
        note.written_off = note.balance
        self._drop(note, "WRITE_OFF")

    def _drop(self, note: Note, kind: str) -> None:
        if self.rng.random() < 0.3:
            self._collect_once(note)
            note.written_off = min(note.written_off, note.balance)
        if note.balance:
            self._book(note, kind, note.balance, self.window[1])

    def _book(self, note: Note, kind: str, amount: Decimal, day: date, reverses: Row | None = None) -> Row:
        self.numbers["event"] += 1
        event: Row = {
            "event_no": f"E{self.numbers['event']:05}",
            "note_no": note.row["note_no"],
            "booking_date": day,
            "event_type": kind,
            "repay_kind": "PARTIAL_EARLY" if kind == "COLLECTION" else None,
            "principal_yuan": amount,
            "channel": "TRANSFER",
            "reverses_event_no": reverses["event_no"] if reverses else None,
        }
        self.events.append(event)
        note.bookings.append(event)
        match kind:
            case "DISBURSEMENT":
                note.balance += amount
                self.ledger.post(note.account, "1002.01", amount)
            case "RECOVERY":
                self.ledger.post("1002.01", "1304", amount)
            case _:
                note.balance -= amount
                self.ledger.post("1304" if kind == "WRITE_OFF" else "1002.01", note.account, amount)
        return event

    def _live_guarantees(self) -> None:
        """Issue, release and reclassify guarantees (担保业务)."""
        for item in self.guarantees:
            item["opening_balance_yuan"], item["increase_yuan"] = item["closing_balance_yuan"], ZERO
            released = item["closing_balance_yuan"] if self.rng.random() < 0.2 else ZERO
            item["decrease_yuan"] = released
            item["closing_balance_yuan"] -= released
            if self.rng.random() < 0.2:
                item["class5"] = self.rng.choice(CLASSES)
        self.guarantees = [item for item in self.guarantees if item["opening_balance_yuan"] > 0]
        if self.rng.random() < 0.35:
            self.numbers["guarantee"] += 1
            amount = Decimal(self.rng.randint(1, 60_000_000)) / 100
            part = self.rng.choice((ZERO, ZERO, (amount / 3).quantize(FEN)))
            self.guarantees.append(
                {
                    "item_no": f"B{self.numbers['guarantee']:03}",
                    "customer_no": self.rng.choice(self.customers)["customer_no"],
                    "manager_no": self.rng.choice(self.managers),
                    "amount_yuan": amount,
                    "start_date": self.window[0],
                    "end_date": plus_months(self.window[0], 12),
                    "opening_balance_yuan": ZERO,
                    "increase_yuan": amount,
                    "decrease_yuan": part,
                    "closing_balance_yuan": amount - part,
                    "class5": self.rng.choice(CLASSES),
                }
            )


def closing_date(month: date, closing_day: int) -> date:
    """Return the closing date (结账日): 31 December in December, else the company's own day."""
    last = month_end(month)
    return last if month.month == 12 else last.replace(day=min(closing_day, last.day))


def copied(records: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return records whose rows may be changed."""
    return copy.deepcopy(records)
