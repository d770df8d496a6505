"""dbt, run inside this process: one invocation for a whole selection.

Months and companies reach the models through environment variables, never ``--vars`` (which would throw the
partial parse away).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

from common.month import label
from common.settings import Settings
from orchestration.environment import process_environment

FAILED = ("error", "fail")
COLUMNS_CHANGED = "the columns changed"  # what the materialization says


class DbtError(RuntimeError):
    """A dbt invocation failed; the message holds the failing nodes and their errors."""


def environment(
    settings: Settings, months: tuple[date, date] | None = None, companies: Iterable[str] = ()
) -> dict[str, str]:
    """Return the environment of one invocation: the connection, the first and last month, the companies."""
    user, password, host, port = settings.server()
    first, last = months or (None, None)
    return {
        "LENDWATCH_DBT_HOST": host,
        "LENDWATCH_DBT_PORT": str(port),
        "LENDWATCH_DBT_USER": user,
        "LENDWATCH_DBT_PASSWORD": password,
        "LENDWATCH_DBT_DATABASE": settings.database_name("warehouse"),
        "LENDWATCH_MONTH_FROM": str(first or ""),
        "LENDWATCH_MONTH_TO": str(last or ""),
        "LENDWATCH_COMPANIES": ",".join(companies),
        "DBT_TARGET_PATH": str(settings.home / "dbt" / "target"),
        "DBT_LOG_PATH": str(settings.home / "dbt" / "logs"),
        "DO_NOT_TRACK": "1",
    }


def invoke_dbt(
    settings: Settings,
    *arguments: str,
    months: tuple[date, date] | None = None,
    companies: Iterable[str] = (),
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> Any:
    """Run dbt with ``arguments`` and return dbt's own outcome (success, result, exception), also when nodes failed."""
    from dbt.adapters.factory import cleanup_connections  # slow to import: only where dbt really runs
    from dbt.cli.main import dbtRunner

    folders = ["--project-dir", str(settings.transform), "--profiles-dir", str(settings.transform)]
    with process_environment(environment(settings, months, companies)):
        try:
            return dbtRunner(callbacks=list(callbacks)).invoke(["--quiet", "--log-level", "none", *arguments, *folders])
        finally:
            cleanup_connections()


def run_dbt(
    settings: Settings,
    *arguments: str,
    months: tuple[date, date] | None = None,
    companies: Iterable[str] = (),
) -> Any:
    """Run dbt with ``arguments`` and return its result object.

    Raises:
        DbtError: a node failed or the project does not parse.
    """
    outcome = invoke_dbt(settings, *arguments, months=months, companies=companies)
    if outcome.success:
        return outcome.result
    raise DbtError(failure_message(outcome)) from outcome.exception


def failure_message(outcome: Any) -> str:
    """Return the failing nodes of an unsuccessful outcome and their errors, one a line."""
    if outcome.exception:
        return str(outcome.exception)
    return "\n".join(f"{item.node.name}: {item.message}" for item in outcome.result if item.status in FAILED)


def with_remedy(message: str, built: Collection[date]) -> str:
    """Return ``message``, or how to mend it where the tables of ``built`` months are those of an older version."""
    tables = re.findall(rf"(\w+): {COLUMNS_CHANGED}", message)
    if not tables:
        return message
    command = f"lendwatch close {label(max(built))} --from {label(min(built))}"
    return f"升级后表 {'、'.join(dict.fromkeys(tables))} 的列有变化，已有数据未动。请运行 {command} 重建"
