"""Settings of an installation, read once from the environment.

Standard library only: the Superset environment imports this module too. Secrets are never given a
default; they are generated into the state folder with mode 0600 on first use.

Flow: environment ``LENDWATCH_*`` -> :func:`load_settings` -> every entry point.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("operational", "warehouse", "dagster")


@dataclass(frozen=True)
class Settings:
    """Where this installation keeps its state and how it reaches its database server.

    ``postgres_url`` is the administrator URL of an external server
    (``postgresql://user:password@host:port``), or ``None`` for the embedded one. ``database_prefix`` is put before
    every database name, so that several installations can share one server.
    """

    home: Path
    postgres_url: str | None
    database_prefix: str
    postgres_port: int
    dagster_port: int
    workers: int

    @property
    def embedded(self) -> bool:
        """Whether the embedded PostgreSQL of this installation is used."""
        return self.postgres_url is None

    @property
    def submissions(self) -> Path:
        """The folder in which submitted files are kept unchanged."""
        return self.home / "submissions"

    @property
    def reports(self) -> Path:
        """The folder of produced workbooks, Word and PDF files."""
        return self.home / "reports"

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME of this installation."""
        return self.home / "dagster"

    @property
    def transform(self) -> Path:
        """The dbt project."""
        return PROJECT_ROOT / "transform"

    def secret(self, name: str) -> str:
        """Return the secret called ``name``, generating it on first use (file mode 0600)."""
        path = self.home / "secrets" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return path.read_text().strip()
            with os.fdopen(handle, "w") as stream:
                stream.write(secrets.token_urlsafe(24))
        return path.read_text().strip()

    def database_url(self, database: str, driver: str | None = None) -> str:
        """Return the URL of ``database``; ``driver`` gives the SQLAlchemy form ``postgresql+driver``."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        user, password, host, port = self.server()
        return f"{scheme}://{quote(user)}:{quote(password)}@{host}:{port}/{self.database_name(database)}"

    def database_name(self, database: str) -> str:
        """Return the name on the server of one of our ``DATABASES``; other names are left as they are."""
        return f"{self.database_prefix}{database}" if database in DATABASES else database

    def server(self) -> tuple[str, str, str, int]:
        """Return user, password, host and port of the administrator login."""
        if self.postgres_url is None:
            return "postgres", self.secret("postgres_password"), "127.0.0.1", self.postgres_port
        parts = urlsplit(self.postgres_url)
        return parts.username or "postgres", parts.password or "", parts.hostname or "127.0.0.1", parts.port or 5432


def load_settings() -> Settings:
    """Read the settings from the environment."""
    home = Path(os.environ.get("LENDWATCH_HOME") or PROJECT_ROOT / "var").resolve()
    return Settings(
        home=home,
        postgres_url=os.environ.get("LENDWATCH_POSTGRES_URL") or None,
        database_prefix=os.environ.get("LENDWATCH_DATABASE_PREFIX") or "",
        postgres_port=int(os.environ.get("LENDWATCH_POSTGRES_PORT") or 5466),
        dagster_port=int(os.environ.get("LENDWATCH_DAGSTER_PORT") or 3066),
        workers=int(os.environ.get("LENDWATCH_WORKERS") or os.cpu_count() or 2),
    )
