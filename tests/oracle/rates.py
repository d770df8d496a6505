"""表六 and 表七: amounts by rate band (利率浮动区间) and customer type (domain 1.6, 1.7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.oracle.amounts import CUSTOMER_TYPES
from tests.oracle.notes import ZERO, NoteMonth, rate_row
from tests.oracle.units import Cells, Unit

COLUMNS = dict(zip(("company", "small_business", "urban", "farmer"), CUSTOMER_TYPES, strict=True))
NAMES = (*COLUMNS, "total")


def rate_bands(unit: Unit, month: date, table: int) -> dict[str, Cells]:
    """表六 (``table`` 6, 当月发放) or 表七 (7, 余额): amounts only, see :func:`with_ratios`."""
    notes = unit.notes(month)
    rows = {row: [note for note in notes if rate_row(note.rate_ratio) == row] for row in (0, 1, 2, 3, 4, 5, 6, 8, 9)}
    rows[7] = rows[8] + rows[9]
    rows[10] = notes
    return {f"T{table}-{row:02}": _amounts(members, table) for row, members in rows.items()}


def with_ratios(lines: dict[str, Cells]) -> dict[str, Cells]:
    """Add 占比: each cell over the total of its own column, nothing when that is zero."""
    total = next(cells for line, cells in lines.items() if line.endswith("-10"))
    for cells in lines.values():
        for name in NAMES:
            cells[f"{name}_ratio"] = share(cells[f"{name}_yuan"], total[f"{name}_yuan"])
    return lines


def share(part: Any, whole: Any) -> Any:
    """Return ``part`` over ``whole``; None when the whole is zero (printed —)."""
    return part / whole if whole else None


def _amounts(notes: Iterable[NoteMonth], table: int) -> Cells:
    cells: Cells = dict.fromkeys((f"{name}_yuan" for name in NAMES), ZERO)
    for note in notes:
        amount = note.granted if table == 6 else note.closing
        for name, code in COLUMNS.items():
            if code == note.customer_type:
                cells[f"{name}_yuan"] += amount
        cells["total_yuan"] += amount
    return cells
