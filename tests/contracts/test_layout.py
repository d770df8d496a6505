"""The README's folder table and the links of all pages hold against the tree."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from common.settings import PROJECT_ROOT

README = PROJECT_ROOT / "README.md"
FOLDER_ROW = re.compile(r"^\| *`([a-z_]+)/`[^|]*\|", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
ANCHOR = re.compile(r'<a (?:id|name)="([^"]+)"')
PRODUCED = {"__pycache__", "var", "build", "dist", "node_modules", "target", "logs"}
OUTSIDE = ("http://", "https://", "mailto:")


def project_files(suffix: str = "") -> list[str]:
    """Return the files of the project; what is installed or produced does not count."""
    found = []
    for folder, folders, names in os.walk(PROJECT_ROOT):
        folders[:] = [name for name in folders if name not in PRODUCED and not name.startswith(".")]
        found += [Path(folder, name).relative_to(PROJECT_ROOT).as_posix() for name in names if name.endswith(suffix)]
    return sorted(found)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page as they appear in links: its headings and the explicit ones."""
    text = page.read_text(encoding="utf-8")
    found = set(ANCHOR.findall(text))
    for heading in HEADING.findall(text):
        kept = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(kept.replace(" ", "-"))
    return found


def test_readme_table_names_every_folder() -> None:
    folders = {name.split("/")[0] for name in project_files() if "/" in name}
    assert set(FOLDER_ROW.findall(README.read_text(encoding="utf-8"))) == folders


@pytest.mark.parametrize("name", project_files(".md"))
def test_page_has_no_dead_link(name: str) -> None:
    page = PROJECT_ROOT / name
    dead = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(OUTSIDE):
            continue
        path, _, anchor = target.partition("#")
        other = page.parent / path if path else page
        if not other.exists() or (anchor and other.suffix == ".md" and anchor not in anchors(other)):
            dead.append(target)
    assert dead == []


def test_no_catch_all_module() -> None:
    names = {Path(name).stem for name in project_files(".py")}
    assert names.isdisjoint({"utils", "util", "helpers", "helper", "misc"})


def test_modules_stay_within_300_lines() -> None:
    long = {name: count for name in project_files(".py") if (count := line_count(name)) > 300}
    assert long == {}


def line_count(name: str) -> int:
    return len((PROJECT_ROOT / name).read_text(encoding="utf-8").splitlines())
