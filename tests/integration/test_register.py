"""The company register is imported all at once, dated, and says in Chinese what is wrong."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from common.database import connect
from common.settings import Settings
from ingestion.register import import_companies

HEADER = "公司代码,公司名称,县区代码,开业日期,结账日,实收资本,法定代表人,联系电话,生效日期"
FIRST = "JS001,昆山市信诚农村小额贷款有限公司,320583,2009-06-18,25,100000000.00,王建国,0512-57550001,2009-06-18"
SECOND = "JS002,沭阳县惠民农村小额贷款有限公司,321322,2010/3/1,月末,50000000,李秀英,,"


def written(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "公司名录.csv"
    path.write_text("\n".join(lines), encoding=encoding)
    return path


def stored(settings: Settings, columns: str = "company_code, valid_from::text, valid_to::text") -> Sequence[tuple]:
    with connect(settings) as connection:
        return connection.execute(f"select {columns} from reference.companies order by 1, valid_from").fetchall()


def test_register_is_imported_with_defaults(installation: Settings, tmp_path: Path) -> None:
    outcome = import_companies(installation, written(tmp_path, HEADER, FIRST, SECOND, encoding="gb18030"))
    assert (outcome.accepted, outcome.added, outcome.changed) == (True, 2, 0)
    assert stored(installation, "company_code, closing_day, valid_from::text") == [
        ("JS001", 25, "2009-06-18"),
        ("JS002", 31, "2010-03-01"),
    ]


def test_importing_twice_changes_nothing(installation: Settings, tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, FIRST, SECOND)
    import_companies(installation, path)
    before = stored(installation, "companies::text")
    outcome = import_companies(installation, path)
    assert (outcome.added, outcome.changed, outcome.unchanged) == (0, 0, 2)
    assert stored(installation, "companies::text") == before


def test_changed_attribute_opens_dated_row(installation: Settings, tmp_path: Path) -> None:
    import_companies(installation, written(tmp_path, HEADER, FIRST))
    later = FIRST.replace("100000000.00", "150000000.00").replace("0001,2009-06-18", "0001,2012-05-01")
    assert import_companies(installation, written(tmp_path, HEADER, later)).changed == 1
    assert import_companies(installation, written(tmp_path, HEADER, FIRST, later)).unchanged == 1
    assert stored(installation) == [("JS001", "2009-06-18", "2012-05-01"), ("JS001", "2012-05-01", None)]


def test_change_without_effective_date_is_refused(installation: Settings, tmp_path: Path) -> None:
    import_companies(installation, written(tmp_path, HEADER, SECOND))
    outcome = import_companies(installation, written(tmp_path, HEADER, SECOND.replace("50000000", "60000000")))
    assert [(item.row_number, item.column_name) for item in outcome.findings] == [(2, "valid_from")]
    assert "生效日期" in outcome.findings[0].remedy


def test_one_wrong_row_keeps_all_out(installation: Settings, tmp_path: Path) -> None:
    outcome = import_companies(installation, written(tmp_path, HEADER, FIRST, SECOND.replace("321322", "329999")))
    assert not outcome.accepted
    assert "第3行县区代码“329999”" in outcome.findings[0].message
    assert stored(installation) == []


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (FIRST.replace("2009-06-18,25", "2009-02-30,25"), "opened_date"),
        (FIRST.replace(",25,", ",32,"), "closing_day"),
        (FIRST.replace("100000000.00", "一亿元"), "paid_in_capital_yuan"),
        (FIRST.replace("100000000.00", "-5"), "paid_in_capital_yuan"),
        (FIRST.replace("JS001,昆山市信诚农村小额贷款有限公司", "JS001,"), "company_name"),
        (FIRST.replace("JS001", "JS 001"), "company_code"),
        (FIRST.replace("320583", "32058"), "county_code"),
    ],
    ids=["date", "closing-day", "capital-words", "capital-negative", "no-name", "code-blank", "county-short"],
)
def test_wrong_cell_names_row_and_column(installation: Settings, tmp_path: Path, wrong: str, column: str) -> None:
    outcome = import_companies(installation, written(tmp_path, HEADER, SECOND, wrong))
    assert [(item.row_number, item.column_name) for item in outcome.findings] == [(3, column)]
    assert outcome.findings[0].remedy


def test_repeated_company_row_is_refused(installation: Settings, tmp_path: Path) -> None:
    outcome = import_companies(installation, written(tmp_path, HEADER, FIRST, FIRST))
    assert "第3行与第2行" in outcome.findings[0].message


def test_missing_column_is_named_once(installation: Settings, tmp_path: Path) -> None:
    outcome = import_companies(installation, written(tmp_path, "公司代码,公司名称", "JS001,昆山信诚"))
    missing = {item.column_name for item in outcome.findings}
    assert missing == {"county_code", "opened_date", "paid_in_capital_yuan"}


@pytest.mark.parametrize(
    "content",
    [b"", b"\xd0\xcf\x11\xe0junk", b"PK\x03\x04broken", b"\xff\xff\x00\x00"],
    ids=["empty", "xls", "zip", "nul"],
)
def test_unreadable_register_becomes_a_finding(installation: Settings, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "名录.xlsx"
    path.write_bytes(content)
    outcome = import_companies(installation, path)
    assert outcome.findings
    assert outcome.findings[0].message


def test_workbook_brings_branches_along(installation: Settings, tmp_path: Path) -> None:
    book = Workbook(write_only=False)
    companies = book.create_sheet("公司", 0)
    for line in (HEADER, FIRST):
        companies.append(line.split(","))
    branches = book.create_sheet("分支机构")
    branches.append(["公司代码", "分支机构代码", "分支机构名称", "县区代码", "开业日期", "停业日期"])
    branches.append(["JS001", "01", "花桥营业部", "320583", "2011-01-04", None])
    branches.append(["JS009", "01", "无主营业部", "320583", "2011-01-04", None])
    book.save(tmp_path / "名录.xlsx")
    refused = import_companies(installation, tmp_path / "名录.xlsx")
    assert [(item.record, item.row_number) for item in refused.findings] == [("branches", 3)]
    branches.delete_rows(3)
    book.save(tmp_path / "名录.xlsx")
    assert import_companies(installation, tmp_path / "名录.xlsx").branches == 1
