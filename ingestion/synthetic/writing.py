"""Writes a synthetic province to a folder: register, submissions by month, corrected ones, key of planted defects.

Layout: ``名录/*.csv`` · ``submissions/<month>/<company>…`` · ``corrected/<month>/<company>…`` · ``defects.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from common.month import label
from ingestion.contract import load_contract
from ingestion.synthetic.calendar import iso, month_index
from ingestion.synthetic.companies import Companies
from ingestion.synthetic.defects import KINDS, Defect, Planted, plant
from ingestion.synthetic.files import Lines, Style, draw_styles, file_stem, write_submission
from ingestion.synthetic.province import ProvinceMonth, province_months
from ingestion.synthetic.tables import yuan

COMPANY_HEADER = "公司代码,公司名称,县区代码,开业日期,结账日,实收资本,法定代表人,联系电话,生效日期"
BRANCH_HEADER = "公司代码,分支机构代码,分支机构名称,县区代码,开业日期"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class SubmissionFiles:
    """The files of one company and month; a defective submission also has corrected ones."""

    company_code: str
    month: date
    paths: tuple[Path, ...]
    corrected: tuple[Path, ...] = ()

    @property
    def is_defective(self) -> bool:
        """Whether a defect was planted in ``paths``."""
        return bool(self.corrected)


@dataclass
class ProvinceManifest:
    """What was written: the register to import, all submissions month by month, the planted defects."""

    folder: Path
    register: Path
    months: list[date]
    company_codes: list[str]
    submissions: list[SubmissionFiles] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)

    def of_month(self, month: date) -> list[SubmissionFiles]:
        """Return the submissions of one month."""
        return [item for item in self.submissions if item.month == month]


def write_province(
    folder: Path,
    *,
    companies: int,
    first_month: date,
    months: int,
    seed: int,
    defect_share: float = 0.05,
    xlsx_share: float = 0.1,
    size: float = 1.0,
    progress: Progress | None = None,
) -> ProvinceManifest:
    """Write a province; the same arguments give the same files (domain sheet 9).

    ``defect_share`` of each month's submissions (at least one unless 0) carry a planted defect each and lie corrected
    beside; ``xlsx_share`` of the companies send workbooks; ``size`` scales notes and capital of each company.
    """
    styles = draw_styles(companies, xlsx_share, seed)
    manifest = ProvinceManifest(folder, folder / "名录", [], [])
    for month in province_months(companies, first_month, months, seed, size):
        if not manifest.months:
            write_register(manifest.register, month.companies)
            manifest.company_codes = month.companies.code.tolist()
        manifest.months.append(month.month)
        _write_month(manifest, month, styles, defect_share, seed)
        if progress:
            progress(label(month.month))
    _write_key(manifest)
    return manifest


def company_lines(month: ProvinceMonth, company: int) -> Lines:
    """Return the CSV lines of one company by record."""
    return {name: table.lines(table.bounds(company)) for name, table in month.tables.items()}


def _write_month(
    manifest: ProvinceManifest, month: ProvinceMonth, styles: list[Style], defect_share: float, seed: int
) -> None:
    draw = np.random.default_rng([seed, 5, month_index(month.month)])
    name = label(month.month)
    whole = {record: (table, table.lines()) for record, table in month.tables.items()}
    count = max(round(defect_share * len(month.reporting)), 1) if defect_share > 0 else 0
    is_bad = np.zeros(len(month.companies), dtype=bool)
    is_bad[draw.permutation(month.reporting)[:count]] = True
    for company in month.reporting.tolist():
        code, style = month.companies.code[company], styles[company]
        lines = {record: rows[table.bounds(company)] for record, (table, rows) in whole.items()}
        sent, clean = manifest.folder / "submissions" / name, manifest.folder / "corrected" / name
        defective = _plant_any(lines, len(manifest.defects), draw) if is_bad[company] else None
        if defective is None:
            paths = write_submission(sent, code, lines, style)
            manifest.submissions.append(SubmissionFiles(code, month.month, tuple(paths)))
            continue
        kind, wrong, planted, rules = defective
        style = replace(style, packaging="folder") if style.packaging == "zip" else style
        stem = file_stem(load_contract().record(planted.record), style)
        file = f"{code}.xlsx" if style.packaging == "xlsx" else f"{stem}.csv"
        manifest.defects.append(
            Defect(code, name, kind, file, planted.record, planted.row, planted.column, planted.value, rules)
        )
        paths = write_submission(sent, code, wrong, style)
        corrected = write_submission(clean, code, lines, style)
        manifest.submissions.append(SubmissionFiles(code, month.month, tuple(paths), tuple(corrected)))


def _plant_any(
    lines: Lines, turn: int, draw: np.random.Generator
) -> tuple[str, Lines, Planted, tuple[str, ...]] | None:
    """Plant the defect whose turn it is, or the next one that this submission has a row for."""
    kinds = list(KINDS)
    for number in range(len(kinds)):
        kind = kinds[(turn + number) % len(kinds)]
        try:
            return (kind, *plant(lines, kind, draw))
        except LookupError:
            continue
    return None


def write_register(folder: Path, firms: Companies) -> None:
    """Write the register of companies and branches as the files that ``import_companies`` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = iso(firms.opened).tolist()
    columns = (firms.code, firms.name, firms.county, opened, firms.closing_day, yuan(firms.capital))
    rows = zip(*columns, firms.representative, firms.telephone, opened, strict=True)
    lines = [COMPANY_HEADER, *(",".join(map(str, row)) for row in rows)]
    (folder / "公司.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    branches = [BRANCH_HEADER]
    for company, count in enumerate(firms.branches.tolist()):
        for number in range(1, count + 1):
            place = f"{firms.county_name[company]}第{number}营业部"
            branches.append(f"{firms.code[company]},{number:02d},{place},{firms.county[company]},{opened[company]}")
    (folder / "分支机构.csv").write_text("\n".join(branches) + "\n", encoding="utf-8")


def _write_key(manifest: ProvinceManifest) -> None:
    key = [asdict(defect) for defect in manifest.defects]
    text = json.dumps({"defects": key}, ensure_ascii=False, indent=1)
    (manifest.folder / "defects.json").write_text(text + "\n", encoding="utf-8")
