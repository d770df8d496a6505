"""Members of a zip package are taken for what they hold, whichever program packed them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ingestion.reading import read_files


@pytest.mark.parametrize(
    "member",
    ["借据.csv", "报送/借据.csv", "报送\\借据.csv", "notes.csv"],
    ids=["plain", "folder", "windows", "english"],
)
def test_member_in_folder_is_recognised(tmp_path: Path, member: str) -> None:
    package = tmp_path / "报送.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(member, "借据编号,合同编号\n")
    files = read_files([package])
    assert "S-01" not in {finding.rule_id for finding in files.findings}
