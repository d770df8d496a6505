"""dbt, run inside this process: one invocation for a whole selection.

Months and companies reach the models through environment variables, never ``--vars`` (which would throw the
partial parse away).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from common.settings import Settings

FAILED = ("error", "fail")


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
    from dbt.adapters.factory import cleanup_connections  # slow to import: only where dbt really runs
    from dbt.cli.main import dbtRunner

    folders = ["--project-dir", str(settings.transform), "--profiles-dir", str(settings.transform)]
    with _environment(environment(settings, months, companies)):
        try:
            outcome = dbtRunner().invoke(["--quiet", *arguments, *folders])
        finally:
            cleanup_connections()
    if outcome.success:
        return outcome.result
    if outcome.exception:
        raise DbtError(str(outcome.exception)) from outcome.exception
    results: Any = outcome.result
    raise DbtError("\n".join(f"{item.node.name}: {item.message}" for item in results if item.status in FAILED))


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
