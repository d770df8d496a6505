"""Peak memory of this process and of single PostgreSQL back ends, sampled while the work runs."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from common.postgres import data_directory
from common.settings import Settings

INTERVAL = 0.05


class Peak:
    """The largest private memory seen of any back end, in MB."""

    def __init__(self) -> None:
        self.backend_mb = 0.0


@contextmanager
def watch_backends(settings: Settings) -> Iterator[Peak]:
    """Sample the anonymous (private) memory of the embedded server's back ends until the block ends."""
    postmaster = int((data_directory(settings) / "postmaster.pid").read_text().splitlines()[0])
    peak, done = Peak(), threading.Event()

    def sample() -> None:
        while not done.wait(INTERVAL):
            peak.backend_mb = max([peak.backend_mb, *map(_private_mb, psutil.Process(postmaster).children())])

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def own_peak_gib() -> float:
    """Return the largest resident size this process has had, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _private_mb(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status")
    try:
        lines = status.read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), 0.0)
