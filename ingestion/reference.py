"""Reference data (参考数据) without dbt: the seed files loaded straight into the schema ``reference``.

For the offline check only, where starting dbt would take longer than checking. Types are those of the dbt project,
the one place where they are written down.
"""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg
import yaml

from common.settings import Settings

GATE_SEEDS = ("ref_code_lists", "ref_regions", "ref_reference_rates", "ref_parameters")


def load_reference(settings: Settings, connection: psycopg.Connection) -> None:
    """Create and fill the seeds the gate reads; tables that exist are replaced."""
    types = _column_types(settings.transform / "dbt_project.yml")
    connection.execute("create schema if not exists reference")
    for name in GATE_SEEDS:
        _load_seed(connection, settings.transform / "seeds" / f"{name}.csv", types[name])


def _column_types(project_file: Path) -> dict[str, dict[str, str]]:
    project = yaml.safe_load(project_file.read_text(encoding="utf-8"))
    seeds = project["seeds"][project["name"]]
    return {name: seeds[name]["+column_types"] for name in GATE_SEEDS}


def _load_seed(connection: psycopg.Connection, path: Path, types: dict[str, str]) -> None:
    with path.open("rb") as stream:
        header = next(csv.reader([stream.readline().decode("utf-8")]))
        columns = ", ".join(f"{name} {types[name]}" for name in header)
        connection.execute(f"drop table if exists reference.{path.stem}")
        connection.execute(f"create table reference.{path.stem} ({columns})")
        with (
            connection.cursor() as cursor,
            cursor.copy(f"copy reference.{path.stem} ({', '.join(header)}) from stdin (format csv)") as copy,
        ):
            copy.write(stream.read())
