import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from common.database import connect, engine
from common.exchange import report_files
from common.settings import Settings
from exports.province import ExportError, export_month
from exports.reports import ReportNotFoundError, read_report
from exports.verify import NotOurWorkbookError, verify_workbook
from tests.unit.exports.factories import COMPANY, MONTH, PROVINCE, accept_submission, create_marts, fill_marts

COUNTY = replace(PROVINCE, org_level="county", org_code="320506", org_name="吴中区", coverage=(1, 2))
MANAGER = replace(COMPANY, org_level="manager", org_code="JS001:M01", org_name="陈经理")
SECOND = replace(COMPANY, org_code="JS002", org_name="苏州=吴中/第二农村小额贷款公司")


@pytest.fixture
def closed(installation: Settings) -> Settings:
    """An installation whose marts hold one month of two companies and the levels above."""
    with connect(installation) as connection:
        create_marts(connection)
        fill_marts(connection, [COMPANY, SECOND, MANAGER, COUNTY, PROVINCE])
        for heading in (COMPANY, SECOND):
            accept_submission(connection, heading)
    return installation


def workbook_of(paths: list[Path], code: str) -> Path:
    return next(path for path in paths if path.name.startswith(code) and path.suffix == ".xlsx")


def test_every_organisation_gets_a_verified_workbook(closed: Settings) -> None:
    *books, package = export_month(closed, MONTH)
    assert [path.parent.name for path in books] == ["province", "county", "company", "company"]
    assert package.name == "2024-06_全省报表.zip"
    assert [verify_workbook(closed, path) for path in books] == [[], [], [], []]


def test_rebuilding_a_month_gives_same_bytes(closed: Settings) -> None:
    first = {path: path.read_bytes() for path in export_month(closed, MONTH, formats=("xlsx", "docx"))}
    assert len(first) == 9
    assert {path: path.read_bytes() for path in export_month(closed, MONTH, formats=("xlsx", "docx"))} == first


def test_manifest_names_every_file_by_hash(closed: Settings) -> None:
    package = export_month(closed, MONTH)[-1]
    with zipfile.ZipFile(package) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        assert len(manifest["files"]) == 4
        for entry in manifest["files"]:
            content = opened.read(entry["file"])
            assert hashlib.sha256(content).hexdigest() == entry["sha256"]
            assert len(content) == entry["bytes"]
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_report_files_are_replaced_not_doubled(closed: Settings) -> None:
    export_month(closed, MONTH)
    export_month(closed, MONTH, orgs=["JS001"], unit="元")
    with engine(closed).connect() as connection:
        rows = connection.execute(select(report_files).order_by(report_files.c.path)).all()
    assert len(rows) == 5
    assert all(hashlib.sha256((closed.reports / row.path).read_bytes()).hexdigest() == row.sha256 for row in rows)


def test_renamed_company_leaves_no_old_file(closed: Settings) -> None:
    old = workbook_of(export_month(closed, MONTH), "JS001")
    with connect(closed) as connection:
        connection.execute("update marts.dim_org set org_name = '新名' where org_code = 'JS001'")
    new = workbook_of(export_month(closed, MONTH), "JS001")
    assert (old.exists(), new.exists()) == (False, True)


def test_verification_finds_tampered_cells(closed: Settings) -> None:
    path = workbook_of(export_month(closed, MONTH), "JS001")
    book = load_workbook(path)
    book["表一"]["D6"] = 1.23
    book["表三"]["B8"] = "=1+1"
    book["表九"]["K40"] = 5
    book.save(path)
    found = verify_workbook(closed, path)
    assert [(one.sheet, one.cell) for one in found] == [("表一", "D6"), ("表三", "B8"), ("表九", "K40")]
    assert "工作表“表一”单元格 D6：应为" in found[0].message


def test_verification_accepts_figures_entered_by_hand(closed: Settings) -> None:
    path = workbook_of(export_month(closed, MONTH), "JS001")
    book = load_workbook(path)
    book["表二"]["C7"] = 88.88
    book.save(path)
    assert verify_workbook(closed, path) == []


@pytest.mark.parametrize(("is_built", "sheets"), [(False, set()), (True, {"出处"})], ids=["waiting", "built"])
def test_verification_tells_newer_built_submission(closed: Settings, is_built: bool, sheets: set[str]) -> None:
    path = workbook_of(export_month(closed, MONTH), "JS001")
    with connect(closed) as connection:
        accept_submission(connection, COMPANY, version=2, is_built=is_built)
    found = verify_workbook(closed, path)
    assert {one.sheet for one in found} == sheets
    assert (("2", "1") in {(one.expected, one.found) for one in found}) is is_built


def test_foreign_workbook_is_refused_in_chinese(closed: Settings, tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    path.write_bytes(b"PK nothing")
    with pytest.raises(NotOurWorkbookError, match="无法打开"):
        verify_workbook(closed, path)


def test_origin_names_version_receipt_and_hash(closed: Settings) -> None:
    sheet = load_workbook(workbook_of(export_month(closed, MONTH), "JS001"))["出处"]
    rows = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    assert rows[5] == ["制表依据时间", "2024-07-03T09:30:00.000000+00:00"]
    assert rows[-1][:6] == ["JS001", "2024-06", "1", "R202406-JS001-1", f"{1:064d}", "1.0.0"]


def test_customers_stay_in_company_workbooks(closed: Settings) -> None:
    paths = export_month(closed, MONTH)
    with zipfile.ZipFile(workbook_of(paths, "320000")) as package:
        assert not any("客户C00".encode() in package.read(name) for name in package.namelist())
    with zipfile.ZipFile(workbook_of(paths, "JS001")) as package:
        assert any("客户C00".encode() in package.read(name) for name in package.namelist())


def test_manager_gets_the_seven_tables_on_request(closed: Settings) -> None:
    path = workbook_of(export_month(closed, MONTH, orgs=["JS001:M01"]), "JS001_M01")
    assert load_workbook(path).sheetnames == ["表一", "表三", "表四", "表六", "表七", "表八", "表九", "出处"]


def test_pdf_and_word_follow_the_workbook(closed: Settings) -> None:
    paths = export_month(closed, MONTH, orgs=["JS002"], formats=("pdf", "docx"))
    pdf = next(path for path in paths if path.suffix == ".pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.read_bytes())).pages)
    with connect(closed) as connection:
        figure = read_report(connection, 1, MONTH, "JS002").rows[0]
    assert "江苏省农村小额贷款公司业务状况月报表" in text
    assert f"{figure.cells[1]}" in text
    again = export_month(closed, MONTH, orgs=["JS002"], formats=("pdf",))
    assert pdf.read_bytes() == again[0].read_bytes()


@pytest.mark.parametrize(
    ("table_no", "code", "message"),
    [(1, "JS999", "没有代码为“JS999”的机构"), (2, "JS001:M01", "表二没有客户经理一级的报表")],
)
def test_missing_report_is_explained(closed: Settings, table_no: int, code: str, message: str) -> None:
    with connect(closed) as connection, pytest.raises(ReportNotFoundError, match=message):
        read_report(connection, table_no, MONTH, code)


def test_month_without_reports_is_explained(closed: Settings) -> None:
    with pytest.raises(ExportError, match="2024-07 没有可导出的报表"):
        export_month(closed, MONTH.replace(month=7))
