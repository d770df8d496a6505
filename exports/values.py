"""Figures as they are printed: units, rounding, signs (section 3.14.1).

Amounts are rounded half-up once, after the division by the unit; ratios carry %, rates keep five decimals, what does
not exist is a dash. No storage here: marts keep yuan.
"""

from __future__ import annotations

import re
from decimal import Decimal

from common.money import UNITS, in_unit, round_half_up

DASH = "—"
DEFAULT_UNIT = "万元"
PLACES = {"ratio": 4, "rate": 5}
Number = Decimal | int | None


NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class UnitError(ValueError):
    """The unit asked for is not one of 元, 千元, 万元, 亿元."""


def require_unit(unit: str) -> str:
    """Return ``unit`` when it may be chosen.

    Raises:
        UnitError: it is not one of the four units.
    """
    if unit not in UNITS:
        raise UnitError(f"单位“{unit}”无效，可选：{'、'.join(UNITS)}")
    return unit


def printed(value: Number, kind: str, unit: str) -> Number:
    """Return the number that stands in the cell: amounts in ``unit``, fractions to 4, rates to 5 decimals.

    A rounded zero is never negative.
    """
    if value is None:
        return None
    if kind == "count":
        return int(value)
    number = in_unit(Decimal(value), unit) if kind == "amount" else round_half_up(Decimal(value), PLACES[kind])
    return number if number else abs(number)


def printable(text: str) -> str:
    """Return the text without the control characters that no document can hold."""
    return NO_CHARACTER.sub("", text)


def shown(number: Number, kind: str) -> str:
    """Return the text of a :func:`printed` number as Excel would show it, for Word, PDF and the terminal."""
    if number is None:
        return DASH
    if kind == "ratio":
        return f"{number * 100:.2f}%"
    if kind == "rate":
        return f"{number:.5f}"
    return f"{number:,.2f}" if kind == "amount" else f"{number:,d}"
