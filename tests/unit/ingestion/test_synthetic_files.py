"""A written province is complete: register, files in every style, corrected files, a key of planted defects."""

import json
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ingestion.reading import read_files
from ingestion.synthetic import ProvinceManifest, province_months, write_province
from ingestion.synthetic.defects import KINDS, plant
from ingestion.synthetic.files import ZIP_TIME, Lines, Style, write_submission
from ingestion.synthetic.writing import company_lines

FIRST = date(2023, 5, 1)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> ProvinceManifest:
    folder = tmp_path_factory.mktemp("province")
    return write_province(
        folder, companies=10, first_month=FIRST, months=2, seed=4, defect_share=0.8, xlsx_share=0.1, size=0.1
    )


@pytest.fixture(scope="module")
def lines() -> Lines:
    return company_lines(next(province_months(1, FIRST, 1, 9, size=0.2)), 0)


def test_every_company_writes_every_month(province: ProvinceManifest) -> None:
    assert province.months == [date(2023, 5, 1), date(2023, 6, 1)]
    for month in province.months:
        assert {item.company_code for item in province.of_month(month)} == set(province.company_codes)
    assert all(path.is_file() for item in province.submissions for path in (*item.paths, *item.corrected))


def test_key_names_every_defective_submission(province: ProvinceManifest) -> None:
    key = json.loads((province.folder / "defects.json").read_text(encoding="utf-8"))["defects"]
    planted = {(item["company_code"], item["month"]) for item in key}
    defective = {(item.company_code, f"{item.month:%Y-%m}") for item in province.submissions if item.is_defective}
    assert planted == defective
    assert len(key) == 16
    assert {item["kind"] for item in key} == set(KINDS)


def test_planted_row_holds_the_wrong_value(province: ProvinceManifest) -> None:
    sent = {(item.company_code, f"{item.month:%Y-%m}"): item for item in province.submissions}
    for defect in province.defects:
        files = {path.name: path for path in sent[defect.company_code, defect.month].paths}
        path = files[defect.file]
        if path.suffix == ".csv" and defect.row is not None:
            line = path.read_bytes().splitlines()[defect.row - 1].split(b",")
            assert {defect.value.encode(), defect.value.encode("gb18030")} & set(line)


@pytest.mark.parametrize("kind", list(KINDS))
def test_defect_changes_only_a_copy(lines: Lines, kind: str) -> None:
    before = {record: list(rows) for record, rows in lines.items()}
    changed, planted, rules = plant(lines, kind, np.random.default_rng(1))
    assert lines == before
    assert changed != before
    assert planted.record in changed
    assert rules


def test_same_seed_writes_the_same_bytes(province: ProvinceManifest, tmp_path: Path) -> None:
    again = write_province(
        tmp_path, companies=10, first_month=FIRST, months=1, seed=4, defect_share=0.8, xlsx_share=0.1, size=0.1
    )
    for path in tmp_path.rglob("*"):
        if path.suffix in (".csv", ".zip"):
            assert path.read_bytes() == (province.folder / path.relative_to(tmp_path)).read_bytes()
    assert again.defects == [item for item in province.defects if item.month == "2023-05"]


def test_zip_holds_what_the_folder_holds(lines: Lines, tmp_path: Path) -> None:
    folder = write_submission(tmp_path / "a", "c1", lines, Style("folder"))
    packed = write_submission(tmp_path / "b", "c1", lines, Style("zip"))
    with zipfile.ZipFile(packed[0]) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.name: path.read_bytes() for path in folder
        }


def test_chinese_codes_replace_the_codes(lines: Lines, tmp_path: Path) -> None:
    paths = write_submission(tmp_path, "c1", lines, Style(has_chinese_codes=True, encoding="gb18030"))
    text = next(path for path in paths if path.stem == "月末借据状态").read_text(encoding="gb18030")
    assert "正常" in text
    assert "NORMAL" not in text


def test_no_value_breaks_a_csv_line(lines: Lines) -> None:
    assert not any(mark in line for rows in lines.values() for line in rows for mark in '"\r\n')


def test_workbook_holds_no_time_of_writing(lines: Lines, tmp_path: Path) -> None:
    path = write_submission(tmp_path, "C1", lines, Style("xlsx", has_chinese_codes=True))[0]
    with zipfile.ZipFile(path) as archive:
        assert {item.date_time for item in archive.infolist()} == {ZIP_TIME}
        properties = archive.read("docProps/core.xml")
    assert b"openpyxl" in properties
    assert b"W3CDTF" not in properties
    assert read_files([path]).findings == []
