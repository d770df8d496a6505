"""Fixtures shared by all tests: one embedded server a session, one prepared installation a test that asks."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from common import postgres
from common.settings import Settings, load_settings
from orchestration.prepare import prepare

_numbers = itertools.count(1)
TEMPLATE = "template_"


@pytest.fixture(scope="session")
def server() -> Iterator[Settings]:
    """A running embedded server in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="lendwatch-") as folder:
        settings = replace(
            load_settings(), home=Path(folder), postgres_url=None, postgres_port=_free_port(), database_prefix=TEMPLATE
        )
        postgres.start(settings)
        try:
            yield settings
        finally:
            postgres.stop(settings)


@pytest.fixture(scope="session")
def make_installation(server: Settings) -> Callable[[], Settings]:
    """Return a maker of prepared installations: own databases, own folder, same server."""
    prepare(server)

    def make() -> Settings:
        prefix = f"t{next(_numbers)}_"
        home = server.home / prefix.rstrip("_")
        user, password, host, port = server.server()
        settings = replace(
            server, home=home, database_prefix=prefix, postgres_url=f"postgresql://{user}:{password}@{host}:{port}"
        )
        with psycopg.connect(server.database_url("postgres"), autocommit=True) as connection:
            for name in ("operational", "warehouse", "dagster"):
                connection.execute(f"create database {prefix}{name} template {TEMPLATE}{name}")
        return settings

    return make


@pytest.fixture
def installation(make_installation: Callable[[], Settings]) -> Settings:
    """A prepared installation for one test."""
    return make_installation()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
