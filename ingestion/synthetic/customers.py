"""Customers (客户) of the synthetic province: eight kinds that decide type, direction, purpose, industry (0.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ingestion.synthetic import identity
from ingestion.synthetic.calendar import Ints
from ingestion.synthetic.columns import Columns, running_numbers
from ingestion.synthetic.companies import FIRMS, PERSONS, Companies
from ingestion.synthetic.tables import YES_NO, joined, number_texts

SHARED_IDENTITY = 0.03  # customers who also borrow elsewhere
NEIGHBOUR = 97  # an identity number that far back belongs to another company


@dataclass(frozen=True)
class Kind:
    """A kind of borrower; the lists are drawn from with equal chance."""

    share: float
    direction: str
    firm_share: float
    person_type: str
    industries: tuple[str, ...]
    purposes: tuple[str, ...]
    agri_firm: str
    agri_person: str
    trade: str


KINDS = (
    Kind(0.48, "FARM_HOUSEHOLD", 0, "FARMER", ("A01", "A03", "A04", "H51"), ("AGRICULTURE", "COMMERCE"), "", "A1", ""),
    Kind(
        0.05, "COOPERATIVE", 1, "", ("A01", "A03", "A05"), ("AGRICULTURE", "AGRI_SUPPORT"), "B1", "", "农民专业合作社"
    ),
    Kind(0.04, "LEADING_ENTERPRISE", 1, "", ("C13", "C14"), ("AGRI_SUPPORT",), "B2", "", "农产品加工有限公司"),
    Kind(0.15, "OTHER_AGRI", 0.6, "URBAN", ("A01", "A02", "F51"), ("AGRI_SUPPORT",), "B2", "D", "农资有限公司"),
    Kind(0.08, "INDUSTRY", 1, "", ("C17", "C33", "C34", "C38"), ("INDUSTRIAL",), "B3", "", "机械制造有限公司"),
    Kind(0.09, "INDIVIDUAL_BUSINESS", 0, "SMALL_BUSINESS", ("F52", "H62", "O80"), ("COMMERCE",), "", "NONE", ""),
    Kind(
        0.07,
        "OTHER_BUSINESS",
        0.8,
        "URBAN",
        ("F51", "G54", "E48"),
        ("COMMERCE", "CONSTRUCTION"),
        "NONE",
        "NONE",
        "贸易有限公司",
    ),
    Kind(0.04, "OTHER", 0, "URBAN", ("",), ("CONSUMPTION",), "", "NONE", ""),
)
SHARES = np.array([kind.share for kind in KINDS])
GRADES = np.array(["AAA", "AA", "A", "BBB", "BB", "B"], dtype=object)
SIZES = np.array(["MEDIUM", "SMALL", "MICRO"], dtype=object)


def _by_kind(name: str) -> np.ndarray:
    return np.array([getattr(kind, name) for kind in KINDS], dtype=object)


DIRECTIONS = _by_kind("direction")
FARMER, COOPERATIVE, LEADING, INDIVIDUAL = 0, 1, 2, 5
SPOKEN = ("type", "industry", "size", "grade", "representative", "telephone", "address")  # stand in the texts only


class Customers:
    """All customers that ever were, as columns, and each company's pool of those it lends to."""

    def __init__(self, companies: Companies) -> None:
        self.companies = companies
        self.columns = Columns()
        self.serial = np.zeros(len(companies), dtype=np.int64)
        self.pool_start = np.concatenate([[0], np.cumsum(companies.pool)])
        self.pool = np.zeros(int(self.pool_start[-1]), dtype=np.int64)

    def fill_pools(self, draw: np.random.Generator) -> None:
        """Give every company its first customers."""
        owner = np.repeat(np.arange(len(self.companies)), self.companies.pool)
        self.pool[:] = self.add(owner, draw)

    def choose(self, company: Ints, newcomer_share: float, draw: np.random.Generator) -> Ints:
        """Return a customer for each new note; a newcomer takes the place of a random customer of the pool."""
        slot = self.pool_start[company] + (draw.random(len(company)) * self.companies.pool[company]).astype(np.int64)
        fresh = np.flatnonzero(draw.random(len(company)) < newcomer_share)
        self.pool[slot[fresh]] = self.add(company[fresh], draw)
        return self.pool[slot]

    def add(self, company: Ints, draw: np.random.Generator) -> Ints:
        """Create one customer for each entry of ``company`` and return their numbers."""
        count, before = len(company), len(self.columns)
        kind = draw.choice(len(KINDS), count, p=SHARES)
        is_firm = draw.random(count) < _by_kind("firm_share")[kind].astype(float)
        running, home = self._identities(company, draw)
        rows = {
            "company": company,
            "kind": kind,
            "is_firm": is_firm,
            "serial": self._serials(company),
            **self._who(home, kind, is_firm, running),
            **self._what(kind, is_firm, draw),
        }
        rows |= _texts(rows, self.companies)
        self.columns.append({name: values for name, values in rows.items() if name not in SPOKEN})
        return np.arange(before, before + count)

    def _identities(self, company: Ints, draw: np.random.Generator) -> tuple[Ints, Ints]:
        """Return an identity number and the company whose place it shows; a few are those of another's customer."""
        running = np.arange(len(self.columns), len(self.columns) + len(company))
        owners = np.concatenate([self.columns["company"], company]) if len(self.columns) else company
        other = np.maximum(running - NEIGHBOUR, 0)
        is_shared = (draw.random(len(company)) < SHARED_IDENTITY) & (running > NEIGHBOUR) & (owners[other] != company)
        return np.where(is_shared, other, running), np.where(is_shared, owners[other], company)

    def _serials(self, company: Ints) -> Ints:
        rank, counts = running_numbers(company, len(self.serial))
        serials = self.serial[company] + rank + 1
        self.serial += counts
        return serials

    def _who(self, company: Ints, kind: Ints, is_firm: np.ndarray, running: Ints) -> dict[str, np.ndarray]:
        county, place = self.companies.county[company], self.companies.county_name[company]
        person, firm = running + PERSONS, running + FIRMS
        return {
            "name": np.where(
                is_firm,
                identity.firm_names(firm, place, _by_kind("trade")[kind]),
                identity.person_names(person),
            ),
            "id_number": np.where(
                is_firm, identity.credit_codes(firm, county, kind == 1), identity.resident_ids(person, county)
            ),
            "representative": np.where(is_firm, identity.person_names(firm), ""),
            "telephone": identity.telephones(person),
            "address": identity.addresses(person, place),
        }

    def _what(self, kind: Ints, is_firm: np.ndarray, draw: np.random.Generator) -> dict[str, np.ndarray]:
        count = len(kind)
        size = SIZES[draw.choice(3, count, p=[0.25, 0.5, 0.25])]
        firm_type = np.where((size == "MEDIUM") & (kind != 1), "COMPANY", "SMALL_BUSINESS")
        pick = draw.integers(0, 12, count)
        return {
            "type": np.where(is_firm, firm_type, _by_kind("person_type")[kind]),
            "industry": _pick("industries", kind, pick),
            "purpose": _pick("purposes", kind, pick),
            "agri": np.where(
                is_firm, _by_kind("agri_firm")[kind], _agri_of_persons(kind, _pick("purposes", kind, pick))
            ),
            "size": np.where(is_firm, size, ""),
            "grade": GRADES[draw.choice(6, count, p=[0.05, 0.15, 0.35, 0.25, 0.15, 0.05])],
        }


