"""The directory of a zip package, judged before anything is unpacked (压缩包目录检查).

Holds for workbooks and for archives of CSV files. Reads the end record first, so that a directory with millions of
entries is refused before it is loaded.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import BinaryIO

from ingestion.parsing.limits import (
    MAX_DIRECTORY_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    MIB,
    RATIO_FREE_BYTES,
)
from ingestion.parsing.problems import Problem

_END_SIGNATURE = b"PK\x05\x06"
_END_RECORD = struct.Struct("<4s4H2LH")
_MACROS = ("vbaproject", "xl/macrosheets/", "xl/dialogsheets/", "vbadata")
_LINKS = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/", "xl/webextensions/")
_OBJECTS = ("xl/embeddings/", "xl/activex/", "xl/ctrlprops/", "oleobject")


def is_workbook(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether the package calls itself an Office document."""
    return any(member.filename == "[Content_Types].xml" for member in members)


def check_end_record(stream: BinaryIO) -> Problem | None:
    """Judge the size of the directory without loading it."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    position = tail.rfind(_END_SIGNATURE)
    if position < 0 or len(tail) - position < _END_RECORD.size:
        return Problem("F-07")
    _, _, _, _, count, directory, _, _ = _END_RECORD.unpack_from(tail, position)
    if count > MAX_MEMBERS or directory > MAX_DIRECTORY_BYTES:
        return Problem("F-10", params={"count": f"{count:,}", "limit": str(MAX_MEMBERS)})
    return None


def check_directory(members: Sequence[zipfile.ZipInfo], file_size: int) -> list[Problem]:
    """Judge number, sizes, names and kinds of the members."""
    if len(members) > MAX_MEMBERS:
        return [Problem("F-10", params={"count": f"{len(members):,}", "limit": str(MAX_MEMBERS)})]
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        return [Problem("F-08", params={"limit": f"{MAX_UNPACKED_BYTES // MIB} MB"})]
    if sum(member.compress_size for member in members) > file_size:
        return [Problem("F-07")]
    return [*_check_each(members), *_check_duplicates(members)]


def check_workbook(archive: zipfile.ZipFile) -> list[Problem]:
    """Judge what a workbook carries beside its sheets: macros, links, objects."""
    problems = []
    for name in archive.namelist():
        lowered = name.lower()
        for rule, marks in (("F-15", _MACROS), ("F-16", _LINKS), ("F-17", _OBJECTS)):
            if any(mark in lowered for mark in marks):
                problems.append(Problem(rule, params={"member": name}))
    problems += _check_kind(archive)
    problems += _check_relations(archive)
    return problems


def _check_each(members: Sequence[zipfile.ZipInfo]) -> Iterator[Problem]:
    for member in members:
        rule = _member_rule(member)
        if rule:
            yield Problem(rule, params={"member": member.filename[:120]})
        elif member.file_size > RATIO_FREE_BYTES and member.file_size > MAX_RATIO * max(1, member.compress_size):
            ratio = f"{member.file_size // max(1, member.compress_size):,}"
            yield Problem("F-09", params={"member": member.filename[:120], "ratio": ratio, "limit": str(MAX_RATIO)})


def _member_rule(member: zipfile.ZipInfo) -> str | None:
    if member.flag_bits & 0x1:
        return "F-06"
    if not _is_safe(member.orig_filename):
        return "F-12"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "F-13"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "F-28"
    return None


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return not (path.is_absolute() or ".." in path.parts or "\0" in name or (len(name) > 1 and name[1] == ":"))


def _check_duplicates(members: Sequence[zipfile.ZipInfo]) -> Iterator[Problem]:
    seen = set()
    for member in members:
        name = member.filename.replace("\\", "/").lower()
        if name in seen:
            yield Problem("F-11", params={"member": member.filename[:120]})
        seen.add(name)


def _check_kind(archive: zipfile.ZipFile) -> Iterator[Problem]:
    types = archive.read("[Content_Types].xml").lower()
    if b"macroenabled" in types or b"vbaproject" in types:
        yield Problem("F-15", params={"member": "[Content_Types].xml"})
    if b"spreadsheetml.sheet.main+xml" not in types and b"macroenabled" not in types:
        yield Problem("F-03", params={"kind": _office_kind(archive.namelist())})


def _office_kind(names: Sequence[str]) -> str:
    kinds = {
        "word/document.xml": "Word 文档",
        "ppt/presentation.xml": "演示文稿",
        "xl/workbook.bin": "Excel 二进制工作簿 (.xlsb)",
    }
    return next((title for name, title in kinds.items() if name in names), "其他 Office 文件")


def _check_relations(archive: zipfile.ZipFile) -> Iterator[Problem]:
    """Find relations that lead outside, hyperlinks excepted."""
    for name in archive.namelist():
        if not name.lower().endswith(".rels"):
            continue
        for element in archive.read(name).split(b"<")[1:]:
            lowered = element.lower()
            if b"external" in lowered and b"targetmode" in lowered and b"/hyperlink" not in lowered:
                yield Problem("F-16", params={"member": name})
                break
