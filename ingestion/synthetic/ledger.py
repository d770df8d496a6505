"""The ledger of every company (domain sheet 7): double entry by month, in fen.

Balance-sheet accounts carry over; profit and loss accounts run through the year and pass to 4104 on 1 January.
Flow: amounts of the month -> postings -> trial balance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.synthetic.calendar import Ints
from ingestion.synthetic.companies import Companies

ACCOUNTS = (
    *("1001", "1002", "1132", "1301", "1303", "1304", "1441", "1442", "1601", "1602"),
    *("2001", "2003", "2211", "2221", "2231", "2501", "2502"),
    *("4001", "4101", "4102", "4103", "4104"),
    *("6011", "6021", "6301", "6403", "6411", "6601", "6701", "6711", "6801"),
)
PLACE = {code: place for place, code in enumerate(ACCOUNTS)}
IS_PROFIT_LOSS = np.array([code.startswith("6") for code in ACCOUNTS])
IS_EQUITY = np.array([code.startswith("4") for code in ACCOUNTS])
CASH_PERCENT, FIXED_PERCENT, RESERVE_PERCENT = 0.05, 3, 8
SURPLUS_PERCENT, RISK_RESERVE_PERCENT, DIVIDEND_PERCENT = 10, 2, 70
SURCHARGE_PER_MILLE, INCOME_TAX_PERCENT = 6, 25
PAYROLL_PERCENT, DEPRECIATION_PERCENT = 55, 4


@dataclass
class TrialBalance:
    """Opening, period and closing by account (rows) and company (columns); debit positive for the balances."""

    opening: Ints
    debit: Ints
    credit: Ints
    closing: Ints


class Ledger:
    """Account balances of all companies; debit positive."""

    def __init__(self, companies: Companies, debt_account: np.ndarray, debt: Ints) -> None:
        count = len(companies)
        self.companies, self.debt_account = companies, debt_account
        self.balance = np.zeros((len(ACCOUNTS), count), dtype=np.int64)
        self.opening = self.balance.copy()
        self.debit = np.zeros_like(self.balance)
        self.credit = np.zeros_like(self.balance)
        self.last_profit = np.zeros(count, dtype=np.int64)
        old = companies.later == 0
        capital = np.where(old, companies.capital, 0)
        fixed, cash = capital * FIXED_PERCENT // 100, np.where(old, 2_000_000, 0)
        reserve = capital * RESERVE_PERCENT // 100
        for code, amount in (("1601", fixed), ("1001", cash), ("4001", -capital), ("4101", -reserve)):
            self.balance[PLACE[code]] = amount
        for code in ("2001", "2003", "2501", "2502"):
            self.balance[PLACE[code]] = np.where(debt_account == code, -debt, 0)
        self.balance[PLACE["1002"]] = -self.balance.sum(axis=0)

    def begin(self, is_january: bool) -> None:
        """Open a month; in January last year's profit passes into 4104 and the yearly accounts start at zero."""
        if is_january:
            self.last_profit = -self.balance[IS_PROFIT_LOSS].sum(axis=0)
            self.balance[PLACE["4104"]] -= self.last_profit
            self.balance[IS_PROFIT_LOSS] = 0
        self.opening = self.balance.copy()
        self.debit = np.zeros_like(self.balance)
        self.credit = np.zeros_like(self.balance)

    def post(self, debit: str, credit: str, amount: Ints) -> None:
        """Book an amount by company; a negative one is booked the other way round."""
        for code, side, other in ((debit, self.debit, self.credit), (credit, self.credit, self.debit)):
            side[PLACE[code]] += np.maximum(amount, 0)
            other[PLACE[code]] += np.maximum(-amount, 0)
        self.balance[PLACE[debit]] += amount
        self.balance[PLACE[credit]] -= amount

    def post_debt(self, amount: Ints) -> None:
        """Book borrowed (positive) or repaid (negative) money on each company's own account of debt."""
        for code in ("2001", "2003", "2501", "2502"):
            mine = np.where(self.debt_account == code, amount, 0)
            self.post("1002", code, np.maximum(mine, 0))
            self.post(code, "1002", np.maximum(-mine, 0))

    def close(self) -> TrialBalance:
        """Return the month's trial balance."""
        return TrialBalance(self.opening, self.debit, self.credit, self.balance.copy())

    @property
    def cash(self) -> Ints:
        """Bank balance of every company."""
        return self.balance[PLACE["1002"]]

    def profit(self) -> Ints:
        """Return the profit of the year so far."""
        return -self.balance[IS_PROFIT_LOSS].sum(axis=0)

    def net_loans(self) -> Ints:
        """Return loans, bills included, before provisions."""
        return self.balance[PLACE["1303"]] + self.balance[PLACE["1301"]]


def open_companies(ledger: Ledger, opening_now: np.ndarray) -> None:
    """Pay in the capital of the companies that open in this month."""
    capital = np.where(opening_now, ledger.companies.capital, 0)
    ledger.post("1002", "4001", capital)
    ledger.post("1601", "1002", capital * FIXED_PERCENT // 100)


def appropriate(ledger: Ledger, month: int) -> None:
    """Appropriate last year's profit in January and pay a dividend in May."""
    gained = np.maximum(ledger.last_profit, 0)
    if month % 12 == 0:
        ledger.post("4104", "4101", gained * SURPLUS_PERCENT // 100)
        ledger.post("4104", "4102", gained * RISK_RESERVE_PERCENT // 100)
    if month % 12 == 4:
        able = np.maximum(ledger.cash - ledger.companies.capital // 50, 0)
        ledger.post("4104", "1002", np.minimum(gained * DIVIDEND_PERCENT // 100, able))


def run_costs(ledger: Ledger, month: int, income: Ints, debt_interest: Ints) -> Ints:
    """Book the costs of running the company and of its debt; returns the operating expense (6601)."""
    alive = ledger.balance[PLACE["4001"]] != 0
    basis = np.maximum(income, ledger.companies.capital // 150)
    expense = np.where(alive, (basis * ledger.companies.cost_ratio).astype(np.int64), 0)
    payroll, wear = expense * PAYROLL_PERCENT // 100, expense * DEPRECIATION_PERCENT // 100
    ledger.post("2211", "1002", np.maximum(-ledger.balance[PLACE["2211"]], 0))
    ledger.post("6601", "2211", payroll)
    ledger.post("6601", "1602", wear)
    ledger.post("6601", "1002", expense - payroll - wear)
    ledger.post("2231", "1002", np.maximum(-ledger.balance[PLACE["2231"]], 0))
    ledger.post("6411", "2231", debt_interest)
    if month % 3 == 0:
        ledger.post("2221", "1002", np.maximum(-ledger.balance[PLACE["2221"]], 0))
    ledger.post("6403", "2221", np.maximum(income, 0) * SURCHARGE_PER_MILLE // 1_000)
    return expense


def tax_profit(ledger: Ledger) -> None:
    """Bring the income tax of the year to its rate on the year's profit before tax."""
    charged = ledger.balance[PLACE["6801"]]
    wanted = np.maximum(ledger.profit() + charged, 0) * INCOME_TAX_PERCENT // 100
    ledger.post("6801", "2221", wanted - charged)
