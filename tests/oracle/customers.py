"""表五 贷款户数 (number of customers), of one company; groups add companies up (domain 1.5, D-12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tests.oracle.amounts import CUSTOMER_TYPES, SECURITIES, Belongs
from tests.oracle.notes import NoteMonth
from tests.oracle.units import Cells, Unit, year_so_far


def customer_counts(unit: Unit, month: date) -> dict[str, Cells]:
    """Return the eleven lines: 发放户数 and 收回户数 of the month, the year and since the company opened."""
    history = [day for day in unit.months() if day <= month]
    windows = {"month": [month], "year": year_so_far(history, month), "total": history}
    lines: dict[str, Cells] = {}
    for number, belongs in enumerate(_lines(), start=1):
        cells: Cells = {}
        for name, months in windows.items():
            notes = [note for day in months for note in unit.notes(day) if belongs(note)]
            cells[f"granted_{name}_count"] = len(_granted(notes))
            cells[f"collected_{name}_count"] = len({note.customer_no for note in notes if note.collected_days})
        lines[f"T5-{number:02}"] = cells
    return lines


def _granted(notes: Iterable[NoteMonth]) -> set[str]:
    """Return the customers with a note whose disbursement over the whole window is positive."""
    net: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for note in notes:
        net[note.customer_no, note.note_no] += note.granted
    return {customer for (customer, _), amount in net.items() if amount > 0}


def _lines() -> list[Belongs]:
    return [
        *[lambda note, code=code: note.customer_type == code for code in CUSTOMER_TYPES],
        *[lambda note, code=code: note.security == code for code in SECURITIES],
        lambda note: note.term_band == 0,
        lambda note: note.term_band == 1,
        lambda note: note.term_band >= 2,
    ]
