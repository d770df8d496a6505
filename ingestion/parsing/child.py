"""The guarded child process: reads paths from its input, answers with records and problems.

Protocol: a line of JSON in, a line of JSON out followed by the bodies, one after the other. Nothing that the child
says is executed by the parent. Limits are set before the first byte is read: address space, no written files, no
core dump.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import BinaryIO

from ingestion.parsing.limits import CHILD_MEMORY_BYTES, CHILD_TIRED_BYTES, MAX_ANSWER_BYTES
from ingestion.parsing.problems import Problem
from ingestion.parsing.workbook import ParsedSheet, read_workbook


def main() -> None:
    """Serve until the input ends."""
    limit_process()
    output = sys.stdout.buffer
    output.write(b'{"ready": true}\n')
    output.flush()
    for line in sys.stdin.buffer:
        answer(Path(json.loads(line)["path"]), output)


def limit_process() -> None:
    """Set the limits of this process; they cannot be raised again."""
    for kind, limit in (
        (resource.RLIMIT_AS, CHILD_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (limit, limit))


def answer(path: Path, output: BinaryIO) -> None:
    """Read one workbook and write the answer; memory that runs out is an answer too."""
    try:
        sheets, problems = read_workbook(path)
    except MemoryError:
        sheets, problems = [], [Problem("F-20")]
    if sum(len(sheet.body) for sheet in sheets) > MAX_ANSWER_BYTES:
        sheets, problems = [], [Problem("F-20")]
    output.write(_head(sheets, problems))
    for sheet in sheets:
        output.write(sheet.body)
    output.flush()


def _head(sheets: list[ParsedSheet], problems: list[Problem]) -> bytes:
    head = {
        "sheets": [[s.record, s.sheet, s.columns, s.row_count, s.numbered, len(s.body)] for s in sheets],
        "problems": [list(problem) for problem in problems],
        "tired": _resident_bytes() > CHILD_TIRED_BYTES,
    }
    return json.dumps(head, ensure_ascii=False).encode() + b"\n"


def _resident_bytes() -> int:
    """Return the memory this process holds now; its recorded peak would count the parent it was forked from."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
