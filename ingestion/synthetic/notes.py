"""New notes (借据): amount, term, rate, method and security drawn by the mixture of domain sheet 9.3.

Flow: how much each company wants to lend in the window -> rows for the book of notes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.synthetic.calendar import Ints, add_months
from ingestion.synthetic.columns import running_numbers
from ingestion.synthetic.companies import PERSONS, WAN, Companies
from ingestion.synthetic.customers import DIRECTIONS, Customers
from ingestion.synthetic.reference import reference_rates

SECURITIES = np.array(["CREDIT", "GUARANTEE", "MORTGAGE", "PLEDGE"], dtype=object)
PRODUCTS = np.array(["CREDIT_LOAN", "GUARANTEED_LOAN", "MORTGAGE_LOAN", "PLEDGE_LOAN", "BILL_DISCOUNT"], dtype=object)
METHODS = np.array(["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8"], dtype=object)
DAY_COUNTS = np.array(["ACT_360", "ACT_365"], dtype=object)
BILL = 4
BULLET, MONTHLY, QUARTERLY, ANNUITY, EQUAL, AGREED, HALF_YEARLY, REVOLVING = range(8)
METHOD_SHARES = (0.32, 0.36, 0.1, 0.05, 0.06, 0.02, 0.03, 0.06)
SECURITY_SHARES = (0.08, 0.55, 0.30, 0.07)
JOINT_SHARE = 0.2
JOINT_SIZE = 4
TERM_SHARES = (0.10, 0.30, 0.55, 0.05)
TERM_MONTHS = ((1, 2, 3, 3), (4, 5, 6, 6), (8, 9, 10, 12, 12, 12), (15, 18, 24, 36))
SMALL_SHARES = (0.30, 0.15, 0.20, 0.35)
SMALL_WAN = ((2, 20), (21, 30), (31, 50))
BIG_MEDIAN_WAN, BIG_SIGMA = 66, 0.35
SETTLEMENT_DAYS = (10, 15, 20, 21)
OUTSIDE_SHARE, RENEWAL_CLASS = 0.005, 1
PRICES_BEFORE_LPR, PRICES_AFTER = (2.0, 3.0), (3.0, 3.95)


@dataclass(frozen=True)
class Wish:
    """What each company would lend in a window: how many notes, how much in total, in which window."""

    count: Ints
    total: Ints
    opened: Ints
    closed: Ints


@dataclass(frozen=True)
class Loans:
    """The bare new notes: who lends how much to whom and when, and when the window closes."""

    company: Ints
    customer: Ints
    amount: Ints
    start: Ints
    closed: Ints


def draw_notes(
    wish: Wish, companies: Companies, customers: Customers, draw: np.random.Generator
) -> dict[str, np.ndarray]:
    """Draw the new notes of all companies, cut to what each may lend in total."""
    company = np.repeat(np.arange(len(companies)), wish.count)
    amount = _amounts(company, wish, companies, draw)
    running, _ = running_numbers(company, len(companies))
    spent = np.cumsum(amount)
    before = spent - amount
    first = before[np.flatnonzero(running == 0)] if len(company) else spent
    owners = company[running == 0]
    base = np.zeros(len(companies), dtype=np.int64)
    base[owners] = first
    fits = spent - base[company] <= wish.total[company]
    company, amount = company[fits], amount[fits]
    span = (wish.closed - wish.opened)[company]
    start = wish.opened[company] + 1 + (draw.random(len(company)) * span).astype(np.int64)
    customer = customers.choose(company, 0.18, draw)
    return describe(Loans(company, customer, amount, start, wish.closed[company]), companies, customers, draw)


def _amounts(company: Ints, wish: Wish, companies: Companies, draw: np.random.Generator) -> Ints:
    """Draw amounts; the big ones are scaled so that each company's total comes near its wish."""
    count = len(company)
    bucket = draw.choice(4, count, p=SMALL_SHARES)
    wan = np.zeros(count)
    for number, (low, high) in enumerate(SMALL_WAN):
        wan = np.where(bucket == number, draw.integers(low, high + 1, count), wan)
    big = bucket == 3
    ideal = BIG_MEDIAN_WAN * np.exp(draw.normal(0, BIG_SIGMA, count))
    small_total = np.bincount(company, np.where(big, 0, wan), len(companies))
    big_total = np.bincount(company, np.where(big, ideal, 0), len(companies))
    scale = np.clip((wish.total / WAN - small_total) / np.maximum(big_total, 1), 0.8, 2.5)
    limit = np.maximum(companies.capital / WAN * 0.08, 51)
    wan = np.where(big, np.clip(np.floor(ideal * scale[company]), 51, limit[company]), wan)
    return (wan * WAN).astype(np.int64)


