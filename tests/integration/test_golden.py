"""The golden portfolio comes out to the fen: every figure that the fact sheet gives for 2010-02 (domain.md 1.11).

The portfolio takes the whole way: a company's files, receipt, gate, one build of all months, the printed workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from openpyxl import load_workbook

from common.database import connect
from common.money import in_unit
from common.month import label
from common.settings import Settings
from exports.province import export_month
from ingestion.gate import CheckOutcome, check_received
from ingestion.submissions import receive
from orchestration.dbt import run_dbt
from tests.factories import write_csv_files
from tests.integration.golden import COMPANY, FIRST, LAST, golden_months, golden_submission, read
from tests.integration.portfolio import register_company

TABLE_5 = {
    "公司": (1, 1, 2, 1, 3, 1),
    "小企业主": (0, 0, 1, 0, 2, 0),
    "城镇居民": (1, 0, 1, 0, 1, 0),
    "农户": (1, 1, 1, 1, 3, 1),
    "信用": (1, 0, 1, 0, 1, 0),
    "保证": (1, 1, 2, 1, 5, 1),
    "抵押": (0, 1, 1, 1, 2, 1),
    "质押": (1, 0, 1, 0, 1, 0),
    "3个月以内": (1, 1, 2, 1, 3, 1),
    "3—6个月": (1, 0, 1, 0, 2, 0),
    "6个月以上": (1, 1, 2, 1, 5, 1),
}
TABLE_6 = {"T6-01": {"urban": "8.00"}, "T6-02": {"company": "30.00"}, "T6-03": {"farmer": "3.00"}}
TABLE_7 = {
    "T7-01": {"urban": "8.00"},
    "T7-02": {"company": "30.00"},
    "T7-03": {"farmer": "8.00"},
    "T7-04": {"small_business": "60.00"},
    "T7-05": {"company": "80.00"},
    "T7-06": {"company": "50.00"},
    "T7-07": {"small_business": "30.00"},
    "T7-08": {"small_business": "30.00"},
}
CUSTOMER_TYPES = ("company", "small_business", "urban", "farmer")


GROWTH = {date(2009, 3, 1), date(2009, 6, 1), date(2010, 1, 1)}  # months that must explain CK-15


@pytest.fixture(scope="module")
def installed(make_installation: Callable[[], Settings]) -> Settings:
    """An installation that knows the golden company."""
    settings = make_installation()
    with connect(settings) as connection:
        register_company(connection, COMPANY, opened=FIRST)
    return settings


@pytest.fixture(scope="module")
def checked(installed: Settings, tmp_path_factory: pytest.TempPathFactory) -> list[CheckOutcome]:
    """What the gate says to the seventeen months of files."""
    for month in golden_months():
        folder = tmp_path_factory.mktemp(label(month.month))
        receive(installed, COMPANY, month.month, write_csv_files(folder, golden_submission(month)))
    return check_received(installed)


@pytest.fixture(scope="module")
def closed(installed: Settings, checked: list[CheckOutcome]) -> Settings:
    """The installation with all months of the portfolio built at once."""
    assert len(checked) == 17
    run_dbt(installed, "run", months=(FIRST, LAST))
    return installed


@pytest.fixture(scope="module")
def warehouse(closed: Settings) -> Iterator[psycopg.Connection]:
    with connect(closed) as connection:
        yield connection


def test_gate_accepts_every_golden_month(installed: Settings, checked: list[CheckOutcome]) -> None:
    with connect(installed) as connection:
        findings = connection.execute(
            "select reporting_month, rule_id, message from exchange.submission_findings"
            " join exchange.submissions using (submission_id)"
        ).fetchall()
    assert [outcome.status for outcome in checked] == ["accepted"] * 17, findings
    assert {(month, rule) for month, rule, _ in findings} == {(month, "CK-15") for month in GROWTH}


def test_company_workbook_prints_the_fact_sheet(closed: Settings) -> None:
    books = export_month(closed, LAST, orgs=[COMPANY])
    sheet = load_workbook(next(path for path in books if path.suffix == ".xlsx")).worksheets[0]
    lines = [
        [cell if isinstance(cell, str) else f"{cell:.2f}" if place % 2 == 0 else str(cell) for place, cell in row]
        for row in (list(enumerate(cells[3:9])) for cells in sheet.iter_rows(6, 38, values_only=True))
    ]
    assert sheet["H2"].value == "单位：万元"
    assert lines == [list(row.values())[1:] for row in read("golden_table1_2010_02")]


def printed(warehouse: psycopg.Connection, table: str, columns: str, org: str = COMPANY) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        f"select line_title, line_code, {columns} from marts.{table} join reference.ref_report_lines using (line_code)"
        f" where reporting_month = %s and org_code = %s order by {table}.line_order",
        [LAST, org],
    ).fetchall()


def wan(value: Decimal | None) -> str:
    return "—" if value is None else str(in_unit(value, "万元"))


@pytest.mark.parametrize("org", [COMPANY, f"{COMPANY}:M1", "320102", "320100", "ZONE_SN", "320000"])
def test_business_status_matches_the_fact_sheet(warehouse: psycopg.Connection, org: str) -> None:
    columns = (
        "amount_yuan, note_count, amount_change_month_yuan, count_change_month,"
        " amount_change_year_yuan, count_change_year"
    )
    lines = [
        [wan(row[2]), str(row[3]), wan(row[4]), str(row[5]), wan(row[6]), "—" if row[7] is None else str(row[7])]
        for row in printed(warehouse, "rpt_01_business_status", columns, org)
    ]
    expected = [list(row.values())[1:] for row in read("golden_table1_2010_02")]
    assert lines == expected


def test_customer_counts_match_the_fact_sheet(warehouse: psycopg.Connection) -> None:
    columns = (
        "granted_month_count, collected_month_count, granted_year_count, collected_year_count,"
        " granted_total_count, collected_total_count"
    )
    assert {row[0]: row[2:] for row in printed(warehouse, "rpt_05_customers", columns)} == TABLE_5


@pytest.mark.parametrize(
    ("table", "expected", "total"),
    [("rpt_06_rate_bands_granted", TABLE_6, "41.00"), ("rpt_07_rate_bands_balance", TABLE_7, "266.00")],
)
def test_rate_bands_match_the_fact_sheet(
    warehouse: psycopg.Connection, table: str, expected: dict[str, dict[str, str]], total: str
) -> None:
    columns = ", ".join(f"{name}_yuan" for name in (*CUSTOMER_TYPES, "total"))
    rows = {row[1]: row[2:] for row in printed(warehouse, table, columns)}
    grand = rows.pop(next(code for code in rows if code.endswith("-10")))
    assert wan(grand[-1]) == total
    found = {
        code: {name: wan(value) for name, value in zip(CUSTOMER_TYPES, values[:-1], strict=True) if value}
        for code, values in rows.items()
    }
    assert {code: cells for code, cells in found.items() if cells} == expected


def test_lending_rates_match_the_fact_sheet(warehouse: psycopg.Connection) -> None:
    rates = {row[1]: row[2] for row in printed(warehouse, "rpt_02_capital_finance", "round(value, 5)")}
    assert [str(rates[code]) for code in ("T2-06", "T2-07", "T2-08")] == ["5.40000", "4.37400", "5.17807"]


def test_written_off_note_closes_the_identity(warehouse: psycopg.Connection) -> None:
    row = warehouse.execute(
        "select granted_total_yuan - collected_total_yuan - written_off_total_yuan - sold_total_yuan, closing_yuan,"
        " written_off_total_yuan from marts.fct_total_month where reporting_month = %s and org_code = %s",
        [LAST, COMPANY],
    ).fetchone()
    assert row == (Decimal("2660001.00"), Decimal("2660001.00"), Decimal("100000.00"))


def test_first_month_is_compared_with_nothing(warehouse: psycopg.Connection) -> None:
    row = warehouse.execute(
        "select amount_yuan, amount_change_month_yuan, amount_change_year_yuan from marts.rpt_01_business_status"
        " where reporting_month = %s and org_code = %s and line_code = 'T1-07'",
        [date(2008, 10, 1), COMPANY],
    ).fetchone()
    assert row == (Decimal(100_000), Decimal(100_000), Decimal(100_000))
