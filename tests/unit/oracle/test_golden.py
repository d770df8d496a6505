"""The oracle itself gives the hand-checked figures of the golden portfolio."""

from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.oracle.book import read_reference
from tests.oracle.golden import COMPANY, golden_book
from tests.oracle.province import Tables, recompute

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "fixtures" / "golden"
MONTH = date(2010, 2, 1)
ORG = ("company", COMPANY)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return recompute(golden_book(GOLDEN, read_reference(ROOT / "transform" / "seeds")))


def in_ten_thousand(yuan: object) -> str:
    if yuan is None:
        return "—"
    return str((Decimal(str(yuan)) / 10_000).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def as_text(count: object) -> str:
    return "—" if count is None else str(count)


@pytest.mark.parametrize("org", [ORG, ("county", "320582"), ("zone", "ZONE_SN"), ("province", "320000")], ids=str)
def test_business_status_equals_golden_figures(tables: Tables, org: tuple[str, str]) -> None:
    with (GOLDEN / "golden_table1_2010_02.csv").open(encoding="utf-8") as stream:
        expected = [list(row.values())[1:] for row in csv.DictReader(stream)]
    got = []
    for _, cells in sorted(tables.lines(1, MONTH, org).items()):
        amounts = [cells[name] for name in ("amount_yuan", "amount_change_month_yuan", "amount_change_year_yuan")]
        counts = [cells[name] for name in ("note_count", "count_change_month", "count_change_year")]
        pairs = zip(map(in_ten_thousand, amounts), map(as_text, counts), strict=True)
        got.append([text for pair in pairs for text in pair])
    assert got == expected


def test_customer_counts_equal_golden_figures(tables: Tables) -> None:
    expected = {
        "T5-01": (1, 1, 2, 1, 3, 1),
        "T5-02": (0, 0, 1, 0, 2, 0),
        "T5-03": (1, 0, 1, 0, 1, 0),
        "T5-04": (1, 1, 1, 1, 3, 1),
        "T5-05": (1, 0, 1, 0, 1, 0),
        "T5-06": (1, 1, 2, 1, 5, 1),
        "T5-07": (0, 1, 1, 1, 2, 1),
        "T5-08": (1, 0, 1, 0, 1, 0),
        "T5-09": (1, 1, 2, 1, 3, 1),
        "T5-10": (1, 0, 1, 0, 2, 0),
        "T5-11": (1, 1, 2, 1, 5, 1),
    }
    assert {line: tuple(cells.values()) for line, cells in tables.lines(5, MONTH, ORG).items()} == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (6, {"01": ("urban", "8.00"), "02": ("company", "30.00"), "03": ("farmer", "3.00"), "10": ("total", "41.00")}),
        (
            7,
            {
                "01": ("urban", "8.00"),
                "02": ("company", "30.00"),
                "03": ("farmer", "8.00"),
                "04": ("small_business", "60.00"),
                "05": ("company", "80.00"),
                "06": ("company", "50.00"),
                "07": ("small_business", "30.00"),
                "08": ("small_business", "30.00"),
                "10": ("total", "266.00"),
            },
        ),
    ],
    ids=["granted", "balance"],
)
def test_rate_bands_equal_golden_figures(tables: Tables, table: int, expected: dict[str, tuple[str, str]]) -> None:
    lines = tables.lines(table, MONTH, ORG)
    for line, cells in lines.items():
        column, amount = expected.get(line[-2:], ("total", "0.00"))
        assert (line, in_ten_thousand(cells[f"{column}_yuan"])) == (line, amount)
        assert in_ten_thousand(cells["total_yuan"]) == amount


def test_rates_of_month_equal_golden_figures(tables: Tables) -> None:
    lines = tables.lines(2, MONTH, ORG)
    five = [lines[f"T2-0{row}"]["value"].quantize(Decimal("0.00001"), rounding=ROUND_HALF_UP) for row in (6, 7, 8)]
    assert five == [Decimal("5.40000"), Decimal("4.37400"), Decimal("5.17807")]
