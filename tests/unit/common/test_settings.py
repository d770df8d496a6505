"""Settings are read as they were meant: encoded passwords, wrong numbers, secrets asked for by several at once."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from common.settings import Settings, load_settings


def _settings(home: Path, postgres_url: str | None = None) -> Settings:
    return replace(load_settings(), home=home, postgres_url=postgres_url)


def test_encoded_password_reaches_server_unchanged(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "postgresql://chief%40office:p%40ss%2F%25w@db.example:6543")
    assert settings.server() == ("chief@office", "p@ss/%w", "db.example", 6543)
    parsed = conninfo_to_dict(settings.database_url("postgres"))
    assert (parsed["user"], parsed["password"], parsed["host"]) == ("chief@office", "p@ss/%w", "db.example")


@pytest.mark.parametrize("given", ["abc", "-1", "0", "54.66"])
def test_wrong_port_is_explained_in_chinese(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("LENDWATCH_POSTGRES_PORT", given)
    with pytest.raises(ValueError, match=f"环境变量 LENDWATCH_POSTGRES_PORT 的值“{given}”无效"):
        load_settings()


def test_secret_asked_for_together_is_one(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    count = 16
    together = threading.Barrier(count)
    found: list[str] = []

    def ask() -> None:
        together.wait()
        found.append(settings.secret("postgres_password"))

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == count
    assert len(set(found)) == 1
    assert len(found[0]) == 32
    (path,) = (tmp_path / "secrets").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
