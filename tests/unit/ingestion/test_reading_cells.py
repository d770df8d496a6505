"""Excel values become the contract's text forms exactly; damage is told, not repaired."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.contract import ContractColumn, load_contract
from ingestion.parsing.cells import convert

NOTES = load_contract().record("notes")
MONEY = NOTES.column("original_amount_yuan")
TEXT = NOTES.column("note_no")
DAY = NOTES.column("start_date")
MONTH = load_contract().record("company_month").column("reporting_month")
IDENTITY = load_contract().record("customers").column("id_number")


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (MONEY, 1234.5600000000001, "1234.56"),
        (MONEY, 0.1 + 0.2, "0.3"),
        (MONEY, 5.0, "5"),
        (MONEY, -0.0, "0"),
        (MONEY, 1e-7, "0.0000001"),
        (MONEY, 99999999999.99, "99999999999.99"),
        (MONEY, " 12 ", " 12 "),
        (TEXT, 320102.0, "320102"),
        (DAY, date(2025, 3, 1), "2025-03-01"),
        (DAY, datetime(2025, 3, 1), "2025-03-01"),  # noqa: DTZ001 - Excel knows no zone
        (DAY, 20250301.0, "20250301"),
        (MONTH, date(2025, 3, 1), "2025-03"),
        (MONTH, 202503.0, "202503"),
        (TEXT, True, "是"),
        (TEXT, False, "否"),
    ],
)
def test_value_takes_the_contract_form(column: ContractColumn, value: Any, text: str) -> None:
    assert convert(column, [value]) == ([text], [])
    assert convert(column, ["", value, True])[0][:2] == ["", text]


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_typed_to_the_fen_survives(amount: Decimal) -> None:
    texts, damages = convert(MONEY, [float(amount)])
    assert Decimal(texts[0]) == amount
    assert "E" not in texts[0].upper()
    assert damages == []


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        (IDENTITY, 3.2010219900307851e17, "S-19"),
        (MONEY, 1e15, "S-19"),
        (MONEY, float("inf"), "S-19"),
        (MONEY, float("nan"), "S-19"),
        (IDENTITY, "320102199003079000", "S-19"),
        (TEXT, "1.23E+15", "S-20"),
        (TEXT, date(2025, 3, 1), "S-21"),
        (MONEY, time(1, 2), "S-21"),
        (MONEY, timedelta(hours=30), "S-21"),
        (DAY, datetime(2025, 3, 1, 12, 30), "S-21"),  # noqa: DTZ001 - Excel knows no zone
        (DAY, 45000.0, "S-22"),
    ],
)
def test_value_damaged_by_excel_is_told(column: ContractColumn, value: Any, rule: str) -> None:
    _, damages = convert(column, ["x", value])
    assert [(damage.position, damage.rule_id) for damage in damages] == [(1, rule)]


def test_identity_ending_in_zeros_with_right_digit_stands() -> None:
    assert convert(IDENTITY, ["320102199003078000"]) == (["320102199003078000"], [])
