"""Bad CSV files of the structure stage."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.base import HostileFile, csv_bytes, csv_files, files_with, plain_file

NOTES = csv_bytes("notes")
STAFF = csv_bytes("staff")
_WRONG_UNIT = "期末借方余额(万元)".encode()
HEAD = STAFF[: STAFF.index(b"\n") + 1]


def _twice(folder: Path) -> list[Path]:
    english = folder / "notes.csv"
    english.write_bytes(csv_bytes("notes", english=True))
    return [*csv_files(folder), english]


def _missing(folder: Path) -> list[Path]:
    return [path for path in csv_files(folder) if path.stem != "贷款发生明细"]


def _staff(name: str, rule: str, content: bytes, row: int | None = None, column: str | None = None) -> HostileFile:
    return HostileFile(name, files_with("staff", content), rule, "staff", row, column)


CASES = [
    HostileFile("file name that is no record", plain_file("三月数据.csv", NOTES), "S-01"),
    HostileFile("same record in two files", _twice, "S-03", "notes"),
    HostileFile("required file left out", _missing, "S-04", "loan_events"),
    _staff("file of blank lines", "S-05", b"\r\n \r\n\r\n"),
    _staff("rows without any header", "S-05", b"Y01,A,B,C\r\n", 1),
    _staff("required title left out", "S-06", b"\xe5\xa7\x93\xe5\x90\x8d,post\n", 1, "staff_no"),
    _staff("title twice", "S-07", HEAD.rstrip() + ",姓名\r\n".encode(), 1, "staff_name"),
    _staff("title unknown", "S-08", HEAD.rstrip() + ",身高\r\nY01,孙七,调查岗,是,,,180\r\n".encode(), 1),
    _staff("semicolons", "S-09", STAFF.replace(b",", b";"), 1),
    _staff("tabs", "S-09", STAFF.replace(b",", b"\t"), 1),
    _staff("full-width commas", "S-09", STAFF.replace(b",", "，".encode()), 1),
    _staff("quote never closed", "S-10", HEAD + 'Y01,"孙七,调查岗,是,,\r\nY02,x,x,是,,\r\n'.encode(), 2),
    _staff("quote inside a field", "S-10", HEAD + 'Y01,"孙"七",调查岗,是,,\r\n'.encode(), 2),
    _staff("row too short", "S-11", STAFF + "Y02,周八,调查岗\r\n".encode(), 3),
    _staff("row too long", "S-11", STAFF + "Y02,周,八,调查岗,是,,\r\n".encode(), 3),
    _staff("NUL in a field", "S-12", HEAD + b"Y01,a\0b,x,x,,\r\n", 2, "staff_name"),
    _staff("NUL in the header", "S-12", "员工编号,姓\0名,岗位,是否客户经理\r\nY01,x,x,x\r\n".encode(), 1),
    _staff("bytes of no encoding", "S-13", HEAD + b"Y01,\xff\xff\xff,x,x,,\r\n"),
    _staff("two encodings mixed", "S-13", HEAD + "Y01,孙七,".encode() + "贷后a".encode("gb18030") + b"\xff,,,\r\n"),
    _staff("number in scientific notation", "S-20", HEAD + b"3.20102E+17,a,x,x,,\r\n", 2, "staff_no"),
    _staff("title row above the header", "S-24", "员工名册\r\n".encode() + STAFF, 2),
    _staff("no data row", "S-27", HEAD),
    _staff("data under no title", "S-28", HEAD.rstrip() + b",\r\nY01,a,x,x,,,extra\r\n", 2, "G"),
    _staff("field without end", "S-29", HEAD + b'Y01,a,"\n' + b"x" * 140_000 + b'",x,,\r\n', 2),
    _staff("line of commas without end", "S-29", HEAD + b"," * 300_000, 2),
    _staff("row of lines without end", "S-29", HEAD + b'"\n",' * 2000, 2),
    _staff("millions of lines", "S-26", HEAD + b"a\n" * 3_000_001),
    HostileFile(
        "amounts in ten thousands",
        files_with("trial_balance", csv_bytes("trial_balance").replace("期末借方余额".encode(), _WRONG_UNIT)),
        "S-25",
        "trial_balance",
        1,
        "closing_debit_yuan",
    ),
    HostileFile("empty file among good ones", files_with("staff", b""), "F-01"),
]
