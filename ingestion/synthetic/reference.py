"""Reference data of the province from the seeds: regions, city weights and reference rates (基准利率).

Flow: ``transform/seeds/*.csv`` -> arrays.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from common.settings import PROJECT_ROOT
from ingestion.synthetic.calendar import Ints, add_months, day_number

SEEDS = PROJECT_ROOT / "transform" / "seeds"
LPR_FROM = day_number(date(2019, 8, 20))
PBOC_TERMS = (6, 12, 36, 60)
LPR_TERMS = (60,)
CITY_WEIGHTS = {
    "320500": 95,
    "320100": 62,
    "320200": 62,
    "320600": 60,
    "320400": 48,
    "320300": 45,
    "320900": 45,
    "321000": 38,
    "320800": 36,
    "321200": 35,
    "320700": 32,
    "321100": 32,
    "321300": 30,
}


@dataclass(frozen=True)
class County:
    """A county-level division with its city and zone."""

    code: str
    name: str
    city: str
    zone: str


@cache
def counties() -> tuple[County, ...]:
    """Return the county-level divisions in force today."""
    with (SEEDS / "ref_regions.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["level"] == "county" and row["current"] == "1"]
    return tuple(County(row["code"], row["name"], row["parent"], row["zone"]) for row in rows)


@cache
def code_names() -> dict[str, dict[str, str]]:
    """Return the Chinese names of all codes, by code list."""
    names: dict[str, dict[str, str]] = {}
    with (SEEDS / "ref_code_lists.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            names.setdefault(row["code_list"], {})[row["code"]] = row["name_zh"]
    return names


@cache
def _rates(rate_type: str, lower: int) -> tuple[Ints, Ints]:
    """Return effective days and rates (in 1/100 000 of a percent) of one tenor, the one above ``lower`` months."""
    with (SEEDS / "ref_reference_rates.csv").open(encoding="utf-8") as stream:
        rows = [
            (day_number(date.fromisoformat(row["valid_from"])), round(float(row["annual_rate_pct"]) * 100_000))
            for row in csv.DictReader(stream)
            if row["rate_type"] == rate_type and int(row["term_months_above"]) == lower
        ]
    rows.sort()
    return np.array([day for day, _ in rows]), np.array([rate for _, rate in rows])


def reference_rates(starts: Ints, maturities: Ints) -> tuple[Ints, np.ndarray]:
    """Return the reference rate of each note in 1/100 000 of a percent, and whether it is an LPR (domain 3.7)."""
    is_lpr = starts >= LPR_FROM
    found = np.zeros(len(starts), dtype=np.int64)
    for rate_type, terms, chosen in (("PBOC_BENCHMARK", PBOC_TERMS, ~is_lpr), ("LPR", LPR_TERMS, is_lpr)):
        tenor = np.zeros(len(starts), dtype=np.int64)
        for upper in terms:
            tenor += maturities > add_months(starts, upper)
        for position, lower in enumerate((0, *terms)):
            days, rates = _rates(rate_type, lower)
            mask = chosen & (tenor == position)
            found[mask] = rates[np.maximum(np.searchsorted(days, starts[mask], side="right") - 1, 0)]
    return found, is_lpr
