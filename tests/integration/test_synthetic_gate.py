"""Clean synthetic submissions pass the gate; every planted defect is caught where it was planted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from common.database import connect
from common.exchange import SubmissionStatus
from common.settings import Settings
from ingestion.gate import check_received
from ingestion.register import import_companies
from ingestion.submissions import receive
from ingestion.synthetic import ProvinceManifest, write_province
from ingestion.synthetic.defects import KINDS

COMPANIES = 20
Found = tuple[str, str | None, int | None]


@dataclass
class Taken:
    """A province taken in month by month: statuses by company and month, findings likewise."""

    manifest: ProvinceManifest
    first: dict[tuple[str, str], str]
    corrected: dict[tuple[str, str], str]
    findings: dict[tuple[str, str], set[Found]]


def close_gate(settings: Settings, taken: Taken, month: date) -> dict[tuple[str, str], str]:
    outcomes = check_received(settings)
    name = f"{month:%Y-%m}"
    with connect(settings) as connection:
        for outcome in outcomes:
            rows = connection.execute(
                "select rule_id, record, row_number from exchange.submission_findings where submission_id = %s",
                [outcome.submission_id],
            ).fetchall()
            taken.findings.setdefault((outcome.company_code, name), set()).update(rows)
    return {(outcome.company_code, name): outcome.status for outcome in outcomes}


@pytest.fixture(scope="module")
def taken(make_installation: Callable[[], Settings], tmp_path_factory: pytest.TempPathFactory) -> Taken:
    settings = make_installation()
    manifest = write_province(
        Path(tmp_path_factory.mktemp("province")),
        companies=COMPANIES,
        first_month=date(2023, 12, 1),
        months=2,
        seed=31,
        defect_share=0.4,
        xlsx_share=0.05,
        size=0.15,
    )
    assert import_companies(settings, manifest.register).added == COMPANIES
    taken = Taken(manifest, {}, {}, {})
    for month in manifest.months:
        for item in manifest.of_month(month):
            receive(settings, item.company_code, month, item.paths)
        taken.first |= close_gate(settings, taken, month)
        for item in manifest.of_month(month):
            if item.is_defective:
                receive(settings, item.company_code, month, item.corrected)
        taken.corrected |= close_gate(settings, taken, month)
    return taken


def test_clean_submissions_are_accepted(taken: Taken) -> None:
    defective = {(item.company_code, item.month) for item in taken.manifest.defects}
    clean = {key: status for key, status in taken.first.items() if key not in defective}
    assert len(clean) == 2 * COMPANIES - len(defective)
    assert set(clean.values()) == {SubmissionStatus.ACCEPTED}, {key: taken.findings[key] for key in clean}


def test_every_kind_of_defect_is_planted(taken: Taken) -> None:
    assert {item.kind for item in taken.manifest.defects} == set(KINDS)


@pytest.mark.parametrize("kind", list(KINDS))
def test_planted_defect_is_caught_in_place(taken: Taken, kind: str) -> None:
    for defect in taken.manifest.defects:
        if defect.kind == kind:
            key = (defect.company_code, defect.month)
            assert taken.first[key] == SubmissionStatus.REJECTED
            expected = {(rule, defect.record, defect.row) for rule in defect.rules}
            assert expected & taken.findings[key], taken.findings[key]


def test_corrected_submissions_are_accepted(taken: Taken) -> None:
    assert len(taken.corrected) == len(taken.manifest.defects)
    assert set(taken.corrected.values()) == {SubmissionStatus.ACCEPTED}
