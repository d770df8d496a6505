"""Every rule of the gate finds what breaks it and leaves alone what does not; cases share their batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.database import connect
from common.exchange import SubmissionStatus
from common.month import add_months
from common.settings import Settings
from ingestion.gate import check_received
from ingestion.rules import rule_by_id
from ingestion.submissions import receive
from tests.factories import new_folder, register_company, write_csv_files
from tests.rule_cases import BROKEN, NEAR_MISSES, Case

CASES = [*BROKEN, *NEAR_MISSES]


@dataclass
class Found:
    """One stored finding."""

    rule_id: str
    severity: str
    record: str | None
    row_number: int | None
    column_name: str | None
    message: str
    remedy: str


@pytest.fixture(scope="module")
def judged(
    make_installation: Callable[[], Settings], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[str, list[Found]]]:
    """Status and findings of the last month of each case, by company code."""
    settings = make_installation()
    folder = tmp_path_factory.mktemp("cases")
    with connect(settings) as connection:
        for number, case in enumerate(CASES):
            register_company(connection, _code(number))
            if case.rule_id == "VH-OPENED":
                connection.execute(
                    "update reference.companies set opened_date = '2010-01-01' where company_code = %s",
                    [_code(number)],
                )
    for number, case in enumerate(CASES):
        _send(settings, folder, case, _code(number))
    check_received(settings)
    for number, case in enumerate(CASES):
        if case.correction:
            (data, *_) = case.build(_code(number))
            case.correction(data)
            receive(settings, _code(number), case.first, write_csv_files(new_folder(folder), data))
    check_received(settings)
    return _last_findings(settings)


def _code(number: int) -> str:
    return f"JS{number:04d}"


def _send(settings: Settings, folder: Path, case: Case, code: str) -> None:
    for place, data in enumerate(case.build(code)):
        receive(settings, code, add_months(case.first, place), write_csv_files(new_folder(folder), data))


def _last_findings(settings: Settings) -> dict[str, tuple[str, list[Found]]]:
    found: dict[str, tuple[str, list[Found]]] = {}
    with connect(settings) as connection:
        rows = connection.execute(
            "select s.company_code, s.status, f.rule_id, f.severity, f.record, f.row_number, f.column_name, f.message,"
            " f.remedy from (select distinct on (company_code) * from exchange.submissions"
            " order by company_code, submission_id desc) s"
            " left join exchange.submission_findings f using (submission_id)"
        )
        for code, status, *rest in rows:
            _, findings = found.setdefault(code, (status, []))
            if rest[0]:
                findings.append(Found(*rest))
    return found


def _name(case: Case) -> str:
    return f"{case.rule_id}-{CASES.index(case)}"


@pytest.mark.parametrize("case", BROKEN, ids=_name)
def test_broken_rule_leaves_a_readable_finding(case: Case, judged: dict[str, tuple[str, list[Found]]]) -> None:
    status, findings = judged[_code(CASES.index(case))]
    rule = rule_by_id(case.rule_id)
    mine = [finding for finding in findings if finding.rule_id == case.rule_id]
    assert mine, [finding.message for finding in findings]
    assert status == SubmissionStatus.REJECTED
    for finding in mine:
        assert finding.severity == rule.severity
        assert "{" not in finding.message + finding.remedy
        assert not rule.records or finding.record in rule.records


@pytest.mark.parametrize("case", NEAR_MISSES, ids=_name)
def test_value_on_the_edge_keeps_the_rule(case: Case, judged: dict[str, tuple[str, list[Found]]]) -> None:
    _, findings = judged[_code(CASES.index(case))]
    assert case.rule_id not in {finding.rule_id for finding in findings}
