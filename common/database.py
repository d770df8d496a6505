"""Connections to the databases of this installation.

Two ways, on purpose: :func:`connect` gives a psycopg connection (COPY, set SQL), :func:`engine` a SQLAlchemy
engine (table definitions, pandas). Both speak to ``warehouse`` unless told otherwise.
"""

from __future__ import annotations

import psycopg
from sqlalchemy import Engine, NullPool, create_engine

from common.settings import Settings


def connect(settings: Settings, database: str = "warehouse", *, autocommit: bool = False) -> psycopg.Connection:
    """Open a connection to ``database``; the caller closes it (``with`` commits and closes)."""
    return psycopg.connect(settings.database_url(database), autocommit=autocommit, application_name="lendwatch")


def engine(settings: Settings, database: str = "warehouse") -> Engine:
    """Return a SQLAlchemy engine for ``database``; it keeps no idle connections."""
    return create_engine(settings.database_url(database, "psycopg"), poolclass=NullPool)