def _texts(rows: dict[str, np.ndarray], companies: Companies) -> dict[str, np.ndarray]:
    """Return the parts of the customer's CSV line before and after the certificate's date."""
    kind, count = rows["kind"], len(rows["kind"])
    flags = [YES_NO[(kind == number).astype(np.int8)] for number in (FARMER, COOPERATIVE, LEADING)]
    id_type = np.where(rows["is_firm"], "CREDIT_CODE", "RESIDENT_ID")
    county = companies.county[rows["company"]].astype(str)
    numbers = number_texts("K", rows["serial"])
    head: list[Iterable[str]] = [numbers, rows["name"], rows["type"], id_type, rows["id_number"], county, *flags]
    business = YES_NO[(kind == INDIVIDUAL).astype(np.int8)]
    nothing, no = [""] * count, ["否"] * count
    who: list[Iterable[str]] = [
        rows["size"],
        rows["representative"],
        nothing,
        no,
        rows["grade"],
        rows["telephone"],
        rows["address"],
    ]
    return {"text_head": joined(head), "text_tail": joined([business, rows["industry"], *who])}


def _pick(name: str, kind: Ints, pick: Ints) -> np.ndarray:
    chosen = np.empty(len(kind), dtype=object)
    for number, entry in enumerate(KINDS):
        options = np.array(getattr(entry, name), dtype=object)
        mask = kind == number
        chosen[mask] = options[pick[mask] % len(options)]
    return chosen


def _agri_of_persons(kind: Ints, purpose: np.ndarray) -> np.ndarray:
    classes = _by_kind("agri_person")[kind]
    return np.where((kind == 0) & (purpose == "COMMERCE"), "A2", classes)
