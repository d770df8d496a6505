"""The supervisor: starts PostgreSQL and the services, waits for their health pages, restarts what dies, stops all.

Each service runs in a session of its own with the default signals: Dagster started with an ignored interrupt
signal would never stop. State: ``<state folder>/run/<service>.json`` (process id, page), logs beside them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import postgres
from common.settings import Settings
from orchestration.environment import child_environment
from orchestration.processes import identity, stop_process
from orchestration.services import Service

START_SECONDS = 120
POLL_SECONDS = 0.5
MAX_QUICK_DEATHS = 5
QUICK_SECONDS = 30
SELF = "supervisor"
Report = Callable[[str], None]


class SupervisorError(RuntimeError):
    """A service did not become healthy, or keeps dying; the message names its log."""


@dataclass
class Running:
    """A started service."""

    service: Service
    process: subprocess.Popen[bytes]
    started: float
    quick_deaths: int = 0


class Supervisor:
    """Keeps the declared services of one installation running until told to stop."""

    def __init__(self, settings: Settings, services: Sequence[Service], report: Report) -> None:
        self._settings = settings
        self._services = services
        self._report = report
        self._running: list[Running] = []
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start all services in order and wait until each is healthy.

        Raises:
            SupervisorError: one did not become healthy in time; the others are stopped again.
        """
        run_folder(self._settings).mkdir(parents=True, exist_ok=True)
        _write_state(self._settings, SELF, os.getpid())
        try:
            for service in self._services:
                self._running.append(self._launch(service))
            for running in self._running:
                self._wait_healthy(running)
                self._report(f"{running.service.title} 已就绪 {running.service.page or ''}".rstrip())
        except BaseException:
            self.stop()
            raise

    def watch(self) -> None:
        """Restart what dies, until :meth:`request_stop`.

        Raises:
            SupervisorError: a service died again and again right after its start.
        """
        while not self._stopped.wait(POLL_SECONDS):
            self._revive()

    def request_stop(self) -> None:
        """Let :meth:`watch` return; safe to call from a signal handler."""
        self._stopped.set()

    def stop(self) -> None:
        """Stop all services, the last started first."""
        for running in reversed(self._running):
            stop_process(running.process.pid)
            running.process.wait()
            _state_file(self._settings, running.service.name).unlink(missing_ok=True)
        self._running.clear()
        _state_file(self._settings, SELF).unlink(missing_ok=True)

    def _revive(self) -> None:
        for position, running in enumerate(self._running):
            if running.process.poll() is None:
                continue
            quick = time.monotonic() - running.started < QUICK_SECONDS
            deaths = running.quick_deaths + 1 if quick else 0
            name = running.service.name
            if deaths >= MAX_QUICK_DEATHS:
                raise SupervisorError(f"{running.service.title} 反复退出，请查看 {_log_file(self._settings, name)}")
            self._report(f"{running.service.title} 意外退出（代码 {running.process.returncode}），正在重新启动")
            stop_process(running.process.pid)
            running.process.wait()
            self._running[position] = self._launch(running.service)
            self._running[position].quick_deaths = deaths

    def _launch(self, service: Service) -> Running:
        with _log_file(self._settings, service.name).open("ab") as log:
            process = subprocess.Popen(
                service.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=child_environment(service.environment),
                cwd=self._settings.home,
                start_new_session=True,
                preexec_fn=_default_signals,  # noqa: PLW1509 - no thread of ours holds a lock at this point
            )
        _write_state(self._settings, service.name, process.pid, service)
        return Running(service, process, time.monotonic())

    def _wait_healthy(self, running: Running) -> None:
        deadline = time.monotonic() + START_SECONDS
        log = _log_file(self._settings, running.service.name)
        while not is_healthy(running.service.health_url):
            if running.process.poll() is not None:
                raise SupervisorError(f"{running.service.title} 未能启动，请查看 {log}\n{_tail(log)}")
            if time.monotonic() > deadline or self._stopped.wait(POLL_SECONDS):
                raise SupervisorError(f"{running.service.title} 在 {START_SECONDS} 秒内没有就绪，请查看 {log}")


def run_supervised(settings: Settings, services: Sequence[Service], report: Report) -> None:
    """Start PostgreSQL and the services, keep them until Ctrl-C or SIGTERM, then stop all of it."""
    supervisor = Supervisor(settings, services, report)
    with _stop_signals(supervisor):
        postgres.start(settings)
        try:
            supervisor.start()
            report("全部服务已启动；按 Ctrl-C 停止")
            supervisor.watch()
        finally:
            report("正在停止 …")
            supervisor.stop()
            postgres.stop(settings)


def stop_all(settings: Settings) -> list[str]:
    """Stop what an earlier start left running and return the names of what was stopped."""
    stopped = []
    files = sorted(run_folder(settings).glob("*.json"), key=lambda file: file.stem != SELF)
    for file in files:  # the supervisor first: it would start the others again
        state = json.loads(file.read_text()) if file.exists() else {}
        if state and _lives(state):
            stop_process(state["pid"], group=file.stem != SELF)
            stopped.append(file.stem)
        file.unlink(missing_ok=True)
    if settings.embedded and postgres.is_running(settings):
        postgres.stop(settings)
        stopped.append("postgres")
    return stopped


def states(settings: Settings) -> list[tuple[str, bool, str]]:
    """Return title, whether it is well, and page of every service that was started."""
    found = [json.loads(file.read_text()) for file in sorted(run_folder(settings).glob("*.json"))]
    return [(state["title"], _lives(state) and is_healthy(state["health_url"]), state["page"] or "") for state in found]


def run_folder(settings: Settings) -> Path:
    """Return the folder of process ids and logs."""
    return settings.home / "run"


def is_healthy(url: str | None) -> bool:
    """Whether the health page answers; a service without one counts as well."""
    if url is None:
        return True
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except OSError:
        return False


def _default_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def _stop_signals(supervisor: Supervisor) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: supervisor.request_stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _lives(state: Mapping[str, Any]) -> bool:
    """Whether the process of a state file lives; after a reboot its id may belong to somebody else."""
    return identity(state["pid"]) == state["identity"]


def _write_state(settings: Settings, name: str, pid: int, service: Service | None = None) -> None:
    state = {
        "pid": pid,
        "identity": identity(pid),
        "title": service.title if service else "守护进程",
        "page": service.page if service else None,
        "health_url": service.health_url if service else None,
    }
    _state_file(settings, name).write_text(json.dumps(state, ensure_ascii=False))


def _state_file(settings: Settings, name: str) -> Path:
    return run_folder(settings) / f"{name}.json"


def _log_file(settings: Settings, name: str) -> Path:
    return run_folder(settings) / f"{name}.log"


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:])
