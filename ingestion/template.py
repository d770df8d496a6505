"""The Excel template (报送模板), made from the contract: a sheet per record, drop-downs, ranges, comments.

``write_template`` without rows is what companies download; with rows it is a filled submission. What it writes
reads back clean through ``ingestion.reading``. Text never becomes a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.code_lists import load_code_lists
from ingestion.contract import Contract, ContractColumn, ContractRecord, load_contract
from ingestion.reading.files import REQUIRED_RECORDS
from ingestion.template_cells import cell_at, link_to, number_format, write_text, write_value
from ingestion.template_words import RECORD_NOTES, RULES_OF_FILLING, TYPE_NAMES, describe_range, letters_of

EXPLANATION_SHEET = "填报说明"
LIST_SHEET = "代码表"
VALIDATED_ROWS = 20_000
Rows = Mapping[str, Sequence[Mapping[str, Any]]]

_FONT = "宋体"
_LINE = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_REQUIRED_FILL = PatternFill("solid", fgColor="1F4E79")
_OPTIONAL_FILL = PatternFill("solid", fgColor="D9E2EC")
_BAND_FILL = PatternFill("solid", fgColor="F3F6F9")


def write_template(path: Path, rows: Rows | None = None) -> None:
    """Write the template to ``path``; ``rows`` gives the data by record name, each row by column name.

    Raises:
        OSError: the file cannot be written.
    """
    build_workbook(rows).save(path)


def build_workbook(rows: Rows | None = None) -> Workbook:
    """Return the template as an open workbook."""
    contract = load_contract()
    workbook = Workbook()
    explanation = workbook.active
    if not isinstance(explanation, Worksheet):
        raise TypeError("a new workbook has a worksheet")
    _write_explanation(explanation, contract)
    places = _write_lists(workbook.create_sheet(LIST_SHEET))
    for record in contract.records:
        sheet = workbook.create_sheet(record.title, index=len(workbook.sheetnames) - 1)
        _write_header(sheet, record)
        _add_validations(sheet, record, places)
        _write_rows(sheet, record, (rows or {}).get(record.name, ()))
    workbook[LIST_SHEET].sheet_state = "hidden"
    return workbook


def _write_header(sheet: Worksheet, record: ContractRecord) -> None:
    sheet.freeze_panes = "A2"
    sheet.sheet_view.zoomScale = 100
    sheet.sheet_properties.tabColor = "1F4E79" if record.name in REQUIRED_RECORDS else "A6B4C3"
    sheet.row_dimensions[1].height = 32
    for position, column in enumerate(record.columns, start=1):
        cell = cell_at(sheet, 1, position)
        write_text(cell, column.title + ("*" if column.required else ""))
        cell.font = Font(name=_FONT, size=11, bold=True, color="FFFFFF" if column.required else "1F2D3D")
        cell.fill = _REQUIRED_FILL if column.required else _OPTIONAL_FILL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _BOX
        cell.comment = _comment(column)
        dimension = sheet.column_dimensions[letters_of(position)]
        dimension.width = _width(column)
        dimension.number_format = number_format(column)
        dimension.font = Font(name=_FONT, size=11)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _comment(column: ContractColumn) -> Comment:
    lines = [f"{column.description}", f"英文名：{column.name}", f"格式：{TYPE_NAMES[column.type_name]}"]
    allowed = describe_range(column)
    if allowed:
        lines.append(f"范围：{allowed}")
    if column.code_list:
        names = [item.name for item in load_code_lists()[column.code_list]]
        lines.append("可选：" + "、".join(names[:12]) + ("……" if len(names) > 12 else ""))
    lines.append("必填" if column.required else "选填")
    comment = Comment("\n".join(lines), "报送模板")
    comment.width, comment.height = 300, 26 + 20 * (len(lines) + sum(len(line) // 22 for line in lines))
    return comment


def _width(column: ContractColumn) -> float:
    by_type = {"money": 17, "date": 13, "boolean": 11, "integer": 11, "rate": 12, "month": 11, "code": 17}
    wide = {"address": 36, "explanation": 60, "remark": 36, "customer_name": 30, "id_number": 22}
    titled = 2.2 * len(column.title) + 3
    return max(titled, wide.get(column.name, by_type.get(column.type_name, 18)))


def _write_lists(sheet: Worksheet) -> dict[str, str]:
    """Write every code list into a column; return where each one lies."""
    places = {}
    for position, (name, codes) in enumerate(load_code_lists().items(), start=1):
        write_text(cell_at(sheet, 1, position), name)
        for row, code in enumerate(codes, start=2):
            write_text(cell_at(sheet, row, position), code.code if code.code.isdigit() else code.name)
        letters = letters_of(position)
        places[name] = f"{LIST_SHEET}!${letters}$2:${letters}${len(codes) + 1}"
    return places


def _add_validations(sheet: Worksheet, record: ContractRecord, places: Mapping[str, str]) -> None:
    for position, column in enumerate(record.columns, start=1):
        validation = _validation(column, places)
        if validation is None:
            continue
        validation.allow_blank = True
        validation.showErrorMessage = True
        validation.errorTitle = "填写有误"
        validation.error = f"“{column.title}”：{describe_range(column) or TYPE_NAMES[column.type_name]}"[:220]
        letters = letters_of(position)
        validation.add(f"{letters}2:{letters}{VALIDATED_ROWS}")
        sheet.add_data_validation(validation)


def _validation(column: ContractColumn, places: Mapping[str, str]) -> DataValidation | None:
    match column.type_name:
        case "code":
            return DataValidation(type="list", formula1=f"={places[column.code_list or '']}")
        case "boolean":
            return DataValidation(type="list", formula1='"是,否"')
        case "date":
            return DataValidation(type="date", operator="between", formula1="7306", formula2="73050")
        case "money" | "rate" | "integer":
            lower, upper = _bounds(column)
            whole = column.type_name == "integer"
            return DataValidation(
                type="whole" if whole else "decimal", operator="between", formula1=lower, formula2=upper
            )
        case "text" if column.max_length:
            return DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(column.max_length))
    return None


def _bounds(column: ContractColumn) -> tuple[str, str]:
    lower = column.minimum if column.minimum is not None else -999_999_999_999
    upper = column.maximum if column.maximum is not None else 999_999_999_999
    return f"{lower:.15g}", f"{upper:.15g}"


def _write_rows(sheet: Worksheet, record: ContractRecord, rows: Sequence[Mapping[str, Any]]) -> None:
    for number, row in enumerate(rows, start=2):
        for position, column in enumerate(record.columns, start=1):
            if row.get(column.name) is not None:
                write_value(cell_at(sheet, number, position), column, row[column.name])


def _write_explanation(sheet: Worksheet, contract: Contract) -> None:
    sheet.title = EXPLANATION_SHEET
    sheet.sheet_view.showGridLines = False
    for letters, width in zip("ABCDEF", (6, 18, 24, 10, 62, 26), strict=True):
        sheet.column_dimensions[letters].width = width
    _line(sheet, 1, f"{contract.title}　填报模板", Font(name=_FONT, size=16, bold=True), 30)
    _line(
        sheet,
        2,
        f"约定版本 {contract.version}　　深色表头为必填列，表头批注说明每一列怎样填写",
        Font(name=_FONT, size=10),
        18,
    )
    _line(sheet, 4, "一、怎样填写", Font(name=_FONT, size=12, bold=True), 22)
    row = 5
    for number, text in enumerate(RULES_OF_FILLING, start=1):
        _line(sheet, row, f"{number}. {text}", Font(name=_FONT, size=11), 20)
        row += 1
    _line(sheet, row + 1, "二、各工作表", Font(name=_FONT, size=12, bold=True), 22)
    _write_index(sheet, contract, row + 2)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _line(sheet: Worksheet, row: int, text: str, font: Font, height: int) -> None:
    cell = cell_at(sheet, row, 1)
    write_text(cell, text)
    cell.font = font
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
    sheet.row_dimensions[row].height = height


def _write_index(sheet: Worksheet, contract: Contract, top: int) -> None:
    titles = ("序号", "工作表", "英文名（CSV 文件名）", "报送", "内容", "主键")
    lines = [
        (
            str(number),
            record.title,
            record.name,
            "必报" if record.name in REQUIRED_RECORDS else "选报",
            RECORD_NOTES[record.name],
            "、".join(record.column(name).title for name in record.key),
        )
        for number, record in enumerate(contract.records, start=1)
    ]
    for offset, line in enumerate([titles, *lines]):
        sheet.row_dimensions[top + offset].height = 20
        for position, text in enumerate(line, start=1):
            cell = cell_at(sheet, top + offset, position)
            write_text(cell, text)
            cell.font = Font(name=_FONT, size=11, bold=offset == 0, color="FFFFFF" if offset == 0 else "000000")
            cell.fill = _REQUIRED_FILL if offset == 0 else _BAND_FILL if offset % 2 == 0 else PatternFill()
            cell.border = _BOX
            cell.alignment = Alignment(vertical="center", horizontal="center" if position in (1, 4) else "left")
        if offset:
            link_to(cell_at(sheet, top + offset, 2), line[1], "A2")
            cell_at(sheet, top + offset, 2).font = Font(name=_FONT, size=11, color="0563C1", underline="single")
