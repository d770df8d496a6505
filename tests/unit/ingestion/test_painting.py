"""Findings come back in the submitter's own workbook, painted, listed and without formulas."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from common.exchange import Severity
from ingestion.findings import Finding
from ingestion.painted_workbook import RESULT_SHEET
from ingestion.painting import paint_findings
from ingestion.reading import read_files
from tests.hostile.base import csv_files, good_workbook, replacing, sheet_part, workbook
from tests.hostile.sheets import with_cell

FAR = b'<row r="1048576"><c r="XFD1048576" s="3"/></row>'
RED, YELLOW = "00FFC7CE", "00FFEB9C"


def finding(record: str | None, row: int | None, column: str | None, severity: Severity = Severity.ERROR) -> Finding:
    return Finding("R-03", severity, record, 1, row, column, "=1+1", "校验位不正确", "请核对证件原件")


@contextmanager
def painted(original: list[Path], findings: list[Finding], folder: Path) -> Iterator[Workbook]:
    target = folder / "检查结果.xlsx"
    paint_findings(original, findings, target)
    opened = load_workbook(target)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "own"
    own.mkdir()
    return own


def fill(workbook: Workbook, sheet: str, place: str) -> str:
    return str(workbook[sheet][place].fill.fgColor.rgb)


def test_failing_cell_is_coloured_and_commented(folder: Path) -> None:
    found = [finding("customers", 2, "id_number"), finding("notes", 2, "annual_rate_pct", Severity.WARNING)]
    with painted([good_workbook(folder)], found, folder) as workbook:
        assert workbook.sheetnames[0] == RESULT_SHEET
        assert fill(workbook, "客户", "E2") == RED
        assert "R-03" in workbook["客户"]["E2"].comment.text
        assert fill(workbook, "借据", "J2") == YELLOW
        assert fill(workbook, "客户", "D2") not in (RED, YELLOW)
        assert workbook["客户"]["E2"].value == "320102199003078510"


def test_result_sheet_counts_and_links(folder: Path) -> None:
    found = [
        finding("customers", 2, "id_number"),
        finding("notes", None, None, Severity.WARNING),
        finding(None, None, None),
    ]
    with painted([good_workbook(folder)], found, folder) as workbook:
        sheet = workbook[RESULT_SHEET]
        assert sheet["A1"].value == "检查结果：错误 2 项，预警 1 项"
        links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
        assert links == ["'客户'!E2", "'借据'!A1"]


def test_csv_submission_comes_back_as_workbook(folder: Path) -> None:
    with painted(csv_files(folder), [finding("staff", 2, "staff_name")], folder) as workbook:
        assert workbook["员工"]["B2"].value == "孙七"
        assert fill(workbook, "员工", "B2") == RED
        assert "费用明细" not in workbook.sheetnames


def test_unreadable_file_gives_the_list_only(folder: Path) -> None:
    broken = folder / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    with painted([broken], read_files([broken]).findings, folder) as workbook:
        assert workbook.sheetnames == [RESULT_SHEET]
        assert "F-07" in {cell.value for row in workbook[RESULT_SHEET].iter_rows() for cell in row}


def test_no_formula_comes_through(folder: Path) -> None:
    original = with_cell("customers", "customer_name", "=cmd|' /C calc'!A0")(folder)
    with painted(original, read_files(original).findings, folder) as workbook:
        kinds = {cell.data_type for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds
        assert workbook["客户"]["B2"].value == "=cmd|' /C calc'!A0"


def test_mended_cell_loses_its_old_mark(folder: Path) -> None:
    target = folder / "第一次.xlsx"
    paint_findings([good_workbook(folder)], [finding("customers", 2, "id_number")], target)
    assert read_files([target]).findings == []
    with painted([target], [finding("notes", 2, "note_no")], folder) as workbook:
        assert fill(workbook, "客户", "E2") != RED
        assert workbook["客户"]["E2"].comment is None
        assert fill(workbook, "借据", "A2") == RED
        assert workbook.sheetnames.count(RESULT_SHEET) == 1


def test_far_empty_cell_does_not_cost_the_workbook(folder: Path) -> None:
    original = workbook(folder, {sheet_part("staff"): replacing(b"</sheetData>", FAR + b"</sheetData>")})
    assert read_files([original]).findings == []
    with painted([original], [finding("customers", 2, "id_number")], folder) as result:
        assert result["员工"].max_row == 1_048_576
        assert fill(result, "客户", "E2") == RED
