"""表二: capital, finance, lending rates and return (资本、财务、利率与盈利) of a company or a group (domain 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from common.month import month_end
from tests.oracle.book import Handed
from tests.oracle.exposure import NAMES
from tests.oracle.notes import ZERO, NoteMonth
from tests.oracle.units import Cells, History, Unit, before

AMOUNT_LINES = ("T2-01", "T2-02", "T2-03", "T2-04", "T2-05")
PROFIT_LINES = ("T2-09", "T2-10", "T2-11")
BORROWED = ("2001", "2003", "2501", "2502")
OFF_LEDGER_FUNDS = ("ENTRUSTED", "DONATED")
FEES_AND_OTHER = ("6021", "6421", "6051", "6402", "6111", "6301", "6711")
POOLED_LINES = ("T2-06", "T2-07", "T2-08", "T2-12", "T2-13")
CHANGES = ("change_month_this_year", "change_month_last_year", "change_year_this_year", "change_year_last_year")
FEN = Decimal("0.01")

Members = Mapping[date, Sequence[str]]  # the companies of a group with an accepted month, by month
Values = dict[str, Decimal | None]
Change = tuple[Decimal | None, Decimal | None]


def finance(history: History, members: Members, month: date) -> dict[str, Cells]:
    """Return 表二 of a group of companies; a single company is a group of one.

    Amounts and their changes are those of the companies of ``month`` added up; rates and returns are computed anew.
    """
    values, companies = _values(history, members, month), members[month]
    this_year = [_amount_changes(history, company, month) for company in companies]
    last_year = [_amount_changes(history, company, _year_before(month)) for company in companies]
    changes = _pooled_changes(history, members, month), _pooled_changes(history, members, _year_before(month))
    lines: dict[str, Cells] = {}
    for line in values:
        if line in POOLED_LINES:
            now, then = changes[0][line], changes[1][line]
        else:
            now, then = _added(this_year, line), _added(last_year, line)
        lines[line] = {"value": values[line]} | dict(zip(CHANGES, (now[0], then[0], now[1], then[1]), strict=True))
    return lines


def _amount_changes(history: History, company: str, month: date) -> dict[str, Change]:
    """Return (比上月, 比年初) of a company's amounts; a missing operand counts as zero. Empty without the month."""
    book = history.book
    if not book.of(company, month):
        return {}
    now, last, start = (
        _amounts(history, company, day) if book.of(company, day) else {}
        for day in (month, before(month), date(month.year - 1, 12, 1))
    )
    own = _profit(book.handed[company, month], "period")
    found: dict[str, Change] = {line: (own[line], now[line]) for line in PROFIT_LINES}
    for line in AMOUNT_LINES:
        found[line] = now[line] - last.get(line, ZERO), now[line] - start.get(line, ZERO)
    return found


def _pooled_changes(history: History, members: Members, month: date) -> dict[str, Change]:
    """Return (比上月, 比年初) of the rates and returns, in percentage points; empty where an operand is."""
    now, last, start = (_values(history, members, day) for day in (month, before(month), date(month.year - 1, 12, 1)))
    return {line: (_minus(now[line], last[line]), _minus(now[line], start[line])) for line in POOLED_LINES}


def _added(own: list[dict[str, Change]], line: str) -> Change:
    """Add the changes of the companies that have one."""
    having = [changes[line] for changes in own if changes]
    if not having:
        return None, None
    months, years = ([change[position] or ZERO for change in having] for position in (0, 1))
    return sum(months, ZERO), sum(years, ZERO)


def _values(history: History, members: Members, month: date) -> Values:
    """Return the value of every line; all empty when nobody handed in the month."""
    companies = members.get(month, ())
    notes = [note for company in companies for note in Unit(history, company).notes(month) if note.granted > 0]
    own = [_amounts(history, company, month) for company in companies]
    values: Values = {line: _total(own, line) for line in (*AMOUNT_LINES, *PROFIT_LINES)}
    yearly = (values["T2-11"] or ZERO) * 12 / month.month
    return values | {
        "T2-06": max((note.rate for note in notes), default=None),
        "T2-07": min((note.rate for note in notes), default=None),
        "T2-08": _weighted(notes),
        "T2-12": _return(yearly, _mean(history, members, month, "T2-03")),
        "T2-13": _return(yearly, _mean(history, members, month, "T2-05")),
    }


def _total(own: list[dict[str, Decimal]], line: str) -> Decimal | None:
    return sum((amounts[line] for amounts in own), ZERO) if own else None


def _amounts(history: History, company: str, month: date) -> dict[str, Decimal]:
    handed = history.book.handed[company, month]
    sheet = _balance_sheet(handed, "closing")
    booked = -_net(handed, "closing", lambda code: code == "1304")
    shortfall = max(ZERO, _required(history, company, month) - booked)
    net_capital = sheet["T2-05"] - shortfall - _net(handed, "closing", lambda code: code == "1511")
    own = {
        "T2-01": net_capital,
        "T2-02": -_net(handed, "closing", lambda code: code in BORROWED) + _memo_funds(handed),
    }
    return own | sheet | _profit(handed, "closing")


def _balance_sheet(handed: Handed, columns: str) -> dict[str, Decimal]:
    """Return 总资产, 总负债 and 所有者权益; profit not yet transferred belongs to the equity."""
    return {
        "T2-03": _net(handed, columns, lambda code: code[0] == "1"),
        "T2-04": -_net(handed, columns, lambda code: code[0] == "2"),
        "T2-05": -_net(handed, columns, lambda code: code[0] in "46"),
    }


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
    """应提准备: general on all loans, special by class (domain 4.3), an amount in fen."""
    reference, day = history.book.reference, history.book.handed[company, month].closing_date
    notes = Unit(history, company).notes(month)
    required = reference.parameter("general_provision_ratio", day) * sum((note.closing for note in notes), ZERO)
    for code in list(NAMES.values())[1:]:
        balance = sum((note.closing for note in notes if note.class5 == code), ZERO)
        required += reference.parameter(f"special_provision_ratio_{code}", day) * balance
    return required.quantize(FEN, rounding=ROUND_HALF_UP)


def _weighted(notes: list[NoteMonth]) -> Decimal | None:
    amount = sum((note.granted for note in notes), ZERO)
    return sum((note.rate * note.granted for note in notes), ZERO) / amount if amount else None


def _mean(history: History, members: Members, month: date, line: str) -> Decimal:
    """Return the sum of the companies' own means over the month-ends from December to ``month``."""
    return sum((_company_mean(history, company, month, line) for company in members.get(month, ())), ZERO)


def _company_mean(history: History, company: str, month: date, line: str) -> Decimal:
    """Return the mean of the known month-ends: zero before the company opened, else as handed in.

    The opening columns of its first month stand for the month-end before.
    """
    book = history.book
    first = Unit(history, company).months()[0]
    opened = book.registered(company, book.handed[company, first].closing_date)["opened_date"]
    values = []
    for day in [date(month.year - 1, 12, 1), *[date(month.year, number, 1) for number in range(1, month.month + 1)]]:
        if book.of(company, day):
            values.append(_amounts(history, company, day)[line])
        elif day == before(first):
            values.append(_balance_sheet(book.handed[company, first], "opening")[line])
        elif month_end(day) < opened:
            values.append(ZERO)
    return sum(values, ZERO) / len(values)


def _return(profit: Decimal, mean: Decimal) -> Decimal | None:
    return profit / mean if mean else None


def _minus(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else left - right


def _year_before(month: date) -> date:
    return month.replace(year=month.year - 1)
