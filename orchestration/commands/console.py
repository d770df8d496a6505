"""What all commands share: the console, tables, progress, arguments, and a prepared installation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from typer._click import exceptions as click_errors

from common import postgres
from common.month import parse_month
from common.settings import Settings, load_settings
from orchestration.progress import Progress

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def installation() -> Settings:
    """Return the settings of this installation with its server running and its tables in place."""
    settings = load_settings()
    fresh = settings.embedded and not (postgres.data_directory(settings) / "PG_VERSION").exists()
    from orchestration.prepare import prepare

    if fresh:
        with waiting("首次使用，正在准备数据库 …"):
            prepare(settings)
    else:
        prepare(settings)
    return settings


def month_argument(text: str) -> date:
    """Read a month from the command line.

    Raises:
        BadParameter: it is not written YYYY-MM.
    """
    try:
        return parse_month(text)
    except ValueError as error:
        raise click_errors.BadParameter(str(error)) from error


def existing_files(paths: Iterable[Path]) -> list[Path]:
    """Return the given paths.

    Raises:
        BadParameter: one of them does not exist.
    """
    found = list(paths)
    for path in found:
        if not path.exists():
            raise click_errors.BadParameter(f"找不到文件 {path}，请检查路径")
    return found


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show that something of unknown length goes on."""
    with console.status(text):
        yield


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Show one bar that names the stage it is in."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("正在准备 …", total=None)
        yield lambda stage, done, total: bars.update(task, description=stage, completed=done, total=total)


def show_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; numbers are aligned to the right."""
    content = [list(row) for row in rows]
    table = Table(title=title, title_justify="left")
    for position, heading in enumerate(headings):
        numeric = bool(content) and all(isinstance(row[position], int) for row in content)
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in content:
        table.add_row(*("" if value is None else str(value) for value in row))
    console.print(table)


def show_error(text: str) -> None:
    """Print an error to standard error as one line."""
    errors.print("错误：" + " ".join(text.split("\n")), style="red", markup=False)


def usage_message(error: click_errors.UsageError) -> str:
    """Say in Chinese what was wrong with the call and where help is."""
    help_hint = f"用法见 {error.ctx.command_path if error.ctx else 'lendwatch'} --help"
    if isinstance(error, click_errors.MissingParameter):
        return f"缺少{_parameter(error).rstrip('：')}，{help_hint}"
    if isinstance(error, click_errors.NoSuchOption):
        return f"没有选项 {error.option_name}，{help_hint}"
    if isinstance(error, click_errors.BadParameter):
        reason = error.message if re.search("[\u4e00-\u9fff]", error.message) else f"取值无效（{error.message}）"
        return f"{_parameter(error)}{reason}，{help_hint}"
    unknown = re.fullmatch(r"No such command '(.+)'\.?", error.message)
    return f"没有命令 {unknown[1]}，{help_hint}" if unknown else f"命令无法识别（{error.message}），{help_hint}"


def _parameter(error: click_errors.BadParameter) -> str:
    return f"参数 {error.param.metavar or error.param.name}：" if error.param else ""
