"""The peer of the month close: DuckDB runs the same SQL on a file of its own.

The compiled SQL of the dbt models is translated to DuckDB's dialect, statement by statement; what the models read
(raw rows, seeds, the earlier months they look back on) is copied over beforehand and not timed.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import psycopg
import sqlglot


class Model(NamedTuple):
    """One model of the close: where its rows go, the SQL compiled for the month, whether it is a view."""

    schema: str
    name: str
    sql: str
    is_view: bool


TYPES = {"numeric": "decimal(38,10)", "text": "varchar", "timestamp with time zone": "timestamptz", "jsonb": "varchar"}

MISSING_FUNCTION = "create macro width_bucket(x, edges) as len(list_filter(edges, lambda edge: edge <= x))"


def run_in_postgres(connection: psycopg.Connection, models: Sequence[Model]) -> dict[str, tuple[float, int]]:
    """Build every model into a scratch table, in order; return seconds and rows of each."""
    done = {}
    for model in models:
        if model.is_view:
            continue
        connection.execute("set local enable_nestloop = off")  # as the materialization does
        start = time.perf_counter()
        cursor = connection.execute(f"create table public.scratch as {model.sql}")
        done[model.name] = time.perf_counter() - start, cursor.rowcount
        connection.execute("drop table public.scratch")
        connection.commit()
    return done


def run_in_duckdb(
    connection: psycopg.Connection, models: Sequence[Model], months: Sequence[str], threads: int
) -> dict[str, tuple[float, int]]:
    """Build every model in DuckDB; return seconds and rows of each."""
    with tempfile.TemporaryDirectory(prefix="lendwatch-duckdb-") as folder:
        database = duckdb.connect(str(Path(folder) / f"{connection.info.dbname}.duckdb"))
        database.execute(f"set threads = {threads}")
        database.execute(MISSING_FUNCTION)
        _copy_tables(connection, database, months, Path(folder))
        for model in models:
            if model.is_view:
                database.execute(f"create schema if not exists {model.schema}")
                database.execute(f"create view {model.schema}.{model.name} as {_translate(model.sql)}")
        database.execute("checkpoint")
        done = {}
        for model in models:
            if not model.is_view:
                statement = f"create table main.scratch as {_translate(model.sql)}"
                start = time.perf_counter()
                database.execute(statement)
                seconds = time.perf_counter() - start
                rows = database.execute("select count(*) from main.scratch").fetchone()
                done[model.name] = seconds, rows[0] if rows else 0
                database.execute("drop table main.scratch")
        database.close()
    return done


def _translate(statement: str) -> str:
    known = re.sub(r"make_interval\(months => ([^()]+)\)", r"to_months(cast(\1 as integer))", statement)
    return sqlglot.transpile(known, read="postgres", write="duckdb")[0]


def _copy_tables(
    connection: psycopg.Connection, database: duckdb.DuckDBPyConnection, months: Sequence[str], folder: Path
) -> None:
    tables = connection.execute(
        "select c.oid, n.nspname, c.relname, exists (select from pg_attribute a where a.attrelid = c.oid"
        " and a.attname = 'reporting_month') from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname in ('raw_submitted', 'reference', 'exchange', 'marts', 'intermediate', 'staging')"
        " and c.relkind in ('r', 'p') and not c.relispartition order by 2, 3"
    ).fetchall()
    for oid, schema, name, has_month in tables:
        columns = connection.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = %s and attnum > 0 and not attisdropped order by attnum",
            [oid],
        ).fetchall()
        database.execute(f"create schema if not exists {schema}")
        typed = ", ".join(f'"{column}" {TYPES.get(kind, kind)}' for column, kind in columns)
        database.execute(f'create table {schema}."{name}" ({typed})')
        file = folder / "table.csv"
        where = f" where reporting_month in ({', '.join(repr(month) for month in months)})" if has_month else ""
        with (
            file.open("wb") as stream,
            connection.cursor().copy(
                f'copy (select * from {schema}."{name}"{where}) to stdout (format csv, header)'
            ) as copy,
        ):
            for block in copy:
                stream.write(block)
        database.execute(f"copy {schema}.\"{name}\" from '{file}' (header, delimiter ',', quote '\"', escape '\"')")
