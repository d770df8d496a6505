"""Clean CSV is passed on byte for byte; everything else is parsed and explained."""

from collections.abc import Callable

import pytest

from ingestion.contract import load_contract
from ingestion.reading import SubmittedRecord, diagnose
from ingestion.reading.delimited import read_delimited
from ingestion.reading.encoding import UnknownEncodingError, to_utf8

POOLS = load_contract().record("cost_entries")
HEAD = "费用池,本期金额\n"


def read(text: str | bytes) -> tuple[SubmittedRecord, list[str]]:
    content = text if isinstance(text, bytes) else text.encode()
    record, problems = read_delimited(POOLS, 1, "费用明细.csv", content)
    assert record is not None
    return record, [problem.rule_id for problem in problems]


@pytest.mark.parametrize(
    "body",
    ["", "P1,1.00\n", "P1,1.00", "P1,1.00\r\nP2,2\r\n", '"P,1",1.00\nP2,2\n', "P1,\nP2,2\n"],
    ids=["no rows", "one row", "no last newline", "CRLF", "quotes", "empty field"],
)
def test_clean_body_is_passed_on_untouched(body: str) -> None:
    record, problems = read(HEAD + body)
    assert (record.body, record.numbered, problems) == (body.encode(), False, [])
    assert record.columns == ("cost_pool", "amount_yuan")
    assert record.row_count == len(body.splitlines())


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("P1,1\n\nP2,2\n", "2,P1,1\n4,P2,2\n"),
        ("P1,1\n,\nP2,2\n", "2,P1,1\n4,P2,2\n"),
        ("P1,1\r\nP2,2\n", "2,P1,1\n3,P2,2\n"),
        ('"P\n1",1\nP2,2\n', '2,"P\n1",1\n3,P2,2\n'),
        ("\\.,1\n", "2,\\.,1\n"),
        (",\n", ""),
    ],
    ids=["blank line", "row of nothing", "mixed newlines", "newline in quotes", "end mark", "only nothing"],
)
def test_rows_keep_their_numbers_when_parsed(body: str, kept: str) -> None:
    record, problems = read(HEAD + body)
    assert (record.body.decode(), record.numbered, problems) == (kept, True, [])


def test_unknown_column_is_left_out_of_the_body() -> None:
    record, problems = read("本期金额,备注,费用池\n1.00,说明,P1\n")
    assert problems == ["S-08"]
    assert (record.columns, record.body) == (("amount_yuan", "cost_pool"), b"2,1.00,P1\n")


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    ],
    ids=["utf-8 with mark", "gb18030", "utf-16", "utf-16-le bare", "utf-16-be bare", "utf-16-be"],
)
def test_every_common_encoding_gives_the_same_rows(encode: Callable[[str], bytes]) -> None:
    record, problems = read(encode(HEAD + "客户经理费用,1.00\n𠮷,2.00\n"))
    assert record.body.decode() == "客户经理费用,1.00\n𠮷,2.00\n"
    assert problems == []


def test_bytes_of_no_encoding_are_refused_with_position() -> None:
    with pytest.raises(UnknownEncodingError) as caught:
        to_utf8(b"abc" + b"\xff\xff")
    assert caught.value.position == 3


def test_rows_that_compensate_each_other_are_diagnosed() -> None:
    record, problems = read(HEAD + "P1\nP2,2,3\n")
    assert problems == []
    rebuilt, findings = diagnose(record)
    assert [(finding.rule_id, finding.row_number) for finding in findings] == [("S-11", 2), ("S-11", 3)]
    assert rebuilt is not None
    assert rebuilt.row_count == 0


def test_unbalanced_quotes_cannot_be_rebuilt() -> None:
    broken = SubmittedRecord(
        "cost_entries", 3, "费用明细.csv", ("cost_pool", "amount_yuan"), b'P1,1\nP2,"2\n', 2, False
    )
    rebuilt, findings = diagnose(broken)
    assert rebuilt is None
    assert [(item.rule_id, item.row_number, item.file_number) for item in findings] == [("S-10", 3, 3)]
    assert "费用明细.csv" in findings[0].message


def test_body_parsed_before_is_not_parsed_again() -> None:
    record, _ = read(HEAD + "P1,1\n\nP2,2\n")
    rebuilt, findings = diagnose(record)
    assert rebuilt is None
    assert [finding.rule_id for finding in findings] == ["S-30"]


def test_a_thousand_bad_rows_are_counted_not_listed() -> None:
    _, problems = read_delimited(POOLS, 1, "费用明细.csv", (HEAD + "a,b,c\n" * 1000).encode())
    assert len(problems) == 501
    assert problems[-1].params["more"] == "500"
