from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from orchestration.processes import identity, stop_process

Starter = Callable[[str], "subprocess.Popen[str]"]
WITH_CHILD = (
    "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
    "print(child.pid, flush=True)\n"
    "child.wait()"
)


@pytest.fixture
def start() -> Iterator[Starter]:
    started: list[subprocess.Popen[str]] = []

    def starter(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        return process

    yield starter
    for process in started:
        process.kill()
        process.communicate()


def test_group_stop_reaches_grandchildren(start: Starter) -> None:
    process = start(WITH_CHILD)
    assert process.stdout
    grandchild = int(process.stdout.readline())
    assert identity(grandchild)
    stop_process(process.pid)
    assert process.wait() != 0
    assert identity(grandchild) is None


def test_process_that_ignores_request_is_forced(start: Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.processes.STOP_SECONDS", 0.1)
    process = start(
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    )
    assert process.stdout
    process.stdout.readline()
    stop_process(process.pid)
    assert process.wait() == -9


def test_uncollected_process_counts_as_ended(start: Starter) -> None:
    process = start("print(1, flush=True)")
    assert process.stdout
    process.stdout.read()
    stop_process(process.pid)
    assert identity(process.pid) is None
