"""The month close: SQL against DuckDB, growth with history, rebuild, correction, the naive way, the whole command."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import psycopg
from dagster import AssetsDefinition

from benchmarks import naive
from benchmarks.duckdb_close import Model, run_in_duckdb, run_in_postgres
from benchmarks.measure import Figure, seconds
from common.database import connect
from common.month import add_months
from common.settings import Settings
from orchestration.close import QUIET
from orchestration.dbt import run_dbt
from orchestration.definitions import build_definitions
from orchestration.defs.partitions import range_tags
from orchestration.instance import open_instance


def build(settings: Settings, first: date, last: date, companies: Sequence[str] = ()) -> float:
    """Build the months in one invocation and return its wall time in seconds."""
    start = time.perf_counter()
    run_dbt(settings, "run", months=(first, last), companies=companies)
    return time.perf_counter() - start


def compiled_models(settings: Settings, month: date) -> list[Model]:
    """Build ``month`` and return its models in the order they ran, with their compiled SQL."""
    results: Any = run_dbt(settings, "run", "--threads", "1", months=(month, month)).results
    return [
        Model(
            item.node.schema,
            item.node.name,
            item.node.compiled_code,
            item.node.config.materialized == "view",
        )
        for item in results
    ]


def against_duckdb(settings: Settings, month: date, *, repeats: int = 3) -> tuple[Figure, float]:
    """Compare the SQL of one month's close; also return its seconds.

    Raises:
        AssertionError: the two engines do not give the same number of rows in some table.
    """
    models = compiled_models(settings, month)
    months = [month, add_months(month, -1), date(month.year - 1, 12, 1), add_months(month, -12)]
    labels = sorted({str(each) for each in months})
    ours, theirs = [], []
    with connect(settings) as connection:
        for _ in range(repeats):
            done = run_in_postgres(connection, models)
            ours.append(sum(taken for taken, _ in done.values()))
        for _ in range(repeats):
            peer = run_in_duckdb(connection, models, labels, threads=2)
            theirs.append(sum(taken for taken, _ in peer.values()))
    counts = {name: rows for name, (_, rows) in done.items()}
    peer_counts = {name: rows for name, (_, rows) in peer.items()}
    if counts != peer_counts:
        raise AssertionError(f"DuckDB differs: {set(counts.items()) ^ set(peer_counts.items())}")
    work = "SQL of one month's close, all nine tables and roll-ups"
    sql_seconds = sorted(ours)[repeats // 2]
    return Figure(work, "DuckDB, same SQL, 2 threads", sql_seconds, sorted(theirs)[repeats // 2], "s", 3.5), sql_seconds


def whole_command(settings: Settings, month: date, sql_seconds: float) -> Figure:
    """Build the month through Dagster as the close does, dbt tests and stored events included, workbooks left out."""
    definitions = build_definitions(settings)
    models = [
        key
        for asset in definitions.assets or []
        if isinstance(asset, AssetsDefinition) and asset.op.name == "build_models"
        for key in asset.keys
    ]

    def run() -> None:
        with open_instance(settings) as instance:
            job = definitions.resolve_job_def("build_month")
            job.execute_in_process(
                instance=instance, tags=range_tags(month, month), run_config=QUIET, asset_selection=models
            )

    return Figure("whole `lendwatch close` without files", "that SQL", seconds(run, repeats=2), sql_seconds, "s", 4)


def correction(settings: Settings, month: date, one_close: float) -> Figure:
    """Rebuild one company of the month."""
    with connect(settings) as connection:
        code = _scalar(connection, "select min(company_code) from reference.companies")
    taken = seconds(lambda: build(settings, month, month, [code]))
    return Figure("a late correction of one company", "one close", taken, one_close, "s", 0.15)


def naive_way(settings: Settings, month: date, sql_seconds: float) -> Figure:
    """Compute the tables from the whole history and compare a total with the warehouse.

    Raises:
        AssertionError: the naive total is another than the printed one.
    """
    with connect(settings) as connection:
        start = time.perf_counter()
        naive.close(connection, month)
        taken = time.perf_counter() - start
        total = _scalar(
            connection, "select sum(amount) from naive_stock_now where dimension = 'total' and org_code = '320000'"
        )
        printed = connection.execute(
            "select amount_yuan from marts.rpt_01_business_status"
            " where reporting_month = %s and org_code = '320000' and line_code = 'T1-07'",
            [month],
        ).fetchone()
        connection.rollback()
    if printed is None or printed[0] != total:
        raise AssertionError(f"naive total {total}, printed {printed}")
    return Figure("naive SQL, whole history re-read", "SQL of one close", taken, sql_seconds, "s", 10, at_least=True)


def _scalar(connection: psycopg.Connection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
