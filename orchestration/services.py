"""The services of an installation, declared: how each is started and which page says that it is well."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from common.settings import PROJECT_ROOT, Settings
from orchestration import instance


@dataclass(frozen=True)
class Service:
    """A process the supervisor keeps running.

    ``health_url`` answers 200 once the service is ready; ``None`` means ready as soon as it runs.
    ``page`` is what a person opens in the browser.
    """

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    health_url: str | None = None
    page: str | None = None


def services(settings: Settings) -> list[Service]:
    """Return the services in the order in which they start; PostgreSQL is there before all of them."""
    return dagster_services(settings)


def dagster_services(settings: Settings) -> list[Service]:
    """Return Dagster's page and its daemon (schedules, sensors, run queue)."""
    address = f"http://127.0.0.1:{settings.dagster_port}"
    programs = Path(sys.executable).parent
    environment = instance.environment(settings) | {
        "LENDWATCH_HOME": str(settings.home),
        "LENDWATCH_POSTGRES_PORT": str(settings.postgres_port),
        "LENDWATCH_POSTGRES_URL": settings.postgres_url or "",
        "LENDWATCH_DATABASE_PREFIX": settings.database_prefix,
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    location = ("-m", "orchestration.definitions")
    return [
        Service(
            name="dagster-webserver",
            title="Dagster 页面",
            command=(
                *(str(programs / "dagster-webserver"), "-h", "127.0.0.1", "-p", str(settings.dagster_port)),
                *location,
            ),
            environment=environment,
            health_url=f"{address}/server_info",
            page=address,
        ),
        Service(
            name="dagster-daemon",
            title="Dagster 调度",
            command=(str(programs / "dagster-daemon"), "run", *location),
            environment=environment,
        ),
    ]
