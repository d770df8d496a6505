"""Builders: the smallest company month that passes every rule, and ways to spoil or continue it.

A company month is a mapping from record name to rows; a row maps contract columns to what a company would write.
Three notes (a farm household's, a factory's, a discounted bill), one off-balance guarantee, one bank borrowing.
"""

from __future__ import annotations

import copy
import csv
import itertools
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from common.month import add_months, month_end
from ingestion.contract import load_contract
from ingestion.register import create_register_tables
from tests.identities import credit_code, identity_number, organisation_code

Row = dict[str, Any]
CompanyMonth = dict[str, list[Row]]

CAPITAL = Decimal("100000000.00")


def register_company(
    connection: psycopg.Connection, company_code: str = "JS0001", opened: date = date(2009, 1, 1), closing_day: int = 31
) -> None:
    """Put a company into the register."""
    create_register_tables(connection)
    connection.execute(
        "insert into reference.companies (company_code, valid_from, company_name, county_code, opened_date,"
        " closing_day, paid_in_capital_yuan) values (%s, %s, %s, '320102', %s, %s, %s)",
        [company_code, opened, f"{company_code}农村小额贷款有限公司", opened, closing_day, CAPITAL],
    )


def company_month(company_code: str = "JS0001", month: date = date(2019, 6, 1)) -> CompanyMonth:
    """Return a first month that passes every rule."""
    start = month - timedelta(days=1)
    close = month_end(month)
    granted = month + timedelta(days=4)
    due = add_months(granted, 12).replace(day=granted.day)
    header = {
        "company_code": company_code, "reporting_month": f"{month:%Y-%m}", "previous_closing_date": start,
        "closing_date": close, "amount_unit": "元", "paid_in_capital_yuan": CAPITAL, "employee_count": 8,
        "branch_count": 0, "loan_balance_yuan": Decimal("690000.00"), "note_count": 3, "prepared_by": "张三",
        "reviewed_by": "李四", "responsible_person": "王五", "telephone": "025-80000000",
    }  # fmt: skip
    data: CompanyMonth = {record.name: [] for record in load_contract().records}
    data["company_month"] = [header]
    data["customers"] = [
        _customer("K1", "农户", "居民身份证", identity_number(), is_farm_household="是"),
        _customer("K2", "公司客户", "统一社会信用代码", credit_code(), industry_code="C13", enterprise_size="中型"),
        _customer("K3", "公司客户", "组织机构代码", organisation_code(), industry_code="F51", enterprise_size="中型"),
    ]
    data["staff"] = [
        {"staff_no": "M1", "staff_name": "赵经理", "post": "调查岗", "is_customer_manager": "是"},
        {"staff_no": "S2", "staff_name": "钱会计", "post": "财务岗", "is_customer_manager": "否"},
    ]
    data["contracts"] = [
        _contract("C1", "K1", "保证贷款", 200000, granted, due),
        _contract("C2", "K2", "抵押贷款", 500000, granted, due),
        _contract("C3", "K3", "票据贴现", 90000, granted, due),
    ]
    data["notes"] = [
        _note("N1", "C1", "K1", "保证贷款", "保证", "农户", "农林牧渔业", 200000, granted, due, joint_group_no="G1"),
        _note("N2", "C2", "K2", "抵押贷款", "抵押", "工业企业", "工业生产经营", 500000, granted, due),
        _note("N3", "C3", "K3", "票据贴现", "信用", "其他工商业", "商贸服务经营", 90000, granted, due),
    ]
    data["planned_instalments"] = [
        {"note_no": "N1", "instalment_no": 1, "due_date": due, "principal_yuan": 200000, "interest_yuan": 20000}
    ]
    data["loan_events"] = [
        event("E1", "N1", granted, "发放", 200000),
        event("E2", "N2", granted, "发放", 500000),
        event("E3", "N3", granted, "发放", 90000),
        event("E4", "N2", close, "收回", 100000, repay_kind="部分提前还款", interest_yuan=3000),
    ]
    data["note_states"] = [state("N1", 0, 200000), state("N2", 0, 400000), state("N3", 0, 90000)]
    data["guarantees"] = [
        {"guarantee_no": "B1", "contract_no": "C1", "guarantor_name": "孙六", "id_type": "居民身份证",
         "id_number": identity_number("32010219790101002"), "guaranteed_amount_yuan": 200000, "start_date": granted,
         "end_date": due}
    ]  # fmt: skip
    data["collaterals"] = [
        {"collateral_no": "D1", "contract_no": "C2", "collateral_kind": "房产", "owner_name": "苏某", "status": "在押",
         "appraised_value_yuan": 900000, "guaranteed_amount_yuan": 500000, "valuation_date": granted}
    ]  # fmt: skip
    data["discounted_bills"] = [
        {"note_no": "N3", "bill_no": "P1", "bill_kind": "银行承兑汇票", "acceptor_name": "某银行",
         "face_amount_yuan": 92000, "draw_date": granted, "due_date": due}
    ]  # fmt: skip
    data["off_balance_items"] = [
        {"item_no": "O1", "customer_no": "K2", "manager_no": "M1", "amount_yuan": 50000, "start_date": granted,
         "end_date": due, "opening_balance_yuan": 0, "increase_yuan": 50000, "decrease_yuan": 0,
         "closing_balance_yuan": 50000, "class5": "正常"}
    ]  # fmt: skip
    data["credit_lines"] = [
        {"credit_line_no": "L1", "customer_no": "K2", "security": "抵押", "approved_amount_yuan": 800000,
         "used_amount_yuan": 400000, "start_date": granted, "end_date": due, "status": "有效"}
    ]  # fmt: skip
    data["fundings"] = [
        {"funding_no": "F1", "funding_source": "银行借款", "lender_name": "某银行", "annual_rate_pct": "5.00000",
         "start_date": granted, "due_date": due, "opening_balance_yuan": 0, "increase_yuan": 1000000,
         "decrease_yuan": 0, "closing_balance_yuan": 1000000}
    ]  # fmt: skip
    data["trial_balance"] = _first_trial_balance()
    data["cost_entries"] = [{"cost_pool": "运营费用", "amount_yuan": 8000}]
    data["related_parties"] = [
        {"party_no": "R1", "party_name": "股东甲", "id_type": "统一社会信用代码", "id_number": credit_code(),
         "relation": "股东", "share_ratio_pct": 60},
        {"party_no": "R2", "party_name": "股东乙", "id_type": "居民身份证", "id_number": identity_number(),
         "relation": "股东", "share_ratio_pct": 40},
    ]  # fmt: skip
    data["blacklist_entries"] = [
        {"entry_no": "X1", "subject_type": "个人", "subject_name": "周七", "id_type": "居民身份证",
         "id_number": identity_number(), "reason": "B05", "severity": "C", "effective_date": start,
         "expiry_date": start + timedelta(days=100), "share_scope": "本公司", "status": "有效", "approved_by": "李四"}
    ]  # fmt: skip
    data["foreclosed_assets"] = [
        {"asset_no": "A1", "asset_kind": "房产", "taken_date": granted, "opening_value_yuan": 0,
         "increase_yuan": 10, "decrease_yuan": 0, "closing_value_yuan": 10, "impairment_yuan": 0, "status": "持有"}
    ]  # fmt: skip
    data["opening_cumulatives"] = [{"item": "累放", "amount_yuan": 0, "item_count": 0, "as_of_date": start}]
    data["manual_items"] = [{"item_code": "T2-02", "amount_yuan": 0}]
    return data


