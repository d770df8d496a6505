"""Restore (恢复) of a backup into an empty installation, proven table by table against the manifest."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import postgres
from common.database import connect
from common.settings import Settings
from orchestration.backup import FILES, FORMAT, MANIFEST, BackupError, client, sha256_of
from orchestration.fingerprint import TABLES, Fingerprint, differences, fingerprint


@dataclass(frozen=True)
class RestoreOutcome:
    """What was restored and found equal."""

    tables: int
    rows: int
    files: int


def restore_installation(settings: Settings, folder: Path) -> RestoreOutcome:
    """Restore the backup in ``folder``; the databases and the submission folder must be empty.

    Raises:
        BackupError: the backup is damaged, the installation is not empty, or the figures differ afterwards.
    """
    manifest = read_manifest(folder)
    postgres.start(settings)
    _require_empty(settings, manifest)
    rows = tables = 0
    for database, recorded in manifest["databases"].items():
        client(
            settings,
            "pg_restore",
            *("--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2"),
            *("--dbname", settings.database_name(database), str(folder / f"{database}.dump")),
        )
        expected: Fingerprint = {name: (count, digest) for name, (count, digest) in recorded.items()}
        with connect(settings, database) as connection:
            wrong = differences(expected, fingerprint(connection))
        if wrong:
            raise BackupError(f"恢复后 {database} 库中 {len(wrong)} 张表与备份不一致：{'、'.join(wrong[:5])}")
        tables += len(expected)
        rows += sum(count for count, _ in expected.values())
    return RestoreOutcome(tables, rows, _unpack_files(settings, folder, manifest["file_count"]))


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Return the manifest of a backup after checking every file against it.

    Raises:
        BackupError: the folder is no backup, or a file is missing or changed.
    """
    if not (folder / MANIFEST).exists():
        raise BackupError(f"{folder} 不是备份目录（缺少 {MANIFEST}），请指定 lendwatch-… 目录")
    manifest: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("format") != FORMAT:
        raise BackupError(f"备份格式 {manifest.get('format')} 无法识别，请用写出它的版本恢复")
    for name, digest in manifest["sha256"].items():
        if not (folder / name).exists() or sha256_of(folder / name) != digest:
            raise BackupError(f"备份文件 {name} 缺失或已损坏，请换用另一份备份")
    return manifest


def _require_empty(settings: Settings, manifest: Mapping[str, Any]) -> None:
    for database in manifest["databases"]:
        with connect(settings, database) as connection:
            present = connection.execute(TABLES).fetchone()
        if present:
            raise BackupError(f"{database} 库已有数据，只能恢复到空的安装；请把 LENDWATCH_HOME 指向一个新目录")
    if settings.submissions.exists() and any(settings.submissions.iterdir()):
        raise BackupError(f"{settings.submissions} 不是空目录；请把 LENDWATCH_HOME 指向一个新目录")


def _unpack_files(settings: Settings, folder: Path, expected: int) -> int:
    settings.submissions.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / FILES) as archive:
        archive.extractall(settings.submissions, filter="data")
    count = sum(path.is_file() for path in settings.submissions.rglob("*"))
    if count != expected:
        raise BackupError(f"恢复了 {count} 个报送文件，备份中有 {expected} 个")
    return count
