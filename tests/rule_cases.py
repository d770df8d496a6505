"""For every rule of the gate a company month that breaks it, and near misses that do not.

A case takes the last month of a run of months that pass every rule and spoils it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.factories import CompanyMonth, account, company_month, event, next_month, state
from tests.identities import identity_number

Spoil = Callable[[CompanyMonth], Any]


@dataclass(frozen=True)
class Case:
    """``months`` months from ``first`` on; the last one is spoiled and breaks, or just ``misses``, a rule.

    ``before`` changes the first month; ``correction`` changes it once more after all months have been judged.
    """

    rule_id: str
    spoil: Spoil
    months: int = 1
    first: date = date(2019, 6, 1)
    misses: bool = False
    before: Spoil | None = None
    correction: Spoil | None = None

    def build(self, company_code: str) -> list[CompanyMonth]:
        """Return the months to submit."""
        months = [company_month(company_code, self.first)]
        if self.before:
            self.before(months[0])
        while len(months) < self.months:
            months.append(next_month(months[-1]))
        self.spoil(months[-1])
        return months


def put(record: str, index: int = 0, **values: Any) -> Spoil:
    """Return a spoiler that overwrites fields of one row."""

    def spoil(data: CompanyMonth) -> None:
        data[record][index].update(values)

    return spoil


def add(record: str, **values: Any) -> Spoil:
    """Return a spoiler that appends a copy of the record's first row with other values."""

    def spoil(data: CompanyMonth) -> None:
        data[record].append({**data[record][0], **values})

    return spoil


def drop(record: str, index: int = 0) -> Spoil:
    """Return a spoiler that removes one row."""

    def spoil(data: CompanyMonth) -> None:
        del data[record][index]

    return spoil


def both(*spoilers: Spoil) -> Spoil:
    """Return a spoiler that does all of them."""

    def spoil(data: CompanyMonth) -> None:
        for one in spoilers:
            one(data)

    return spoil


def closing(days: int) -> Spoil:
    """Return a spoiler that moves the closing date."""

    def spoil(data: CompanyMonth) -> None:
        header = data["company_month"][0]
        header["closing_date"] += timedelta(days=days)

    return spoil


def grow(amount: int) -> Spoil:
    """Return a spoiler that grants and books one more note of ``amount``, so that everything still ties."""

    def spoil(data: CompanyMonth) -> None:
        header = data["company_month"][0]
        start = header["closing_date"] - timedelta(days=1)
        end = start.replace(year=start.year + 1)
        header["loan_balance_yuan"] += amount
        header["note_count"] += 1
        dates = {"start_date": start, "signed_date": start, "end_date": end}
        data["contracts"].append({**data["contracts"][0], "contract_no": "C9", "contract_amount_yuan": amount, **dates})
        note = {"note_no": "N9", "contract_no": "C9", "original_amount_yuan": amount, "start_date": start}
        data["notes"].append({**data["notes"][0], **note, "original_maturity_date": end, "current_maturity_date": end})
        data["note_states"].append(state("N9", 0, amount))
        data["loan_events"].append(event("E9", "N9", start, "发放", amount))
        for row in data["trial_balance"]:
            code, opening = row["standard_account_code"], row["opening_debit_yuan"] - row["opening_credit_yuan"]
            if code in ("1002", "1303"):
                debit = row["period_debit_yuan"] + (amount if code == "1303" else 0)
                credit = row["period_credit_yuan"] + (amount if code == "1002" else 0)
                row.update(account(code, opening, debit, credit))

    return spoil


def scale_amounts(data: CompanyMonth) -> None:
    """Write every note in 万元 instead of 元."""
    for row in data["notes"]:
        row["original_amount_yuan"] = row["original_amount_yuan"] / 10000
    data["notes"] += [{**data["notes"][0], "note_no": f"N{number}"} for number in (7, 8)]


