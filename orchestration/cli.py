"""The command line ``lendwatch``: puts the commands together and turns errors into one clear line.

Only typer and rich load here; everything slow (Dagster, dbt, pandas) loads inside the command that needs it.
Exit codes: 0 done, 1 the work failed, 2 the command was called wrongly.
"""

from __future__ import annotations

import re
import sys

import typer
from typer import rich_utils
from typer._click import exceptions as click_errors

from orchestration.commands import closing, demonstration, installation, reporting, submitting
from orchestration.commands.console import show_error, usage_message

rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
rich_utils.OPTIONS_PANEL_TITLE = "选项"
rich_utils.COMMANDS_PANEL_TITLE = "命令"
rich_utils.ERRORS_PANEL_TITLE = "错误"
rich_utils.DEFAULT_STRING = "[默认 {}]"
rich_utils.REQUIRED_LONG_STRING = "[必填]"

USAGE_EXIT = 2
FAILURE_EXIT = 1
INTERRUPTED_EXIT = 130
OWN = ("common", "ingestion", "exports", "orchestration")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

app = typer.Typer(
    help="小额贷款公司监管数据仓库：报送、检查、月结、九张报表。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
companies = typer.Typer(help="机构名录", no_args_is_help=True)
app.add_typer(companies, name="companies")

app.command("demo")(demonstration.demo)
app.command("up")(installation.up)
app.command("down")(installation.down)
app.command("status")(installation.status)
app.command("doctor")(installation.doctor)
app.command("backup")(installation.backup)
app.command("restore")(installation.restore)
app.command("close")(closing.close)
app.command("export")(closing.export)
app.command("submit")(submitting.submit)
app.command("validate")(submitting.validate)
app.command("template")(submitting.template)
app.command("findings")(submitting.findings)
app.command("report")(reporting.report)
app.command("verify")(reporting.verify)
companies.command("import")(submitting.import_register)


@app.callback()
def options(debug: bool = typer.Option(False, "--debug", help="出错时显示完整的技术信息")) -> None:
    """小额贷款公司监管数据仓库：报送、检查、月结、九张报表。"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given
    given = ["--debug", *(item for item in given if item != "--debug")] if debug else given
    try:
        return int(app(given, prog_name="lendwatch", standalone_mode=False) or 0)
    except click_errors.NoArgsIsHelpError as error:
        error.show()
        return USAGE_EXIT
    except click_errors.UsageError as error:
        show_error(usage_message(error))
        return USAGE_EXIT
    except (KeyboardInterrupt, typer.Abort):
        show_error("已中断；已完成的部分保持有效，重新执行同一命令即可继续")
        return INTERRUPTED_EXIT
    except Exception as error:
        if debug:
            raise
        show_error(describe(error))
        return FAILURE_EXIT


def describe(error: Exception) -> str:
    """Return one Chinese line for an error; errors of our own already carry what to do.

    A library's English text says nothing to the person at the desk; it is shown as an internal error.
    """
    module = type(error).__module__.split(".")[0]
    if (module in OWN or isinstance(error, ValueError)) and CHINESE.search(str(error)):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return f"找不到文件 {error.filename}，请检查路径"
    if isinstance(error, PermissionError):
        return f"没有权限访问 {error.filename}，请检查文件权限或换一个目录"
    if module == "psycopg":
        return f"数据库操作失败：{str(error).strip()}。请先执行 lendwatch doctor"
    return f"程序内部错误（{type(error).__name__}：{error}）。加 --debug 可看详细信息，或执行 lendwatch doctor"


def run() -> None:
    """Entry point of the installed command."""
    sys.exit(main())
