"""How months are built: in order, in place, for some companies only, and never half."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common.database import connect
from common.settings import Settings
from orchestration.dbt import DbtError, run_dbt
from tests.integration.golden import golden_months
from tests.integration.portfolio import CompanyMonth, accept, calendar_month, register_company

JANUARY, FEBRUARY, MARCH = (date(2010, number, 1) for number in (1, 2, 3))
COMPANY = "JS0002"


def lend(submission: CompanyMonth, note_no: str, *, opening: int = 0, granted: int = 0, collected: int = 0) -> None:
    """Add one note of 100,000 yuan with its state, its postings on the closing date and its customer."""
    customer = f"K-{note_no}"
    submission.add("customers", customer_no=customer, customer_name=customer, customer_type="FARMER")
    submission.add(
        "notes",
        note_no=note_no,
        customer_no=customer,
        product_code="CREDIT_LOAN",
        manager_no="M1",
        original_amount_yuan=Decimal(100_000),
        start_date=date(2010, 1, 5),
        original_maturity_date=date(2011, 1, 5),
        annual_rate_pct=Decimal("10.62"),
        primary_security="CREDIT",
        direction_line="FARM_HOUSEHOLD",
    )
    closing = Decimal(opening + granted - collected)
    submission.add(
        "note_states",
        note_no=note_no,
        opening_balance_yuan=Decimal(opening),
        closing_balance_yuan=closing,
        class5="NORMAL",
        accrual_status="ACCRUING",
    )
    for event_type, amount in (("DISBURSEMENT", granted), ("COLLECTION", collected)):
        if amount:
            submission.add(
                "loan_events",
                event_no=f"{note_no}{event_type}{submission.month}",
                note_no=note_no,
                booking_date=submission.closing_date,
                event_type=event_type,
                principal_yuan=Decimal(amount),
                channel="CASH",
            )


def month_of(month: date, company: str = COMPANY) -> CompanyMonth:
    submission = calendar_month(company, month)
    submission.add("staff", staff_no="M1", staff_name="李四", is_customer_manager=True)
    submission.add("trial_balance", account_code="4001", account_name="实收资本", standard_account_code="4001")
    return submission


def load(settings: Settings, *submissions: CompanyMonth) -> None:
    with connect(settings) as connection:
        for submission in submissions:
            register_company(connection, submission.company_code)
        accept(connection, submissions)


def rows(settings: Settings, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect(settings) as connection:
        return connection.execute(query, values).fetchall()


def line(settings: Settings, table: str, columns: str, code: str, month: date, org: str = COMPANY) -> Any:
    query = f"select {columns} from marts.{table} where line_code = %s and reporting_month = %s and org_code = %s"
    found = rows(settings, query, code, month, org)
    return found[0] if found else None


@pytest.fixture(scope="module")
def lender(make_installation: Callable[[], Settings]) -> Settings:
    """One company, three months: a loan of January is reversed in February, a second one is kept; joined late."""
    settings = make_installation()
    first = month_of(JANUARY)
    lend(first, "N1", granted=100_000)
    lend(first, "N2", opening=80_000, collected=10_000)
    first.add("opening_cumulatives", item="GRANTED", amount_yuan=Decimal(900_000), item_count=9)
    first.add("opening_cumulatives", item="COLLECTED", amount_yuan=Decimal(820_000), item_count=30)
    second = month_of(FEBRUARY)
    lend(second, "N1", opening=100_000, granted=-100_000)
    lend(second, "N2", opening=70_000)
    load(settings, first, second)
    other = month_of(JANUARY, "JS0003")
    lend(other, "N1", granted=50_000)
    load(settings, other)
    run_dbt(settings, "run", months=(JANUARY, FEBRUARY))
    return settings


def test_opening_cumulatives_start_the_running_totals(lender: Settings) -> None:
    columns = "amount_yuan, note_count, amount_change_year_yuan"
    assert line(lender, "rpt_01_business_status", columns, "T1-01", JANUARY) == (1_000_000, 10, 100_000)
    assert line(lender, "rpt_01_business_status", columns, "T1-02", JANUARY) == (830_000, 31, 10_000)


def test_first_month_brings_its_opening_balances(lender: Settings) -> None:
    columns = "amount_yuan, note_count, amount_change_month_yuan"
    assert line(lender, "rpt_01_business_status", columns, "T1-07", JANUARY) == (170_000, 2, 170_000)
    assert line(lender, "rpt_01_business_status", columns, "T1-07", FEBRUARY) == (70_000, 1, -100_000)


def test_reversal_in_a_later_window_counts_minus_one(lender: Settings) -> None:
    columns = "amount_yuan, note_count"
    assert line(lender, "rpt_03_granted", columns, "T3-04", FEBRUARY) == (-100_000, -1)
    assert line(lender, "rpt_01_business_status", columns, "T1-03", FEBRUARY) == (0, 0)


def test_reversed_customer_leaves_year_and_ever(lender: Settings) -> None:
    columns = "granted_month_count, granted_year_count, granted_total_count, collected_year_count"
    assert line(lender, "rpt_05_customers", columns, "T5-04", JANUARY) == (1, 1, 1, 1)
    assert line(lender, "rpt_05_customers", columns, "T5-04", FEBRUARY) == (0, 0, 0, 1)


def test_company_without_submission_has_no_rows(lender: Settings) -> None:
    assert line(lender, "rpt_01_business_status", "amount_yuan", "T1-07", JANUARY, "JS0003") == (50_000,)
    assert line(lender, "rpt_01_business_status", "amount_yuan", "T1-07", FEBRUARY, "JS0003") is None
    query = "select reporting_month, expected_count, submitted_count from marts.fct_coverage_month where org_code = %s"
    assert sorted(rows(lender, query, "320000")) == [(JANUARY, 2, 2), (FEBRUARY, 2, 1)]


def test_missing_company_is_no_fall_of_the_province(lender: Settings) -> None:
    columns = "amount_yuan, amount_change_month_yuan"
    assert line(lender, "rpt_01_business_status", columns, "T1-07", FEBRUARY, "320000") == (70_000, -100_000)


def test_company_cannot_be_corrected_before_the_close(lender: Settings) -> None:
    with pytest.raises(DbtError, match="2010-03 尚未结账"):
        run_dbt(lender, "run", "-s", "int_reporting_periods", months=(MARCH, MARCH), companies=[COMPANY])


def test_failing_month_leaves_the_old_one_untouched(installation: Settings) -> None:
    submission = month_of(JANUARY)
    lend(submission, "N1", granted=100_000)
    load(installation, submission)
    run_dbt(installation, "run", months=(JANUARY, JANUARY))
    before = rows(installation, "select * from marts.fct_note_month")
    with connect(installation) as connection:
        connection.execute("update raw_submitted.notes set reference_rate_pct = 0")
    with pytest.raises(DbtError, match="division by zero"):
        run_dbt(installation, "run", months=(JANUARY, JANUARY))
    assert rows(installation, "select * from marts.fct_note_month") == before
    parts = rows(
        installation,
        "select inhrelid::regclass::text from pg_inherits where inhparent = 'marts.fct_note_month'::regclass",
    )
    assert parts == [("marts.fct_note_month_201001",)]


def test_data_tests_find_what_does_not_tie(installation: Settings) -> None:
    months = (date(2008, 10, 1), date(2008, 11, 1))
    load(installation, *golden_months()[:2])
    run_dbt(
        installation, "build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "seed", months=months
    )
    with connect(installation) as connection:
        connection.execute("update marts.fct_note_month set closing_yuan = closing_yuan + 1 where note_no = 'N09'")
    with pytest.raises(DbtError, match="assert_balance_identity"):
        run_dbt(installation, "test", "-s", "assert_balance_identity", months=months)


def test_unit_tests_of_the_models_pass(lender: Settings) -> None:
    results = run_dbt(lender, "test", "-s", "test_type:unit", months=(JANUARY, FEBRUARY))
    assert len(results.results) >= 8
