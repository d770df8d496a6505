"""Receiving keeps files unchanged, counts versions and never takes the same content twice."""

from __future__ import annotations

import hashlib
import stat
import threading
from datetime import date
from pathlib import Path

import pytest

from common.database import connect
from common.settings import Settings
from ingestion.gate import check_received
from ingestion.submissions import Receipt, SubmissionError, receive
from tests.factories import CompanyMonth, company_month, new_folder, next_month, register_company, write_csv_files

MONTH = "2019-06"


@pytest.fixture
def office(installation: Settings) -> Settings:
    with connect(installation) as connection:
        register_company(connection)
    return installation


def _files(tmp_path: Path, data: CompanyMonth | None = None) -> list[Path]:
    return write_csv_files(new_folder(tmp_path), data or company_month())


def _changed() -> CompanyMonth:
    data = company_month()
    data["company_month"][0]["telephone"] = "025-81111111"
    return data


def _spoiled() -> CompanyMonth:
    data = company_month()
    data["note_states"][0]["closing_balance_yuan"] = 1
    return data


def _count(settings: Settings, table: str) -> int:
    with connect(settings) as connection:
        row = connection.execute(f"select count(*) from exchange.{table}").fetchone()
    return row[0] if row else -1


def test_receipt_names_month_company_and_version(office: Settings, tmp_path: Path) -> None:
    receipt = receive(office, "JS0001", MONTH, _files(tmp_path), sender="张三")
    assert receipt.receipt_number == f"SD-201906-JS0001-v1-{receipt.sha256[:6]}"
    assert not receipt.is_duplicate


def test_stored_files_are_unchanged_and_read_only(office: Settings, tmp_path: Path) -> None:
    paths = _files(tmp_path)
    receive(office, "JS0001", MONTH, paths)
    folder = office.submissions / "JS0001" / "2019-06" / "v1"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {p.name: p.read_bytes() for p in paths}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o440}
    with connect(office) as connection:
        stored = connection.execute("select file_name, sha256 from exchange.submission_files").fetchall()
    assert dict(stored) == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.mark.parametrize("checked", [False, True], ids=["waiting", "accepted"])
def test_same_content_in_any_order_changes_nothing(office: Settings, tmp_path: Path, checked: bool) -> None:
    first = receive(office, "JS0001", MONTH, _files(tmp_path))
    if checked:
        check_received(office)
    again = receive(office, "JS0001", MONTH, list(reversed(_files(tmp_path))))
    assert again == Receipt(first.submission_id, first.receipt_number, 1, first.sha256, is_duplicate=True)
    assert check_received(office) == [] or not checked
    assert _count(office, "submissions") == 1
    assert len(list((office.submissions / "JS0001" / "2019-06").iterdir())) == 1


def test_refused_content_sent_again_is_checked_again(office: Settings, tmp_path: Path) -> None:
    receive(office, "JS0001", MONTH, _files(tmp_path, _spoiled()))
    july = _files(tmp_path, next_month(company_month()))
    refused = receive(office, "JS0001", "2019-07", july)
    assert [outcome.status for outcome in check_received(office)] == ["rejected", "rejected"]
    receive(office, "JS0001", MONTH, _files(tmp_path))
    again = receive(office, "JS0001", "2019-07", july)  # July was refused for June's sake only
    assert (again.submission_id, again.is_duplicate) == (refused.submission_id, True)
    assert [outcome.status for outcome in check_received(office)] == ["accepted", "accepted"]


def test_refused_content_does_not_displace_later_version(office: Settings, tmp_path: Path) -> None:
    receive(office, "JS0001", MONTH, _files(tmp_path, _spoiled()))
    check_received(office)
    receive(office, "JS0001", MONTH, _files(tmp_path))
    receive(office, "JS0001", MONTH, _files(tmp_path, _spoiled()))
    assert [outcome.status for outcome in check_received(office)] == ["accepted"]


def test_company_code_never_leads_out_of_folder(office: Settings, tmp_path: Path) -> None:
    with connect(office) as connection:
        register_company(connection, "../escaped")
    with pytest.raises(SubmissionError, match="只能由字母、数字"):
        receive(office, "../escaped", MONTH, _files(tmp_path))
    assert not (office.home / "escaped").exists()


def test_changed_content_becomes_the_next_version(office: Settings, tmp_path: Path) -> None:
    receive(office, "JS0001", MONTH, _files(tmp_path))
    assert receive(office, "JS0001", MONTH, _files(tmp_path, _changed())).version == 2


def test_two_senders_at_once_leave_one_version_each(office: Settings, tmp_path: Path) -> None:
    sets = [_files(tmp_path), _files(tmp_path), _files(tmp_path, _changed()), _files(tmp_path, _changed())]
    receipts: list[Receipt] = []
    together = threading.Barrier(len(sets))

    def send(paths: list[Path]) -> None:
        together.wait()
        receipts.append(receive(office, "JS0001", MONTH, paths))

    threads = [threading.Thread(target=send, args=[paths]) for paths in sets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((receipt.version, receipt.is_duplicate) for receipt in receipts) == [
        (1, False), (1, True), (2, False), (2, True),
    ]  # fmt: skip
    assert _count(office, "submissions") == 2


def test_leftovers_of_a_crashed_sender_are_replaced(office: Settings, tmp_path: Path) -> None:
    for name in ("v1", "v1.partial"):
        leftover = office.submissions / "JS0001" / "2019-06" / name
        leftover.mkdir(parents=True)
        (leftover / "half.csv").write_text("半")
    receive(office, "JS0001", MONTH, _files(tmp_path))
    folder = office.submissions / "JS0001" / "2019-06"
    assert [path.name for path in folder.iterdir()] == ["v1"]
    assert not (folder / "v1" / "half.csv").exists()


@pytest.mark.parametrize(
    ("company", "month", "word"),
    [("JS9999", MONTH, "名册"), ("JS0001", "2019-13", "YYYY-MM"), ("JS0001", "2999-01", "尚未到来"),
     ("JS0001", date(2008, 12, 1), "有效期")],
    ids=["unknown-company", "malformed-month", "future-month", "month-before-opening"],
)  # fmt: skip
def test_wrong_sender_or_month_is_refused(
    office: Settings, tmp_path: Path, company: str, month: str | date, word: str
) -> None:
    with pytest.raises(SubmissionError, match=word):
        receive(office, company, month, _files(tmp_path))
    assert _count(office, "submissions") == 0


@pytest.mark.parametrize(
    "names", [[], ["a/借据.csv", "b/借据.csv"], ["missing.csv"]], ids=["none", "same-name", "lost"]
)
def test_unusable_list_of_files_is_refused(office: Settings, tmp_path: Path, names: list[str]) -> None:
    for name in names[:2] if len(names) == 2 else []:
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    with pytest.raises(SubmissionError):
        receive(office, "JS0001", MONTH, [tmp_path / name for name in names])
