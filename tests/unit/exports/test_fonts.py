from dataclasses import replace
from pathlib import Path

import pytest

from common.settings import load_settings
from exports.fonts import FACES, FontError, font_folder


def test_present_font_is_used_without_fetching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_offline", "true")
    folder = tmp_path / "cache" / "fonts"
    folder.mkdir(parents=True)
    for face in FACES:
        (folder / Path(face).name).write_bytes(b"font")
    assert font_folder(replace(load_settings(), home=tmp_path)) == folder


def test_unreachable_font_is_explained_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_offline", "true")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    with pytest.raises(FontError, match="无法取得 PDF 所需的中文字体.*放入"):
        font_folder(replace(load_settings(), home=tmp_path))
