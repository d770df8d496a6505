from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from common.database import connect
from common.settings import DATABASES, Settings
from orchestration.backup import BackupError, back_up_installation
from orchestration.fingerprint import fingerprint
from orchestration.restore import read_manifest, restore_installation

MONTH = "2024-01-01"


@pytest.fixture
def filled(installation: Settings) -> Settings:
    with connect(installation) as connection:
        connection.execute(
            "insert into exchange.submissions (company_code, reporting_month, version, receipt_number, content_sha256,"
            " contract_version) values ('C1', %s, 1, 'R1', 'x', '1'), ('C2', %s, 1, 'R2', 'x', '1')",
            [MONTH, MONTH],
        )
        connection.execute(
            "create table raw_submitted.staff_202401 partition of raw_submitted.staff for values in ('2024-01-01')"
        )
    stored = installation.submissions / "C1" / "2024-01" / "资料.xlsx"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"workbook")
    return installation


@pytest.fixture
def empty(server: Settings, tmp_path: Path, filled: Settings) -> Settings:
    user, password, host, port = server.server()
    return replace(
        filled,
        home=tmp_path / "restored",
        database_prefix=f"restored_{filled.database_prefix}",
        postgres_url=f"postgresql://{user}:{password}@{host}:{port}",
    )


def test_restored_installation_equals_original(filled: Settings, empty: Settings, tmp_path: Path) -> None:
    backup = back_up_installation(filled, tmp_path)
    outcome = restore_installation(empty, backup)
    for database in DATABASES:
        with connect(filled, database) as original, connect(empty, database) as restored:
            assert fingerprint(restored) == fingerprint(original)
    assert (empty.submissions / "C1" / "2024-01" / "资料.xlsx").read_bytes() == b"workbook"
    assert outcome.files == 1
    assert outcome.rows > 2


def test_new_submission_gets_fresh_number_after_restore(filled: Settings, empty: Settings, tmp_path: Path) -> None:
    restore_installation(empty, back_up_installation(filled, tmp_path))
    with connect(empty) as connection:
        row = connection.execute(
            "insert into exchange.submissions (company_code, reporting_month, version, receipt_number, content_sha256,"
            " contract_version) values ('C3', %s, 1, 'R3', 'x', '1') returning submission_id",
            [MONTH],
        ).fetchone()
    assert row == (3,)


def test_damaged_backup_is_refused(filled: Settings, empty: Settings, tmp_path: Path) -> None:
    backup = back_up_installation(filled, tmp_path)
    with (backup / "warehouse.dump").open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff\xff\xff")
    with pytest.raises(BackupError, match=r"warehouse\.dump 缺失或已损坏"):
        restore_installation(empty, backup)


def test_restore_refuses_installation_with_data(filled: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="只能恢复到空的安装"):
        restore_installation(filled, back_up_installation(filled, tmp_path))


def test_foreign_folder_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="不是备份目录"):
        read_manifest(tmp_path)


def test_changed_table_after_restore_is_noticed(filled: Settings, empty: Settings, tmp_path: Path) -> None:
    backup = back_up_installation(filled, tmp_path)
    manifest = dict(read_manifest(backup))
    manifest["databases"]["warehouse"]["exchange.submissions"] = [2, "0"]
    (backup / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BackupError, match=r"1 张表与备份不一致：exchange\.submissions"):
        restore_installation(empty, backup)


def test_failed_backup_leaves_nothing_behind(filled: Settings, tmp_path: Path) -> None:
    with psycopg.connect(filled.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {filled.database_name('dagster')}")
    with pytest.raises(psycopg.OperationalError):
        back_up_installation(filled, tmp_path)
    assert list(tmp_path.glob("*lendwatch*")) == []


def test_backup_is_readable_by_owner_only(filled: Settings, tmp_path: Path) -> None:
    backup = back_up_installation(filled, tmp_path)
    assert backup.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in backup.iterdir()} == {
        path.name: 0o600 for path in backup.iterdir()
    }


def test_half_received_files_stay_out(filled: Settings, tmp_path: Path) -> None:
    for name in ("v1/a.csv", "v2.partial/a.csv"):
        path = filled.submissions / "C1" / "2024-01" / name
        path.parent.mkdir()
        path.touch()
    backup = back_up_installation(filled, tmp_path)
    with tarfile.open(backup / "submissions.tar") as archive:
        assert archive.getnames() == ["C1/2024-01/v1/a.csv", "C1/2024-01/资料.xlsx"]


def test_only_newest_backups_are_kept(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.backup.KEPT", 1)
    back_up_installation(filled)
    newest = back_up_installation(filled)
    assert list((filled.home / "backups").iterdir()) == [newest]
