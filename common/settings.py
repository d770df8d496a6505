"""Settings of an installation, read once from the environment.

Standard library only: the Superset environment imports this module too. Secrets are never given a
default; they are generated into the state folder with mode 0600 on first use.

Flow: environment ``LENDWATCH_*`` -> :func:`load_settings` -> every entry point.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

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
            handle, written = tempfile.mkstemp(dir=path.parent, prefix=f".{name}-")  # mode 0600
            with os.fdopen(handle, "w") as stream:
                stream.write(secrets.token_urlsafe(24))
            with contextlib.suppress(FileExistsError):  # another process was first: its secret counts
                os.link(written, path)
            Path(written).unlink()
        return path.read_text().strip()

    def database_url(self, database: str, driver: str | None = None) -> str:
        """Return the URL of ``database``; ``driver`` gives the SQLAlchemy form ``postgresql+driver``."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        user, password, host, port = self.server()
        return (
            f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{host}:{port}/{self.database_name(database)}"
        )

    def database_name(self, database: str) -> str:
        """Return the name on the server of one of our ``DATABASES``; other names are left as they are."""
        return f"{self.database_prefix}{database}" if database in DATABASES else database

    def server(self) -> tuple[str, str, str, int]:
        """Return user, password, host and port of the administrator login."""
        if self.postgres_url is None:
            return "postgres", self.secret("postgres_password"), "127.0.0.1", self.postgres_port
        parts = urlsplit(self.postgres_url)
        user, password = unquote(parts.username or "postgres"), unquote(parts.password or "")
        return user, password, parts.hostname or "127.0.0.1", parts.port or 5432


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        ValueError: a variable that must be a whole number is none; the message is in Chinese.
    """
    home = Path(os.environ.get("LENDWATCH_HOME") or PROJECT_ROOT / "var").resolve()
    return Settings(
        home=home,
        postgres_url=os.environ.get("LENDWATCH_POSTGRES_URL") or None,
        database_prefix=os.environ.get("LENDWATCH_DATABASE_PREFIX") or "",
        postgres_port=_whole_number("LENDWATCH_POSTGRES_PORT", 5466),
        dagster_port=_whole_number("LENDWATCH_DAGSTER_PORT", 3066),
    )


def _whole_number(variable: str, default: int) -> int:
    given = os.environ.get(variable) or str(default)
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"环境变量 {variable} 的值“{given}”无效，应为正整数，例如 {default}")
    return int(given)