def next_month(previous: CompanyMonth) -> CompanyMonth:
    """Continue a month: openings are the closings, no movement but 1000 yuan interest received in cash."""
    data = copy.deepcopy(previous)
    header = data["company_month"][0]
    month = add_months(date.fromisoformat(f"{header['reporting_month']}-01"), 1)
    header.update(reporting_month=f"{month:%Y-%m}", previous_closing_date=header["closing_date"])
    header.update(closing_date=month_end(month))
    data["opening_cumulatives"] = []
    data["loan_events"] = [
        event(f"E{month:%Y%m}", "N2", month_end(month), "收回", 0, repay_kind="归还本期", interest_yuan=1000)
    ]
    for row in data["note_states"]:
        row["opening_balance_yuan"] = row["closing_balance_yuan"]
    for name, closing in (("off_balance_items", "balance"), ("fundings", "balance"), ("foreclosed_assets", "value")):
        for row in data[name]:
            row[f"opening_{closing}_yuan"] = row[f"closing_{closing}_yuan"]
            row.update(increase_yuan=0, decrease_yuan=0)
    _roll_ledger(data, month)
    data["cost_entries"] = []
    return data


def event(event_no: str, note_no: str, day: date, kind: str, principal: float, **more: Any) -> Row:
    """Return one posting."""
    row = {
        "event_no": event_no,
        "note_no": note_no,
        "booking_date": day,
        "event_type": kind,
        "principal_yuan": principal,
    }
    return {**row, "channel": "转账", **more}


def state(note_no: str, opening: float, closing: float, **more: Any) -> Row:
    """Return the month-end state of a note that is in order."""
    row = {
        "note_no": note_no, "opening_balance_yuan": opening, "closing_balance_yuan": closing,
        "overdue_principal_yuan": 0, "overdue_interest_yuan": 0, "overdue_days_principal": 0,
        "overdue_days_interest": 0, "class5": "正常", "class12": 1, "accrual_status": "应计",
        "accrued_interest_yuan": 0, "interest_income_yuan": 3000 if note_no == "N2" else 0,
    }  # fmt: skip
    return {**row, **more}


