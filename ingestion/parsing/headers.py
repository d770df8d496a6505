"""Header rows: which contract column stands in which position (表头识别).

Chinese titles and English names both count, in any order; a star for "required", a unit in brackets, full-width
letters and spaces do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ingestion.contract import ContractRecord, load_contract
from ingestion.parsing.problems import Problem

_BRACKETED = re.compile(r"\(([^()]*)\)$")
_HARMLESS = {"元", "%", "天", "日", "年", "必填", "选填", "可空", "yyyy-mm-dd", "yyyy-mm", "人民币元"}
_FOREIGN_UNITS = {"万元", "千元", "亿元", "百万元", "万", "千", "亿"}


class Header(NamedTuple):
    """``columns`` has the contract name for every position of the file, ``None`` where nothing is taken."""

    columns: tuple[str | None, ...]
    blank: tuple[int, ...]
    problems: list[Problem]


def canonical(title: str) -> str:
    """Return a title without what does not matter: width, case, spaces, stars."""
    return re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", title).replace("\ufeff", "")).lower()


@cache
def record_names() -> dict[str, str]:
    """Return the record name for every canonical sheet or file name."""
    names = {}
    for record in load_contract().records:
        names[canonical(record.title)] = record.name
        names[canonical(record.name)] = record.name
    return names


@cache
def column_names(record_name: str) -> dict[str, str]:
    """Return the column name for every canonical column title of a record."""
    names = {}
    for column in load_contract().record(record_name).columns:
        names[canonical(column.title)] = column.name
        names[canonical(column.name)] = column.name
    return names


def known_titles(record: ContractRecord, titles: Sequence[str]) -> int:
    """Count the titles that name a column of ``record``."""
    known = column_names(record.name)
    return sum(_without_unit(canonical(title), known)[0] in known for title in titles)


def match_header(record: ContractRecord, sheet: str, titles: Sequence[str]) -> Header:
    """Map the titles of row 1 to contract columns and say what is missing, double or unknown."""
    known = column_names(record.name)
    found: list[str | None] = []
    blank = []
    problems = []
    for position, title in enumerate(titles):
        name = canonical(title)
        if not name:
            blank.append(position)
            found.append(None)
            continue
        base, unit = _without_unit(name, known)
        column = known.get(base)
        rule = _title_rule(column, unit, found)
        if rule:
            problems.append(Problem(rule, record.name, sheet, 1, column, title.strip()))
        found.append(None if rule else column)
    problems.extend(_missing(record, sheet, found, problems))
    return Header(tuple(found), tuple(blank), problems)


def _title_rule(column: str | None, unit: str | None, found: list[str | None]) -> str | None:
    if column is None:
        return "S-08"
    if column in found:
        return "S-07"
    return "S-25" if unit in _FOREIGN_UNITS else None


def _without_unit(name: str, known: dict[str, str]) -> tuple[str, str | None]:
    while name not in known and (match := _BRACKETED.search(name)):
        unit = match.group(1)
        if unit not in _HARMLESS | _FOREIGN_UNITS:
            break
        name = name[: match.start()]
        if unit in _FOREIGN_UNITS:
            return name, unit
    return name, None


def _missing(record: ContractRecord, sheet: str, found: list[str | None], problems: list[Problem]) -> list[Problem]:
    there = {*found, *(problem.column for problem in problems)}
    return [
        Problem("S-06", record.name, sheet, 1, column.name, None, {"title": column.title})
        for column in record.columns
        if column.required and column.name not in there
    ]
