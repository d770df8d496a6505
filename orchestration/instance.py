"""The Dagster instance of an installation: its configuration file and how to open it.

Flow: settings → ``DAGSTER_HOME/dagster.yaml`` (runs, events and schedules in the database ``dagster``) → instance.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import yaml

from common.settings import Settings
from orchestration.environment import process_environment

if TYPE_CHECKING:
    from dagster import DagsterInstance

PASSWORD_VARIABLE = "LENDWATCH_DAGSTER_PASSWORD"  # noqa: S105 - the name of a variable, not a secret
TICK_RETENTION_DAYS = {"skipped": 7, "failure": 90, "success": 90}
MAX_CONCURRENT_RUNS = 2
POOL = {"statement_timeout": 600_000, "pool_recycle": 3600, "max_overflow": 5}


def configuration(settings: Settings) -> dict[str, Any]:
    """Return the content of dagster.yaml; the password stays in the environment.

    The scheme names psycopg2: with SQLAlchemy 2.1 a bare ``postgresql`` means psycopg 3, which Dagster's
    notifications cannot use.
    """
    user, _, host, port = settings.server()
    database = {"username": user, "password": {"env": PASSWORD_VARIABLE}, "hostname": host, "port": port}
    return {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "storage": {
            "postgres": {
                "postgres_db": database
                | {"db_name": settings.database_name("dagster"), "scheme": "postgresql+psycopg2"}
            }
        },
        "run_monitoring": {"enabled": True, "start_timeout_seconds": 300, "poll_interval_seconds": 60},
        "run_retries": {"enabled": True, "max_retries": 1, "retry_on_asset_or_op_failure": False},
        "retention": {
            "schedule": {"purge_after_days": TICK_RETENTION_DAYS},
            "sensor": {"purge_after_days": TICK_RETENTION_DAYS},
        },
        "concurrency": {"runs": {"max_concurrent_runs": MAX_CONCURRENT_RUNS}, "pools": {"default_limit": 1}},
        "python_logs": {"python_log_level": "INFO"},
    }


def environment(settings: Settings) -> dict[str, str]:
    """Return what the environment of a Dagster process must hold."""
    return {
        "DAGSTER_HOME": str(settings.dagster_home),
        PASSWORD_VARIABLE: settings.server()[1],
        "DAGSTER_EVENT_BATCH_SIZE": "50",
        "DO_NOT_TRACK": "1",
    }


def write_configuration(settings: Settings) -> None:
    """Write dagster.yaml into the state folder; the file holds no secret."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(configuration(settings), sort_keys=False, allow_unicode=True)
    target = settings.dagster_home / "dagster.yaml"
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


@contextmanager
def open_instance(settings: Settings) -> Iterator[DagsterInstance]:
    """Open the stored instance of this installation; runs executed with it appear on Dagster's page."""
    from dagster import DagsterInstance  # slow to import: only where Dagster really runs

    write_configuration(settings)
    with (
        process_environment(environment(settings)),
        DagsterInstance.from_config(str(settings.dagster_home)) as instance,
    ):
        # Without this Dagster opens a connection for each event; the setting is made for its page but serves here.
        instance.optimize_for_webserver(**POOL)
        try:
            yield instance
        finally:
            for storage in (instance.run_storage, instance.event_log_storage, instance.schedule_storage):
                storage._engine.dispose()  # type: ignore[union-attr]  # noqa: SLF001 - it offers no other way
