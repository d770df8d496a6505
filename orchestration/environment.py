"""Environment variables of this process, set for the time of a call: how dbt and Dagster take what changes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def process_environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set ``values`` and put back what was there before."""
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


def child_environment(values: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with ``values`` on top, for a process started from here."""
    return {**os.environ, **values}
