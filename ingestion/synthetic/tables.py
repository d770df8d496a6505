"""A record of the whole province as columns, and its three ways out: CSV lines, rows of text, a data frame.

Money is integer fen (分) and rates are integers of 1/100 000 % until they are written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from ingestion.contract import ContractRecord, load_contract
from ingestion.synthetic.calendar import Ints, Texts
from ingestion.synthetic.reference import code_names

NOTHING = np.iinfo(np.int64).min
NUMBERS = np.array([f"{number:06d}" for number in range(1_000_000)], dtype=object)
CENTS = np.array([f".{cent:02d}" for cent in range(100)], dtype=object)
YES_NO = np.array(["否", "是"], dtype=object)
Column = np.ndarray


def yuan(fen: Ints) -> list[str]:
    """Write fen as yuan with two decimals; ``NOTHING`` becomes the empty text."""
    texts = np.full(len(fen), "0.00", dtype=object)
    rows = np.flatnonzero(fen)
    absolute = np.abs(fen[rows])
    whole, cents = (absolute // 100).tolist(), CENTS[absolute % 100].tolist()
    texts[rows] = [f"{yuan}{cent}" for yuan, cent in zip(whole, cents, strict=True)]
    below = np.flatnonzero(fen < 0)
    texts[below] = ["" if fen[row] == NOTHING else f"-{texts[row]}" for row in below.tolist()]
    return texts.tolist()


def percent(rates: Ints) -> list[str]:
    """Write rates given in 1/100 000 % with five decimals; ``NOTHING`` becomes the empty text."""
    known, places = np.unique(rates, return_inverse=True)
    texts = [("" if rate == NOTHING else f"{rate // 100_000}.{rate % 100_000:05d}") for rate in known.tolist()]
    return np.array(texts, dtype=object)[places].tolist()


def integers(values: Ints) -> list[str]:
    """Write whole numbers; ``NOTHING`` becomes the empty text."""
    known, places = np.unique(values, return_inverse=True)
    texts = ["" if value == NOTHING else str(value) for value in known.tolist()]
    return np.array(texts, dtype=object)[places].tolist()


def number_texts(prefix: str, numbers: Ints) -> Texts:
    """Return prefix + six-digit number."""
    return np.add(prefix, NUMBERS[numbers], dtype=object)


def joined(parts: Iterable[Iterable[str]]) -> Texts:
    """Join columns of texts into one column of parts of CSV lines."""
    return np.array(list(map(",".join, zip(*parts, strict=True))), dtype=object)


class RecordTable:
    """All rows of one record in a month, sorted by company.

    A column is an array of numbers or texts under its contract name; neighbouring columns may come as one array of
    ready parts of CSV lines under ``first..last``. Columns not given are empty.
    """

    def __init__(self, record: str, company: Ints, columns: dict[str, Column]) -> None:
        self.record: ContractRecord = load_contract().record(record)
        order = None if len(company) < 2 or bool((np.diff(company) >= 0).all()) else np.argsort(company, kind="stable")
        self.company = company.copy() if order is None else company[order]
        self.columns = {name: values.copy() if order is None else values[order] for name, values in columns.items()}

    @property
    def names(self) -> list[str]:
        """The contract's columns in contract order."""
        return [column.name for column in self.record.columns]

    def bounds(self, company: int) -> slice:
        """Return the rows of one company."""
        low, high = np.searchsorted(self.company, [company, company + 1])
        return slice(int(low), int(high))

    def lines(self, rows: slice = slice(None)) -> list[str]:
        """Return the rows as CSV lines without their ends; no value holds a comma, quote or line end."""
        parts = [texts for _, texts in self._parts(rows)]
        return list(parts[0]) if len(parts) == 1 else list(map(",".join, zip(*parts, strict=True)))

    def texts(self, rows: slice = slice(None)) -> list[Sequence[str]]:
        """Return every column as texts, as they stand in a file."""
        columns: list[Sequence[str]] = []
        for width, texts in self._parts(rows):
            split = zip(*(text.split(",") for text in texts), strict=True) if width > 1 else [texts]
            columns += list(split) if len(texts) else [[]] * width
        return columns

    def frame(self, company_codes: Texts) -> pd.DataFrame:
        """Return a data frame of texts with the company code in front."""
        texts = dict(zip(self.names, self.texts(), strict=True))
        return pd.DataFrame({"company_code": company_codes[self.company], **texts}, dtype=object)

    def _parts(self, rows: slice) -> list[tuple[int, Sequence[str]]]:
        """Return how many columns each part covers and its texts, in contract order."""
        names = self.names
        spans = {key.split("..")[0]: key for key in self.columns if ".." in key}
        parts: list[tuple[int, Sequence[str]]] = []
        place = 0
        while place < len(names):
            key = spans.get(names[place])
            width = names.index(key.split("..")[1]) - place + 1 if key else 1
            if key:
                parts.append((width, self.columns[key][rows].tolist()))
            else:
                column = self.record.columns[place]
                parts.append((1, self._column_texts(column.name, column.type_name, rows)))
            place += width
        return parts

    def _column_texts(self, name: str, type_name: str, rows: slice) -> Sequence[str]:
        if name not in self.columns:
            return [""] * len(self.company[rows])
        values = self.columns[name][rows]
        if values.dtype == object:
            return values.tolist()
        if values.dtype == bool:
            return YES_NO[values.astype(np.int8)].tolist()
        match type_name:
            case "money":
                return yuan(values)
            case "rate":
                return percent(values)
        return integers(values)


@cache
def chinese_codes(code_list: str) -> dict[str, str]:
    """Return code -> Chinese name of a code list."""
    return code_names()[code_list]


def with_chinese_names(record: ContractRecord, rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Return the rows with every code replaced by its Chinese name."""
    lists = [chinese_codes(column.code_list) if column.code_list else None for column in record.columns]
    return [[names.get(cell, cell) if names else cell for names, cell in zip(lists, row, strict=True)] for row in rows]
