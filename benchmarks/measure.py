"""What a benchmark hands back, how it is timed, and how the table is written."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One line of the table: ``value`` and ``peer_value`` in ``unit``; the goal bounds their ratio or the value.

    ``at_least`` turns the bound round; ``peer_value`` is ``None`` for absolute figures; ``guards_small`` is false where
    fixed costs outweigh the work at a tenth of the scale, so that the goal only holds for the full one.
    """

    work: str
    peer: str
    value: float
    peer_value: float | None
    unit: str
    goal: float
    at_least: bool = False
    guards_small: bool = True

    @property
    def measured(self) -> float:
        """The figure the goal speaks of: the ratio, or the value itself."""
        return self.value / self.peer_value if self.peer_value is not None else self.value

    @property
    def holds(self) -> bool:
        """Whether the goal is met."""
        return self.measured >= self.goal if self.at_least else self.measured <= self.goal

    def cells(self) -> tuple[str, ...]:
        """Return the printed cells."""
        sign = "≥" if self.at_least else "≤"
        peer_value = "–" if self.peer_value is None else f"{self.peer_value:.2f} {self.unit}"
        verdict = "yes" if self.holds else "NO"
        return (
            *(self.work, self.peer, f"{self.value:.2f} {self.unit}", peer_value),
            *(f"{self.measured:.2f}", f"{sign} {self.goal:g}", verdict),
        )


HEADER = ("work", "against", "took", "peer took", "measured", "goal", "holds")


def seconds(work: Callable[[], object], *, repeats: int = 3) -> float:
    """Run ``work`` ``repeats`` times and return the median wall time in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def machine() -> str:
    """Describe this machine in one line."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return (
        f"{os.cpu_count()} cores ({model}), {memory / 1024**2:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def show(figures: Iterable[Figure]) -> None:
    """Print the table."""
    table = Table(*HEADER, title=machine())
    for figure in figures:
        table.add_row(*figure.cells(), style=None if figure.holds else "red")
    Console(width=160).print(table)


def write(figures: Iterable[Figure], description: str, target: Path) -> None:
    """Write the table with the machine's description as a Markdown page."""
    lines = [
        "# Benchmarks",
        "",
        description,
        "",
        f"Machine: {machine()}.",
        "",
        _row(HEADER),
        _row(["---"] * len(HEADER)),
    ]
    lines += [_row(figure.cells()) for figure in figures]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
