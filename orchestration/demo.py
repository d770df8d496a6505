"""The demonstration (演示): a small synthetic province goes through three months of close, everything for real.

Flow: generated files → register → for each month: submit, close, findings handed back, corrected files, close again.
Idempotent: what was already received is recognised by its content, what was already closed is not built again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from common.database import connect
from common.month import label
from common.settings import Settings
from ingestion.gate import check_received
from ingestion.register import import_companies
from ingestion.submissions import Receipt, receive, stored_files
from ingestion.synthetic import ProvinceManifest, SubmissionFiles, write_province
from orchestration.board import count_states
from orchestration.close import close_month
from orchestration.progress import Progress, silent
from orchestration.submission_findings import read_findings

COMPANIES = 24
FIRST_MONTH = date(2023, 12, 1)  # a turn of the year, so that 比年初 differs from 比上月
MONTHS = 3
SEED = 20240101
DEFECT_SHARE = 0.1
MARKER = "demo.json"
SENDER = "演示"


class DemoError(RuntimeError):
    """The demonstration must not run here; the message says why and what to do."""


@dataclass
class MonthResult:
    """What happened in a month; ``received`` are the submissions that had not been there before."""

    month: date
    submitted: int
    received: int
    built: int
    rejected: int
    accepted: int
    failed_checks: tuple[str, ...] = ()


@dataclass
class DemoResult:
    """What the demonstration did and where things lie."""

    companies: int
    months: list[MonthResult] = field(default_factory=list)
    painted: list[Path] = field(default_factory=list)
    workbooks: int = 0

    @property
    def is_repetition(self) -> bool:
        """Whether everything had been handed in and closed before."""
        return not any(month.received or month.built for month in self.months)


def run_demo(settings: Settings, progress: Progress = silent, tell: Callable[[str], None] = print) -> DemoResult:
    """Run the whole demonstration in a prepared installation.

    Raises:
        DemoError: the installation holds data that are not the demonstration's.
    """
    mark(settings)
    folder = settings.home / "demo"
    tell(f"生成模拟省份：{COMPANIES} 家公司，{label(FIRST_MONTH)} 起 {MONTHS} 个月")
    province = generate(folder, progress)
    imported = import_companies(settings, province.register)
    if not imported.accepted:
        raise DemoError(f"模拟名录没有导入：{imported.findings[0].message}")
    result = DemoResult(len(province.company_codes))
    for month in province.months:
        tell(f"{label(month)}：报送、检查、月结")
        result.months.append(_close_with_corrections(settings, province, month, result, progress))
    result.workbooks = sum(1 for _ in settings.reports.rglob("*.xlsx"))
    return result


def mark(settings: Settings) -> None:
    """Mark the installation as the demonstration's, so that ``make clean`` may remove it.

    Raises:
        DemoError: there are submissions but no mark, or the mark of another demonstration.
    """
    marker = settings.home / MARKER
    mine = {"companies": COMPANIES, "first_month": label(FIRST_MONTH), "months": MONTHS}
    with connect(settings) as connection:
        used = connection.execute("select 1 from exchange.submissions limit 1").fetchone()
    if used and not marker.exists():
        raise DemoError("这里已有正式报送，演示不会写入；请设置 LENDWATCH_HOME 指向一个新目录再运行")
    if used and json.loads(marker.read_text()) != mine:
        raise DemoError(
            "这里有旧版演示的数据，与本版不同；请先执行 make clean 再运行，或设置 LENDWATCH_HOME 指向一个新目录"
        )
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text(json.dumps(mine))


def generate(folder: Path, progress: Progress) -> ProvinceManifest:
    """Write the files of the small province; the same files each time."""
    done: list[str] = []

    def report(name: str) -> None:
        done.append(name)
        progress("生成模拟数据", len(done), MONTHS)

    return write_province(
        folder,
        companies=COMPANIES,
        first_month=FIRST_MONTH,
        months=MONTHS,
        seed=SEED,
        defect_share=DEFECT_SHARE,
        progress=report,
    )


def _close_with_corrections(
    settings: Settings, province: ProvinceManifest, month: date, result: DemoResult, progress: Progress
) -> MonthResult:
    sent = province.of_month(month)
    receipts = []
    for number, item in enumerate(sent, 1):
        receipts.append((item, _send(settings, item, item.paths)))
        progress(f"{label(month)} 报送", number, len(sent))
    check_received(settings, [month], progress)  # what is sent back comes again before the close
    corrected = []
    for item, receipt in receipts:
        if item.is_defective:
            result.painted.append(_hand_back(settings, item, receipt))
            corrected.append(_send(settings, item, item.corrected))
    last = close_month(settings, month, progress=progress)
    return MonthResult(
        month,
        submitted=len(sent),
        received=sum(not receipt.is_duplicate for receipt in (*(receipt for _, receipt in receipts), *corrected)),
        built=len(last.steps),
        rejected=_rejected(settings, month),
        accepted=count_states(last.board)["accepted"],
        failed_checks=last.failed_checks,
    )


def _rejected(settings: Settings, month: date) -> int:
    """Return how many submissions of the month were sent back, also in an earlier run."""
    with connect(settings) as connection:
        row = connection.execute(
            "select count(*) from exchange.submissions where reporting_month = %s and status = 'rejected'", [month]
        ).fetchone()
    return int(row[0]) if row else 0


def _send(settings: Settings, item: SubmissionFiles, paths: tuple[Path, ...]) -> Receipt:
    return receive(settings, item.company_code, item.month, paths, SENDER)


def _hand_back(settings: Settings, item: SubmissionFiles, receipt: Receipt) -> Path:
    """Write the workbook with the findings painted in, as it goes back to the company."""
    from ingestion.painting import paint_findings

    target = settings.home / "demo" / "findings" / f"{label(item.month)}_{item.company_code}.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    with connect(settings) as connection:
        found = read_findings(connection, receipt.submission_id)
        originals = stored_files(settings, connection, receipt.submission_id)
    paint_findings(originals, found, target)
    return target
