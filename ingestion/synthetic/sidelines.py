"""What a company has beside its loans: guarantees issued, foreclosed assets, borrowed funds.

Each keeps opening, increase, decrease and closing of the window; the ledger takes its amounts from here.
"""

from __future__ import annotations

import numpy as np

from ingestion.synthetic.calendar import Ints, add_months
from ingestion.synthetic.columns import Columns, running_numbers, sums
from ingestion.synthetic.companies import WAN, Companies
from ingestion.synthetic.customers import Customers

FEE_PERCENT = 2
GUARANTEES_A_MONTH = 1.5
DISPOSED_SHARE = 0.06
IMPAIRED_AFTER_DAYS, IMPAIRMENT_PERCENT = 365, 10
FUNDING_ACCOUNTS = np.array(["2001", "2003", "2501", "2502"], dtype=object)
FUNDING_SOURCES = np.array(["BANK", "MICROLOAN_COMPANY", "SHAREHOLDER", "BOND"], dtype=object)
FUNDING_RATES = np.array([600_000, 800_000, 750_000, 700_000])
FUNDING_SHARES = (0.6, 0.15, 0.2, 0.05)
FIRST_DEBT = 0.15
LOW_CASH, HIGH_CASH = 0.03, 0.2  # of capital: below it a company borrows, above it repays


def _rolled(items: Columns) -> None:
    """Begin a month: last closing becomes opening, what was gone is dropped."""
    items.keep(items["closing"] > 0)
    items["opening"] = items["closing"].copy()
    items["increase"] = np.zeros(len(items), dtype=np.int64)
    items["decrease"] = np.zeros(len(items), dtype=np.int64)


class Guarantees:
    """Guarantees issued (担保业务), off balance."""

    def __init__(self, companies: Companies, customers: Customers) -> None:
        self.companies, self.customers, self.items = companies, customers, Columns()

    def advance(self, opened: Ints, closed: Ints, lends: np.ndarray, month: str, draw: np.random.Generator) -> Ints:
        """Release what ended, issue new ones; returns the fees taken by company in fen."""
        if len(self.items):
            _rolled(self.items)
            ended = self.items["end"] <= closed[self.items["company"]]
            self.items["decrease"] = np.where(ended, self.items["opening"], 0)
        count = draw.poisson(np.where(self.companies.has_guarantees & lends, GUARANTEES_A_MONTH, 0.0))
        company = np.repeat(np.arange(len(self.companies)), count)
        start = opened[company] + 1 + (draw.random(len(company)) * (closed - opened)[company]).astype(np.int64)
        amount = draw.integers(20, 200, len(company)) * WAN
        running, _ = running_numbers(company, len(self.companies))
        self.items.append(
            {
                "company": company,
                "customer": self.customers.choose(company, 0.1, draw),
                "manager": (draw.random(len(company)) * self.companies.managers[company]).astype(np.int64),
                "item_no": np.array([f"DB{month}{number + 1:03d}" for number in running.tolist()], dtype=object),
                "amount": amount,
                "start": start,
                "end": add_months(start, draw.choice([3, 6, 12], len(company))),
                "opening": np.zeros(len(company), dtype=np.int64),
                "increase": amount,
                "decrease": np.zeros(len(company), dtype=np.int64),
                "closing": amount,
            }
        )
        self.items["closing"] = self.items["opening"] + self.items["increase"] - self.items["decrease"]
        return sums(self.items["company"], self.items["increase"] * FEE_PERCENT // 100, len(self.companies))


class ForeclosedAssets:
    """Foreclosed assets (抵债资产): taken instead of money, written down with age, sold."""

    def __init__(self, companies: Companies) -> None:
        self.companies, self.items = companies, Columns()

    def advance(self, taken: dict[str, np.ndarray], closed: Ints, draw: np.random.Generator) -> None:
        """Take the assets of this month's events over and sell a few old ones."""
        if len(self.items):
            _rolled(self.items)
            sold = draw.random(len(self.items)) < DISPOSED_SHARE
            self.items["decrease"] = np.where(sold, self.items["opening"], 0)
            self.items["impairment_before"] = self.items["impairment"].copy()
        count = len(taken["company"])
        nothing = np.zeros(count, dtype=np.int64)
        self.items.append(
            {
                **taken,
                "opening": nothing,
                "decrease": nothing,
                "closing": taken["increase"],
                "impairment": nothing,
                "impairment_before": nothing,
            }
        )
        items = self.items
        items["closing"] = items["opening"] + items["increase"] - items["decrease"]
        old = closed[items["company"]] - items["taken"] > IMPAIRED_AFTER_DAYS
        items["impairment"] = np.where(old, items["closing"] * IMPAIRMENT_PERCENT // 100, 0)

    def by_company(self, name: str) -> Ints:
        """Return the sum of a column by company."""
        return sums(self.items["company"], self.items[name], len(self.companies))


class Funding:
    """Borrowed funds (融资): one line a company, drawn when cash is short and repaid when it is plenty."""

    def __init__(self, companies: Companies, draw: np.random.Generator) -> None:
        count = len(companies)
        self.companies = companies
        self.source = draw.choice(4, count, p=FUNDING_SHARES)
        self.rate = FUNDING_RATES[self.source] + draw.integers(-50, 51, count) * 1_000
        self.number = np.ones(count, dtype=np.int64)
        self.start = companies.opened + 200
        self.opening = np.zeros(count, dtype=np.int64)
        self.increase = np.zeros(count, dtype=np.int64)
        self.decrease = np.zeros(count, dtype=np.int64)
        self.closing = (companies.capital * FIRST_DEBT * (companies.later == 0)).astype(np.int64) // WAN * WAN

    def advance(self, cash: Ints, closed: Ints) -> None:
        """Borrow up to a safe amount of cash or repay what is plenty; ``cash`` is the bank balance before that."""
        self.opening = self.closing
        low = (self.companies.capital * LOW_CASH).astype(np.int64)
        high = (self.companies.capital * HIGH_CASH).astype(np.int64)
        self.increase = np.where(cash < low, (low - cash) // WAN * WAN + WAN, 0)
        self.decrease = np.where(cash > high, np.minimum((cash - high) // WAN * WAN, self.opening), 0)
        again = (self.opening == 0) & (self.increase > 0)
        self.number += again
        self.start = np.where(again, closed, self.start)
        self.closing = self.opening + self.increase - self.decrease
