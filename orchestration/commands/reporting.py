"""Commands that show and check figures: report, verify."""

from __future__ import annotations

from pathlib import Path

import typer

from common.settings import load_settings
from orchestration.commands.console import console, existing_files, month_argument, show_error, show_table


def report(
    number: int = typer.Argument(metavar="N", min=1, max=9, help="表号，1 至 9"),
    month: str = typer.Option(..., "--month", metavar="MONTH", help="月份，写成 YYYY-MM"),
    org: str = typer.Option(..., "--org", help="机构代码：公司、县、市、片区或全省 320000"),
    unit: str = typer.Option("万元", "--unit", help="金额单位：元、千元、万元、亿元"),
    as_json: bool = typer.Option(False, "--json", help="输出 JSON（金额为元，不作舍入）"),
) -> None:
    """在终端显示一张报表。"""
    reporting_month = month_argument(month)
    from common.database import connect
    from exports.reports import read_report
    from orchestration.commands.console import installation
    from orchestration.report_view import as_json_text, headings, rows, title

    with connect(installation()) as connection:
        table = read_report(connection, number, reporting_month, org)
    if as_json:
        typer.echo(as_json_text(table))
        return
    show_table(title(table, unit), headings(table), rows(table, unit))


def verify(workbook: Path = typer.Argument(metavar="WORKBOOK", help="本系统输出的工作簿")) -> None:
    """核对工作簿中的数字与数据仓库是否一致。"""
    path = existing_files([workbook])[0]
    from exports.verify import verify_workbook

    mismatches = verify_workbook(load_settings(), path)
    if not mismatches:
        console.print("全部数字与数据仓库一致")
        return
    show_table("不一致的单元格", ("差异",), [(str(item),) for item in mismatches])
    show_error(f"有 {len(mismatches)} 个单元格与数据仓库不一致")
    raise typer.Exit(1)
