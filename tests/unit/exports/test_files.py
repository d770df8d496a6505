from pathlib import Path

import pytest

from exports.files import replace_file


def test_failed_writing_leaves_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a" / "report.xlsx"
    replace_file(target, b"old")

    def write(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        replace_file(target, write)
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]
