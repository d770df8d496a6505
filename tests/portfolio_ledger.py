"""A small double-entry ledger (科目余额表) for the random portfolios: always balanced, otherwise arbitrary.

Sub-accounts carry a dot (``1303.01``); the part before it is the standard account.
"""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)
NAMES = {"1": "资产", "2": "负债", "4": "权益", "6": "损益"}
BOTH_SIDES = Decimal("777.77")  # an account that shows a debit and a credit balance at once
MONTHLY = (
    ("1002.01", "6021", 3_000),
    ("6421", "1002.01", 500),
    ("1002.02", "6051", 2_000),
    ("6402", "1002.02", 900),
    ("6403", "2221", 800),
    ("2231", "1002.01", 700),
    ("6411", "2231", 4_000),
    ("1002.01", "6111", 1_500),
    ("1002.01", "6301", 1_200),
    ("6711", "1001", 1_100),
    ("6601", "2211", 9_000),
    ("2211", "1002.01", 8_000),
    ("6701", "1304", 12_000),
    ("6801", "2221", 2_500),
    ("6901", "2241", 600),
    ("1002.01", "2001", 300_000),
    ("2001", "1002.01", 150_000),
    ("1002.01", "2003", 90_000),
    ("1002.02", "2501", 120_000),
    ("1002.02", "2502", 60_000),
    ("1511", "1002.01", 40_000),
    ("1601", "1002.01", 20_000),
    ("6601", "1602", 300),
    ("4104", "2232", 5_000),
)


class Ledger:
    """Balances by account, debit positive; one month open at a time."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.opening: dict[str, Decimal] = defaultdict(Decimal)
        self.debit: dict[str, Decimal] = defaultdict(Decimal)
        self.credit: dict[str, Decimal] = defaultdict(Decimal)

    def bring_along(self, balances: dict[str, Decimal]) -> None:
        """Take over balances from before the first month; the paid-in capital absorbs the difference."""
        self.opening.update(balances)
        self.opening["4001"] -= sum(self.opening.values(), ZERO)

    def post(self, debit: str, credit: str, amount: Decimal) -> None:
        """Book ``amount``; a negative amount is booked the other way round."""
        if amount < 0:
            debit, credit, amount = credit, debit, -amount
        self.debit[debit] += amount
        self.credit[credit] += amount

    def live_a_month(self) -> None:
        """Book a random choice of everyday entries."""
        for debit, credit, size in MONTHLY:
            if self.rng.random() < 0.6:
                self.post(debit, credit, Decimal(self.rng.randint(1, size * 100)) / 100)

    def close(self) -> list[dict[str, Any]]:
        """Return the month's trial balance before any year-end transfer, and open the next month."""
        accounts = sorted({*self.opening, *self.debit, *self.credit, "1221"})
        rows = [self._row(account) for account in accounts]
        self.opening = defaultdict(Decimal, {account: self.balance(account) for account in accounts})
        self.debit.clear()
        self.credit.clear()
        return rows

    def open_year(self) -> None:
        """Transfer the profit and loss of the closed year to 4104 (利润分配)."""
        for account in [account for account in self.opening if account.startswith("6")]:
            self.opening["4104"] += self.opening.pop(account)

    def balance(self, account: str) -> Decimal:
        return self.opening[account] + self.debit[account] - self.credit[account]

    def _row(self, account: str) -> dict[str, Any]:
        row: dict[str, Any] = {
            "account_code": account,
            "account_name": NAMES[account[0]] + account,
            "standard_account_code": account.split(".")[0],
            "period_debit_yuan": self.debit[account],
            "period_credit_yuan": self.credit[account],
        }
        extra = BOTH_SIDES if account == "1221" else ZERO
        for when, balance in (("opening", self.opening[account]), ("closing", self.balance(account))):
            row[f"{when}_debit_yuan"] = max(balance, ZERO) + extra
            row[f"{when}_credit_yuan"] = max(-balance, ZERO) + extra
        return row
