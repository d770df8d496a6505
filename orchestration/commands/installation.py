"""Commands about the installation itself: up, down, status, doctor, backup, restore."""

from __future__ import annotations

from pathlib import Path

import typer

from common.settings import load_settings
from orchestration.commands.console import console, installation, show_error, show_table, waiting


def up() -> None:
    """启动全部服务（数据库、Dagster 页面与调度），按 Ctrl-C 停止。"""
    from orchestration.instance import write_configuration
    from orchestration.manifest import ensure_manifest
    from orchestration.services import services
    from orchestration.supervisor import run_supervised

    settings = installation()
    with waiting("正在准备 …"):
        ensure_manifest(settings)
        write_configuration(settings)
    run_supervised(settings, services(settings), lambda text: console.print(text, markup=False))


def down(quiet: bool = typer.Option(False, "--quiet", help="不显示结果")) -> None:
    """停止本安装启动的全部服务。"""
    from orchestration.supervisor import stop_all

    stopped = stop_all(load_settings())
    if not quiet:
        console.print("已停止：" + "、".join(stopped) if stopped else "没有正在运行的服务")


def status() -> None:
    """显示服务状态、各月报送与月结情况。"""
    from common import postgres
    from orchestration.supervisor import states

    settings = load_settings()
    running = postgres.is_running(settings) if settings.embedded else True
    _, _, host, port = settings.server()
    database = [("PostgreSQL", running, f"{host}:{port}")]
    show_table(
        "服务",
        ("服务", "状态", "地址"),
        [(title, "正常" if well else "未运行", page) for title, well, page in database + states(settings)],
    )
    if not running:
        console.print("数据库未运行；执行 lendwatch up 启动全部服务")
        return
    from orchestration.status import month_overview

    show_table("月份", ("月份", "应报", "已受理", "退回", "待检查", "未报送", "月结"), month_overview(installation()))


def doctor() -> None:
    """检查环境、端口、磁盘、数据库、参考数据、字体，并说明如何处理。"""
    from orchestration.doctor import examine

    findings = examine(load_settings())
    show_table(
        "检查结果",
        ("项目", "结果", "说明"),
        [
            (
                item.title,
                "正常" if item.well else "有问题",
                item.detail if item.well else f"{item.detail}；{item.remedy}",
            )
            for item in findings
        ],
    )
    if not all(item.well for item in findings):
        show_error("有项目需要处理，见上表")
        raise typer.Exit(1)


def backup(folder: Path = typer.Option(None, "--to", help="备份目录，默认在状态目录的 backups 下")) -> None:
    """备份三个数据库与报送文件，附校验清单。"""
    from orchestration.backup import back_up_installation

    settings = installation()
    with waiting("正在备份 …"):
        written = back_up_installation(settings, folder)
    console.print(f"备份已写入 {written}", soft_wrap=True)


def restore(folder: Path = typer.Argument(help="备份目录")) -> None:
    """把备份恢复到一个空的安装，并逐表核对。"""
    from orchestration.restore import restore_installation

    settings = load_settings()
    with waiting("正在恢复并核对 …"):
        outcome = restore_installation(settings, folder)
    console.print(f"已恢复 {outcome.tables} 张表、{outcome.rows} 行、{outcome.files} 个报送文件，逐表核对一致")
