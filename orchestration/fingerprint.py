"""Fingerprints of databases: row count and an order-free hash for each table, to prove that a restore is complete."""

from __future__ import annotations

import psycopg
from psycopg import sql

TABLES = """
select namespace.nspname, relation.relname
from pg_class as relation
join pg_namespace as namespace on namespace.oid = relation.relnamespace
where relation.relkind = 'r' and namespace.nspname not like 'pg\\_%' and namespace.nspname <> 'information_schema'
order by 1, 2
"""
FIXED_OUTPUT = (
    "set local timezone = 'UTC'",
    "set local datestyle = 'ISO, YMD'",
    "set local intervalstyle = 'postgres'",
    "set local bytea_output = 'hex'",
)
Fingerprint = dict[str, tuple[int, str]]


def fingerprint(connection: psycopg.Connection) -> Fingerprint:
    """Return (rows, hash) of every table of the database; the hash does not depend on the order of the rows."""
    for setting in FIXED_OUTPUT:
        connection.execute(setting)
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        query = sql.SQL(
            "select count(*), coalesce(sum(hashtextextended(content::text, 0)::numeric), 0)::text from {} as content"
        ).format(sql.Identifier(schema, table))
        row = connection.execute(query).fetchone()
        assert row  # noqa: S101 - an aggregate always gives one row
        found[f"{schema}.{table}"] = (int(row[0]), str(row[1]))
    return found


def differences(expected: Fingerprint, found: Fingerprint) -> list[str]:
    """Return the names of the tables that are not the same in both."""
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
