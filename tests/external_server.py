"""A second real PostgreSQL server, started by hand as an installation's own database team would run it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common import postgres
from common.postgres import POSTGRES_VERSIONS

PASSWORD = "external-only-in-this-test"
DEBIAN = Path("/usr/lib/postgresql")


def server_programs() -> dict[str, Path]:
    """Return the program folders of servers that are not the embedded one: the wheel's 16, Debian's if installed."""
    debian = {f"debian-{path.parent.name}": path for path in sorted(DEBIAN.glob("*/bin")) if (path / "initdb").exists()}
    return {"wheel-16": POSTGRES_VERSIONS[16], **debian}


@contextmanager
def running_server(programs: Path) -> Iterator[str]:
    """Start a server with TCP and password on a free port and yield its administrator URL."""
    with tempfile.TemporaryDirectory(prefix="external-") as name, socket.socket() as probe:
        folder = Path(name)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        password_file = folder / "password"
        password_file.write_text(PASSWORD)
        _give_away(folder, password_file)
        data = folder / "data"
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c max_connections=60"
        authentication = ("--auth-local=scram-sha-256", "--auth-host=scram-sha-256", f"--pwfile={password_file}")
        _run(programs / "initdb", "-D", data, "-U", "dba", "--encoding=UTF8", "--locale=C.UTF-8", *authentication)
        _run(programs / "pg_ctl", "-w", "-D", data, "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://dba:{PASSWORD}@127.0.0.1:{port}"
        finally:
            _run(programs / "pg_ctl", "-w", "-D", data, "-m", "immediate", "stop")


def _account() -> pwd.struct_passwd | None:
    return pwd.getpwnam(postgres.SERVICE_USER) if os.geteuid() == 0 else None


def _give_away(*paths: Path) -> None:
    account = _account()
    for path in paths if account else ():
        shutil.chown(path, postgres.SERVICE_USER)


def _run(program: Path, *arguments: str | Path) -> None:
    account = _account()
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    subprocess.run(
        [program, *arguments],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **who,  # type: ignore[call-overload]
    )
