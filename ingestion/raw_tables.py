"""The raw tables (``raw_submitted``): one per contract record, append-only, partitioned by reporting month.

Every row knows its submission, file and row. A row counts only while its submission is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import psycopg

from ingestion.contract import Contract, ContractRecord

SCHEMA = "raw_submitted"
LINEAGE = (
    ("submission_id", "bigint not null"),
    ("company_code", "text not null"),
    ("reporting_month", "date not null"),
    ("file_number", "smallint not null"),
    ("row_number", "integer not null"),
)
LINEAGE_NAMES = tuple(name for name, _ in LINEAGE)


def data_columns(record: ContractRecord) -> list[str]:
    """Return the names of the record's own columns in the raw table (those not already in the lineage)."""
    return [column.name for column in record.columns if column.name not in LINEAGE_NAMES]


def create_raw_tables(connection: psycopg.Connection, contract: Contract) -> None:
    """Create the schema and the partitioned parents where they do not exist yet."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for record in contract.records:
        own = [
            f"{column.name} {column.physical_type}" + (" not null" if column.required else "")
            for column in record.columns
            if column.name not in LINEAGE_NAMES
        ]
        columns = ", ".join([f"{name} {kind}" for name, kind in LINEAGE] + own)
        connection.execute(
            f"create table if not exists {SCHEMA}.{record.name} ({columns}) partition by list (reporting_month)"
        )


def create_month_partitions(connection: psycopg.Connection, contract: Contract, months: Iterable[date]) -> None:
    """Create the partitions of ``months`` for every record where they do not exist yet."""
    for month in months:
        for record in contract.records:
            name = f"{SCHEMA}.{record.name}_{month:%Y%m}"
            connection.execute(
                f"create table if not exists {name} partition of {SCHEMA}.{record.name} for values in ('{month}')"
            )
