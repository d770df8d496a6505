"""The command that shows everything at once: demo."""

from __future__ import annotations

import time

from common.month import label
from orchestration.commands.console import console, installation, show_error, show_table, shown_progress, waiting


def demo() -> None:
    """演示：生成模拟省份，三个月的报送、检查、月结、更正，输出全部工作簿。"""
    started = time.monotonic()
    settings = installation()
    with waiting("正在装载 Dagster 与 dbt …"):
        from orchestration.demo import run_demo
        from orchestration.manifest import ensure_manifest

        ensure_manifest(settings)
    with shown_progress() as progress:
        result = run_demo(settings, progress, tell=lambda text: console.print(text, markup=False))
    show_table(
        f"演示完成，用时 {time.monotonic() - started:.0f} 秒",
        ("月份", "报送", "退回", "更正后受理"),
        [(label(row.month), row.submitted, row.rejected, row.accepted) for row in result.months],
    )
    if result.is_repetition:
        console.print("以前已全部报送并月结：重复的报送都已认出，没有重复登记，也没有重新计算")
    for month in result.months:
        for check in month.failed_checks:
            show_error(f"{label(month.month)} 检查未通过：{check}")
    last = label(result.months[-1].month)
    company = result.painted[-1].stem.split("_")[-1] if result.painted else "公司代码"
    show_table(
        "结果在哪里",
        ("内容", "位置"),
        [
            (f"工作簿（{result.workbooks} 个）", settings.reports),
            (f"退回公司的标注工作簿（{len(result.painted)} 个）", settings.home / "demo" / "findings"),
            ("公司报送的原始文件", settings.home / "demo" / "submissions"),
        ],
    )
    show_table(
        "接下来可以",
        ("命令", "作用"),
        [
            (f"lendwatch report 1 --month {last} --org 320000", "在终端查看全省表一"),
            (f"lendwatch report 8 --month {last} --org {company}", "查看一家公司的表八"),
            ("lendwatch status", "各月报送与月结情况"),
            ("make up", "打开 Dagster 页面，查看从报送到报表的血缘"),
            ("lendwatch template --out 报送模板.xlsx", "取得报送模板"),
            ("make down", "停止数据库"),
        ],
    )
    console.print("命令 lendwatch 位于 .venv/bin；可先执行 source .venv/bin/activate")
