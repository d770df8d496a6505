"""The gate: landing and rules of a province-month against COPY of the same bytes; one guarded workbook."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from python_calamine import load_workbook

from benchmarks.measure import Figure, seconds
from common.database import connect
from common.settings import Settings
from ingestion.contract import load_contract
from ingestion.gate import check_received
from ingestion.landing import Landing
from ingestion.reading import diagnose, read_files
from ingestion.submissions import receive
from ingestion.synthetic import ProvinceMonth
from ingestion.synthetic.files import Style, write_submission
from ingestion.synthetic.writing import company_lines

Submission = tuple[str, list[Path]]


def write_files(month: ProvinceMonth, folder: Path, style: Style, limit: int | None = None) -> list[Submission]:
    """Write the month's submissions, one folder or workbook a company."""
    written = []
    for company in month.reporting.tolist()[:limit]:
        code = month.companies.code[company]
        written.append((code, write_submission(folder, code, company_lines(month, company), style)))
    return written


def landing_and_rules(settings: Settings, month: ProvinceMonth) -> list[Figure]:
    """Land the month's files, then send them through the whole gate; the month is accepted afterwards."""
    with tempfile.TemporaryDirectory(prefix="lendwatch-files-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        submissions = write_files(month, folder / "files", Style())
        plain = _server_copy(settings, submissions, folder)
        landed = seconds(lambda: _land(settings, submissions))
        for code, paths in submissions:
            receive(settings, code, month.month, paths, sender="bench")
        start = time.perf_counter()
        outcomes = check_received(settings, [month.month])
        checked = time.perf_counter() - start
    refused = [outcome for outcome in outcomes if outcome.status != "accepted"]
    if refused:
        raise AssertionError(f"{len(refused)} of {len(outcomes)} submissions refused, e.g. {refused[0]}")
    peer = "server-side COPY of the same bytes"
    count = f"{len(submissions)} × the contract's files"
    return [
        Figure(f"land a province-month, {count}, one transaction a company", peer, landed, plain, "s", 3),
        Figure("landing + typing + all row rules (and acceptance)", peer, checked, plain, "s", 8),
    ]


def guarded_workbook(month: ProvinceMonth, repeats: int = 10) -> Figure:
    """Read workbooks in the guarded child, whose start is paid once a batch, and with bare calamine."""
    with tempfile.TemporaryDirectory(prefix="lendwatch-books-") as name:
        books = [paths[0] for _, paths in write_files(month, Path(name), Style("xlsx"), limit=repeats)]
        read_files(books[:1])
        guarded = seconds(lambda: [read_files([book]) for book in books])
        bare = seconds(lambda: list(map(_bare, books)))
    work = "read one .xlsx submission, guarded in its child process"
    return Figure(work, "python-calamine bare", 1000 * guarded / len(books), 1000 * bare / len(books), "ms", 3)


def _bare(book: Path) -> int:
    workbook = load_workbook(str(book))
    return sum(len(workbook.get_sheet_by_name(sheet).to_python()) for sheet in workbook.sheet_names)


def _land(settings: Settings, submissions: Sequence[Submission]) -> None:
    with connect(settings) as connection:
        landing = Landing(connection, load_contract(), diagnose)
        landing.create_tables()
        for number, (_, paths) in enumerate(submissions, 1):
            findings = landing.land(number, read_files(paths))
            if findings:
                raise AssertionError(str(findings[0]))


def _server_copy(settings: Settings, submissions: Sequence[Submission], folder: Path) -> float:
    """Copy the same bytes, one file a record, from the server's own disk into tables of the same shape."""
    whole = {record.title: folder / f"{record.name}.csv" for record in load_contract().records}
    for path in whole.values():
        path.write_bytes(b"")
    for _, paths in submissions:
        for path in paths:
            with path.open("rb") as source, whole[path.stem].open("ab") as target:
                source.readline()
                shutil.copyfileobj(source, target)
    with connect(settings) as connection:
        return seconds(lambda: _copy_files(connection, whole), repeats=5)


def _copy_files(connection: psycopg.Connection, whole: dict[str, Path]) -> None:
    for record in load_contract().records:
        columns = ", ".join(f"{column.name} text" for column in record.columns)
        connection.execute(f"create temporary table plain_{record.name} ({columns}) on commit drop")
        path = whole[record.title]
        path.chmod(0o644)
        connection.execute(f"copy plain_{record.name} from '{path}' (format csv)")
    connection.commit()