HISTORY: dict[str, Any] = {"months": 2}
BROKEN = [
    Case("VT-REQUIRED", put("notes", annual_rate_pct="")),
    Case("VT-TYPE", put("notes", original_amount_yuan="二十万")),
    Case("VT-TYPE", put("notes", start_date="2019-02-29")),
    Case("VT-TYPE", put("notes", extension_count="1.5")),
    Case("VT-TYPE", put("customers", is_cooperative="不详")),
    Case("VT-CODE", put("notes", primary_security="口头")),
    Case("VT-CODE", put("company_month", amount_unit="万元")),
    Case("VT-REGION", put("customers", county_code="990000")),
    Case("VT-PLACES", put("note_states", accrued_interest_yuan="10.005")),
    Case("VT-RANGE", put("notes", original_amount_yuan="-200000")),
    Case("VT-RANGE", put("note_states", class12=13)),
    Case("VT-LENGTH", put("customers", customer_name="名" * 121)),
    Case("VT-PATTERN", put("customers", industry_code="Z1")),
    Case("VH-COMPANY", put("company_month", company_code="JS9999")),
    Case("VH-MONTH", put("company_month", reporting_month="2019-05")),
    Case("VH-ONE-HEADER", add("company_month", reporting_month="2019-05")),
    Case("VH-CLOSING-ORDER", put("company_month", previous_closing_date="2019-06-30")),
    Case("VH-CLOSING-MONTH", closing(6)),
    Case("VH-DECEMBER", closing(-1), first=date(2019, 12, 1)),
    Case("VH-REVIEWER", put("company_month", reviewed_by="张三")),
    Case("VH-CLOSING-DAY", closing(1)),
    Case("VH-OPENED", put("company_month"), first=date(2009, 1, 1)),
    Case("VH-CAPITAL", put("company_month", paid_in_capital_yuan=90000000)),
    Case("VH-CUMULATIVE-DATE", put("opening_cumulatives", as_of_date="2019-06-01")),
    Case("VR-ID-DAMAGED", put("customers", id_number="320102198001010000")),
    Case("VR-ID-NUMBER", put("customers", id_number=identity_number()[:-1] + "0")),
    Case("VR-ID-NUMBER", put("guarantees", id_number=identity_number("32010219801301001"))),
    Case("VR-ID-NUMBER", put("related_parties", 1, id_number="320102800101001")),
    Case("VR-CREDIT-CODE", put("customers", 1, id_number="91320100MA1AAAAAAZ")),
    Case("VR-ORG-CODE", put("customers", 2, id_number="12345678-0")),
    Case("VR-ID-KIND", put("customers", id_type="护照", id_number="E12345678", customer_type="公司客户")),
    Case("VR-FARMER", put("customers", is_farm_household="否")),
    Case("VR-LEADING-CERT", put("customers", 1, is_leading_enterprise="是")),
    Case("VR-STAFF-DATES", put("staff", joined_date="2019-05-01", left_date="2019-04-01")),
    Case("VR-CONTRACT-DATES", put("contracts", end_date="2019-06-05")),
    Case("VR-CONTRACT-SIGNED", put("contracts", signed_date="2019-06-06")),
    Case("VR-CONTRACT-FUTURE", put("contracts", signed_date="2019-07-01")),
    Case("CK-14-START", put("notes", start_date="2019-07-01")),
    Case("CK-14-MATURITY", put("notes", original_maturity_date="2019-06-05")),
    Case("VR-EXTENSION", put("notes", extension_count=1)),
    Case("VR-RATE-UNIT", put("notes", annual_rate_pct="0.10000")),
    Case("VR-REFERENCE-TYPE", put("notes", reference_rate_type="LPR")),
    Case("VR-PENALTY", put("notes", penalty_markup_pct=60)),
    Case("VR-PRODUCT-SECURITY", put("notes", primary_security="抵押", joint_group_no="")),
    Case("VR-JOINT-GROUP", put("notes", 1, joint_group_no="G2")),
    Case("VR-OVERDUE-PRINCIPAL", put("note_states", overdue_principal_yuan=200001, overdue_days_principal=1)),
    Case("VR-OVERDUE-DAYS", put("note_states", overdue_days_interest=3)),
    Case("VR-CLASS12", put("note_states", class12=5)),
    Case("VR-WINDOW", put("loan_events", booking_date="2019-07-01")),
    Case("VR-REPAY-KIND", put("loan_events", 3, repay_kind="")),
    Case("VR-NEGATIVE", put("loan_events", 3, principal_yuan=-100)),
    Case("VR-REVERSAL-SIGN", put("loan_events", 3, reverses_event_no="E1")),
    Case("VR-EMPTY-EVENT", put("loan_events", 3, principal_yuan=0, interest_yuan=0)),
    Case("VR-GUARANTEE-DATES", put("guarantees", end_date="2019-06-05")),
    Case("VR-OFF-BALANCE-DATES", put("off_balance_items", end_date="2019-06-05")),
    Case("VR-BILL-DATES", put("discounted_bills", due_date="2019-06-05")),
    Case("VR-LINE-DATES", put("credit_lines", end_date="2019-06-05")),
    Case("VR-LINE-USED", put("credit_lines", used_amount_yuan=800001)),
    Case("VR-FUNDING-DATES", put("fundings", due_date="2019-06-05")),
    Case("VR-BLACKLIST-DATES", put("blacklist_entries", expiry_date="2024-06-01")),
    Case("VX-DUPLICATE", add("notes")),
    Case("VX-REFERENCE", put("notes", contract_no="C404")),
    Case("VX-STATE-MISSING", drop("note_states", 1)),
    Case("VX-MANAGER", put("notes", manager_no="S2")),
    Case("VX-ITEM-MANAGER", put("off_balance_items", manager_no="S2")),
    Case("VX-NOTE-CUSTOMER", put("notes", customer_no="K2")),
    Case("VX-NOTE-EARLY", put("notes", start_date="2019-06-04")),
    Case("VX-CONTRACT-AMOUNT", put("contracts", contract_amount_yuan=199999.99)),
    Case("VX-DIRECTION", put("notes", direction_line="工业企业")),
    Case("VX-BILL-PRODUCT", put("discounted_bills", note_no="N1")),
    Case("VX-BILL-MISSING", drop("discounted_bills")),
    Case(
        "VX-REVERSAL-MATCH",
        lambda data: data["loan_events"].append(
            event("E5", "N1", date(2019, 6, 30), "收回", -50, repay_kind="结清", reverses_event_no="E4")
        ),
    ),
    Case("VX-INSTALMENT-DATE", put("planned_instalments", due_date="2019-06-05")),
    Case("VX-SHARES", put("related_parties", share_ratio_pct=61)),
    Case("VR-REFERENCE-RATE", put("notes", reference_rate_pct="4.75000")),
    Case("VR-RATE-LOW", put("notes", annual_rate_pct="3.91000")),
    Case("VR-RATE-HIGH", put("notes", annual_rate_pct="17.41000")),
    Case("VP-RATE-LOW", put("notes", annual_rate_pct="3.46000"), first=date(2021, 6, 1)),
    Case("VP-RATE-HIGH", put("notes", annual_rate_pct="15.41000"), first=date(2021, 6, 1)),
    Case("CK-01", put("note_states", closing_balance_yuan=199999.99)),
    Case("CK-14-BALANCE", put("note_states", closing_balance_yuan=200000.01)),
    Case("VB-DISBURSED", put("note_states", opening_balance_yuan=1)),
    Case("VB-LOAN-TOTAL", put("company_month", loan_balance_yuan=690001)),
    Case("VB-NOTE-COUNT", put("company_month", note_count=2)),
    Case("CK-09", put("trial_balance", 2, closing_debit_yuan=600001)),
    Case("CK-09-BILLS", put("trial_balance", 1, closing_debit_yuan=90001)),
    Case("CK-10", put("trial_balance", 0, period_debit_yuan=101103001)),
    Case("CK-10-ROLL", put("trial_balance", 0, closing_debit_yuan=100305001)),
    Case("CK-10-JANUARY", put("trial_balance", 5, opening_credit_yuan=10), first=date(2019, 1, 1)),
    Case("VB-OFF-BALANCE", put("off_balance_items", closing_balance_yuan=50001)),
    Case("VB-FUNDING", put("fundings", closing_balance_yuan=1000001)),
    Case("VB-FORECLOSED", put("foreclosed_assets", closing_value_yuan=11)),
    Case(
        "VH-CUMULATIVE-FIRST",
        lambda data: data["opening_cumulatives"].append(
            {"item": "累放", "amount_yuan": 1, "item_count": 1, "as_of_date": "2019-06-30"}
        ),
        **HISTORY,
    ),
    Case("CK-11", put("note_states", opening_balance_yuan=199999), **HISTORY),
    Case("CK-11-MISSING", both(drop("note_states"), drop("notes")), **HISTORY),
    Case("CK-11-DATE", put("company_month", previous_closing_date="2019-06-29"), **HISTORY),
    Case("CK-11-LEDGER", put("trial_balance", 0, opening_debit_yuan=1), **HISTORY),
    Case("CK-11-LEDGER", put("trial_balance", -1, opening_debit_yuan=1), months=3, first=date(2019, 11, 1)),
    Case("CK-11-ITEMS", drop("off_balance_items"), **HISTORY),
    Case("CK-11-FUNDINGS", put("fundings", opening_balance_yuan=999999), **HISTORY),
    Case("VX-STATIC", put("notes", original_maturity_date="2020-06-06"), **HISTORY),
    Case("VX-REVERSAL-LOST", put("loan_events", 0, principal_yuan=-1, reverses_event_no="E404"), **HISTORY),
    Case("VX-EVENT-REUSE", put("loan_events", 0, event_no="E4"), **HISTORY),
    Case("VX-NOTE-REUSE", put("loan_events", 0, event_type="发放", repay_kind="", principal_yuan=1), **HISTORY),
    Case("VP-UNIT", scale_amounts),
    Case("VP-UNIT-CAPITAL", put("company_month", paid_in_capital_yuan=10000)),
    Case("VP-UNIT-LOANS", put("company_month", loan_balance_yuan=10_000_000_001)),
    Case("VP-FUNDING-LEDGER", put("fundings", increase_yuan=900000, closing_balance_yuan=900000)),
    Case("VP-CAPITAL-LEDGER", put("company_month", paid_in_capital_yuan=90000000)),
    Case("VP-COSTS", put("cost_entries", amount_yuan=7999)),
    Case("VP-MATURED", put("notes", original_maturity_date="2019-06-19", current_maturity_date="2019-06-19")),
    Case("CK-15", grow(207_001), **HISTORY),
    Case(
        "CK-15-CLASS",
        put("note_states", class12=5, class5="关注"),
        before=put("note_states", class12=8, class5="次级", overdue_days_principal=5, overdue_principal_yuan=9),
        **HISTORY,
    ),
    Case("CK-16", put("note_states", overdue_days_principal=91, overdue_principal_yuan=9)),
    Case(
        "VH-SEQUENCE",
        put("company_month", reviewed_by="李四"),
        before=put("company_month", reviewed_by="张三"),
        **HISTORY,
    ),
    Case("VP-NEXT-MONTH", put("company_month"), correction=grow(1000), **HISTORY),
    Case("VE-UNEXPLAINED", put("note_states", overdue_days_principal=91, overdue_principal_yuan=9)),
]

