"""Planted defects (domain sheet 9.3): what goes wrong in real files, done to a copy, with a key saying what and where.

Flow: CSV lines of one submission -> changed lines and a :class:`Defect`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from ingestion.contract import load_contract
from ingestion.synthetic.files import Lines

HEADER_ROWS = 1


@dataclass(frozen=True)
class Defect:
    """One planted defect; ``row`` counts as the submitter sees it (header = 1), ``rules`` may each report it."""

    company_code: str
    month: str
    kind: str
    file: str
    record: str
    row: int | None
    column: str | None
    value: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Planted:
    """Where a defect went: record, row, column and the value that now stands there."""

    record: str
    row: int | None
    column: str | None
    value: str


class Sheets:
    """The lines of a submission opened for changing single cells."""

    def __init__(self, lines: Lines, draw: np.random.Generator) -> None:
        self.lines = dict(lines)
        self.draw = draw

    def place(self, record: str, column: str) -> int:
        """Return the position of a column."""
        return [item.name for item in load_contract().record(record).columns].index(column)

    def cell(self, record: str, row: int, column: str) -> str:
        """Return a cell; ``row`` counts from 0 without the header."""
        return self.lines[record][row].split(",")[self.place(record, column)]

    def put(self, record: str, row: int, column: str, value: str) -> Planted:
        """Change a cell."""
        cells = self.lines[record][row].split(",")
        cells[self.place(record, column)] = value
        self.lines[record] = [*self.lines[record][:row], ",".join(cells), *self.lines[record][row + 1 :]]
        return Planted(record, row + 1 + HEADER_ROWS, column, value)

    def pick(self, record: str, column: str | None = None, *values: str) -> int:
        """Return a random row, one where ``column`` has one of ``values`` if given.

        Raises:
            LookupError: there is no such row.
        """
        rows = range(len(self.lines[record]))
        fitting = [row for row in rows if column is None or self.cell(record, row, column) in values]
        if not fitting:
            raise LookupError(f"{record}: {column} {values}")
        return fitting[int(self.draw.integers(len(fitting)))]


def _unit_declared(sheets: Sheets) -> Planted:
    return sheets.put("company_month", 0, "amount_unit", "万元")


def _unit_silent(sheets: Sheets) -> Planted:
    """Write every amount of the submission in 万元."""
    for record in load_contract().records:
        places = [place for place, column in enumerate(record.columns) if column.type_name == "money"]
        changed = []
        for line in sheets.lines.get(record.name, []):
            cells = line.split(",")
            for place in places:
                cells[place] = cells[place] and f"{Decimal(cells[place]) / 10_000:.2f}"
            changed.append(",".join(cells))
        sheets.lines[record.name] = changed
    return Planted("company_month", 2, "paid_in_capital_yuan", sheets.cell("company_month", 0, "paid_in_capital_yuan"))


def _check_digit(sheets: Sheets) -> Planted:
    row = sheets.pick("customers")
    number = sheets.cell("customers", row, "id_number")
    return sheets.put("customers", row, "id_number", number[:-1] + ("7" if number[-1] != "7" else "8"))


def _excel_number(sheets: Sheets) -> Planted:
    """Damage a resident ID the way a spreadsheet does: the last three digits become zeros."""
    row = sheets.pick("customers", "id_type", "RESIDENT_ID")
    return sheets.put("customers", row, "id_number", sheets.cell("customers", row, "id_number")[:15] + "000")


def _swapped_dates(sheets: Sheets) -> Planted:
    row = sheets.pick("notes")
    start, maturity = (sheets.cell("notes", row, name) for name in ("start_date", "original_maturity_date"))
    sheets.put("notes", row, "start_date", maturity)
    return sheets.put("notes", row, "original_maturity_date", start)


def _duplicate_note(sheets: Sheets) -> Planted:
    row = sheets.pick("notes")
    sheets.lines["notes"] = [*sheets.lines["notes"], sheets.lines["notes"][row]]
    return Planted("notes", len(sheets.lines["notes"]) + HEADER_ROWS, "note_no", sheets.cell("notes", row, "note_no"))


def _blank_class(sheets: Sheets) -> Planted:
    return sheets.put("note_states", sheets.pick("note_states"), "class5", "")


def _negative_amount(sheets: Sheets) -> Planted:
    row = sheets.pick("loan_events", "event_type", "DISBURSEMENT")
    return sheets.put("loan_events", row, "principal_yuan", "-" + sheets.cell("loan_events", row, "principal_yuan"))


def _wrong_month(sheets: Sheets) -> Planted:
    first = date.fromisoformat(sheets.cell("company_month", 0, "reporting_month") + "-01")
    return sheets.put("company_month", 0, "reporting_month", f"{first - timedelta(days=1):%Y-%m}")


def _ledger_off(sheets: Sheets) -> Planted:
    row = sheets.pick("trial_balance", "standard_account_code", "1303")
    wrong = Decimal(sheets.cell("trial_balance", row, "closing_debit_yuan")) + 10_000
    return sheets.put("trial_balance", row, "closing_debit_yuan", str(wrong))


def _balance_off(sheets: Sheets) -> Planted:
    row = sheets.pick("note_states")
    wrong = Decimal(sheets.cell("note_states", row, "closing_balance_yuan")) + 100
    return sheets.put("note_states", row, "closing_balance_yuan", str(wrong))


def _lost_customer(sheets: Sheets) -> Planted:
    row = sheets.pick("notes")
    number = sheets.cell("notes", row, "customer_no")
    kept = [line for line in sheets.lines["customers"] if not line.startswith(number + ",")]
    sheets.lines["customers"] = kept
    return Planted("notes", row + 1 + HEADER_ROWS, "customer_no", number)


def _unknown_code(sheets: Sheets) -> Planted:
    return sheets.put("notes", sheets.pick("notes"), "direction_line", "农民贷款")


def _impossible_date(sheets: Sheets) -> Planted:
    return sheets.put("loan_events", sheets.pick("loan_events"), "booking_date", "2023-02-30")


def _rate_as_fraction(sheets: Sheets) -> Planted:
    row = sheets.pick("notes")
    rate = Decimal(sheets.cell("notes", row, "annual_rate_pct")) / 100
    return sheets.put("notes", row, "annual_rate_pct", f"{rate:.5f}")


def _outside_window(sheets: Sheets) -> Planted:
    row = sheets.pick("loan_events", "event_type", "COLLECTION")
    before = sheets.cell("company_month", 0, "previous_closing_date")
    return sheets.put("loan_events", row, "booking_date", before)


KINDS: dict[str, tuple[Callable[[Sheets], Planted], tuple[str, ...]]] = {
    "单位填成万元": (_unit_declared, ("VT-CODE",)),
    "金额按万元填写": (_unit_silent, ("VP-UNIT", "VP-UNIT-CAPITAL")),
    "证件校验位错误": (_check_digit, ("VR-ID-NUMBER", "VR-CREDIT-CODE")),
    "身份证号被表格软件破坏": (_excel_number, ("VR-ID-DAMAGED", "VR-ID-NUMBER")),
    "起止日期颠倒": (_swapped_dates, ("CK-14-MATURITY",)),
    "借据号重复": (_duplicate_note, ("VX-DUPLICATE",)),
    "五级分类空白": (_blank_class, ("VT-REQUIRED",)),
    "金额为负": (_negative_amount, ("VR-NEGATIVE",)),
    "报告期错误": (_wrong_month, ("VH-MONTH",)),
    "总账与借据不符": (_ledger_off, ("CK-10-ROLL", "CK-09")),
    "借据余额不平": (_balance_off, ("CK-01",)),
    "客户漏报": (_lost_customer, ("VX-REFERENCE",)),
    "代码不在代码表": (_unknown_code, ("VT-CODE",)),
    "日期不存在": (_impossible_date, ("VT-TYPE",)),
    "利率按小数填写": (_rate_as_fraction, ("VR-RATE-UNIT",)),
    "记账日不在本期": (_outside_window, ("VR-WINDOW",)),
}


def plant(lines: Lines, kind: str, draw: np.random.Generator) -> tuple[Lines, Planted, tuple[str, ...]]:
    """Return the lines with one defect of ``kind``, where it is, and the rules expected to catch it.

    Raises:
        LookupError: the submission has no row on which this defect could be planted.
    """
    sheets = Sheets(lines, draw)
    change, rules = KINDS[kind]
    planted = change(sheets)
    return sheets.lines, planted, rules
