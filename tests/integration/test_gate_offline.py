"""The offline check runs the gate's own code and says what it could not check."""

from __future__ import annotations

from pathlib import Path

from ingestion.gate import validate_files
from tests.factories import company_month, new_folder, write_csv_files


def test_offline_check_finds_what_the_gate_finds(tmp_path: Path) -> None:
    data = company_month("JS0001")
    data["note_states"][0]["closing_balance_yuan"] = 1
    findings = validate_files(write_csv_files(new_folder(tmp_path), data))
    assert {"CK-01", "CK-09", "VB-LOAN-TOTAL", "VE-OFFLINE"} == {finding.rule_id for finding in findings}
    assert "往期" in findings[-1].message


def test_offline_check_takes_any_code_of_register(tmp_path: Path) -> None:
    findings = validate_files(write_csv_files(new_folder(tmp_path), company_month("JS-001")))
    assert [finding.rule_id for finding in findings] == ["VE-OFFLINE"]
