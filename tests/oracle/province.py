"""All nine tables at every level: manager, company, county, city, zone, province (domain 0.4, 1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.amounts import business_status, flow_table
from tests.oracle.book import Book
from tests.oracle.customers import customer_counts
from tests.oracle.exposure import RECONCILED, Key, Member, add_up, customer_rows, ledger, whole_sheet
from tests.oracle.finance import finance
from tests.oracle.rates import rate_bands, with_ratios
from tests.oracle.units import Cells, History, Unit, history_of

ZONES = {"苏南": "ZONE_SN", "苏中": "ZONE_SZ", "苏北": "ZONE_SB"}
PROVINCE = "320000"
NAMES = {
    1: "rpt_01_business_status",
    2: "rpt_02_capital_finance",
    3: "rpt_03_granted",
    4: "rpt_04_collected",
    5: "rpt_05_customers",
    6: "rpt_06_rate_bands_granted",
    7: "rpt_07_rate_bands_balance",
    8: "rpt_08_customer_risk",
    9: "rpt_09_credit_reconciliation",
}

Org = tuple[str, str]  # org_level, org_code
Table = dict[tuple[Any, ...], dict[str, Any]]  # (month, org_level, org_code, line …) -> cells


@dataclass
class Tables:
    """The nine tables: number -> row key -> cells."""

    rows: dict[int, Table] = field(default_factory=lambda: defaultdict(dict))
    sheets: dict[tuple[int, date, Org], dict[Any, dict[str, Any]]] = field(default_factory=dict)

    def put(self, table: int, month: date, org: Org, lines: dict[Any, dict[str, Any]]) -> None:
        """Add lines of one printed table; a line is a code or (row kind, customer type, member)."""
        sheet = self.sheets.setdefault((table, month, org), {})
        for line, cells in lines.items():
            sheet[line] = cells
            self.rows[table][month, *org, *((line,) if isinstance(line, str) else line)] = cells

    def lines(self, table: int, month: date, org: Org) -> dict[Any, dict[str, Any]]:
        """Return the lines of one printed table."""
        return self.sheets.get((table, month, org), {})


def groups_of(book: Book, company: str, month: date) -> list[Org]:
    """Return the county, city, zone and province of a company on the closing date of ``month``."""
    county = book.registered(company, book.handed[company, month].closing_date)["county_code"]
    region = book.reference.regions[county]
    return [("county", county), ("city", region["parent"]), ("zone", ZONES[region["zone"]]), ("province", PROVINCE)]


def recompute(book: Book, months: Iterable[date] | None = None) -> Tables:
    """Recompute every table for ``months`` (all months there are) from the whole history."""
    history, tables = history_of(book), Tables()
    members: dict[Org, dict[date, list[str]]] = defaultdict(lambda: defaultdict(list))
    for month in book.months():
        for company in book.companies(month):
            for org in [("company", company), *groups_of(book, company, month)]:
                members[org][month].append(company)
    for month in months or book.months():
        for company in book.companies(month):
            _units(tables, history, company, month)
        for org, companies in members.items():
            if month in companies:
                tables.put(2, month, org, finance(history, companies, month))
                if org[0] != "company":
                    _group(tables, history, month, org, companies[month])
    return tables


def _units(tables: Tables, history: History, company: str, month: date) -> None:
    """Fill the tables of one company and of its managers, all but 表二."""
    whole = Unit(history, company)
    tables.put(5, month, ("company", company), customer_counts(whole, month))
    units = {("company", company): whole}
    units |= {("manager", f"{company}:{number}"): Unit(history, company, number) for number in whole.managers(month)}
    for org, unit in units.items():
        tables.put(1, month, org, business_status(unit, month))
        for table in (3, 4):
            tables.put(table, month, org, flow_table(unit, month, table))
        for table in (6, 7):
            tables.put(table, month, org, with_ratios(rate_bands(unit, month, table)))
        for table in (8, 9):
            tables.put(table, month, org, whole_sheet(customer_rows(unit, month, table), table))
        if org[0] == "company":
            _reconcile(tables, month, org, ledger(unit, month))


def _group(tables: Tables, history: History, month: date, org: Org, companies: list[str]) -> None:
    """Fill the tables of a county, city, zone or the province by adding up its companies."""
    for table in (1, 3, 4, 5):
        tables.put(table, month, org, _added(tables, table, month, companies))
    for table in (6, 7):
        tables.put(table, month, org, with_ratios(_added(tables, table, month, companies)))
    for table in (8, 9):
        sheet: dict[Key, Member] = {}
        for company in companies:
            sheet |= add_up(customer_rows(Unit(history, company), month, table), "company", company)
        tables.put(table, month, org, whole_sheet(sheet, table))
    _reconcile(tables, month, org, sum((ledger(Unit(history, company), month) for company in companies), Decimal(0)))


def _reconcile(tables: Tables, month: date, org: Org, control: Decimal) -> None:
    total = tables.lines(9, month, org).get(("total", "", ""), dict.fromkeys(RECONCILED, Decimal(0)))
    tables.put(9, month, org, {("total", "", ""): total})
    total["ledger_yuan"] = control
    total["difference_yuan"] = total["closing_yuan"] - control


def _added(tables: Tables, table: int, month: date, companies: list[str]) -> dict[str, Cells]:
    own = [tables.lines(table, month, ("company", company)) for company in companies]
    return {line: _sum(lines[line] for lines in own) for line in own[0]}


def _sum(rows: Iterable[Cells]) -> Cells:
    """Add up cell by cell; a cell that nobody has stays empty."""
    found: Cells = {}
    for row in rows:
        for name, value in row.items():
            so_far = found.get(name)
            found[name] = value if so_far is None else so_far if value is None else so_far + value
    return found
