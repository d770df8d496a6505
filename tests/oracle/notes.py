"""One note in one month (借据月): flows, balance, and the line of every group it belongs to."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.oracle.book import Book, Handed, Reference, Row

ZERO = Decimal(0)


@dataclass(frozen=True)
class NoteMonth:
    """A note as its company handed it in for one month; amounts in yuan (元)."""

    note_no: str
    customer_no: str
    customer_type: str
    manager_no: str
    security: str
    is_joint: bool
    direction: str
    class5: str
    amount_band: int
    term_band: int
    rate: Decimal
    rate_ratio: Decimal
    opening: Decimal
    closing: Decimal
    granted: Decimal
    collected: Decimal
    reduced: Decimal
    collected_days: int

    @property
    def granted_count(self) -> int:
        """发放笔数: 1 when net disbursed, -1 when a disbursement of an earlier window is reversed."""
        return (self.granted > 0) - (self.granted < 0)


def plus_months(day: date, count: int) -> date:
    """对年对月对日: the same day number ``count`` months later, clipped to the month end."""
    index = day.year * 12 + day.month - 1 + count
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def amount_band(original_amount: Decimal) -> int:
    """Return 0..3 for 20万元以下, 20-30, 30-50, 50万元以上; the upper edge belongs to the band."""
    for band, upper in enumerate((Decimal(200_000), Decimal(300_000), Decimal(500_000))):
        if original_amount <= upper:
            return band
    return 3


def term_band(start: date, maturity: date) -> int:
    """Return 0..3 for up to 3, 6, 12 months and longer, by the original maturity."""
    for band, months in enumerate((3, 6, 12)):
        if maturity <= plus_months(start, months):
            return band
    return 3


def reference_rate(reference: Reference, note: Row) -> Decimal:
    """Return the submitted reference rate, or the one published for the note's day and original term."""
    if note["reference_rate_pct"] is not None:
        return note["reference_rate_pct"]
    start, maturity = note["start_date"], note["original_maturity_date"]
    published = [
        row for row in reference.rates if row["rate_type"] == note["reference_rate_type"] and row["valid_from"] <= start
    ]
    tenors = sorted({row["up_to"] for row in published if row["up_to"] is not None})
    tenor = next((months for months in tenors if maturity <= plus_months(start, months)), None)
    fitting = [row for row in published if row["up_to"] == tenor]
    return max(fitting, key=lambda row: row["valid_from"])["rate"]


def rate_ratio(rate: Decimal, reference: Decimal) -> Decimal:
    """浮动倍数: rounded half-up to four decimals before it is compared with any edge."""
    return (rate / reference).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def rate_row(ratio: Decimal) -> int:
    """Return the row of 表六/表七 (0 = below 0.9, 1..6, 8, 9); row 7 is the subtotal of 8 and 9."""
    if ratio < Decimal("0.9"):
        return 0
    if ratio < 1:
        return 1
    if ratio == 1:
        return 2
    edges = ((Decimal("1.1"), 3), (Decimal("1.3"), 4), (Decimal("1.5"), 5), (Decimal(2), 6), (Decimal(4), 8))
    return next((row for upper, row in edges if ratio <= upper), 9)


def notes_of(book: Book, company: str, month: date) -> list[NoteMonth]:
    """Return every note handed in by ``company`` for ``month``; none when the month is not accepted."""
    handed = book.of(company, month)
    if handed is None:
        return []
    types = {row["customer_no"]: row["customer_type"] for row in handed.rows("customers")}
    states = {row["note_no"]: row for row in handed.rows("note_states")}
    return [
        _note_month(book.reference, handed, row, types[row["customer_no"]], states[row["note_no"]])
        for row in handed.rows("notes")
    ]


def _note_month(reference: Reference, handed: Handed, note: Row, customer_type: str, state: Row) -> NoteMonth:
    events = [row for row in handed.rows("loan_events") if row["note_no"] == note["note_no"]]
    header = handed.records["company_month"][0]
    for event in events:
        if not header["previous_closing_date"] < event["booking_date"] <= header["closing_date"]:
            raise ValueError(f"event {event['event_no']} lies outside the window")
    days: dict[date, Decimal] = defaultdict(Decimal)
    for event in events:
        if event["event_type"] == "COLLECTION":
            days[event["booking_date"]] += event["principal_yuan"]
    rate = note["annual_rate_pct"]
    return NoteMonth(
        note_no=note["note_no"],
        customer_no=note["customer_no"],
        customer_type=customer_type,
        manager_no=note["manager_no"],
        security=note["primary_security"],
        is_joint=note["joint_group_no"] is not None,
        direction=note["direction_line"],
        class5=state["class5"],
        amount_band=amount_band(note["original_amount_yuan"]),
        term_band=term_band(note["start_date"], note["original_maturity_date"]),
        rate=rate,
        rate_ratio=rate_ratio(rate, reference_rate(reference, note)),
        opening=state["opening_balance_yuan"],
        closing=state["closing_balance_yuan"],
        granted=_principal(events, "DISBURSEMENT"),
        collected=_principal(events, "COLLECTION"),
        reduced=_principal(events, "COLLECTION", "WRITE_OFF", "SALE"),
        collected_days=sum(1 for amount in days.values() if amount > 0),
    )


def _principal(events: list[Row], *types: str) -> Decimal:
    return sum((event["principal_yuan"] for event in events if event["event_type"] in types), ZERO)
