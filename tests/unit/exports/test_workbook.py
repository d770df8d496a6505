import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from exports.layout import lay_out
from exports.reports import ReportTable
from exports.values import DASH
from exports.workbook import workbook_bytes
from tests.unit.exports.factories import ACCEPTED, PROVINCE, table, tables

HOSTILE = [
    "=1+1",
    "=cmd|'/c calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋1",
    '=HYPERLINK("http://x")',
    "<c><f>1+1</f></c>",
    "]]><f>1</f>",
    "&lt;f&gt;",
    "{=1+1}",
    "_x003D_1+1",
    "a\x00=1\x0b",
    "'=1+1",
    "=DDE(1)",
]


def make(found: Sequence[ReportTable], unit: str = "万元") -> bytes:
    return workbook_bytes([lay_out(one, unit) for one in found], [[("出处", "left")]], "标题", ACCEPTED)


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def renamed(name: str) -> ReportTable:
    """表九 with every customer called ``name``."""
    one = table(9)
    return replace(one, rows=tuple(row._replace(label=name) for row in one.rows))


def test_same_figures_give_same_bytes() -> None:
    assert make(tables()) == make(tables())


def test_other_acceptance_time_gives_other_bytes() -> None:
    grids = [lay_out(table(1), "万元")]
    later = ACCEPTED + timedelta(days=1)
    assert workbook_bytes(grids, [], "标题", ACCEPTED) != workbook_bytes(grids, [], "标题", later)


def test_workbook_has_nine_sheets_and_hidden_origin() -> None:
    book = opened(make(tables()))
    assert book.sheetnames == [*(f"表{number}" for number in "一二三四五六七八九"), "出处"]
    assert book["出处"].sheet_state == "hidden"


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_name_never_becomes_formula(name: str) -> None:
    content = make([renamed(name)])
    sheet = opened(content)["表九"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["B6"].quotePrefix
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("unit", ["元", "千元", "万元", "亿元"])
def test_read_back_numbers_equal_rounded_decimals(unit: str) -> None:
    grids = [lay_out(one, unit) for one in tables()]
    book = opened(workbook_bytes(grids, [], "标题", ACCEPTED))
    compared = 0
    for grid in grids:
        for number, row in enumerate(grid.rows, 1):
            for column, (value, _) in enumerate(row, 1):
                if isinstance(value, Decimal):
                    assert Decimal(str(book[grid.definition.sheet].cell(number, column).value)) == value
                    compared += 1
    assert compared > 1000


def test_number_formats_follow_the_kind() -> None:
    book = opened(make(tables()))
    assert book["表一"]["D6"].number_format == "#,##0.00"
    assert book["表一"]["E6"].number_format == "#,##0"
    assert book["表二"]["C11"].number_format == "0.00000"
    assert book["表二"]["C17"].number_format == "0.00%"
    assert book["表六"]["C5"].number_format == "0.00%"


def test_missing_value_is_printed_as_dash() -> None:
    one = table(1)
    emptied = replace(one, rows=tuple(row._replace(cells=(None,) * 6) for row in one.rows))
    sheet = opened(make([emptied]))["表一"]
    assert {sheet.cell(6, column).value for column in range(4, 10)} == {DASH}


def test_only_manual_cells_are_unlocked() -> None:
    sheet = opened(make([table(2)]))["表二"]
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {"C7", "D7", "E7", "F7", "G7"}
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet["C7"].fill.start_color.rgb.endswith("FFF8DC")


def test_missing_manual_value_stays_blank() -> None:
    one = table(2)
    emptied = replace(one, rows=tuple(row._replace(cells=(None,) * 5) for row in one.rows))
    sheet = opened(make([emptied]))["表二"]
    assert sheet["C7"].value is None
    assert sheet["C6"].value == DASH


def test_fonts_follow_the_requirement() -> None:
    sheet = opened(make([table(1)]))["表一"]
    assert (sheet["A1"].font.name, sheet["A1"].font.size) == ("宋体", 12)
    assert (sheet["A4"].font.name, sheet["A4"].font.size) == ("宋体", 10)
    assert sheet["A4"].fill.fill_type == "solid"
    assert (sheet["D6"].font.name, sheet["D6"].font.size) == ("宋体", 10)
    assert sheet["D6"].border.left.style == "thin"


@pytest.mark.parametrize(("number", "sheet", "orientation"), [(1, "表一", "portrait"), (9, "表九", "landscape")])
def test_print_setup_fits_a4_with_repeated_header(number: int, sheet: str, orientation: str) -> None:
    found = opened(make([table(number)]))[sheet]
    setup, properties, footer = found.page_setup, found.sheet_properties.pageSetUpPr, found.oddFooter
    assert (str(setup.paperSize), setup.orientation, setup.fitToWidth) == ("9", orientation, 1)
    assert properties is not None
    assert properties.fitToPage
    assert found.print_title_rows == ("$4:$5" if number == 1 else "$1:$5")
    assert footer is not None
    assert footer.center.text == "第 &P 页 共 &N 页"


def test_wide_table_repeats_labels_on_second_page() -> None:
    found = opened(make([table(8)]))["表八"]
    assert found.page_setup.fitToWidth == 2
    assert found.print_title_cols == "$A:$B"


def test_subtotals_stand_out_in_bold() -> None:
    sheet = opened(make([table(9, members=1)]))["表九"]
    assert [sheet.cell(row, 3).font.bold for row in (6, 7)] == [False, True]


def test_members_keep_the_order_of_the_mart() -> None:
    one = table(8, PROVINCE)
    sheet = opened(make([one]))["表八"]
    assert [sheet.cell(7 + at, 2).value for at in range(len(one.rows))] == [row.label for row in one.rows]


def test_properties_hold_no_clock() -> None:
    properties = opened(make([table(1)])).properties
    assert properties.created == ACCEPTED.replace(tzinfo=None)
    assert properties.modified == ACCEPTED.replace(tzinfo=None)


def test_columns_are_wide_enough_in_yuan() -> None:
    one = table(1, PROVINCE)
    huge = replace(one, rows=tuple(row._replace(cells=(Decimal("9509000000000.12"),) * 6) for row in one.rows))
    narrow, wide = (opened(make([huge], unit))["表一"].column_dimensions["D"].width for unit in ("亿元", "元"))
    assert narrow == 15
    assert wide >= len("9,509,000,000,000.12") + 1


def test_styles_are_shared_between_workbooks() -> None:
    packages = [zipfile.ZipFile(io.BytesIO(make([one]))) for one in (table(9), renamed("=1"))]
    assert packages[0].read("xl/styles.xml") == packages[1].read("xl/styles.xml")
    assert len(packages[0].read("xl/styles.xml")) < 20_000
