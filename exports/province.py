"""All report files of a month: one workbook per organisation, one zip with a manifest for the province.

Organisations are handled in slices by two processes; each slice reads every table in one ordered query. Files are
written beside their place and renamed; ``exchange.report_files`` says what exists.
Flow: marts → grids → files under ``settings.reports/YYYY-MM/`` → ``exchange.report_files``.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from pathlib import Path
from typing import NamedTuple

import psycopg
from sqlalchemy import and_, delete, insert, select

from common.database import connect, engine
from common.exchange import report_files
from common.month import label
from common.settings import Settings
from exports.files import replace_file
from exports.fonts import font_folder
from exports.organisation import FORMATS, OrgReports, read_organisations, render
from exports.values import DEFAULT_UNIT, require_unit

LEVELS = ("province", "zone", "city", "county", "company")
SLICE = 24
PROCESSES = 2
PROVINCE_CODE = "320000"
MANIFEST = "manifest.json"
MEMBER_DATE = (1980, 1, 1, 0, 0, 0)
Progress = Callable[[int, int], None]


class ExportError(RuntimeError):
    """The files of a month cannot be made; the message says what is missing."""


class ReportFile(NamedTuple):
    """One file made: the organisation it is for, its format, place and content hash."""

    org_level: str
    org_code: str
    format: str
    path: Path
    sha256: str
    byte_count: int


def export_month(
    settings: Settings,
    month: date,
    *,
    orgs: Collection[str] | None = None,
    unit: str = DEFAULT_UNIT,
    formats: Sequence[str] = ("xlsx",),
    progress: Progress | None = None,
) -> list[Path]:
    """Write the report files of ``month`` and return their paths, the zip last.

    ``orgs`` limits the work to some organisation codes (managers may be named too); the zip is always made from all
    files of the month. ``formats`` are ``xlsx``, ``docx``, ``pdf``; ``progress`` receives (done, all).

    Raises:
        UnitError: the unit is not one of 元, 千元, 万元, 亿元.
        ExportError: unknown format, or no such organisation has tables for the month.
        FontError: PDFs are wanted and the Chinese font cannot be had.
    """
    require_unit(unit)
    if unknown := set(formats) - set(FORMATS):
        raise ExportError(f"不支持的导出格式：{'、'.join(sorted(unknown))}，可选：{'、'.join(FORMATS)}")
    codes = _organisations(settings, month, orgs)
    if "pdf" in formats:
        font_folder(settings)  # once, before two processes want it
    made: list[ReportFile] = []
    for done in _run_slices(settings, month, codes, unit, tuple(formats)):
        made += done
        if progress:
            progress(len({file.org_code for file in made}), len(codes))
    made.sort(key=lambda file: (LEVELS.index(file.org_level) if file.org_level in LEVELS else 9, file.path))
    _register(settings, month, made, complete=orgs is None, formats=formats)
    package = _write_package(settings, month)
    _register(settings, month, [package], complete=False, formats=())
    return [*(file.path for file in made), package.path]


def month_folder(settings: Settings, month: date) -> Path:
    """Return the folder of the month's report files."""
    return settings.reports / label(month)


def write_slice(
    settings: Settings, month: date, codes: Sequence[str], unit: str, formats: Sequence[str]
) -> list[ReportFile]:
    """Read and write the files of some organisations; runs in a worker process."""
    with connect(settings) as connection:
        organisations = read_organisations(connection, month, codes)
    return [
        _write(settings, month, organisation, suffix, render(settings, organisation, unit, suffix))
        for organisation in organisations
        for suffix in formats
    ]


