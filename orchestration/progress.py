"""Progress of long work: who works reports stage, done and total; who shows decides how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Progress = Callable[[str, int, int], None]
BUILD, EXPORT = "计算报表", "输出工作簿"


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""


def dbt_progress(progress: Progress, stage: str = BUILD) -> Callable[[Any], None]:
    """Return a dbt event callback that reports every finished model and test."""

    def on_event(event: Any) -> None:
        if event.info.name == "LogModelResult":
            progress(stage, event.data.index, event.data.total)
        elif event.info.name == "LogTestResult":
            progress(stage, event.data.index, event.data.num_models)

    return on_event