NEAR_MISSES = [
    Case("VT-TYPE", put("notes", start_date="2020-02-29"), first=date(2020, 2, 1), misses=True),
    Case("VT-LENGTH", put("customers", customer_name="名" * 120), misses=True),
    Case("VR-ID-NUMBER", put("customers", id_number=identity_number("32010219800101006").lower()), misses=True),
    Case("VR-ORG-CODE", put("customers", 2, id_number="12345678-8"), misses=True),
    Case("VR-RATE-HIGH", put("notes", annual_rate_pct="17.40000"), misses=True),
    Case("VR-RATE-LOW", put("notes", annual_rate_pct="3.91500"), misses=True),
    Case("VR-RATE-HIGH", put("notes", annual_rate_pct="15.41000"), first=date(2021, 6, 1), misses=True),
    Case("VR-REFERENCE-RATE", put("notes", reference_rate_pct="4.35000"), misses=True),
    Case("VR-BLACKLIST-DATES", put("blacklist_entries", expiry_date="2024-05-31"), misses=True),
    Case("VR-WINDOW", put("loan_events", 3, booking_date="2019-06-30"), misses=True),
    Case("CK-14-START", put("notes", start_date="2019-06-30"), misses=True),
    Case("VX-REVERSAL-LOST", put("loan_events", 0, principal_yuan=-1, reverses_event_no="E4"), misses=True, **HISTORY),
    Case("CK-15", grow(207_000), misses=True, **HISTORY),
    Case("CK-16", put("note_states", overdue_days_principal=90, overdue_principal_yuan=9), misses=True),
    Case("CK-11-LEDGER", put("company_month"), months=3, first=date(2019, 11, 1), misses=True),
]
