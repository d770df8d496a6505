"""Cells of the workbooks that go to companies: values in the contract's form, text never as a formula."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.contract import ContractColumn

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
_FORMATS = {"money": "#,##0.00", "rate": "0.00###", "integer": "0", "date": "yyyy-mm-dd"}


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return an ordinary cell.

    Raises:
        TypeError: the place is covered by a merged cell.
    """
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"{cell.coordinate} is merged")
    return cell


def number_format(column: ContractColumn) -> str:
    """Return the Excel number format of a column; text for everything that is not a number or a date."""
    return _FORMATS.get(column.type_name, "@")


def write_text(cell: Cell, text: str) -> None:
    """Put text into a cell, never as a formula; characters that XML cannot carry are left out."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:32_767]
    cell.data_type = "s"
    if text.startswith(tuple(FORMULA_STARTS)):
        cell.quotePrefix = True


def link_to(cell: Cell, sheet: str, place: str) -> None:
    """Let a click on ``cell`` lead to a place of the same workbook."""
    name = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!{place}")


def write_value(cell: Cell, column: ContractColumn, value: Any) -> None:
    """Put a value into a cell in the form that the contract wants."""
    cell.number_format = number_format(column)
    if value is None or value == "":
        return
    if isinstance(value, bool):
        value = "是" if value else "否"
    if isinstance(value, date) and column.type_name == "month":
        value = f"{value:%Y-%m}"
    native = _native(column, value)
    if isinstance(native, str):
        write_text(cell, native)
    else:
        cell.value = native


def _native(column: ContractColumn, value: Any) -> Any:
    """Return a number or date where the column wants one and the value is one, text otherwise."""
    text = str(value)
    try:
        if column.type_name in ("money", "rate", "integer"):
            number = Decimal(text)
            return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else text
        if column.type_name == "date":
            return date.fromisoformat(text)
    except (InvalidOperation, ValueError):
        return text
    return text
