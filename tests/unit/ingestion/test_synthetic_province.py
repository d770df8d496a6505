"""The synthetic province is calibrated, deterministic and agrees with itself to the fen (domain sheet 0, 7 and 9)."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pandas as pd
import pytest

from ingestion.contract import load_contract
from ingestion.synthetic import ProvinceMonth, province_months

FIRST = date(2023, 11, 1)
COMPANIES, MONTHS, SEED = 40, 3, 20


def money(column: pd.Series) -> pd.Series:
    """Return a column of yuan as whole fen."""
    return column.map(lambda text: int(Decimal(text or "0") * 100))


@pytest.fixture(scope="module")
def months() -> list[ProvinceMonth]:
    return list(province_months(COMPANIES, FIRST, MONTHS, SEED))


@pytest.fixture(scope="module")
def frames(months: list[ProvinceMonth]) -> list[dict[str, pd.DataFrame]]:
    return [dict(month) for month in months]


@pytest.fixture(params=range(MONTHS), ids=["november", "december", "january"])
def frame(request: pytest.FixtureRequest, frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    return frames[request.param]


def test_every_column_follows_the_contract(months: list[ProvinceMonth]) -> None:
    contract = load_contract()
    for name, frame in months[0].items():
        record = contract.record(name)
        assert list(frame.columns)[-len(record.columns) :] == [column.name for column in record.columns]
        for column in record.columns:
            if column.required and len(frame):
                assert (frame[column.name] != "").all(), f"{name}.{column.name}"


def test_note_balances_follow_their_events(frame: dict[str, pd.DataFrame]) -> None:
    events = frame["loan_events"]
    sign = events["event_type"].map({"DISBURSEMENT": 1, "COLLECTION": -1, "WRITE_OFF": -1, "SALE": -1, "RECOVERY": 0})
    flow = (money(events["principal_yuan"]) * sign).groupby([events["company_code"], events["note_no"]]).sum()
    states = frame["note_states"].set_index(["company_code", "note_no"])
    difference = money(states["closing_balance_yuan"]) - money(states["opening_balance_yuan"])
    assert (difference == flow.reindex(difference.index, fill_value=0)).all()
    assert len(flow.index.difference(difference.index)) == 0


def test_trial_balance_is_double_entry(frame: dict[str, pd.DataFrame]) -> None:
    ledger = frame["trial_balance"]
    for part in ("opening", "period", "closing"):
        debit = money(ledger[f"{part}_debit_yuan"]).groupby(ledger["company_code"]).sum()
        credit = money(ledger[f"{part}_credit_yuan"]).groupby(ledger["company_code"]).sum()
        assert (debit == credit).all(), part
    net = {part: money(ledger[f"{part}_debit_yuan"]) - money(ledger[f"{part}_credit_yuan"]) for part in PARTS}
    assert (net["opening"] + net["period"] == net["closing"]).all()


PARTS = ("opening", "period", "closing")


def closing_of(frame: dict[str, pd.DataFrame], *accounts: str) -> pd.Series:
    ledger = frame["trial_balance"]
    ledger = ledger[ledger["standard_account_code"].isin(accounts)]
    net = money(ledger["closing_debit_yuan"]) - money(ledger["closing_credit_yuan"])
    return net.groupby(ledger["company_code"]).sum()


def test_ledger_agrees_with_its_details(frame: dict[str, pd.DataFrame]) -> None:
    header = frame["company_month"].set_index("company_code")
    states, fundings = frame["note_states"], frame["fundings"]
    assert (closing_of(frame, "1301", "1303").reindex(header.index) == money(header["loan_balance_yuan"])).all()
    interest = money(states["accrued_interest_yuan"]).groupby(states["company_code"]).sum()
    assert (closing_of(frame, "1132").reindex(interest.index, fill_value=0) == interest).all()
    debt = money(fundings["closing_balance_yuan"]).groupby(fundings["company_code"]).sum()
    borrowed = -closing_of(frame, "2001", "2003", "2501", "2502")
    assert (borrowed == debt.reindex(borrowed.index, fill_value=0)).all()
    costs = frame["cost_entries"]
    ledger = frame["trial_balance"]
    expense = ledger[ledger["standard_account_code"] == "6601"].set_index("company_code")
    booked = money(expense["period_debit_yuan"]) - money(expense["period_credit_yuan"])
    pooled = money(costs["amount_yuan"]).groupby(costs["company_code"]).sum()
    assert (booked[booked != 0] == pooled.reindex(booked[booked != 0].index)).all()


def test_control_totals_match_the_notes(frame: dict[str, pd.DataFrame]) -> None:
    header, states = frame["company_month"].set_index("company_code"), frame["note_states"]
    balance = money(states["closing_balance_yuan"])
    total = balance.groupby(states["company_code"]).sum()
    assert (total.reindex(header.index) == money(header["loan_balance_yuan"])).all()
    alive = (balance > 0).groupby(states["company_code"]).sum()
    assert (alive.reindex(header.index) == header["note_count"].astype(int)).all()


def test_months_follow_on_from_each_other(frames: list[dict[str, pd.DataFrame]]) -> None:
    for before, after in pairwise(frames):
        closed = before["note_states"].set_index(["company_code", "note_no"])["closing_balance_yuan"]
        opened = after["note_states"].set_index(["company_code", "note_no"])["opening_balance_yuan"]
        assert closed[closed != "0.00"].sort_index().equals(opened[opened != "0.00"].sort_index())
        dates = before["company_month"].set_index("company_code")["closing_date"]
        assert (after["company_month"].set_index("company_code")["previous_closing_date"] == dates).all()


def test_year_result_moves_to_equity_in_january(frames: list[dict[str, pd.DataFrame]]) -> None:
    december, january = frames[1], frames[2]["trial_balance"]
    is_result = january["standard_account_code"].str.startswith("6")
    assert (january[is_result]["opening_debit_yuan"] == "0.00").all()
    equity = january[january["standard_account_code"] == "4104"].set_index("company_code")
    opening = money(equity["opening_credit_yuan"]) - money(equity["opening_debit_yuan"])
    results = [code for code in december["trial_balance"]["standard_account_code"].unique() if code.startswith("6")]
    earned = -closing_of(december, "4104", *results)
    assert (opening == earned.reindex(opening.index)).all()


def test_windows_end_on_each_companys_day(frames: list[dict[str, pd.DataFrame]]) -> None:
    days = frames[0]["company_month"]["closing_date"].str[-2:].value_counts()
    assert set(days.index) == {"20", "25", "30"}
    assert (frames[1]["company_month"]["closing_date"] == "2023-12-31").all()
    for frame in frames:
        header = frame["company_month"].set_index("company_code")
        events = frame["loan_events"].join(header[["previous_closing_date", "closing_date"]], on="company_code")
        assert (events["booking_date"] > events["previous_closing_date"]).all()
        assert (events["booking_date"] <= events["closing_date"]).all()


def test_opening_cumulatives_explain_the_opening_balance(frames: list[dict[str, pd.DataFrame]]) -> None:
    items = frames[0]["opening_cumulatives"]
    sign = items["item"].map({"GRANTED": 1, "COLLECTED": -1, "WRITTEN_OFF": -1, "SOLD": -1})
    expected = (money(items["amount_yuan"]) * sign).groupby(items["company_code"]).sum()
    states = frames[0]["note_states"]
    opening = money(states["opening_balance_yuan"]).groupby(states["company_code"]).sum()
    assert (expected == opening.reindex(expected.index)).all()
    assert all(len(frame["opening_cumulatives"]) == 0 for frame in frames[1:])


def test_overdue_notes_are_classed_by_the_matrix(frame: dict[str, pd.DataFrame]) -> None:
    states = frame["note_states"]
    days = states[["overdue_days_principal", "overdue_days_interest"]].astype(int).max(axis=1)
    late = states[days > 90]
    assert len(late) > 50
    assert set(late["class5"]) == {"SUBSTANDARD", "DOUBTFUL", "LOSS"}
    notes = frame["notes"].set_index(["company_code", "note_no"])
    matured = notes["current_maturity_date"].reindex(pd.MultiIndex.from_frame(states[["company_code", "note_no"]]))
    closing = states["company_code"].map(frame["company_month"].set_index("company_code")["closing_date"])
    past = (matured.to_numpy() < closing.to_numpy()) & (states["closing_balance_yuan"] != "0.00")
    assert (states[past]["overdue_days_principal"].astype(int) > 0).all()


def test_sizes_lie_in_the_published_range(months: list[ProvinceMonth], frames: list[dict[str, pd.DataFrame]]) -> None:
    capital = months[0].companies.capital.mean() / 100
    loans = money(frames[0]["company_month"]["loan_balance_yuan"]).mean() / 100
    assert 80_000_000 < capital < 160_000_000
    assert 0.95 < loans / capital < 1.35
    assert 280 < len(frames[0]["notes"]) / COMPANIES < 420
    assert 120 < len(frames[0]["customers"]) / COMPANIES < 260
    assert frames[0]["company_month"]["employee_count"].astype(int).between(6, 15).all()


def test_note_mixture_lies_in_the_published_range(frames: list[dict[str, pd.DataFrame]]) -> None:
    notes = frames[0]["notes"]
    wan = money(notes["original_amount_yuan"]) / 1_000_000
    bands = pd.cut(wan, [0, 20, 30, 50, 100_000]).value_counts(normalize=True, sort=False).tolist()
    assert bands == pytest.approx([0.30, 0.15, 0.20, 0.35], abs=0.03)
    methods = notes["primary_security"].value_counts(normalize=True)
    assert methods["GUARANTEE"] == pytest.approx(0.55, abs=0.03)
    assert methods["MORTGAGE"] == pytest.approx(0.30, abs=0.03)
    assert (notes["joint_group_no"] != "").mean() == pytest.approx(0.11, abs=0.03)
    direction = notes["direction_line"].value_counts(normalize=True)
    rural = direction[["FARM_HOUSEHOLD", "COOPERATIVE", "LEADING_ENTERPRISE", "OTHER_AGRI"]].sum()
    assert rural == pytest.approx(0.72, abs=0.04)
    assert direction["OTHER"] == pytest.approx(0.04, abs=0.02)


def test_bad_loans_have_the_published_share_and_a_tail(months: list[ProvinceMonth]) -> None:
    frame = months[-1]["note_states"]
    balance = money(frame["closing_balance_yuan"])
    bad = balance.where(frame["class5"].isin(["SUBSTANDARD", "DOUBTFUL", "LOSS"]), 0)
    assert 0.02 < bad.sum() / balance.sum() < 0.06
    by_company = bad.groupby(frame["company_code"]).sum() / balance.groupby(frame["company_code"]).sum()
    assert by_company.median() < 0.05
    assert by_company.max() > 0.10


@pytest.mark.parametrize(
    ("first", "low", "high", "kind"),
    [(date(2012, 3, 1), 2, 3, "PBOC_BENCHMARK"), (date(2024, 3, 1), 3, 4, "LPR")],
    ids=["benchmark", "lpr"],
)
def test_rates_are_a_multiple_of_the_reference(first: date, low: float, high: float, kind: str) -> None:
    notes = next(province_months(6, first, 1, SEED))["notes"]
    multiple = notes["annual_rate_pct"].astype(float) / notes["reference_rate_pct"].astype(float)
    assert multiple.between(low, high + 0.01).mean() > 0.93
    assert multiple.between(0.9, 4).all()
    assert set(notes["reference_rate_type"]) == {kind}


def test_same_seed_gives_the_same_month(months: list[ProvinceMonth]) -> None:
    again = next(province_months(COMPANIES, FIRST, 1, SEED))
    assert {name: table.lines() for name, table in again.tables.items()} == {
        name: table.lines() for name, table in months[0].tables.items()
    }
    other = next(province_months(COMPANIES, FIRST, 1, SEED + 1))
    assert other.tables["notes"].lines() != months[0].tables["notes"].lines()


def test_later_companies_start_empty_and_grow() -> None:
    seen: dict[str, list[int]] = {}
    for month in province_months(200, date(2023, 1, 1), 6, 3, size=0.05):
        header = month["company_month"]
        for code, count in zip(header["company_code"], header["note_count"].astype(int), strict=True):
            seen.setdefault(code, []).append(count)
    late = [counts for counts in seen.values() if len(counts) < 6]
    assert sorted(map(len, late)) == [2, 4]
    assert all(counts[-1] >= counts[0] for counts in late)
