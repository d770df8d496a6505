"""Notes (借据), customers and guarantees of the random portfolios: attributes on every edge the tables know."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.oracle.book import Reference
from tests.oracle.notes import plus_months, reference_rate

Row = dict[str, Any]

YUAN_EDGES = (200_000, 300_000, 500_000)
YUAN = (Decimal("0.01"), Decimal(50_000), Decimal(300_001), Decimal(400_000), Decimal("1234567.89"))
AMOUNTS = [*YUAN, *[Decimal(edge) + Decimal(fen) / 100 for edge in YUAN_EDGES for fen in (-1, 0, 1)]]
TERMS = [(1, 0), (24, 0), *[(months, days) for months in (3, 6, 12, 36, 60) for days in (-1, 0, 1)]]
RATIO_EDGES = ("0.9", "1", "1.1", "1.3", "1.5", "2", "4")
SHIFTS = ("-0.0001", "-0.00006", "-0.00004", "0", "0", "0", "0.00004", "0.00006", "0.07")
RATIOS = [Decimal(edge) + Decimal(shift) for edge in RATIO_EDGES for shift in SHIFTS]
LPR_FROM = date(2019, 8, 20)
SECURITY_PRODUCT = {
    "CREDIT": "CREDIT_LOAN",
    "GUARANTEE": "GUARANTEED_LOAN",
    "MORTGAGE": "MORTGAGE_LOAN",
    "PLEDGE": "PLEDGE_LOAN",
}
DIRECTIONS = {
    "COMPANY": ("COOPERATIVE", "LEADING_ENTERPRISE", "OTHER_AGRI", "INDUSTRY", "OTHER_BUSINESS"),
    "SMALL_BUSINESS": ("INDIVIDUAL_BUSINESS", "INDUSTRY", "OTHER_BUSINESS", "OTHER_AGRI"),
    "URBAN": ("OTHER", "OTHER_AGRI", "OTHER_BUSINESS"),
    "FARMER": ("FARM_HOUSEHOLD",),
}
CLASSES = ("NORMAL", "SPECIAL_MENTION", "SUBSTANDARD", "DOUBTFUL", "LOSS")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass
class Note:
    """A note and its state; ``bookings`` are its postings so far, for later reversal (冲正)."""

    row: Row
    account: str
    balance: Decimal = Decimal(0)
    class5: str = "NORMAL"
    written_off: Decimal = Decimal(0)
    bookings: list[Row] = field(default_factory=list)


def resident_id(county: str, number: int) -> str:
    """Return a valid identity card number (居民身份证)."""
    body = f"{county}1975{number % 12 + 1:02}{number % 28 + 1:02}{number % 1000:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11]


def credit_code(county: str, number: int) -> str:
    """Return a valid unified social credit code (统一社会信用代码)."""
    organisation = f"{number:08}"
    check = 11 - sum(int(d) * w for d, w in zip(organisation, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    body = "91" + county + organisation + {10: "X", 11: "0"}.get(check, str(check))
    total = sum(CREDIT_LETTERS.index(letter) * pow(3, index, 31) for index, letter in enumerate(body))
    return body + CREDIT_LETTERS[(31 - total % 31) % 31]


def make_customer(rng: random.Random, number: int, county: str) -> Row:
    """Return one customer; the four types take turns."""
    kind = ("FARMER", "COMPANY", "SMALL_BUSINESS", "URBAN")[number % 4]
    is_firm = kind == "COMPANY"
    return {
        "customer_no": f"K{number:03}",
        "customer_name": f"客户{number}",
        "customer_type": kind,
        "id_type": "CREDIT_CODE" if is_firm else "RESIDENT_ID",
        "id_number": credit_code(county, number) if is_firm else resident_id(county, number),
        "county_code": county,
        "is_farm_household": kind == "FARMER",
        "is_cooperative": False,
        "is_leading_enterprise": False,
        "is_individual_business": kind == "SMALL_BUSINESS" and rng.random() < 0.5,
        "industry_code": "C13" if is_firm else None,
        "enterprise_size": "MEDIUM" if is_firm else None,
        "is_related_party": False,
    }


def make_note(rng: random.Random, reference: Reference, number: int, customer: Row, day: date, manager: str) -> Note:
    """Return a note that starts on ``day`` with amount, term and rate on or beside an edge."""
    months, shift = rng.choice(TERMS)
    maturity = plus_months(day, months) + timedelta(days=shift)
    security = rng.choice(tuple(SECURITY_PRODUCT))
    is_bill = security == "PLEDGE" and rng.random() < 0.4
    row: Row = {
        "note_no": f"N{number:04}",
        "contract_no": f"C{number:04}",
        "customer_no": customer["customer_no"],
        "product_code": "BILL_DISCOUNT" if is_bill else SECURITY_PRODUCT[security],
        "manager_no": manager,
        "original_amount_yuan": rng.choice(AMOUNTS),
        "start_date": day,
        "original_maturity_date": maturity,
        "current_maturity_date": maturity,
        "rate_kind": rng.choice(("FIXED", "FIXED", "FLOATING")),
        "reference_rate_type": "LPR" if day >= LPR_FROM else "PBOC_BENCHMARK",
        "reference_rate_pct": None,
        "penalty_markup_pct": Decimal(50),
        "repay_method": "B8",
        "day_count": "ACT_360",
        "settlement_day": 20,
        "primary_security": security,
        "joint_group_no": f"G{number % 3}" if security == "GUARANTEE" and rng.random() < 0.4 else None,
        "direction_line": rng.choice(DIRECTIONS[customer["customer_type"]]),
        "purpose_code": "OTHER",
        "pboc_agri_class": "A2" if customer["customer_type"] == "FARMER" else "NONE",
        "extension_count": 0,
        "is_renewal": False,
        "is_restructured": False,
        "is_outside_territory": False,
    }
    price(row, reference_rate(reference, row), rng.choice(RATIOS))
    if row["rate_kind"] == "FIXED" and rng.random() < 0.5:
        row["reference_rate_pct"] = None
    account = "1301" if is_bill else f"1303.0{number % 2 + 1}"
    return Note(row, account)


def price(row: Row, reference: Decimal, ratio: Decimal) -> None:
    """Set the annual rate to ``ratio`` times the reference rate, five decimals."""
    row["reference_rate_pct"] = reference.quantize(Decimal("0.00001"))
    row["annual_rate_pct"] = (reference * ratio).quantize(Decimal("0.00001"))
