"""表一 (业务状况), 表三 (发放) and 表四 (收回) of one company or one customer manager (客户经理)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from tests.oracle.notes import ZERO, NoteMonth
from tests.oracle.units import Cells, Unit, before, year_so_far

SECURITIES = ("CREDIT", "GUARANTEE", "MORTGAGE", "PLEDGE")
CUSTOMER_TYPES = ("COMPANY", "SMALL_BUSINESS", "URBAN", "FARMER")
CLASSES = ("NORMAL", "SPECIAL_MENTION", "SUBSTANDARD", "DOUBTFUL", "LOSS")
AGRICULTURE = ("FARM_HOUSEHOLD", "COOPERATIVE", "LEADING_ENTERPRISE", "OTHER_AGRI")
BUSINESS = ("INDUSTRY", "INDIVIDUAL_BUSINESS", "OTHER_BUSINESS")

Belongs = Callable[[NoteMonth], bool]
Amount = tuple[Decimal, int]


def business_status(unit: Unit, month: date) -> dict[str, Cells]:
    """表一: 33 lines (domain 1.1), comparison columns as 0.3 says."""
    history = [day for day in unit.months() if day <= month]
    this_year = year_so_far(history, month)
    opening = unit.opening_cumulatives()
    lines: dict[str, Cells] = {}
    for number, flow, item in ((1, granted, "GRANTED"), (2, collected, "COLLECTED")):
        now, year = flow(unit, [month]), flow(unit, this_year)
        total = _plus(flow(unit, history), opening.get(item, (ZERO, 0)))
        lines[f"T1-{number:02}"] = _cells(total, now, year)
        lines[f"T1-{number + 2:02}"] = _cells(year, now, year)
        last = flow(unit, [before(month)])
        lines[f"T1-{number + 4:02}"] = _cells(now, _minus(now, last), None)
    december = date(month.year - 1, 12, 1)
    for line, belongs in stock_lines().items():
        now, last, start = (stock(unit, day, belongs) for day in (month, before(month), december))
        lines[line] = _cells(now, _minus(now, last), _minus(now, start))
    return lines


def flow_table(unit: Unit, month: date, table: int) -> dict[str, Cells]:
    """表三 (``table`` 3, 发放) or 表四 (4, 收回): 25 lines in five groups (domain 1.3, 1.4)."""
    flow = granted if table == 3 else collected
    lines: dict[str, Cells] = {}
    for number, belongs in enumerate(flow_lines(), start=1):
        now, last = flow(unit, [month], belongs), flow(unit, [before(month)], belongs)
        change = _minus(now, last)
        lines[f"T{table}-{number:02}"] = {
            "amount_yuan": now[0],
            "note_count": now[1],
            "amount_change_month_yuan": change[0],
            "count_change_month": change[1],
        }
    return lines


def granted(unit: Unit, months: Iterable[date], belongs: Belongs = lambda note: True) -> Amount:
    """发放 of ``months``: net principal paid out and 笔数."""
    notes = [note for month in months for note in unit.notes(month) if belongs(note)]
    return sum((note.granted for note in notes), ZERO), sum(note.granted_count for note in notes)


def collected(unit: Unit, months: Iterable[date], belongs: Belongs = lambda note: True) -> Amount:
    """收回 of ``months``: net principal and number of (note, day) pairs."""
    notes = [note for month in months for note in unit.notes(month) if belongs(note)]
    return sum((note.collected for note in notes), ZERO), sum(note.collected_days for note in notes)


def stock(unit: Unit, month: date, belongs: Belongs) -> Amount:
    """余额 and 笔数 at the closing date of ``month``; zero when the month was not handed in."""
    notes = [note for note in unit.notes(month) if belongs(note)]
    return sum((note.closing for note in notes), ZERO), sum(1 for note in notes if note.closing > 0)


def stock_lines() -> dict[str, Belongs]:
    """T1-07 … T1-33 in print order."""
    rules: list[Belongs] = [
        lambda note: True,
        *_security_rules(),
        *_direction_rules(),
        *_band_rules(),
        *_members("class5", CLASSES),
    ]
    return {f"T1-{number:02}": rule for number, rule in enumerate(rules, start=7)}


def flow_lines() -> list[Belongs]:
    """Tx-01 … Tx-25 in print order."""
    return [*_members("customer_type", CUSTOMER_TYPES), *_security_rules(), *_direction_rules(), *_band_rules()]


def _security_rules() -> list[Belongs]:
    own = _members("security", SECURITIES)
    return [*own[:2], lambda note: note.security == "GUARANTEE" and note.is_joint, *own[2:]]


def _direction_rules() -> list[Belongs]:
    return [
        lambda note: note.direction in AGRICULTURE,
        *_members("direction", AGRICULTURE),
        lambda note: note.direction in BUSINESS,
        *_members("direction", BUSINESS[:2]),
    ]


def _band_rules() -> list[Belongs]:
    return [*_members("amount_band", range(4)), *_members("term_band", range(4))]


def _members(attribute: str, codes: Iterable[object]) -> list[Belongs]:
    """Return one rule per code: the note's ``attribute`` is that code."""

    def rule(code: object) -> Belongs:
        return lambda note: getattr(note, attribute) == code

    return [rule(code) for code in codes]


def _cells(value: Amount, change_month: Amount, change_year: Amount | None) -> Cells:
    return {
        "amount_yuan": value[0],
        "note_count": value[1],
        "amount_change_month_yuan": change_month[0],
        "count_change_month": change_month[1],
        "amount_change_year_yuan": change_year[0] if change_year else None,
        "count_change_year": change_year[1] if change_year else None,
    }


def _plus(left: Amount, right: Amount) -> Amount:
    return left[0] + right[0], left[1] + right[1]


def _minus(left: Amount, right: Amount) -> Amount:
    return left[0] - right[0], left[1] - right[1]
