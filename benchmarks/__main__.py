"""``python -m benchmarks``: run all and print the table; ``--page`` writes it to ``docs/benchmarks.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import close, gate, measure, workbooks
from benchmarks.measure import Figure
from benchmarks.memory import own_peak_gib, watch_backends
from benchmarks.province import FIRST_MONTH, SCALES, Scale, grow, installation, last_month, load_month, register
from common.month import add_months, label
from common.settings import PROJECT_ROOT, Settings
from ingestion.synthetic import ProvinceMonth

console = Console(width=200)


def main(
    scale: Annotated[str, typer.Option(help="full, wide (all companies, few months) or small (a tenth)")] = "full",
    page: Annotated[bool, typer.Option("--page", help="write docs/benchmarks.md")] = False,
) -> None:
    """Measure everything on one synthetic province and compare with the goals; exit with 1 where one is missed."""
    chosen = SCALES[scale]
    with installation() as settings, watch_backends(settings) as peak:
        figures = [_told(figure) for figure in _figures(settings, chosen)]
        figures += [
            Figure("peak memory of the pipeline process", "–", own_peak_gib(), None, "GiB", 1.5),
            Figure("peak private memory of one PostgreSQL back end", "–", peak.backend_mb, None, "MB", 128),
        ]
    measure.show(figures)
    if page:
        measure.write(figures, _description(chosen), PROJECT_ROOT / "docs" / "benchmarks.md")
    missed = [figure for figure in figures if not figure.holds and (scale == "full" or figure.guards_small)]
    sys.exit(1 if missed else 0)


def _figures(settings: Settings, scale: Scale) -> Iterator[Figure]:
    early, late = add_months(FIRST_MONTH, scale.early), last_month(scale)
    target = add_months(late, 1)
    rebuild = first_growth = 0.0
    for number, month in enumerate(grow(scale)):
        if number == 0:
            register(settings, month)
        if number == scale.months:
            yield from _gate(settings, month)
            break
        _say(f"loading {label(month.month)}")
        load_month(settings, month)
        if month.month == early:
            rebuild += close.build(settings, FIRST_MONTH, add_months(early, -1))
            first_growth = _one_close(settings, early)
    _say("building the history")
    rebuild += first_growth + close.build(settings, add_months(early, 1), late)
    _say(f"closing {label(target)}")
    one_close = _one_close(settings, target)
    rebuild += one_close
    yield Figure(f"full rebuild of {scale.months + 1} months", "one close", rebuild, one_close, "s", 30)
    work = f"one more month with {scale.months} months of history"
    yield Figure(work, f"with {scale.early} months", one_close, first_growth, "s", 1.15)
    yield from _closes(settings, target, one_close)


def _gate(settings: Settings, month: ProvinceMonth) -> Iterator[Figure]:
    _say(f"landing {label(month.month)}")
    yield from gate.landing_and_rules(settings, month)
    _say("reading workbooks")
    yield gate.guarded_workbook(month)


def _closes(settings: Settings, target: date, one_close: float) -> Iterator[Figure]:
    against, sql_seconds = close.against_duckdb(settings, target)
    yield against
    yield close.correction(settings, target, one_close)
    yield close.whole_command(settings, target, sql_seconds)
    _say("writing workbooks")
    yield workbooks.all_workbooks(settings, target)
    _say("the naive way")
    yield close.naive_way(settings, target, sql_seconds)


def _one_close(settings: Settings, month: date) -> float:
    return measure.seconds(lambda: close.build(settings, month, month), repeats=2)


def _description(scale: Scale) -> str:
    return (
        f"Synthetic province of {scale.companies} companies and {scale.months + 1} months; every figure is a ratio "
        "within one run. `python -m benchmarks --page` makes this page; `SCALE=wide` "
        "takes all companies and few months, `SCALE=small` a tenth of the companies."
    )


def _told(figure: Figure) -> Figure:
    _say(" | ".join(figure.cells()))
    return figure


def _say(text: str) -> None:
    console.log(text)


if __name__ == "__main__":
    typer.run(main)
