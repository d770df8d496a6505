from __future__ import annotations

import subprocess
import sys

import pytest

from orchestration.cli import describe, main
from orchestration.close import CloseError

SLOW = ("dagster", "dbt", "pandas", "great_expectations", "openpyxl", "sqlalchemy")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["close"], "缺少参数 MONTH", id="missing argument"),
        pytest.param(["close", "2024-13"], "月份“2024-13”无效，应写成 YYYY-MM", id="bad month"),
        pytest.param(["report", "12", "--month", "2024-01", "--org", "X"], "参数 N：取值无效", id="bad table number"),
        pytest.param(["close", "--nix"], "没有选项 --nix", id="unknown option"),
        pytest.param(["nix"], "没有命令 nix", id="unknown command"),
        pytest.param(
            ["submit", "--company", "C", "--month", "2024-01", "/no/file"], "找不到文件 /no/file", id="missing file"
        ),
    ],
)
def test_wrong_call_is_one_chinese_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr().err.strip()
    assert printed.startswith("错误：")
    assert message in printed
    assert "\n" not in printed


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in ("demo", "up", "down", "status", "close", "submit", "validate", "template", "companies", "export"):
        assert f" {name} " in shown
    for name in ("report", "findings", "verify", "backup", "restore", "doctor"):
        assert f" {name} " in shown


def test_help_loads_nothing_slow() -> None:
    code = f"import sys, orchestration.cli as c; c.main(['--help']); print([m for m in {SLOW} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        pytest.param(FileNotFoundError(2, "x", "a.xlsx"), "找不到文件 a.xlsx", id="missing file"),
        pytest.param(PermissionError(13, "x", "a.xlsx"), "没有权限访问 a.xlsx", id="permission"),
        pytest.param(KeyError("x"), "程序内部错误（KeyError", id="unexpected"),
        pytest.param(ValueError("月份无效"), "月份无效", id="our own"),
        pytest.param(ValueError("bad literal"), "程序内部错误（ValueError：bad literal）。加 --debug", id="library's"),
        pytest.param(CloseError(""), "程序内部错误（CloseError", id="empty"),
    ],
)
def test_error_is_described_with_remedy(error: Exception, message: str) -> None:
    assert message in describe(error)
