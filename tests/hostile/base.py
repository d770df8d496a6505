"""A small good submission, and the surgery that makes it bad."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ingestion.contract import load_contract
from ingestion.template import write_template

PERSON = "320102199003078510"
Make = Callable[[Path], list[Path]]
Edit = Callable[[bytes], bytes]

ROWS: dict[str, list[dict[str, Any]]] = {
    "company_month": [
        {
            "company_code": "320102001", "reporting_month": "2025-03", "previous_closing_date": "2025-02-28",
            "closing_date": "2025-03-31", "amount_unit": "元", "paid_in_capital_yuan": "100000000.00",
            "employee_count": 1, "loan_balance_yuan": "80000.00", "note_count": 1, "prepared_by": "张三",
            "reviewed_by": "李四", "responsible_person": "王五",
        }
    ],
    "customers": [
        {
            "customer_no": "K001", "customer_name": "赵六", "customer_type": "农户", "id_type": "居民身份证",
            "id_number": PERSON, "county_code": "320102", "is_farm_household": True, "is_cooperative": False,
            "is_leading_enterprise": False, "is_individual_business": False, "is_related_party": False,
        }
    ],
    "staff": [{"staff_no": "Y01", "staff_name": "孙七", "post": "调查岗", "is_customer_manager": True}],
    "contracts": [
        {
            "contract_no": "H001", "customer_no": "K001", "product_code": "信用贷款",
            "contract_amount_yuan": "100000.00", "signed_date": "2025-01-02", "start_date": "2025-01-02",
            "end_date": "2026-01-02", "is_revolving": False, "status": "有效",
        }
    ],
    "notes": [
        {
            "note_no": "J001", "contract_no": "H001", "customer_no": "K001", "product_code": "信用贷款",
            "manager_no": "Y01", "original_amount_yuan": "100000.00", "start_date": "2025-01-02",
            "original_maturity_date": "2026-01-02", "current_maturity_date": "2026-01-02",
            "annual_rate_pct": "14.4", "rate_kind": "FIXED", "reference_rate_type": "LPR",
            "penalty_markup_pct": "50", "repay_method": "利随本清", "day_count": "ACT_360", "primary_security": "信用",
            "direction_line": "农户", "purpose_code": "其他用途", "pboc_agri_class": "A2", "extension_count": 0,
            "is_renewal": False, "is_restructured": False, "is_outside_territory": False,
        }
    ],
    "note_states": [
        {
            "note_no": "J001", "opening_balance_yuan": "100000.00", "closing_balance_yuan": "80000.00",
            "overdue_principal_yuan": "0", "overdue_interest_yuan": "0", "overdue_days_principal": 0,
            "overdue_days_interest": 0, "class5": "正常", "accrual_status": "应计", "accrued_interest_yuan": "0",
            "interest_income_yuan": "960.00",
        }
    ],
    "loan_events": [
        {
            "event_no": "L001", "note_no": "J001", "booking_date": "2025-03-10", "event_type": "COLLECTION",
            "repay_kind": "INSTALMENT", "principal_yuan": "20000.00", "channel": "TRANSFER",
        }
    ],
    "trial_balance": [
        {
            "account_code": "1303", "account_name": "贷款", "standard_account_code": "1303",
            "opening_debit_yuan": "100000.00", "opening_credit_yuan": "0", "period_debit_yuan": "0",
            "period_credit_yuan": "20000.00", "closing_debit_yuan": "80000.00", "closing_credit_yuan": "0",
        }
    ],
}  # fmt: skip


@dataclass(frozen=True)
class HostileFile:
    """One bad submission and the finding it must bring, with its place where it has one."""

    name: str
    make: Make
    rule_id: str
    record: str | None = None
    row: int | None = None
    column: str | None = None


@cache
def workbook_parts(folder: Path) -> dict[str, bytes]:
    """Return the parts of a good workbook."""
    path = folder / "good-workbook.xlsx"
    write_template(path, ROWS)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sheet_part(record: str) -> str:
    """Return where the sheet of a record lies in the package; the explanation sheet is the first."""
    position = [item.name for item in load_contract().records].index(record)
    return f"xl/worksheets/sheet{position + 2}.xml"


def good_workbook(folder: Path) -> Path:
    """Write the good workbook."""
    return workbook(folder, {})


def workbook(
    folder: Path,
    edits: Mapping[str, Edit],
    added: Mapping[str, bytes] | None = None,
    name: str = "报送.xlsx",
    dropped: tuple[str, ...] = (),
) -> Path:
    """Write the good workbook with some parts changed, added or left out."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in workbook_parts(folder.parent).items():
            if part not in dropped:
                archive.writestr(part, edits[part](content) if part in edits else content)
        for part, content in (added or {}).items():
            archive.writestr(part, content)
    return path


def replacing(old: bytes, new: bytes) -> Edit:
    """Return an edit that must find what it replaces."""

    def edit(content: bytes) -> bytes:
        assert old in content, old
        return content.replace(old, new, 1)

    return edit


def csv_bytes(record: str, rows: list[dict[str, Any]] | None = None, english: bool = False) -> bytes:
    """Return a record of the good submission as CSV with its header."""
    contract = load_contract().record(record)
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([column.name if english else column.title for column in contract.columns])
    for row in rows if rows is not None else ROWS[record]:
        values = [row.get(column.name, "") for column in contract.columns]
        writer.writerow([{True: "是", False: "否"}[v] if isinstance(v, bool) else v for v in values])
    return target.getvalue().encode()


def csv_files(folder: Path, changed: Mapping[str, bytes] | None = None) -> list[Path]:
    """Write the good submission as one CSV file per record; ``changed`` gives other bytes by record."""
    paths = []
    for record in ROWS:
        path = folder / f"{load_contract().record(record).title}.csv"
        path.write_bytes((changed or {}).get(record, csv_bytes(record)))
        paths.append(path)
    return paths


def files_with(record: str, content: bytes) -> Make:
    """Return a maker of the good CSV submission in which one record has other bytes."""
    return lambda folder: csv_files(folder, {record: content})


def workbook_with(part: str, edit: Edit) -> Make:
    """Return a maker of the good workbook with one part edited."""
    return lambda folder: [workbook(folder, {part: edit})]


def workbook_adding(part: str, content: bytes) -> Make:
    """Return a maker of the good workbook with one part more."""
    return lambda folder: [workbook(folder, {}, {part: content})]


def plain_file(name: str, content: bytes) -> Make:
    """Return a maker of one file with the given bytes."""

    def make(folder: Path) -> list[Path]:
        (folder / name).write_bytes(content)
        return [folder / name]

    return make


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return ``content`` cut short, with some bytes overwritten and some put in."""
    result = bytearray(content[: chance.randrange(len(content) // 2, len(content))])
    for _ in range(chance.randrange(1, 10)):
        place = chance.randrange(len(result))
        result[place] = chance.randrange(256)
        result[place:place] = bytes(chance.choice(b"<>\"',&;\0\r\n=0123456789") for _ in range(chance.randrange(4)))
    return bytes(result)