def _organisations(settings: Settings, month: date, orgs: Collection[str] | None) -> list[str]:
    """Return the organisations with figures in the month, large ones first so that no process ends alone."""
    with connect(settings) as connection:
        if orgs is None:
            query, values = "org_level = any(%s)", [list(LEVELS)]
        else:
            query, values = "org_code = any(%s)", [list(orgs)]
        try:
            found = connection.execute(
                f"select distinct org_level, org_code from marts.rpt_01_business_status"
                f" where reporting_month = %s and {query}",
                [month, *values],
            ).fetchall()
        except psycopg.errors.UndefinedTable as error:
            raise ExportError(f"数据仓库中还没有报表，请先运行 close {label(month)}") from error
    codes = {code for _, code in found}
    if not codes:
        raise ExportError(f"{label(month)} 没有可导出的报表，请先运行 close {label(month)}")
    if orgs is not None and (missing := set(orgs) - codes):
        raise ExportError(f"{label(month)} 没有这些机构的报表：{'、'.join(sorted(missing))}，请核对机构代码")
    ranks = {level: rank for rank, level in enumerate(LEVELS)}
    return [code for _, code in sorted(found, key=lambda one: (ranks.get(one[0], 9), one[1]))]


def _run_slices(
    settings: Settings, month: date, codes: Sequence[str], unit: str, formats: Sequence[str]
) -> Iterator[list[ReportFile]]:
    slices = [codes[start : start + SLICE] for start in range(0, len(codes), SLICE)]
    if len(slices) == 1:
        yield write_slice(settings, month, slices[0], unit, formats)
        return
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = [pool.submit(write_slice, settings, month, part, unit, formats) for part in slices]
        for finished in as_completed(running):
            yield finished.result()


def _write(settings: Settings, month: date, organisation: OrgReports, suffix: str, content: bytes) -> ReportFile:
    heading = organisation.heading
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f.]', "_", f"{heading.org_code}_{heading.org_name}")[:80]
    path = month_folder(settings, month) / heading.org_level / f"{name}.{suffix}"
    replace_file(path, content)
    digest = hashlib.sha256(content).hexdigest()
    return ReportFile(heading.org_level, heading.org_code, suffix, path, digest, len(content))


def _register(
    settings: Settings, month: date, made: Sequence[ReportFile], *, complete: bool, formats: Sequence[str]
) -> None:
    """Replace the rows of the files made; a complete run also forgets files of organisations that are gone.

    Paths are kept relative to the reports folder, so that an installation can be moved.
    """
    table = report_files
    rows = [
        {**file._asdict(), "reporting_month": month, "path": file.path.relative_to(settings.reports).as_posix()}
        for file in made
    ]
    keep = {row["path"] for row in rows}
    of_month = table.c.reporting_month == month
    with engine(settings).begin() as connection:
        known = connection.execute(
            select(table.c.report_file_id, table.c.org_code, table.c.format, table.c.path).where(of_month)
        ).all()
        fresh = {(file.org_code, file.format) for file in made}
        old = [row for row in known if (row.org_code, row.format) in fresh or (complete and row.format in formats)]
        connection.execute(delete(table).where(and_(of_month, table.c.report_file_id.in_([r[0] for r in old]))))
        connection.execute(insert(table), rows)
    for row in old:
        if row.path not in keep:
            (settings.reports / row.path).unlink(missing_ok=True)


def _write_package(settings: Settings, month: date) -> ReportFile:
    """Zip all files of the month with their manifest; member dates and order are fixed."""
    folder = month_folder(settings, month)
    table = report_files
    with engine(settings).connect() as connection:
        rows = connection.execute(
            select(table).where(table.c.reporting_month == month, table.c.format != "zip").order_by(table.c.path)
        ).all()
    manifest = [
        {
            "file": (settings.reports / row.path).relative_to(folder).as_posix(),
            "org_level": row.org_level,
            "org_code": row.org_code,
            "format": row.format,
            "sha256": row.sha256,
            "bytes": row.byte_count,
        }
        for row in rows
    ]
    text = json.dumps({"month": label(month), "files": manifest}, ensure_ascii=False, indent=1)
    path = folder / f"{label(month)}_全省报表.zip"

    def write(temporary: Path) -> None:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as package:
            package.writestr(zipfile.ZipInfo(MANIFEST, MEMBER_DATE), text)
            for entry in manifest:
                content = (folder / str(entry["file"])).read_bytes()
                package.writestr(zipfile.ZipInfo(str(entry["file"]), MEMBER_DATE), content)

    replace_file(path, write)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return ReportFile("province", PROVINCE_CODE, "zip", path, digest, path.stat().st_size)
