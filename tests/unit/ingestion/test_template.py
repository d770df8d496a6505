"""The template reads back clean and never carries a formula that came from data."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from ingestion.code_lists import load_code_lists
from ingestion.contract import load_contract
from ingestion.reading import read_files
from ingestion.template import EXPLANATION_SHEET, LIST_SHEET, write_template
from ingestion.template_words import RECORD_NOTES, TYPE_NAMES
from tests.hostile.base import ROWS

PAYLOADS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",
    '=HYPERLINK("http://198.51.100.7")',
    "=cmd|' /C calc'!A0",
)


def test_filled_template_reads_back_clean(tmp_path: Path) -> None:
    path = tmp_path / "填报.xlsx"
    write_template(path, ROWS)
    files = read_files([path])
    assert files.findings == []
    assert {name: record.row_count for name, record in files.records.items() if record.row_count} == dict.fromkeys(
        ROWS, 1
    )
    assert files.records["notes"].columns == tuple(column.name for column in load_contract().record("notes").columns)
    assert b"J001,H001,K001" in files.records["notes"].body


def test_empty_template_lacks_only_data_rows(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(path)
    assert {finding.rule_id for finding in read_files([path]).findings} == {"S-27"}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_never_becomes_a_formula(payload: str, tmp_path: Path) -> None:
    path = tmp_path / "填报.xlsx"
    write_template(path, {"customers": [{"customer_name": payload, "customer_no": payload, "id_number": payload}]})
    opened = load_workbook(path)
    kinds = {cell.data_type for row in opened["客户"].iter_rows(min_row=2) for cell in row if cell.value is not None}
    opened.close()
    assert kinds == {"s"}


def test_every_code_column_offers_its_list(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(path)
    opened = load_workbook(path)
    lists = {
        cell.value: {item.value for item in column[1:] if item.value}
        for column in opened[LIST_SHEET].columns
        for cell in column[:1]
    }
    for record in load_contract().records:
        sheet = opened[record.title]
        offered = [item.formula1 for item in sheet.data_validations.dataValidation if item.type == "list"]
        codes = [column for column in record.columns if column.type_name in ("code", "boolean")]
        assert len(offered) == len(codes)
    opened.close()
    assert lists["class5"] == {code.name for code in load_code_lists()["class5"]}
    assert "1303" in lists["account"]


def test_workbook_explains_every_record(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(path)
    opened = load_workbook(path)
    words = {str(cell.value) for row in opened[EXPLANATION_SHEET].iter_rows() for cell in row if cell.value}
    comments = [cell.comment for record in load_contract().records for cell in opened[record.title][1]]
    opened.close()
    assert set(RECORD_NOTES) == {record.name for record in load_contract().records}
    assert set(RECORD_NOTES.values()) <= words
    assert all(comments)
    assert {column.type_name for record in load_contract().records for column in record.columns} <= set(TYPE_NAMES)