def account(code: str, opening: float, debit: float, credit: float) -> Row:
    """Return one line of the trial balance; ``opening`` is positive on the debit side."""
    closing = opening + debit - credit
    return {
        "account_code": code, "account_name": f"科目{code}", "standard_account_code": code,
        "opening_debit_yuan": max(opening, 0), "opening_credit_yuan": max(-opening, 0),
        "period_debit_yuan": debit, "period_credit_yuan": credit,
        "closing_debit_yuan": max(closing, 0), "closing_credit_yuan": max(-closing, 0),
    }  # fmt: skip


def write_csv_files(folder: Path, data: Mapping[str, Sequence[Row]]) -> list[Path]:
    """Write one CSV file per record that has rows or must be there, with Chinese headers."""
    folder.mkdir(parents=True, exist_ok=True)
    always = (
        "company_month",
        "customers",
        "staff",
        "contracts",
        "notes",
        "note_states",
        "loan_events",
        "trial_balance",
    )
    paths = []
    for record in load_contract().records:
        rows = data.get(record.name, [])
        if not rows and record.name not in always:
            continue
        path = folder / f"{record.title}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([column.title for column in record.columns])
            writer.writerows([[row.get(column.name, "") for column in record.columns] for row in rows])
        paths.append(path)
    return paths


_folders = itertools.count(1)


def new_folder(parent: Path) -> Path:
    """Return a folder nobody has used."""
    return parent / f"files{next(_folders)}"


def _customer(number: str, kind: str, id_type: str, id_number: str, **more: Any) -> Row:
    row = {
        "customer_no": number, "customer_name": f"客户{number}", "customer_type": kind, "id_type": id_type,
        "id_number": id_number, "county_code": "320102", "is_farm_household": "否", "is_cooperative": "否",
        "is_leading_enterprise": "否", "is_individual_business": "否", "is_related_party": "否",
    }  # fmt: skip
    return {**row, **more}


def _contract(number: str, customer: str, product: str, amount: int, start: date, end: date) -> Row:
    return {
        "contract_no": number, "customer_no": customer, "product_code": product, "contract_amount_yuan": amount,
        "signed_date": start, "start_date": start, "end_date": end, "is_revolving": "否", "status": "有效",
    }  # fmt: skip


def _note(
    number: str, contract: str, customer: str, product: str, security: str, direction: str, purpose: str,
    amount: int, start: date, end: date, **more: Any,
) -> Row:  # fmt: skip
    lpr = start >= date(2019, 8, 20)
    row = {
        "note_no": number, "contract_no": contract, "customer_no": customer, "product_code": product,
        "manager_no": "M1", "original_amount_yuan": amount, "start_date": start, "original_maturity_date": end,
        "current_maturity_date": end, "annual_rate_pct": "10.00000", "rate_kind": "固定利率",
        "reference_rate_type": "贷款市场报价利率" if lpr else "人民银行基准利率", "penalty_markup_pct": "50.00000",
        "repay_method": "利随本清", "day_count": "实际天数/360", "primary_security": security,
        "direction_line": direction, "purpose_code": purpose, "pboc_agri_class": "非涉农", "extension_count": 0,
        "is_renewal": "否", "is_restructured": "否", "is_outside_territory": "否",
    }  # fmt: skip
    return {**row, **more}


def _first_trial_balance() -> list[Row]:
    """Capital and borrowing in the bank, loans paid out of it, one payment of interest, one of costs."""
    return [
        account("1002", 0, 101103000, 798000),
        account("1301", 0, 90000, 0),
        account("1303", 0, 700000, 100000),
        account("2001", 0, 0, 1000000),
        account("4001", 0, 0, 100000000),
        account("6011", 0, 0, 3000),
        account("6601", 0, 8000, 0),
    ]


def _roll_ledger(data: CompanyMonth, month: date) -> None:
    """Open each account at its closing; in January profit and loss goes to 4104 first."""
    rows = []
    result = 0.0
    for row in data["trial_balance"]:
        code = row["standard_account_code"]
        closing = row["closing_debit_yuan"] - row["closing_credit_yuan"]
        if month.month == 1 and code[0] == "6":
            result += closing
            closing = 0
        debit, credit = (1000, 0) if code == "1002" else (0, 1000) if code == "6011" else (0, 0)
        rows.append(account(code, closing, debit, credit))
    if result:
        rows.append(account("4104", result, 0, 0))
    data["trial_balance"] = rows
