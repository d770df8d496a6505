"""Money and rounding: one place for the rule of the requirement (section 3.14.1, 四舍五入)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
UNITS = {"元": Decimal(1), "千元": Decimal(1_000), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}


def round_half_up(value: Decimal, places: int = 2) -> Decimal:
    """Round half away from zero, as PostgreSQL ``round(numeric, n)`` does."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def in_unit(yuan: Decimal, unit: str) -> Decimal:
    """Express an amount in yuan (元) in ``unit``, rounded once to two decimals.

    Raises:
        KeyError: ``unit`` is not one of 元, 千元, 万元, 亿元.
    """
    return round_half_up(yuan / UNITS[unit])
