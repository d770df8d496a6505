"""Commands of the company's side: template, validate, submit, findings; and the register of companies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from orchestration.commands.console import (
    console,
    existing_files,
    installation,
    month_argument,
    show_error,
    show_table,
    waiting,
)

if TYPE_CHECKING:
    from common.settings import Settings
    from ingestion.findings import Finding

SHOWN_FINDINGS = 50
SEVERITY_NAMES = {"error": "错误", "warning": "警告"}


def submit(
    files: list[Path] = typer.Argument(metavar="FILE…", help="一个工作簿，或若干 CSV，或一个 zip"),
    company: str = typer.Option(..., "--company", help="公司代码"),
    month: str = typer.Option(..., "--month", metavar="MONTH", help="报送月份，写成 YYYY-MM"),
    sender: str = typer.Option(None, "--sender", help="报送人"),
) -> None:
    """报送一个月的数据，得到回执；检查在月结或调度中进行。"""
    reporting_month = month_argument(month)
    paths = existing_files(files)
    settings = installation()
    from ingestion.submissions import receive

    receipt = receive(settings, company, reporting_month, paths, sender)
    if receipt.is_duplicate:
        again = "；被退回的将重新检查" if _is_checked_again(settings, receipt.submission_id) else ""
        console.print(f"内容与已收到的报送完全相同，没有重复登记{again}")
    console.print(f"回执号 {receipt.receipt_number}，报送编号 {receipt.submission_id}，第 {receipt.version} 版")
    console.print(f"SHA-256 {receipt.sha256}", soft_wrap=True)


def _is_checked_again(settings: Settings, submission: int) -> bool:
    """Whether a submission waits for a check although it had one."""
    from common.database import connect
    from common.exchange import SubmissionStatus

    with connect(settings) as connection:
        row = connection.execute(
            "select 1 from exchange.submissions where submission_id = %s and status = %s and checked_at is not null",
            [submission, SubmissionStatus.RECEIVED],
        ).fetchone()
    return row is not None


def validate(
    files: list[Path] = typer.Argument(metavar="FILE…", help="准备报送的文件"),
    company: str = typer.Option(None, "--company", help="公司代码（给出则一并核对）"),
    month: str = typer.Option(None, "--month", metavar="MONTH", help="报送月份，写成 YYYY-MM"),
    workbook: Path = typer.Option(None, "--workbook", help="把标注了问题的工作簿写到这里"),
) -> None:
    """报送之前在本机检查文件，与受理时的检查相同，不需要数据库。"""
    paths = existing_files(files)
    reporting_month = month_argument(month) if month else None
    from ingestion.gate import validate_files

    with waiting("正在检查 …"):
        found = validate_files(paths, company_code=company, month=reporting_month)
    _show_findings(found)
    if workbook and found:
        _paint(paths, found, workbook)
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(1)


def template(out: Path = typer.Option(Path("报送模板.xlsx"), "--out", help="写到哪个文件")) -> None:
    """写出空白的报送工作簿，带下拉列表、批注和填写说明。"""
    from ingestion.template import write_template

    write_template(out)
    console.print(f"模板已写入 {out}", soft_wrap=True)


def findings(
    submission: int = typer.Argument(metavar="SUBMISSION", help="报送编号"),
    workbook: Path = typer.Option(None, "--workbook", help="把标注了问题的工作簿写到这里"),
) -> None:
    """列出一次报送的检查发现，并可写出标注后的工作簿。"""
    settings = installation()
    from common.database import connect
    from ingestion.submissions import stored_files
    from orchestration.submission_findings import read_findings

    with connect(settings) as connection:
        found = read_findings(connection, submission)
        originals = stored_files(settings, connection, submission) if workbook else []
    _show_findings(found)
    if workbook:
        _paint(originals, found, workbook)


def import_register(file: Path = typer.Argument(metavar="FILE", help="机构名录：工作簿、CSV 或 CSV 目录")) -> None:
    """导入机构名录（公司与分支机构）；有问题则整份不导入。"""
    path = existing_files([file])[0]
    settings = installation()
    from ingestion.register import import_companies

    outcome = import_companies(settings, path)
    if not outcome.accepted:
        _show_findings(outcome.findings)
        show_error("名录没有导入，请按上表修改后重新导入")
        raise typer.Exit(1)
    console.print(
        f"新增 {outcome.added} 家，变更 {outcome.changed} 家，未变 {outcome.unchanged} 家，"
        f"分支机构 {outcome.branches} 个"
    )


def _show_findings(found: Sequence[Finding]) -> None:
    if not found:
        console.print("没有发现问题")
        return
    show_table(
        f"检查发现（共 {len(found)} 条）",
        ("规则", "级别", "记录", "行", "列", "值", "问题", "处理办法"),
        [
            (
                *(item.rule_id, SEVERITY_NAMES[item.severity], item.record, item.row_number or ""),
                *(item.column_name, item.value, item.message, item.remedy),
            )
            for item in found[:SHOWN_FINDINGS]
        ],
    )
    if len(found) > SHOWN_FINDINGS:
        console.print(f"只显示前 {SHOWN_FINDINGS} 条；加 --workbook 可得到全部标注")


def _paint(originals: Sequence[Path], found: Sequence[Finding], target: Path) -> None:
    from ingestion.painting import paint_findings

    paint_findings(originals, found, target)
    console.print(f"标注后的工作簿已写入 {target}", soft_wrap=True)
