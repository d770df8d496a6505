"""Landed rows keep the row numbers of their files, whatever happened to the submission before them."""

from __future__ import annotations

import psycopg
import pytest

from common.database import connect
from common.settings import Settings
from ingestion.contract import load_contract
from ingestion.landing import Landing, landed_row_number
from ingestion.reading import SubmittedFiles, SubmittedRecord, diagnose


def _staff(columns: tuple[str, ...], body: bytes) -> SubmittedFiles:
    record = SubmittedRecord("staff", 1, "员工", columns, body, body.count(b"\n"), numbered=False)
    return SubmittedFiles({"staff": record}, [])


def test_row_numbers_survive_a_failed_landing(installation: Settings) -> None:
    with connect(installation) as connection:
        landing = Landing(connection, load_contract(), diagnose)
        landing.create_tables()
        with pytest.raises(psycopg.errors.NotNullViolation):  # in the second row: numbers have been drawn
            landing.land(1, _staff(("staff_no", "submission_id"), b"S0,1\nS1,\n"))
        landing.land(2, _staff(("staff_no",), b"S0\nS1\n"))
        rows = connection.execute(
            f"select l.submission_id, l.staff_no, {landed_row_number('l', 'f')} from landed_staff l"
            " join landed_files f on f.submission_id = l.submission_id and f.record = 'staff' order by 2"
        ).fetchall()
    assert rows == [(2, "S0", 2), (2, "S1", 3)]
