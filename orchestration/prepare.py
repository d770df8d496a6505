"""Bring an installation into working order: server, schemas, raw tables, reference data. Idempotent.

Flow: settings → running PostgreSQL with every table that exists before the first submission.
"""

from __future__ import annotations

import hashlib

from common import postgres
from common.database import connect, engine
from common.exchange import create_exchange_tables
from common.settings import Settings
from ingestion.contract import load_contract
from ingestion.raw_tables import create_raw_tables
from ingestion.register import create_register_tables
from orchestration.build_log import create_build_log
from orchestration.dbt import run_dbt


def prepare(settings: Settings) -> None:
    """Start the server, create what is missing and load the seeds when they changed."""
    postgres.start(settings)
    with engine(settings).begin() as connection:
        create_exchange_tables(connection)
    with connect(settings) as connection:
        create_raw_tables(connection, load_contract())
        create_register_tables(connection)
        create_build_log(connection)
    load_seeds(settings)


def load_seeds(settings: Settings) -> None:
    """Run ``dbt seed`` unless the seed files are the ones already loaded."""
    digest = seeds_digest(settings)
    with connect(settings, autocommit=True) as connection:
        connection.execute("create table if not exists exchange.loaded_seeds (sha256 text primary key)")
        if connection.execute("select 1 from exchange.loaded_seeds where sha256 = %s", [digest]).fetchone():
            return
        run_dbt(settings, "seed", "--full-refresh")
        connection.execute("delete from exchange.loaded_seeds")
        connection.execute("insert into exchange.loaded_seeds values (%s)", [digest])


def seeds_digest(settings: Settings) -> str:
    """Return the SHA-256 of the seed files and of the types they are loaded with."""
    digest = hashlib.sha256()
    for path in sorted((settings.transform / "seeds").glob("*.csv")):
        digest.update(path.name.encode() + path.read_bytes())
    digest.update((settings.transform / "dbt_project.yml").read_bytes())
    return digest.hexdigest()