def describe(
    loans: Loans, companies: Companies, customers: Customers, draw: np.random.Generator, *, is_renewal: bool = False
) -> dict[str, np.ndarray]:
    """Give the notes everything else: term, rate, method, security and the attributes of their customers."""
    company, customer, start, count = loans.company, loans.customer, loans.start, len(loans.company)
    is_firm = customers.columns["is_firm"][customer]
    is_bill = companies.has_bills[company] & is_firm & (draw.random(count) < 0.08) & (not is_renewal)
    security = np.where(is_bill, 3, draw.choice(4, count, p=SECURITY_SHARES))
    term = np.where(is_bill, 6, _terms(count, draw))
    term = np.where(add_months(start, term) <= loans.closed, 2, term)  # a note never matures in its first window
    maturity = add_months(start, term) - np.where(
        (draw.random(count) < 0.1) & (term > 2), draw.integers(1, 6, count), 0
    )
    reference, is_lpr = reference_rates(start, maturity)
    method = np.where(is_bill | (term == 1), BULLET, draw.choice(8, count, p=METHOD_SHARES))
    method = np.where((method == QUARTERLY) & (term < 4) | (method == HALF_YEARLY) & (term < 9), MONTHLY, method)
    return {
        "term": term,
        "original_maturity": maturity,
        "maturity": maturity,
        "reference": reference,
        "is_lpr": is_lpr,
        "rate": _prices(reference, is_lpr, draw),
        "is_floating": draw.random(count) < 0.05,
        "markup": draw.choice([30, 40, 50], count),
        "method": method,
        "day_count": (draw.random(count) < 0.05).astype(np.int64),
        "settlement_day": draw.choice(SETTLEMENT_DAYS, count),
        "security": security,
        "product": np.where(is_bill, BILL, security),
        "joint": _joint_groups(company, security, is_firm, draw),
        "is_renewal": np.full(count, is_renewal),
        "is_outside": draw.random(count) < OUTSIDE_SHARE,
        "manager": (draw.random(count) * companies.managers[company]).astype(np.int64),
        "grip": draw.integers(0, 1 << 30, count),
        "guarantor": PERSONS - 1 - draw.integers(0, 4_000_000, count),
    } | _borrowed(loans, customers)


def _borrowed(loans: Loans, customers: Customers) -> dict[str, np.ndarray]:
    """Return who borrowed what, and the state of a note nothing has happened to yet."""
    kind = customers.columns["kind"][loans.customer]
    amount, nothing = loans.amount, np.zeros(len(kind), dtype=np.int64)
    return {
        "company": loans.company,
        "customer": loans.customer,
        "amount": amount,
        "start": loans.start,
        "kind": kind,
        "direction": DIRECTIONS[kind],
        "purpose": customers.columns["purpose"][loans.customer],
        "extensions": nothing,
        "is_restructured": np.zeros(len(kind), dtype=bool),
        "opening": nothing,
        "balance": amount,
        "owed": nothing,
        "accrued": nothing,
        "principal_since": nothing,
        "interest_since": nothing,
        "overdue_principal": nothing,
        "class5": nothing,
        "written_off_day": nothing,
        "last_due": loans.start,
    }


def _terms(count: int, draw: np.random.Generator) -> Ints:
    band = draw.choice(4, count, p=TERM_SHARES)
    pick = draw.integers(0, 12, count)
    term = np.zeros(count, dtype=np.int64)
    for number, months in enumerate(TERM_MONTHS):
        mask = band == number
        term[mask] = np.array(months)[pick[mask] % len(months)]
    return term


def _prices(reference: Ints, is_lpr: np.ndarray, draw: np.random.Generator) -> Ints:
    """Return the annual rate in 1/100 000 %, to two decimals of a percent and never above four times the reference."""
    count = len(reference)
    usual = np.where(is_lpr, draw.uniform(*PRICES_AFTER, count), draw.uniform(*PRICES_BEFORE_LPR, count))
    # A few good customers borrow near the reference rate, so that every band has its notes.
    multiple = np.where(draw.random(count) < 0.04, draw.choice([0.92, 1.0, 1.05, 1.2, 1.4, 1.8], count), usual)
    return np.where(multiple == 1.0, reference, np.ceil(reference * multiple / 1_000).astype(np.int64) * 1_000)


def _joint_groups(company: Ints, security: Ints, is_firm: np.ndarray, draw: np.random.Generator) -> Ints:
    """Return the number of the joint-liability group (联保小组) inside company and month, 0 for none."""
    is_joint = (security == 1) & ~is_firm & (draw.random(len(company)) < JOINT_SHARE * 1.35)
    groups = np.zeros(len(company), dtype=np.int64)
    chosen = np.flatnonzero(is_joint)
    running, _ = running_numbers(company[chosen], int(company.max()) + 1 if len(company) else 1)
    groups[chosen] = running // JOINT_SIZE + 1
    return groups
