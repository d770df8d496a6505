from __future__ import annotations

import json
import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from common.settings import Settings, load_settings
from orchestration.processes import identity
from orchestration.services import Service
from orchestration.supervisor import Supervisor, SupervisorError, run_folder, states, stop_all

WAIT = 60


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings(), home=tmp_path, postgres_url="postgresql://nobody@127.0.0.1:1")


@pytest.fixture
def web_service() -> Service:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    return Service("web", "测试页面", command, health_url=address, page=address)


@pytest.fixture
def reports() -> queue.Queue[str]:
    return queue.Queue()


@pytest.fixture
def supervised(settings: Settings, web_service: Service, reports: queue.Queue[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(settings, [web_service], reports.put)
    supervisor.start()
    watcher = threading.Thread(target=supervisor.watch)
    watcher.start()
    yield supervisor
    supervisor.request_stop()
    watcher.join()
    supervisor.stop()


def pid_of(settings: Settings, name: str) -> int:
    return int(json.loads((run_folder(settings) / f"{name}.json").read_text())["pid"])


def next_report(reports: queue.Queue[str], text: str) -> str:
    while text not in (found := reports.get(timeout=WAIT)):
        pass
    return found


@pytest.mark.usefixtures("supervised")
def test_started_service_answers_its_page(settings: Settings, web_service: Service) -> None:
    assert ("测试页面", True, web_service.page) in states(settings)


@pytest.mark.usefixtures("supervised")
def test_killed_service_is_started_again(settings: Settings, reports: queue.Queue[str]) -> None:
    first = pid_of(settings, "web")
    os.kill(first, signal.SIGKILL)
    assert "正在重新启动" in next_report(reports, "意外退出")


def test_stop_leaves_no_process(settings: Settings, web_service: Service, reports: queue.Queue[str]) -> None:
    supervisor = Supervisor(settings, [web_service], reports.put)
    supervisor.start()
    pid = pid_of(settings, "web")
    supervisor.stop()
    assert identity(pid) is None
    assert states(settings) == []


def test_service_that_dies_at_start_names_its_log(settings: Settings, reports: queue.Queue[str]) -> None:
    dying = Service(
        "dying", "短命服务", (sys.executable, "-c", "raise SystemExit('端口被占用')"), health_url="http://127.0.0.1:1"
    )
    with pytest.raises(SupervisorError, match=r"短命服务 未能启动.*dying\.log\n端口被占用"):
        Supervisor(settings, [dying], reports.put).start()


def test_service_that_keeps_dying_ends_watch(settings: Settings, reports: queue.Queue[str]) -> None:
    supervisor = Supervisor(settings, [Service("dying", "短命服务", (sys.executable, "-c", ""))], reports.put)
    supervisor.start()
    try:
        with pytest.raises(SupervisorError, match="反复退出"):
            supervisor.watch()
    finally:
        supervisor.stop()


def test_stop_all_spares_reused_process_id(settings: Settings) -> None:
    run_folder(settings).mkdir(parents=True)
    state = {"pid": os.getpid(), "identity": "0", "title": "旧服务", "page": None, "health_url": None}
    (run_folder(settings) / "old.json").write_text(json.dumps(state))
    assert stop_all(settings) == []
    assert identity(os.getpid())
