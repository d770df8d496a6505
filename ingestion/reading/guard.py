"""The parent's side of the guarded child process (受控子进程).

One child serves a batch of files; it is started on first use and again whenever it dies. A death is a problem of
the file that was being read, never an exception. The child gets an empty environment: no secret is within reach of
a parser that a file has broken.
"""

from __future__ import annotations

import atexit
import json
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from ingestion.parsing.limits import CHILD_SECONDS, MAX_ANSWER_BYTES, MIB
from ingestion.parsing.problems import Problem
from ingestion.reading.records import SubmittedRecord

PROJECT_ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
MAX_HEAD_BYTES = 32 * MIB


class ChildDiedError(Exception):
    """The child ended or said nothing in time; ``rule_id`` names the finding."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


class Guard:
    """A child process that reads workbooks. Safe to use from several threads: one file at a time."""

    def __init__(self, seconds: float = CHILD_SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()
        self._lock = threading.Lock()

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The process number of the living child."""
        return self._process.pid if self._process else None

    def read(self, path: Path, file_number: int) -> tuple[list[SubmittedRecord], list[Problem]]:
        """Return the records and problems of one workbook."""
        with self._lock:
            try:
                self._start()
                head = self._ask(path)
                sheets = [self._record(file_number, *entry) for entry in head["sheets"]]
                problems = [Problem(*entry) for entry in head["problems"]]
            except ChildDiedError as death:
                self.close()
                return [], [Problem(death.rule_id)]
            except BaseException:
                self.close()
                raise
            if head["tired"]:
                self.close()
            return sheets, problems

    def close(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        self._buffer.clear()
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from ingestion.parsing.child import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT_ROOT,
            env={"PYTHONPATH": str(PROJECT_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"},
            bufsize=0,
        )
        self._line(time.monotonic() + START_SECONDS)

    def _ask(self, path: Path) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None:
            raise ChildDiedError("F-20")
        try:
            process.stdin.write(json.dumps({"path": str(path.resolve())}).encode() + b"\n")
        except BrokenPipeError:
            raise ChildDiedError("F-20") from None
        self._deadline = time.monotonic() + self._seconds
        head: dict[str, Any] = json.loads(self._line(self._deadline))
        if sum(entry[-1] for entry in head["sheets"]) > MAX_ANSWER_BYTES:
            raise ChildDiedError("F-20")
        return head

    def _record(
        self, file_number: int, record: str, sheet: str, columns: list[str], rows: int, numbered: bool, size: int
    ) -> SubmittedRecord:
        while len(self._buffer) < size:
            self._receive(self._deadline)
        body = bytes(self._buffer[:size])
        del self._buffer[:size]
        return SubmittedRecord(record, file_number, sheet, tuple(columns), body, rows, numbered)

    def _line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise ChildDiedError("F-20")
            self._receive(deadline)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _receive(self, deadline: float) -> None:
        """Wait for more bytes.

        Raises:
            ChildDiedError: the child ended (F-20) or the time is over (F-21).
        """
        process = self._process
        if process is None or process.stdout is None:
            raise ChildDiedError("F-20")
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise ChildDiedError("F-21")
        chunk = process.stdout.read(MIB)
        if not chunk:
            raise ChildDiedError("F-20")
        self._buffer += chunk


shared_guard = Guard()
atexit.register(shared_guard.close)
