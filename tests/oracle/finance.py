"""表二: capital, finance, lending rates and return (资本、财务、利率与盈利) of a company or a group (domain 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from tests.oracle.book import Handed
from tests.oracle.exposure import NAMES
from tests.oracle.notes import ZERO, NoteMonth
from tests.oracle.units import Cells, History, Unit, before

AMOUNT_LINES = ("T2-01", "T2-02", "T2-03", "T2-04", "T2-05")
PROFIT_LINES = ("T2-09", "T2-10", "T2-11")
POOLED_LINES = ("T2-06", "T2-07", "T2-08", "T2-12", "T2-13")
CHANGES = ("change_month_this_year", "change_month_last_year", "change_year_this_year", "change_year_last_year")
BORROWED = ("2001", "2003", "2501", "2502")
OFF_LEDGER_FUNDS = ("ENTRUSTED", "DONATED")
FEES_AND_OTHER = ("6021", "6421", "6051", "6402", "6111", "6301", "6711")


def company_finance(history: History, company: str, month: date) -> dict[str, Cells]:
    """Return the lines that add up over companies: balance sheet and profit, with their changes."""
    lines: dict[str, Cells] = {}
    this_year, last_year = _changes(history, company, month), _changes(history, company, _year_before(month))
    for line in (*AMOUNT_LINES, *PROFIT_LINES):
        lines[line] = {
            "value": _amounts(history, company, month)[line],
            "change_month_this_year": this_year[line][0],
            "change_month_last_year": last_year[line][0] if last_year else None,
            "change_year_this_year": this_year[line][1],
            "change_year_last_year": last_year[line][1] if last_year else None,
        }
    return lines


def pooled_finance(history: History, members: Mapping[date, Sequence[str]], month: date) -> dict[str, Cells]:
    """Return rates and returns of a group; ``members`` are its companies with an accepted month, by month."""

    def changes(day: date) -> dict[str, tuple[Decimal | None, Decimal | None]]:
        now, last, start = (
            _pooled(history, members.get(at, ()), at) for at in (day, before(day), date(day.year - 1, 12, 1))
        )
        return {line: (_minus(now[line], last[line]), _minus(now[line], start[line])) for line in POOLED_LINES}

    value, this_year, last_year = _pooled(history, members[month], month), changes(month), changes(_year_before(month))
    return {
        line: {"value": value[line]}
        | dict(zip(CHANGES[::2], this_year[line], strict=True))
        | dict(zip(CHANGES[1::2], last_year[line], strict=True))
        for line in POOLED_LINES
    }


def _changes(history: History, company: str, month: date) -> dict[str, tuple[Decimal, Decimal]]:
    """Return (比上月, 比年初) of the additive lines; empty when the month does not exist."""
    now = _amounts(history, company, month)
    if not now:
        return {}
    last, start = _amounts(history, company, before(month)), _amounts(history, company, date(month.year - 1, 12, 1))
    found = {line: (now[line] - last.get(line, ZERO), now[line] - start.get(line, ZERO)) for line in AMOUNT_LINES}
    own = _profit(history.book.handed[company, month], "period")
    return found | {line: (own[line], now[line]) for line in PROFIT_LINES}


def _amounts(history: History, company: str, month: date) -> dict[str, Decimal]:
    handed = history.book.of(company, month)
    if handed is None:
        return {}
    equity = -_net(handed, "closing", lambda code: code[0] in "46")
    booked = -_net(handed, "closing", lambda code: code == "1304")
    shortfall = max(ZERO, _required(history, company, month) - booked)
    return {
        "T2-01": equity - shortfall - _net(handed, "closing", lambda code: code == "1511"),
        "T2-02": -_net(handed, "closing", lambda code: code in BORROWED) + _memo_funds(handed),
        "T2-03": _net(handed, "closing", lambda code: code[0] == "1"),
        "T2-04": -_net(handed, "closing", lambda code: code[0] == "2"),
        "T2-05": equity,
    } | _profit(handed, "closing")


def _profit(handed: Handed, columns: str) -> dict[str, Decimal]:
    return {
        "T2-09": -_net(handed, columns, lambda code: code in ("6011", "6411")),
        "T2-10": -_net(handed, columns, lambda code: code in FEES_AND_OTHER),
        "T2-11": -_net(handed, columns, lambda code: code[0] == "6"),
    }


def _net(handed: Handed, columns: str, wanted: Callable[[str], bool]) -> Decimal:
    """Return debit less credit of the accounts ``wanted``."""
    rows = [row for row in handed.rows("trial_balance") if wanted(row["standard_account_code"])]
    return sum((row[f"{columns}_debit_yuan"] - row[f"{columns}_credit_yuan"] for row in rows), ZERO)


def _memo_funds(handed: Handed) -> Decimal:
    """Return entrusted and donated funds (委托、捐赠资金), which no ledger account holds."""
    rows = [row for row in handed.rows("fundings") if row["funding_source"] in OFF_LEDGER_FUNDS]
    return sum((row["closing_balance_yuan"] for row in rows), ZERO)


def _required(history: History, company: str, month: date) -> Decimal:
    """应提准备: general on all loans, special by class (domain 4.3)."""
    reference, day = history.book.reference, history.book.handed[company, month].closing_date
    notes = Unit(history, company).notes(month)
    required = reference.parameter("general_provision_ratio", day) * sum((note.closing for note in notes), ZERO)
    for code in list(NAMES.values())[1:]:
        balance = sum((note.closing for note in notes if note.class5 == code), ZERO)
        required += reference.parameter(f"special_provision_ratio_{code}", day) * balance
    return required


def _pooled(history: History, companies: Sequence[str], month: date) -> dict[str, Decimal | None]:
    notes = [note for company in companies for note in Unit(history, company).notes(month) if note.granted > 0]
    profit = sum((_amounts(history, company, month)["T2-11"] for company in companies), ZERO)
    yearly = profit * 12 / month.month
    return {
        "T2-06": max((note.rate for note in notes), default=None),
        "T2-07": min((note.rate for note in notes), default=None),
        "T2-08": _weighted(notes),
        "T2-12": _return(yearly, sum((_mean(history, company, month, "T2-03") for company in companies), ZERO)),
        "T2-13": _return(yearly, sum((_mean(history, company, month, "T2-05") for company in companies), ZERO)),
    }


def _weighted(notes: list[NoteMonth]) -> Decimal | None:
    amount = sum((note.granted for note in notes), ZERO)
    return sum((note.rate * note.granted for note in notes), ZERO) / amount if amount else None


def _mean(history: History, company: str, month: date, line: str) -> Decimal:
    """Return the mean of the month-ends from the December before to ``month`` that the company handed in."""
    days = [date(month.year - 1, 12, 1), *[date(month.year, number, 1) for number in range(1, month.month + 1)]]
    values = [_amounts(history, company, day)[line] for day in days if history.book.of(company, day)]
    return sum(values, ZERO) / len(values)


def _return(profit: Decimal, mean: Decimal) -> Decimal | None:
    return profit / mean if mean else None


def _minus(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else left - right


def _year_before(month: date) -> date:
    return month.replace(year=month.year - 1)
