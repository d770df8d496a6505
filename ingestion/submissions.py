"""Taking in what a company sends (接收报送): files are kept unchanged, versions are counted, a receipt is given.

Nothing is checked here beyond who sends and for which month; checking is the gate's work.
Flow: paths → ``submissions/<company>/<month>/v<N>/`` → ``exchange.submissions`` (received) → receipt.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import psycopg

from common.database import connect
from common.exchange import SubmissionStatus
from common.month import label, month_end, parse_month
from common.settings import Settings
from ingestion.contract import load_contract
from ingestion.register_file import CODE_PATTERN

FILE_MODE = 0o440
FOLDER_MODE = 0o750
BLOCK = 1 << 20
CHINA = timezone(timedelta(hours=8))


class SubmissionError(ValueError):
    """What was sent cannot be taken in; the message is in Chinese and says how to mend it."""


@dataclass(frozen=True)
class Receipt:
    """The receipt (回执): ``is_duplicate`` means the same content had been received before."""

    submission_id: int
    receipt_number: str
    version: int
    sha256: str
    is_duplicate: bool


@dataclass(frozen=True)
class _File:
    path: Path
    sha256: str
    byte_count: int


def receive(
    settings: Settings, company_code: str, month: str | date, paths: Sequence[Path], sender: str | None = None
) -> Receipt:
    """Take in the files of one company and month and return the receipt.

    The same content sent again, in any order, gives the receipt it already has and changes nothing, unless it was
    rejected: what it was rejected for may lie elsewhere (the month before, the register), so it is checked again.

    Raises:
        SubmissionError: unknown company, month malformed or in the future, no files, two files of one name.
    """
    first_day = _reporting_month(month)
    files = _digest_all(paths)
    sha256 = _digest_of(files)
    with connect(settings) as connection:
        _require_company(connection, company_code, first_day)
        connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"receive {company_code} {first_day}"])
        known = connection.execute(
            "select submission_id, receipt_number, version from exchange.submissions"
            " where company_code = %s and reporting_month = %s and content_sha256 = %s",
            [company_code, first_day, sha256],
        ).fetchone()
        if known:
            _check_again(connection, known[0])
            return Receipt(known[0], known[1], known[2], sha256, is_duplicate=True)
        return _keep(settings, connection, company_code, first_day, files, sha256, sender)


def stored_files(settings: Settings, connection: psycopg.Connection, submission_id: int) -> list[Path]:
    """Return where the files of a submission are kept, in the order of their file numbers."""
    rows = connection.execute(
        "select stored_path from exchange.submission_files where submission_id = %s order by file_number",
        [submission_id],
    )
    return [settings.submissions / row[0] for row in rows]


def _reporting_month(month: str | date) -> date:
    try:
        first_day = month.replace(day=1) if isinstance(month, date) else parse_month(month)
    except ValueError as error:
        raise SubmissionError(str(error)) from error
    today = datetime.now(CHINA).date()
    if first_day > today:
        raise SubmissionError(f"报告期 {label(first_day)} 尚未到来，请核对月份后重新报送")
    return first_day


def _digest_all(paths: Sequence[Path]) -> list[_File]:
    if not paths:
        raise SubmissionError("没有选择任何文件，请至少报送一个工作簿或一组 CSV 文件")
    names = [path.name for path in paths]
    for name in names:
        if names.count(name) > 1:
            raise SubmissionError(f"文件“{name}”出现了两次，同一次报送中的文件名不能相同，请改名或去掉重复的文件")
    return [_digest(path) for path in paths]


def _digest(path: Path) -> _File:
    if not path.is_file():
        raise SubmissionError(f"找不到文件“{path.name}”，请核对路径")
    digest = hashlib.sha256()
    count = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            count += len(block)
    return _File(path, digest.hexdigest(), count)


def _digest_of(files: Sequence[_File]) -> str:
    """The name belongs to the content when there are several files: it says which record a CSV file holds."""
    if len(files) == 1:
        return files[0].sha256
    lines = sorted(f"{file.sha256} {file.path.name}" for file in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _require_company(connection: psycopg.Connection, company_code: str, month: date) -> None:
    if not CODE_PATTERN.fullmatch(company_code):  # it names a folder
        raise SubmissionError(f"公司代码“{company_code}”无效，只能由字母、数字、短横线、下划线组成，请核对代码")
    row = connection.execute(
        "select bool_or(valid_from <= %(end)s and coalesce(valid_to > %(end)s, true)) from reference.companies"
        " where company_code = %(code)s",
        {"code": company_code, "end": month_end(month)},
    ).fetchone()
    if row is None or row[0] is None:
        raise SubmissionError(f"公司代码“{company_code}”不在公司名册中，请核对代码，新设公司请先向金融办登记")
    if not row[0]:
        raise SubmissionError(f"公司“{company_code}”在 {label(month)} 不在名册有效期内，请核对报告期或名册")


def _check_again(connection: psycopg.Connection, submission_id: int) -> None:
    """Put a rejected submission back in the queue, unless a later version is on its way or accepted."""
    connection.execute(
        "update exchange.submissions s set status = %(received)s"
        " where submission_id = %(id)s and status = %(rejected)s and not exists (select from exchange.submissions later"
        " where later.company_code = s.company_code and later.reporting_month = s.reporting_month"
        " and later.version > s.version and later.status <> %(rejected)s)",
        {
            "id": submission_id,
            "received": SubmissionStatus.RECEIVED,
            "rejected": SubmissionStatus.REJECTED,
        },
    )


def _keep(
    settings: Settings,
    connection: psycopg.Connection,
    company_code: str,
    month: date,
    files: Sequence[_File],
    sha256: str,
    sender: str | None,
) -> Receipt:
    counted = connection.execute(
        "select coalesce(max(version), 0) + 1 from exchange.submissions where company_code = %s"
        " and reporting_month = %s",
        [company_code, month],
    ).fetchone()
    version = counted[0] if counted else 1
    folder = Path(company_code) / label(month) / f"v{version}"
    _store(settings.submissions / folder, files)
    number = f"SD-{month:%Y%m}-{company_code}-v{version}-{sha256[:6]}"
    inserted = connection.execute(
        "insert into exchange.submissions (company_code, reporting_month, version, receipt_number, content_sha256,"
        " contract_version, sender) values (%s, %s, %s, %s, %s, %s, %s) returning submission_id",
        [company_code, month, version, number, sha256, load_contract().version, sender],
    ).fetchone()
    submission_id = inserted[0] if inserted else 0
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into exchange.submission_files (submission_id, file_number, file_name, byte_count, sha256,"
            " stored_path) values (%s, %s, %s, %s, %s, %s)",
            [
                (submission_id, index, file.path.name, file.byte_count, file.sha256, str(folder / file.path.name))
                for index, file in enumerate(files, start=1)
            ],
        )
    return Receipt(submission_id, number, version, sha256, is_duplicate=False)


def _store(folder: Path, files: Sequence[_File]) -> None:
    """Copy the files into ``folder``; what an interrupted attempt left there is replaced."""
    partial = folder.with_name(folder.name + ".partial")
    for leftover in (partial, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    partial.mkdir(parents=True, mode=FOLDER_MODE)
    for file in files:
        _copy(file, partial / file.path.name)
    for file in files:  # the disk is told once everything is written: the first call then pays for all
        _sync(partial / file.path.name)
    partial.rename(folder)
    _sync(folder.parent)


def _copy(file: _File, target: Path) -> None:
    """Copy one file and make sure it is still the one whose digest was taken."""
    digest = hashlib.sha256()
    with file.path.open("rb") as source, target.open("xb") as copy:
        while block := source.read(BLOCK):
            digest.update(block)
            copy.write(block)
    target.chmod(FILE_MODE)
    if digest.hexdigest() != file.sha256:
        raise SubmissionError(f"文件“{file.path.name}”在接收过程中被改动，请关闭正在编辑它的程序后重新报送")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
