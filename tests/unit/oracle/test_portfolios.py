"""The random portfolios are repeatable, consistent, and hold the cases that hurt."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle.book import Handed, read_reference
from tests.oracle.units import History, Unit, history_of
from tests.portfolios import Portfolio, corrected, make_portfolio

REFERENCE = read_reference(Path(__file__).parents[3] / "transform" / "seeds")
SEEDS = range(6)


@pytest.fixture(scope="module")
def portfolios() -> list[Portfolio]:
    return [make_portfolio(seed, REFERENCE) for seed in SEEDS]


@pytest.fixture(scope="module")
def handed(portfolios: list[Portfolio]) -> list[Handed]:
    return [item for portfolio in portfolios for item in portfolio.book(REFERENCE).handed.values()]


@pytest.fixture(scope="module")
def histories(portfolios: list[Portfolio]) -> list[History]:
    return [history_of(portfolio.book(REFERENCE)) for portfolio in portfolios]


def test_same_seed_gives_same_rows() -> None:
    assert make_portfolio(3, REFERENCE) == make_portfolio(3, REFERENCE)


def test_every_trial_balance_is_balanced(handed: list[Handed]) -> None:
    for item in handed:
        for when in ("opening", "period", "closing"):
            rows = item.rows("trial_balance")
            assert sum(row[f"{when}_debit_yuan"] - row[f"{when}_credit_yuan"] for row in rows) == 0


def test_every_account_closes_from_opening(handed: list[Handed]) -> None:
    for item in handed:
        for row in item.rows("trial_balance"):
            opening = row["opening_debit_yuan"] - row["opening_credit_yuan"]
            closing = row["closing_debit_yuan"] - row["closing_credit_yuan"]
            assert opening + row["period_debit_yuan"] - row["period_credit_yuan"] == closing


def test_ledger_holds_the_note_balances(handed: list[Handed]) -> None:
    for item in handed:
        loans = [row for row in item.rows("trial_balance") if row["standard_account_code"] in ("1301", "1303")]
        ledger = sum(row["closing_debit_yuan"] - row["closing_credit_yuan"] for row in loans)
        assert ledger == sum(row["closing_balance_yuan"] for row in item.rows("note_states"))


def test_every_note_balance_follows_its_events(histories: list[History]) -> None:
    for history in histories:
        for notes in history.notes.values():
            for note in notes:
                assert note.opening + note.granted - note.reduced == note.closing >= 0


def test_opening_equals_previous_closing(histories: list[History]) -> None:
    for history in histories:
        for company in {company for company, _ in history.notes}:
            closed: dict[str, Decimal] | None = None
            for month in Unit(history, company).months():
                notes = history.notes[company, month]
                if closed is not None:
                    assert {note.note_no: note.opening for note in notes if note.opening} == closed
                closed = {note.note_no: note.closing for note in notes if note.closing}


def test_portfolios_hold_every_nasty_case(histories: list[History], handed: list[Handed]) -> None:
    notes = [note for history in histories for found in history.notes.values() for note in found]
    seen = Counter(
        {
            "reversal in a later window": sum(1 for note in notes if note.granted < 0),
            "disbursed and reversed at once": sum(1 for note in notes if not (note.granted or note.opening)),
            "collection reversed later": sum(1 for note in notes if note.collected < 0),
            "reversed on another day": sum(1 for note in notes if note.collected == 0 and note.collected_days),
            "more than one day": sum(1 for note in notes if note.collected_days > 1),
            "joint groups": sum(1 for note in notes if note.is_joint),
        }
    )
    for item in handed:
        events = item.rows("loan_events")
        seen.update(event["event_type"] for event in events)
        days = Counter((event["note_no"], event["booking_date"]) for event in events)
        seen["several postings a day"] += sum(1 for count in days.values() if count > 1)
        seen["on the closing date"] += sum(1 for event in events if event["booking_date"] == item.closing_date)
        seen["no month end"] += item.closing_date.day < 28
        seen["opening cumulatives"] += len(item.rows("opening_cumulatives"))
        seen["bills"] += len(item.rows("discounted_bills"))
        seen["guarantees"] += len(item.rows("off_balance_items"))
    assert min(seen.values()) > 0
    assert {"WRITE_OFF", "SALE", "RECOVERY"} < set(seen)
    assert {note.amount_band for note in notes} == {note.term_band for note in notes} == {0, 1, 2, 3}
    edges = {Decimal(edge) for edge in ("0.9", "1", "1.1", "1.3", "1.5", "2", "4")}
    assert edges <= {note.rate_ratio for note in notes}


def test_portfolios_hold_gaps_and_versions(portfolios: list[Portfolio]) -> None:
    for portfolio in portfolios:
        accepted = {item.company_code: set[date]() for item in portfolio.submissions}
        for item in portfolio.submissions:
            if item.status == "accepted":
                accepted[item.company_code].add(item.month)
        assert min(accepted["JS0003"]) > portfolio.months()[0]
        assert max(accepted["JS0004"]) < portfolio.months()[-1]
        assert {item.status for item in portfolio.submissions} == {"accepted", "superseded"}
        assert {month.month for month in portfolio.months()} >= {12, 1}


def test_correction_changes_one_month_only(portfolios: list[Portfolio]) -> None:
    portfolio = portfolios[0]
    month = portfolio.months()[2]
    changed, new = corrected(portfolio, "JS0002", month)
    before, after = portfolio.book(REFERENCE).handed, changed.book(REFERENCE).handed
    assert [key for key in before if before[key] != after[key]] == [("JS0002", month)]
    assert after["JS0002", month].records == new.records
