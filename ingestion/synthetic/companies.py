"""The companies of the synthetic province: place, size, habits. Calibrated to domain sheet 9.3.

Does not hold anything that changes by month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from ingestion.synthetic import identity
from ingestion.synthetic.calendar import MONTH_END, Ints, Texts, first_days, month_index
from ingestion.synthetic.reference import CITY_WEIGHTS, counties

FEN = 100
WAN = 10_000 * FEN
ZONES = ("苏南", "苏中", "苏北")
MEDIAN_CAPITAL_WAN = np.array([13_000, 9_000, 7_000])
FLOOR_CAPITAL_WAN = np.array([5_000, 3_000, 2_000])
CAPITAL_SIGMA = 0.5
NEW_NOTES = 45.0  # a month, for a company of median size
LATER_SHARE = 0.02  # companies that open after the first month
FIRST_OPENING = month_index(date(2008, 6, 1))
PERSONS, FIRMS, STAFF, OWNERS = 10_000_000, 20_000_000, 12_000_000, 13_000_000  # ranges of identity numbers


@dataclass(frozen=True)
class Companies:
    """All companies as columns; money in fen, days as day numbers.

    ``later`` counts the months from the first one to the opening; 0 is a company already running.
    """

    code: Texts
    name: Texts
    county: Ints
    county_name: Texts
    zone: Ints
    capital: Ints
    opened: Ints
    later: Ints
    closing_day: Ints
    representative: Texts
    telephone: Texts
    new_notes: np.ndarray
    pool: Ints
    loan_ratio: np.ndarray
    trouble: np.ndarray
    cost_ratio: np.ndarray
    employees: Ints
    managers: Ints
    branches: Ints
    has_bills: np.ndarray
    has_guarantees: np.ndarray

    def __len__(self) -> int:
        return len(self.code)


def make_companies(count: int, first_month: int, seed: int, size: float) -> Companies:
    """Draw ``count`` companies; ``size`` scales the number of notes and the capital of each."""
    draw = np.random.default_rng([seed, 1])
    county = _places(count, draw)
    regions = counties()
    zone = np.array([ZONES.index(regions[place].zone) for place in county])
    name = np.array([regions[place].name for place in county], dtype=object)
    numbers = np.arange(count)
    capital_wan = MEDIAN_CAPITAL_WAN[zone] * np.exp(draw.normal(0, CAPITAL_SIGMA, count))
    capital_wan = np.maximum(np.round(np.maximum(capital_wan, FLOOR_CAPITAL_WAN[zone]) * size, -2), 500)
    weight = (capital_wan / size / 10_000) ** 0.4
    new_notes = NEW_NOTES * size * weight * np.exp(draw.normal(0, 0.12, count))
    later = np.where(draw.random(count) < LATER_SHARE, draw.integers(2, 18, count), 0)
    opened_month = np.where(
        later > 0, first_month + later, draw.integers(FIRST_OPENING, max(first_month - 30, FIRST_OPENING + 1), count)
    )
    employees = np.clip(np.round(9.3 * weight + draw.normal(0, 1.6, count)), 6, 15).astype(np.int64)
    return Companies(
        code=_codes(county),
        name=identity.firm_names(numbers + seed * 1_009, name, np.full(count, "农村小额贷款有限公司", dtype=object)),
        county=np.array([int(regions[place].code) for place in county]),
        county_name=name,
        zone=zone,
        capital=(capital_wan * WAN).astype(np.int64),
        opened=first_days(opened_month) + draw.integers(0, 20, count),
        later=later,
        closing_day=draw.choice([MONTH_END, 25, 20], count, p=[0.85, 0.1, 0.05]).astype(np.int64),
        representative=identity.person_names(numbers + OWNERS),
        telephone=identity.telephones(numbers + OWNERS),
        new_notes=new_notes,
        pool=np.clip(new_notes * draw.uniform(4.5, 8.5, count), 6, None).astype(np.int64),
        loan_ratio=np.clip(draw.normal(1.2, 0.2, count), 0.7, 1.6),
        trouble=_trouble(count, draw),
        cost_ratio=draw.uniform(0.28, 0.38, count),
        employees=employees,
        managers=np.maximum(employees // 3, 2),
        branches=np.where(draw.random(count) < 0.1, draw.integers(1, 3, count), 0),
        has_bills=draw.random(count) < 0.08,
        has_guarantees=draw.random(count) < 0.25,
    )


def _places(count: int, draw: np.random.Generator) -> Ints:
    """Spread the companies over the cities by weight, then at random over the counties of the city."""
    regions = counties()
    cities = list(CITY_WEIGHTS)
    edges = np.cumsum(list(CITY_WEIGHTS.values())) / sum(CITY_WEIGHTS.values())
    chosen = np.searchsorted(edges, (np.arange(count) + 0.5) / count)
    own = [[place for place, county in enumerate(regions) if county.city == city] for city in cities]
    return np.array([own[city][int(draw.integers(len(own[city])))] for city in chosen], dtype=np.int64)


def _codes(county: Ints) -> Texts:
    """Number the companies inside each county: county code and a running number."""
    regions, seen, codes = counties(), dict[int, int](), []
    for place in county.tolist():
        seen[place] = seen.get(place, 0) + 1
        codes.append(f"{regions[place].code}{seen[place]:03d}")
    return np.array(codes, dtype=object)


def _trouble(count: int, draw: np.random.Generator) -> np.ndarray:
    """Return how often the notes of each company go bad against the average; one company in twenty is a bad one."""
    usual = np.exp(draw.normal(-0.1, 0.45, count))
    return np.where(draw.random(count) < 0.05, draw.uniform(4.0, 7.0, count), usual)
