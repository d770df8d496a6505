"""Reads a register file (机构名录): companies and branches as a workbook, a CSV file or a folder of CSV files.

What is right and wrong with the single cells is said here; what the rows mean for the stored register is not.
Flow: path -> :class:`RegisterFile` (typed rows and findings).
"""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import python_calamine

from common.exchange import Severity
from ingestion.findings import Finding

LARGEST_FILE = 20_000_000
LARGEST_UNPACKED = 200_000_000
LAST_DAY = 31
CODE_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,20}")


@dataclass
class RegisterRow:
    """One row of the register file: where it stands and its typed values by column name."""

    file_number: int
    row_number: int
    values: dict[str, Any]


@dataclass
class RegisterFile:
    """Everything read: rows of both sheets and the findings about them."""

    companies: list[RegisterRow] = field(default_factory=list)
    branches: list[RegisterRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class RegisterColumn:
    """A column of the register: its Chinese heading, how its text becomes a value, whether it must be filled."""

    name: str
    title: str
    parse: Callable[[str], Any]
    required: bool = False


def problem(
    record: str, where: RegisterRow | None, column: str | None, value: object, said: tuple[str, str]
) -> Finding:
    """Build a blocking finding of the register; ``said`` is (message, remedy)."""
    file_number, row_number = (where.file_number, where.row_number) if where else (None, None)
    text = None if value is None else str(value)
    return Finding("RG-01", Severity.ERROR, record, file_number, row_number, column, text, said[0], said[1])


def _text(value: str) -> str:
    if len(value) > 120:
        raise ValueError("内容超过120个字，请缩短")
    return value


def _code(value: str) -> str:
    if not CODE_PATTERN.fullmatch(value):
        raise ValueError("代码只能由字母、数字、短横线组成，最长20位，请更正")
    return value


def _county(value: str) -> str:
    if not re.fullmatch(r"\d{6}", value):
        raise ValueError("县区代码应为6位数字（GB/T 2260），例如 320583")
    return value


def _date(value: str) -> date:
    match = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", value)
    try:
        return date(*map(int, match.groups())) if match else _fail()
    except ValueError:
        raise ValueError("不是有效日期，请写成 YYYY-MM-DD，例如 2009-06-18") from None


def _fail() -> date:
    raise ValueError


def _closing_day(value: str) -> int:
    if value in ("月末", "月底"):
        return LAST_DAY
    if not re.fullmatch(r"\d{1,2}", value) or not 1 <= int(value) <= LAST_DAY:
        raise ValueError("结账日应为1至31的整数或“月末”（31表示每月最后一天）")
    return int(value)


def _money(value: str) -> Decimal:
    try:
        amount = Decimal(value.replace(",", ""))
    except InvalidOperation:
        raise ValueError("不是金额，请填数字，单位为元") from None
    if not amount.is_finite() or amount <= 0 or amount >= Decimal("1e14") or amount != round(amount, 2):
        raise ValueError("金额应大于0、最多两位小数，单位为元，请更正")
    return round(amount, 2)


COMPANY_COLUMNS = (
    RegisterColumn("company_code", "公司代码", _code, required=True),
    RegisterColumn("company_name", "公司名称", _text, required=True),
    RegisterColumn("county_code", "县区代码", _county, required=True),
    RegisterColumn("opened_date", "开业日期", _date, required=True),
    RegisterColumn("closed_date", "停业日期", _date),
    RegisterColumn("closing_day", "结账日", _closing_day),
    RegisterColumn("paid_in_capital_yuan", "实收资本", _money, required=True),
    RegisterColumn("legal_representative", "法定代表人", _text),
    RegisterColumn("telephone", "联系电话", _text),
    RegisterColumn("valid_from", "生效日期", _date),
)
BRANCH_COLUMNS = (
    RegisterColumn("company_code", "公司代码", _code, required=True),
    RegisterColumn("branch_code", "分支机构代码", _code, required=True),
    RegisterColumn("branch_name", "分支机构名称", _text, required=True),
    RegisterColumn("county_code", "县区代码", _county, required=True),
    RegisterColumn("opened_date", "开业日期", _date, required=True),
    RegisterColumn("closed_date", "停业日期", _date),
)


def read_register(path: Path) -> RegisterFile:
    """Read ``path``: an .xlsx workbook, a .csv file, or a folder of them; everything wrong becomes a finding."""
    read = RegisterFile()
    files = sorted(item for item in path.iterdir() if item.is_file()) if path.is_dir() else [path]
    for number, file in enumerate(files, start=1):
        for cells in _tables(read, number, file):
            _read_table(read, number, cells)
    if not read.companies and not read.branches and not read.findings:
        said = ("名录中没有任何公司", "请在第1行写表头（公司代码、公司名称、县区代码等），从第2行起每行填一家公司")
        read.findings.append(problem("companies", None, None, path.name, said))
    return read


def _tables(read: RegisterFile, number: int, file: Path) -> Iterator[list[list[str]]]:
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_FILE:
            raise ValueError("文件不存在或超过20MB")
        raw = file.read_bytes()
        if raw[:2] == b"PK":
            yield from _sheets(file)
        elif raw[:4] == b"\xd0\xcf\x11\xe0" or b"\0" in raw[:4096]:
            raise ValueError("文件不是 .xlsx 或 CSV（可能加了密码、为旧版 .xls，或内容损坏）")
        else:
            yield [[_clean(cell) for cell in row] for row in csv.reader(_decode(raw).splitlines())]
    except (ValueError, OSError, csv.Error, zipfile.BadZipFile, python_calamine.CalamineError) as error:
        where = RegisterRow(number, 1, {})
        said = (f"文件“{file.name}”无法读取：{error}", "请另存为 .xlsx 或 UTF-8 编码的 CSV 后重新导入")
        read.findings.append(problem("companies", where, None, file.name, said))


def _sheets(file: Path) -> Iterator[list[list[str]]]:
    with zipfile.ZipFile(file) as archive:
        if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED:
            raise ValueError("解压后超过200MB")
    with python_calamine.CalamineWorkbook.from_path(str(file)) as workbook:
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield [[_clean(cell) for cell in row] for row in rows]


def _decode(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("编码无法识别，请保存为 UTF-8")


def _clean(cell: object) -> str:
    """Turn a cell into plain text: whole numbers without ``.0``, dates as YYYY-MM-DD, full width as half width."""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    text = str(cell).strip()
    narrow = unicodedata.normalize("NFKC", text)
    return narrow if re.fullmatch(r"[\x20-\x7e]+", narrow) else text


def _read_table(read: RegisterFile, number: int, cells: list[list[str]]) -> None:
    if not cells:
        return
    header = cells[0]
    is_branches = any(title in header for title in ("分支机构代码", "branch_code"))
    columns = BRANCH_COLUMNS if is_branches else COMPANY_COLUMNS
    record, target = ("branches", read.branches) if is_branches else ("companies", read.companies)
    if not any(cell in (item.title, item.name) for cell in header for item in columns):
        return  # a sheet of notes, not of the register
    places, findings = _places(record, header, columns, number)
    read.findings += findings
    for row_number, row in enumerate(cells[1:], start=2):
        if any(row):
            where = RegisterRow(number, row_number, {})
            read.findings += _parse_row(record, where, row, places)
            target.append(where)


def _places(
    record: str, header: list[str], columns: Sequence[RegisterColumn], number: int
) -> tuple[list[tuple[int, RegisterColumn]], list[Finding]]:
    """Find each column in the header; missing and repeated ones become findings."""
    places, findings = [], []
    where = RegisterRow(number, 1, {})
    for column in columns:
        found = [place for place, title in enumerate(header) if title in (column.title, column.name)]
        if len(found) > 1:
            said = (f"表头“{column.title}”出现{len(found)}次", "请只保留一列")
            findings.append(problem(record, where, column.name, column.title, said))
        if found:
            places.append((found[0], column))
        elif column.required:
            said = (f"缺少列“{column.title}”", f"请在第1行增加表头“{column.title}”并逐行填写")
            findings.append(problem(record, where, column.name, column.title, said))
    return places, findings


def _parse_row(
    record: str, where: RegisterRow, row: list[str], places: list[tuple[int, RegisterColumn]]
) -> list[Finding]:
    findings = []
    for place, column in places:
        text = row[place] if place < len(row) else ""
        where.values[column.name] = None
        if not text:
            if column.required:
                said = (f"第{where.row_number}行“{column.title}”为空", f"请填写{column.title}")
                findings.append(problem(record, where, column.name, None, said))
            continue
        try:
            where.values[column.name] = column.parse(text)
        except ValueError as error:
            said = (f"第{where.row_number}行“{column.title}”的值“{text[:40]}”无效", str(error))
            findings.append(problem(record, where, column.name, text, said))
    return findings
