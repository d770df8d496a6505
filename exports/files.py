"""Atomic files: written beside their place, then renamed, so that a reader never sees half a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def replace_file(path: Path, content: bytes | Callable[[Path], None]) -> None:
    """Put ``content`` (or what the callable writes to the path it is given) at ``path`` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if isinstance(content, bytes):
            temporary.write_bytes(content)
        else:
            content(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
