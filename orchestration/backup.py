"""Backup (备份) of an installation: its databases and the submitted files, with a manifest that proves a restore.

Flow: one snapshot for each database → ``pg_dump`` of that snapshot and its fingerprint → files as tar → manifest.
Secrets stay out; a restored installation generates its own. Identity numbers of borrowers are in it: what is written
can be read by its owner only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from common import postgres
from common.database import connect
from common.settings import DATABASES, Settings
from orchestration.environment import child_environment
from orchestration.fingerprint import Fingerprint, fingerprint

MANIFEST = "manifest.json"
FILES = "submissions.tar"
KEPT = 14
OTHERS = 0o077
PARTIAL = ".partial"
FORMAT = 1


class BackupError(RuntimeError):
    """A backup could not be written or restored; the message says what to do."""


def back_up_installation(settings: Settings, folder: Path | None = None) -> Path:
    """Write a backup below ``folder`` (default: the state folder's ``backups``, the newest ``KEPT`` are kept).

    Raises:
        BackupError: a database could not be dumped.
    """
    root = folder or settings.home / "backups"
    now = datetime.now(UTC)
    target = root / f"lendwatch-{now:%Y%m%dT%H%M%S%fZ}"
    unfinished = root / f".{target.name}"
    with _owner_only():
        _write(settings, unfinished, target, now)
    if folder is None:
        for old in sorted(root.glob("lendwatch-*"))[:-KEPT]:
            shutil.rmtree(old)
    return target


@contextmanager
def _owner_only() -> Iterator[None]:
    """Let nobody else read what is written meanwhile, also what ``pg_dump`` writes."""
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def _write(settings: Settings, unfinished: Path, target: Path, now: datetime) -> None:
    unfinished.mkdir(parents=True)
    try:
        databases = {name: _dump(settings, name, unfinished / f"{name}.dump") for name in DATABASES}
        count = _pack_files(settings, unfinished / FILES)
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "databases": databases,
            "file_count": count,
            "sha256": {path.name: sha256_of(path) for path in sorted(unfinished.iterdir())},
        }
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def client(settings: Settings, program: str, *arguments: str) -> None:
    """Run a PostgreSQL client program of the embedded version against the server of this installation.

    Raises:
        BackupError: it failed.
    """
    user, password, host, port = settings.server()
    done = subprocess.run(
        [postgres.binary(program), "-h", host, "-p", str(port), "-U", user, "-w", *arguments],
        env=child_environment({"PGPASSWORD": password, "LC_MESSAGES": "C"}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} 失败：{done.stderr.strip()[-600:]}")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _dump(settings: Settings, database: str, target: Path) -> Fingerprint:
    """Dump one database and return the fingerprint of the very snapshot that was dumped."""
    with connect(settings, database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row  # noqa: S101 - a select without from always gives one row
        client(
            settings,
            "pg_dump",
            *("--format=custom", "--compress=gzip:1", "--no-owner", "--no-privileges", f"--snapshot={row[0]}"),
            *("--file", str(target), settings.database_name(database)),
        )
        return fingerprint(connection)


def _pack_files(settings: Settings, target: Path) -> int:
    """Pack the kept files; what a submission being received has written so far does not belong to them."""
    files = [
        path for path in sorted(settings.submissions.rglob("*")) if path.is_file() and path.parent.suffix != PARTIAL
    ]
    with tarfile.open(target, "w") as archive:
        for path in files:
            archive.add(path, arcname=str(path.relative_to(settings.submissions)))
    return len(files)
