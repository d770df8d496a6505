"""The synthetic province month by month: all companies at once, from years before the first reported month.

The state after a month depends on seed, number of companies and first month only, not on how many months follow.
Flow: :func:`province_months` -> :class:`ProvinceMonth` (records as data frames, CSV lines, rows).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd

from ingestion.contract import load_contract
from ingestion.synthetic import ledger as books
from ingestion.synthetic.accrual import GENERAL_PERCENT
from ingestion.synthetic.book import Book, BookMonth
from ingestion.synthetic.calendar import Ints, as_date, closing_days, first_days, month_index
from ingestion.synthetic.columns import sums
from ingestion.synthetic.companies import Companies, make_companies
from ingestion.synthetic.customers import Customers
from ingestion.synthetic.events import RECOVERY, SALE, WRITE_OFF
from ingestion.synthetic.notes import BILL
from ingestion.synthetic.payments import ASSET
from ingestion.synthetic.records import MonthState, lending_records
from ingestion.synthetic.side_records import side_records
from ingestion.synthetic.sidelines import FUNDING_ACCOUNTS, ForeclosedAssets, Funding, Guarantees
from ingestion.synthetic.tables import RecordTable

WARM_UP = 26  # months simulated before the first one, so that the first books look lived in
SALE_PRICE_PERCENT, DISPOSAL_PRICE_PERCENT = 60, 95
OLD_TURNOVER = 3  # what a running company had lent before the simulation began, in multiples of its capital


class ProvinceMonth(Mapping[str, pd.DataFrame]):
    """One month of the whole province: record name -> data frame of texts with ``company_code`` in front."""

    def __init__(
        self, month: date, companies: Companies, reporting: np.ndarray, tables: dict[str, RecordTable]
    ) -> None:
        self.month = month
        self.companies = companies
        self.reporting = np.flatnonzero(reporting)
        self.tables = tables

    def __getitem__(self, record: str) -> pd.DataFrame:
        return self.tables[record].frame(self.companies.code)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


class Province:
    """Companies with everything that changes by month."""

    def __init__(self, count: int, first_month: date, seed: int, size: float = 1.0) -> None:
        self.first, self.seed = month_index(first_month), seed
        self.month = self.first - WARM_UP - 1
        self.companies = make_companies(count, self.first, seed, size)
        draw = np.random.default_rng([seed, 2])
        self.customers = Customers(self.companies)
        self.customers.fill_pools(draw)
        self.book = Book(self.companies, self.customers)
        self.funding = Funding(self.companies, draw)
        self.ledger = books.Ledger(self.companies, self.funding_accounts(), self.funding.closing)
        self.guarantees = Guarantees(self.companies, self.customers)
        self.assets = ForeclosedAssets(self.companies)
        self.provisions = np.zeros(count, dtype=np.int64)
        self.closed = closing_days(self.month, self.companies.closing_day)
        self.last_balance = np.zeros(count, dtype=np.int64)
        old = np.where(self.companies.later == 0, self.companies.capital * OLD_TURNOVER, 0)
        self.book.cumulative_amount[:2] = old
        self.book.cumulative_count[:2] = (old // (self.companies.capital // 200 + 1),) * 2

    def funding_accounts(self) -> np.ndarray:
        """Return the ledger account of each company's borrowed funds."""
        return FUNDING_ACCOUNTS[self.funding.source]

    def advance(self) -> MonthState:
        """Simulate the next month."""
        self.month += 1
        firms, draw = self.companies, np.random.default_rng([self.seed, 3, self.month])
        opening_month = self.first + firms.later
        opens_now = (firms.later > 0) & (opening_month == self.month)
        age = np.where(firms.later > 0, self.month - opening_month, 999)
        opened = np.where(opens_now, firms.opened - 1, self.closed)
        closed = closing_days(self.month, firms.closing_day)
        opened = np.where(age < 0, closed - 1, opened)
        self.last_balance = self.book.balances()
        self.ledger.begin(self.month % 12 == 0)
        books.open_companies(self.ledger, opens_now)
        before = self.book.cumulative_amount.copy(), self.book.cumulative_count.copy()
        means = np.maximum(self.ledger.cash - firms.capital // 50, 0)
        done = self.book.advance(self.month, opened, closed, means, age, draw)
        text = f"{1970 + self.month // 12}{self.month % 12 + 1:02d}"
        fees = self.guarantees.advance(opened, closed, age >= 0, text, draw)
        self.assets.advance(_taken(done, draw), closed, draw)
        self._post(done, fees, closed - opened)
        self.funding.advance(self.ledger.cash, closed)
        self.ledger.post_debt(self.funding.increase - self.funding.decrease)
        self.closed = closed
        return MonthState(
            month=self.month,
            opened=opened,
            closed=closed,
            reporting=age >= 0,
            done=done,
            trial=self.ledger.close(),
            expense=self.expense,
            before=before,
            last_balance=self.last_balance,
            is_first=(self.month == self.first) & (firms.later == 0),
            companies=firms,
            customers=self.customers,
            guarantees=self.guarantees.items,
            assets=self.assets.items,
            funding=self.funding,
        )

    def _post(self, done: BookMonth, fees: Ints, days: Ints) -> None:
        """Book the month: lending, collection, interest, losses, costs, provisions, tax."""
        ledger, events, size = self.ledger, done.events, len(self.companies)
        is_bill = done.notes["product"][events["note"]] == BILL

        def total(chosen: np.ndarray, name: str = "principal") -> Ints:
            return sums(events["company"][chosen], events[name][chosen], size)

        flow = np.where(events["type"] == 0, events["principal"], 0)
        events["granted"] = flow
        for account, mine in (("1303", ~is_bill), ("1301", is_bill)):
            ledger.post(account, "1002", total(mine & (events["type"] == 0)))
            ledger.post("1002", account, total(mine & (events["type"] == 1) & (events["repay"] != ASSET)))
        ledger.post("1441", "1303", total(events["repay"] == ASSET))
        ledger.post("1304", "1303", total(events["type"] == WRITE_OFF))
        sold = total(events["type"] == SALE)
        price = sold * SALE_PRICE_PERCENT // 100
        ledger.post("1002", "1303", price)
        ledger.post("1304", "1303", sold - price)
        ledger.post("1002", "1304", total(events["type"] == RECOVERY))
        everything = np.ones(len(events["company"]), dtype=bool)
        penalty, paid = total(everything, "penalty"), total(everything, "interest")
        income = sums(done.notes["company"], done.money.income, size)
        ledger.post("1132", "6011", income - penalty)
        ledger.post("1002", "1132", paid)
        ledger.post("1002", "6011", penalty)
        ledger.post("1002", "6021", fees)
        self._post_assets()
        books.appropriate(ledger, self.month)
        debt_interest = self.funding.closing * self.funding.rate * days // 3_600_000_000
        self.expense = books.run_costs(ledger, self.month, income, debt_interest)
        general = ledger.net_loans() * GENERAL_PERCENT // 100
        wanted = general + sums(done.notes["company"], done.money.provision, size)
        ledger.post("6701", "1304", wanted + ledger.balance[books.PLACE["1304"]])
        books.tax_profit(ledger)

    def _post_assets(self) -> None:
        """Book disposals and impairment of foreclosed assets."""
        if not len(self.assets.items):
            return
        ledger, book = self.ledger, self.assets.by_company("decrease")
        price = book * DISPOSAL_PRICE_PERCENT // 100
        ledger.post("1002", "1441", price)
        ledger.post("6711", "1441", book - price)
        change = self.assets.by_company("impairment") + ledger.balance[books.PLACE["1442"]]
        ledger.post("6701", "1442", change)


def _taken(done: BookMonth, draw: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the foreclosed assets of the month's events."""
    rows = np.flatnonzero(done.events["repay"] == ASSET)
    note = done.events["note"][rows]
    return {
        "company": done.events["company"][rows],
        "note_no": done.notes["note_no"][note],
        "asset_no": np.array(["DZ" + text[2:] for text in done.notes["note_no"][note]], dtype=object),
        "asset_kind": draw.choice(np.array(["HOUSE", "LAND", "MACHINERY"], dtype=object), len(rows)),
        "taken": done.events["day"][rows],
        "increase": done.events["principal"][rows],
    }


def build_records(state: MonthState) -> dict[str, RecordTable]:
    """Return every record of the month by name, in the order of the contract."""
    built = {table.record.name: table for table in lending_records(state) + side_records(state)}
    return {record.name: built[record.name] for record in load_contract().records if record.name in built}


def province_months(
    companies: int, first_month: date, months: int, seed: int, size: float = 1.0
) -> Iterator[ProvinceMonth]:
    """Yield the months of a province in order; ``size`` scales notes and capital of each company."""
    province = Province(companies, first_month, seed, size)
    for number in range(WARM_UP + months):
        state = province.advance()
        if number >= WARM_UP:
            label = as_date(int(first_days(np.array([state.month]))[0]))
            yield ProvinceMonth(label, province.companies, state.reporting, build_records(state))
        province.book.forget()
