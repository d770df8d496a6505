"""Excel cell values → the contract's text forms (单元格取值): plain decimals, YYYY-MM-DD, 是/否.

Excel keeps numbers to 15 significant digits, so 15 digits are what the submitter typed; more digits, scientific
notation and dates made of text are damage that only the submitter can mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from ingestion.contract import ContractColumn

EXACT_BELOW = 1e15
LAST_SERIAL = 2_958_465
_NOT_PLAIN = frozenset({"-0", "inf", "-inf", "nan"})
_SCIENTIFIC = re.compile(r"^ *\d(?:\.\d+)?E\+\d+ *$", re.IGNORECASE | re.MULTILINE)
_ZERO_TAIL = re.compile(r"^ *\d{15}000 *$", re.MULTILINE)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Damage(NamedTuple):
    """A value that cannot be taken as it is: position in the column, rule, the value as text."""

    position: int
    rule_id: str
    value: str


def convert(column: ContractColumn, values: Sequence[Any]) -> tuple[Sequence[str], list[Damage]]:
    """Return the column as contract text and what Excel has damaged in it."""
    kinds = set(map(type, values))
    if kinds <= {str}:
        return values, damaged_text(column, values)
    if kinds == {date} and column.type_name == "date":
        return [value.isoformat() for value in values], []
    if kinds <= {str, float} and column.type_name != "date":
        texts = [value if value.__class__ is str else f"{value:.15g}" for value in values]
        if _NOT_PLAIN.isdisjoint(texts) and "e" not in "".join(texts):
            return texts, damaged_text(column, texts)
    return _one_by_one(column, values)


def _one_by_one(column: ContractColumn, values: Sequence[Any]) -> tuple[list[str], list[Damage]]:
    texts = []
    damages = []
    for index, value in enumerate(values):
        text, rule = (value, None) if value.__class__ is str else _other(column, value)
        texts.append(text)
        if rule:
            damages.append(Damage(index, rule, text))
    typed = [value if value.__class__ is str else "" for value in values]
    return texts, damages + damaged_text(column, typed)


def damaged_text(column: ContractColumn, values: Sequence[str]) -> list[Damage]:
    """Return the identifiers that Excel has turned into scientific notation or cut to 15 digits."""
    if column.type_name != "text":
        return []
    joined = "\n".join(values)
    damages = []
    if _SCIENTIFIC.search(joined):
        damages += [Damage(i, "S-20", value) for i, value in enumerate(values) if _SCIENTIFIC.fullmatch(value)]
    if column.name == "id_number" and _ZERO_TAIL.search(joined):
        damages += list(_cut_identities(values))
    return damages


def plain(text: str) -> str:
    """Return a number without exponent and without negative zero."""
    return format(Decimal(text) + 0, "f")


def _cut_identities(values: Sequence[str]) -> Iterator[Damage]:
    for index, value in enumerate(values):
        digits = value.strip()
        if _ZERO_TAIL.fullmatch(value) and "10X98765432"[_remainder(digits)] != digits[-1]:
            yield Damage(index, "S-19", value)


def _remainder(digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False)) % 11


def _other(column: ContractColumn, value: Any) -> tuple[str, str | None]:
    """Convert what is not text."""
    if isinstance(value, bool):
        return ("是" if value else "否"), None
    if isinstance(value, (int, float)):
        return _number(column, float(value))
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return _date(column, value.date()) if midnight else (value.isoformat(" "), "S-21")
    if isinstance(value, date):
        return _date(column, value)
    return str(value), "S-21"


def _number(column: ContractColumn, value: float) -> tuple[str, str | None]:
    if not -EXACT_BELOW < value < EXACT_BELOW:
        return plain(f"{value:.15g}") if isfinite(value) else str(value), "S-19"
    text = plain(f"{value:.15g}")
    return text, "S-22" if column.type_name == "date" and 1 <= value <= LAST_SERIAL else None


def _date(column: ContractColumn, value: date) -> tuple[str, str | None]:
    if column.type_name == "month":
        return f"{value:%Y-%m}", None
    return value.isoformat(), None if column.type_name == "date" else "S-21"
