"""Bad workbooks of the structure stage: sheets that calamine would hide, mangle or die of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.contract import load_contract
from tests.hostile.base import HostileFile, Make, good_workbook, sheet_part, workbook_with

NOTES = sheet_part("notes")
EVENTS = sheet_part("loan_events")


def position(record: str, column: str) -> int:
    """Return the position of a column in the template."""
    return [item.name for item in load_contract().record(record).columns].index(column) + 1


def changed(change: Callable[[Any], None]) -> Make:
    """Return a maker of the good workbook changed through openpyxl."""

    def make(folder: Path) -> list[Path]:
        path = good_workbook(folder)
        opened = load_workbook(path)
        change(opened)
        opened.save(path)
        opened.close()
        return [path]

    return make


def with_cell(
    record: str, column: str, value: object, number_format: str | None = None, data_type: str | None = None
) -> Make:
    """Return a maker of the good workbook with one other value in row 2."""

    def change(opened: Any) -> None:
        sheet: Worksheet = opened[load_contract().record(record).title]
        cell = sheet.cell(2, position(record, column))
        cell.value = value  # type: ignore[assignment]
        if number_format:
            cell.number_format = number_format
        if data_type:
            cell.data_type = data_type

    return changed(change)


def _cells(xml: bytes) -> Make:
    """Return a maker that puts raw rows behind the data of the sheet 借据."""
    return workbook_with(NOTES, lambda content: content.replace(b"</sheetData>", xml + b"</sheetData>"))


def _row(number: int, column: bytes) -> bytes:
    return b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (number, column, number)


_ODD_SHEET = (
    b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'>"
    b"<c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData></worksheet>"
)


def _dimension(content: bytes) -> bytes:
    start = content.index(b'<dimension ref="') + 16
    return content[:start] + b"A1:XFD1048576" + content[content.index(b'"', start) :]


def _many_cells() -> bytes:
    """Sixteen million cells in few bytes: short rows of columns beyond every record."""
    row = b"".join(b'<c r="%s%%d"><v>1</v></c>' % name for name in (b"A", b"ZZ", b"ALL"))
    return b"".join(b'<row r="%d">' % n + row % (n, n, n) + b"</row>" for n in range(3, 15_003))


def _rows(count: int) -> bytes:
    return b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, count))


def _title_row(opened: Any) -> None:
    opened["借据"].insert_rows(1)
    opened["借据"]["A1"] = "2025年3月借据明细表"


def _unknown_sheet(opened: Any) -> None:
    opened.create_sheet("借剧")["A1"] = "借据号"


def _twice(opened: Any) -> None:
    opened.create_sheet("notes")["A1"] = "借据号"


def _empty_sheet(opened: Any) -> None:
    opened["借据"].delete_rows(1, 10)


def _no_column(opened: Any) -> None:
    opened["借据"].delete_cols(position("notes", "annual_rate_pct"))


def _double_title(opened: Any) -> None:
    opened["借据"].cell(1, position("notes", "current_maturity_date")).value = "原到期日"


def _unknown_title(opened: Any) -> None:
    opened["员工"].cell(1, 7).value = "身高"


def _ten_thousands(opened: Any) -> None:
    opened["借据"].cell(1, position("notes", "original_amount_yuan")).value = "借据金额（万元）"


def _headless(opened: Any) -> None:
    opened["员工"].cell(2, 8).value = "备注内容"


def _hidden(state: str) -> Callable[[Any], None]:
    def change(opened: Any) -> None:
        opened["借据"].sheet_state = state

    return change


def _merged(opened: Any) -> None:
    opened["借款合同"].merge_cells("A2:A3")


def _without(title: str) -> Callable[[Any], None]:
    return lambda opened: opened.remove(opened[title])


def _no_rows(opened: Any) -> None:
    opened["科目余额表"].delete_rows(2, 10)


CASES = [
    HostileFile("cell in the last corner", _cells(_row(1_048_576, b"XFD")), "F-22", "notes", 1_048_576, "XFD"),
    HostileFile("cell in the last row", _cells(_row(1_048_576, b"A")), "F-22", "notes", 1_048_576, "A"),
    HostileFile("cell in the last column", _cells(_row(3, b"XFD")), "F-22", "notes", 3, "XFD"),
    HostileFile(
        "far cell with other quotes",
        workbook_with(EVENTS, lambda _: _ODD_SHEET),
        "F-22",
        "loan_events",
        1_048_576,
        "XFD",
    ),
    HostileFile("millions of cells in a wide box", _cells(_many_cells()), "F-22", "notes", 3, "ZZ"),
    HostileFile("lying dimension", workbook_with(NOTES, _dimension), "F-23", "notes"),
    HostileFile("unknown sheet", changed(_unknown_sheet), "S-02"),
    HostileFile("same record as Chinese and English sheet", changed(_twice), "S-03", "notes"),
    HostileFile("required sheet left out", changed(_without("月末借据状态")), "S-04", "note_states"),
    HostileFile("sheet without anything", changed(_empty_sheet), "S-05", "notes"),
    HostileFile("required column left out", changed(_no_column), "S-06", "notes", 1, "annual_rate_pct"),
    HostileFile("double title", changed(_double_title), "S-07", "notes", 1, "original_maturity_date"),
    HostileFile("unknown title", changed(_unknown_title), "S-08", "staff", 1),
    HostileFile(
        "formula in an amount", with_cell("notes", "original_amount_yuan", "=1+1"), "S-15", "notes", 2,
        "original_amount_yuan",
    ),
    HostileFile(
        "DDE formula in a name", with_cell("customers", "customer_name", "=cmd|' /C calc'!A0"), "S-15", "customers",
        2, "customer_name",
    ),
    HostileFile(
        "hyperlink formula", with_cell("notes", "note_no", '=HYPERLINK("http://198.51.100.7","x")'), "S-15", "notes",
        2, "note_no",
    ),
    HostileFile(
        "error value", with_cell("note_states", "provision_yuan", "#REF!", data_type="e"), "S-16", "note_states", 2,
        "provision_yuan",
    ),
    HostileFile("merged cells", changed(_merged), "S-17", "contracts", 2, "contract_no"),
    HostileFile("hidden sheet", changed(_hidden("hidden")), "S-18", "notes"),
    HostileFile("very hidden sheet", changed(_hidden("veryHidden")), "S-18", "notes"),
    HostileFile(
        "identity number as a number", with_cell("customers", "id_number", 320102199003078515, "0"), "S-19",
        "customers", 2, "id_number",
    ),
    HostileFile(
        "identity number cut to 15 digits", with_cell("customers", "id_number", "320102199003079000"), "S-19",
        "customers", 2, "id_number",
    ),
    HostileFile(
        "amount beyond 15 digits", with_cell("notes", "original_amount_yuan", 1e20), "S-19", "notes", 2,
        "original_amount_yuan",
    ),
    HostileFile(
        "identity number in scientific notation", with_cell("customers", "id_number", "3.20102E+17"), "S-20",
        "customers", 2, "id_number",
    ),
    HostileFile(
        "note number made a date", with_cell("notes", "note_no", date(2025, 3, 1), "yyyy-mm-dd"), "S-21", "notes", 2,
        "note_no",
    ),
    HostileFile(
        "amount made a time", with_cell("notes", "fees_charged_yuan", time(1, 30), "hh:mm"), "S-21", "notes", 2,
        "fees_charged_yuan",
    ),
    HostileFile(
        "date as a bare number", with_cell("notes", "start_date", 45_659, "0"), "S-22", "notes", 2, "start_date"
    ),
    HostileFile(
        "rate as percent", with_cell("notes", "annual_rate_pct", 0.144, "0.00%"), "S-23", "notes", 2,
        "annual_rate_pct",
    ),
    HostileFile("title row above the header", changed(_title_row), "S-24", "notes", 2),
    HostileFile(
        "amounts in ten thousands", changed(_ten_thousands), "S-25", "notes", 1, "original_amount_yuan"
    ),
    HostileFile("three hundred thousand rows", _cells(_rows(300_000)), "S-26", "notes"),
    HostileFile("trial balance without rows", changed(_no_rows), "S-27", "trial_balance"),
    HostileFile("data under no title", changed(_headless), "S-28", "staff", 2, "H"),
]  # fmt: skip
