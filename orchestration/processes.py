"""Processes by their id: whether one lives, whether it is still the same one, and how it is ended.

Read from ``/proc``, where a process that ended but was not collected (a zombie) counts as ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

STOP_SECONDS = 15
KILL_SECONDS = 5
STATE, GROUP, START = 0, 2, 19  # positions in /proc/<pid>/stat after the command name


def identity(pid: int) -> str | None:
    """Return what tells this process from a later one with the same id; ``None`` if it does not live."""
    fields = _stat(pid)
    return fields[START] if fields and fields[STATE] != "Z" else None


def stop_process(pid: int, *, group: bool = True) -> None:
    """End a process, or its whole group: asked first, forced after ``STOP_SECONDS``."""
    send = os.killpg if group else os.kill
    for kind, patience in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            send(pid, kind)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not (_members(pid) if group else identity(pid)):
                return
            time.sleep(0.05)


def _members(group: int) -> list[int]:
    """Return the living processes of a process group."""
    found = []
    for folder in Path("/proc").iterdir():
        fields = _stat(int(folder.name)) if folder.name.isdigit() else None
        if fields and fields[STATE] != "Z" and int(fields[GROUP]) == group:
            found.append(int(folder.name))
    return found


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
