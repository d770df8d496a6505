"""Commands of the month close: close, export."""

from __future__ import annotations

from functools import partial

import typer

from common.month import label
from orchestration.commands.console import console, installation, month_argument, show_error, show_table, shown_progress


def close(
    month: str = typer.Argument(metavar="MONTH", help="月结月份，写成 YYYY-MM"),
    start: str = typer.Option(None, "--from", metavar="MONTH", help="从该月起为全部公司重新计算"),
) -> None:
    """月结：检查收到的报送，计算报表，输出工作簿，并列出报送情况。"""
    until = month_argument(month)
    first = month_argument(start) if start else None
    settings = installation()
    from orchestration.close import close_month

    with shown_progress() as progress:
        outcome = close_month(settings, until, start=first, progress=progress)
    show_board(outcome)


def show_board(outcome: object) -> None:
    """Print the submission board of a close and what was built."""
    from orchestration.board import STATE_NAMES, count_states
    from orchestration.close import CloseOutcome

    assert isinstance(outcome, CloseOutcome)  # noqa: S101 - keeps the slow import out of this module's head
    show_table(
        f"{label(outcome.month)} 报送情况",
        ("公司", "名称", "状态", "版本", "错误", "警告", "报送编号"),
        [
            (
                *(row.company_code, row.company_name, STATE_NAMES[row.state], row.version or ""),
                *(row.error_count, row.warning_count, row.submission_id or ""),
            )
            for row in outcome.board
        ],
    )
    counts = count_states(outcome.board)
    console.print(
        f"应报 {len(outcome.board)} 家："
        + "，".join(f"{STATE_NAMES[state]} {number}" for state, number in counts.items())
    )
    for step in outcome.steps:
        scope = f"{len(step.companies)} 家公司的更正" if step.companies else "全部公司"
        console.print(f"已计算 {label(step.first)} 至 {label(step.last)}（{scope}）")
    if not outcome.steps:
        console.print("自上次月结以来没有变化，无需重新计算")
    for check in outcome.failed_checks:
        show_error(f"检查未通过：{check}")
    if counts["rejected"]:
        console.print("退回的报送可用 lendwatch findings 报送编号 --workbook 文件 取得标注后的工作簿")


def export(
    month: str = typer.Argument(metavar="MONTH", help="月份，写成 YYYY-MM"),
    org: list[str] = typer.Option(None, "--org", help="机构代码，可多次给出；省略则为全部"),
    unit: str = typer.Option("万元", "--unit", help="金额单位：元、千元、万元、亿元"),
    formats: list[str] = typer.Option(["xlsx"], "--format", help="格式：xlsx、docx、pdf，可多次给出"),
) -> None:
    """输出九张报表的工作簿（也可为 Word、PDF）。"""
    reporting_month = month_argument(month)
    settings = installation()
    from exports.province import export_month

    with shown_progress() as progress:
        written = export_month(
            settings,
            reporting_month,
            orgs=org or None,
            unit=unit,
            formats=tuple(formats),
            progress=partial(progress, f"输出 {label(reporting_month)}"),
        )
    console.print(f"已输出 {len(written)} 个文件，位于 {settings.reports}", soft_wrap=True)
