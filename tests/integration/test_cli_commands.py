"""Commands against a prepared installation, as a person types them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.database import connect
from common.settings import Settings
from orchestration.cli import main
from tests.factories import company_month, register_company, write_csv_files

MONTH = "2019-06"


@dataclass
class Typed:
    """The command line of one installation."""

    settings: Settings
    folder: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: object) -> tuple[int, str, str]:
        """Return exit code, output and errors."""
        code = main([str(argument) for argument in arguments])
        shown = self.capture.readouterr()
        return code, shown.out, shown.err


@pytest.fixture
def typed(
    installation: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Typed:
    monkeypatch.setenv("LENDWATCH_HOME", str(installation.home))
    monkeypatch.setenv("LENDWATCH_POSTGRES_URL", str(installation.postgres_url))
    monkeypatch.setenv("LENDWATCH_DATABASE_PREFIX", installation.database_prefix)
    monkeypatch.setenv("COLUMNS", "200")
    return Typed(installation, tmp_path, capsys)


@pytest.fixture
def files(typed: Typed) -> list[Path]:
    with connect(typed.settings) as connection:
        register_company(connection)
    return write_csv_files(typed.folder / "files", company_month())


def test_submit_gives_receipt_and_recognises_repetition(typed: Typed, files: list[Path]) -> None:
    call = ("submit", "--company", "JS0001", "--month", MONTH, *files)
    code, first, _ = typed.run(*call)
    assert code == 0
    assert "第 1 版" in first
    code, second, _ = typed.run(*call)
    assert code == 0
    assert "没有重复登记\n" in second
    assert first.splitlines()[0] in second


def test_rejected_files_sent_again_are_checked_again(typed: Typed, files: list[Path]) -> None:
    call = ("submit", "--company", "JS0001", "--month", MONTH, *files)
    typed.run(*call)
    with connect(typed.settings) as connection:
        connection.execute("update exchange.submissions set status = 'rejected', checked_at = clock_timestamp()")
    assert "没有重复登记；被退回的将重新检查" in typed.run(*call)[1]


def test_unknown_company_is_one_line_with_exit_1(typed: Typed, files: list[Path]) -> None:
    code, _, error = typed.run("submit", "--company", "XX9999", "--month", MONTH, *files)
    assert code == 1
    assert error.startswith("错误：")
    assert "XX9999" in error
    assert len(error.strip().splitlines()) == 1


def test_close_prints_board_and_report_follows(typed: Typed, files: list[Path]) -> None:
    typed.run("submit", "--company", "JS0001", "--month", MONTH, *files)
    code, board, error = typed.run("close", MONTH)
    assert (code, error) == (0, "")
    assert "应报 1 家：已受理 1，退回 0，待检查 0，未报送 0" in board
    assert "已计算 2019-06 至 2019-06（全部公司）" in board
    code, table, _ = typed.run("report", "1", "--month", MONTH, "--org", "JS0001")
    assert code == 0
    assert "各项贷款" in table
    code, text, _ = typed.run("report", "1", "--month", MONTH, "--org", "320000", "--json")
    assert code == 0
    content = json.loads(text)
    assert (content["table"], content["org"], content["month"]) == (1, "320000", MONTH)
    assert "没有变化" in typed.run("close", MONTH)[1]
    assert "已月结" in typed.run("status")[1]
    workbook = next(typed.settings.reports.rglob("company/*.xlsx"))
    assert typed.run("verify", workbook)[:2] == (0, "全部数字与数据仓库一致\n")


def test_report_of_open_month_says_what_to_do(typed: Typed, files: list[Path]) -> None:
    code, _, error = typed.run("report", "1", "--month", MONTH, "--org", "JS0001")
    assert code == 1
    assert error.startswith("错误：")
    assert len(error.strip().splitlines()) == 1


def test_findings_of_unknown_submission_are_refused(typed: Typed) -> None:
    code, _, error = typed.run("findings", "77")
    assert code == 1
    assert "没有编号为 77 的报送" in error


def test_start_after_month_is_refused(typed: Typed) -> None:
    code, _, error = typed.run("close", "2019-06", "--from", "2019-07")
    assert code == 1
    assert "请对调" in error


def test_template_is_written_where_asked(typed: Typed) -> None:
    code, shown, _ = typed.run("template", "--out", typed.folder / "空白.xlsx")
    assert code == 0
    assert "空白.xlsx" in shown
    assert (typed.folder / "空白.xlsx").stat().st_size > 10_000


def test_damaged_register_changes_nothing(typed: Typed) -> None:
    (typed.folder / "公司.csv").write_text("公司代码,公司名称\nJS0001,某公司\n", encoding="utf-8")
    code, _, error = typed.run("companies", "import", typed.folder / "公司.csv")
    assert code == 1
    assert "名录没有导入" in error
    with connect(typed.settings) as connection:
        assert connection.execute("select count(*) from reference.companies").fetchone() == (0,)


def test_backup_and_doctor_work_on_prepared_installation(typed: Typed) -> None:
    code, shown, _ = typed.run("backup", "--to", typed.folder / "backups")
    assert code == 0
    assert list((typed.folder / "backups").glob("lendwatch-*/manifest.json"))
    code, shown, _ = typed.run("doctor")
    for title in ("Python", "磁盘", "PostgreSQL", "参考数据", "中文字体"):
        assert title in shown


def test_month_of_demo_refuses_real_installation(typed: Typed, files: list[Path]) -> None:
    typed.run("submit", "--company", "JS0001", "--month", MONTH, *files)
    code, _, error = typed.run("demo")
    assert code == 1
    assert "这里已有正式报送" in error
