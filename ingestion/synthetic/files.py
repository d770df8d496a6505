"""Files of one company and month as companies write them: CSV files in a folder, a zip of them, or a workbook.

Flow: rows of texts by record -> files; the habits of a company (style) never change.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingestion.contract import ContractRecord, load_contract
from ingestion.synthetic.tables import with_chinese_names
from ingestion.template import write_template

ZIP_TIME = (2020, 1, 1, 0, 0, 0)
WRITTEN = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")
REQUIRED = frozenset(
    ("company_month", "customers", "staff", "contracts", "notes", "note_states", "loan_events", "trial_balance")
)
Lines = dict[str, list[str]]


@dataclass(frozen=True)
class Style:
    """How a company writes its files: ``packaging`` is ``folder``, ``zip`` or ``xlsx``."""

    packaging: str = "folder"
    encoding: str = "utf-8"
    is_english: bool = False
    has_chinese_codes: bool = False


def draw_styles(count: int, xlsx_share: float, seed: int) -> list[Style]:
    """Draw the habits of all companies; most write UTF-8 CSV files, a few GB18030 or a byte order mark."""
    draw = np.random.default_rng([seed, 4])
    styles = []
    for chance, packed, coded, named, chinese in draw.random((count, 5)).tolist():
        if chance < xlsx_share:
            styles.append(Style("xlsx", has_chinese_codes=True))
            continue
        encoding = "gb18030" if coded < 0.05 else "utf-8-sig" if coded < 0.1 else "utf-8"
        styles.append(Style("zip" if packed < 0.2 else "folder", encoding, named < 0.1, chinese < 0.05))
    return styles


def write_submission(folder: Path, code: str, lines: Lines, style: Style) -> list[Path]:
    """Write one submission under ``folder`` (CSV lines by record); returns the files to send."""
    contract = load_contract()
    records = [(record, lines[record.name]) for record in contract.records if _is_handed_in(record.name, lines)]
    if style.packaging == "xlsx":
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{code}.xlsx"
        write_template(path, {record.name: _dictionaries(record, content) for record, content in records})
        _stop_clock(path)
        return [path]
    named = [(f"{file_stem(record, style)}.csv", _content(record, content, style)) for record, content in records]
    if style.packaging == "zip":
        return [_zip(folder, code, named)]
    target = folder / code
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in named:
        path = target / name
        path.write_bytes(content)
        paths.append(path)
    return paths


def file_stem(record: ContractRecord, style: Style) -> str:
    """Return the file or sheet name of a record in this style."""
    return record.name if style.is_english else record.title


def _is_handed_in(record: str, lines: Lines) -> bool:
    return record in REQUIRED or bool(lines.get(record))


def _content(record: ContractRecord, lines: Sequence[str], style: Style) -> bytes:
    header = ",".join(column.name if style.is_english else column.title for column in record.columns)
    if style.has_chinese_codes:
        lines = [",".join(row) for row in with_chinese_names(record, (line.split(",") for line in lines))]
    return ("\n".join([header, *lines]) + "\n").encode(style.encoding)


def _zip(folder: Path, code: str, named: Iterable[tuple[str, bytes]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{code}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in named:
            item = zipfile.ZipInfo(name, ZIP_TIME)
            item.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(item, content)
    return path


def _stop_clock(path: Path) -> None:
    """Take the time of writing out of a workbook, so that the same rows are the same file."""
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts:
            item = zipfile.ZipInfo(name, ZIP_TIME)
            item.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(item, WRITTEN.sub(b"", content) if name == "docProps/core.xml" else content)


def _dictionaries(record: ContractRecord, lines: Sequence[str]) -> list[dict[str, str]]:
    names = [column.name for column in record.columns]
    rows = with_chinese_names(record, (line.split(",") for line in lines))
    return [dict(zip(names, row, strict=True)) for row in rows]
