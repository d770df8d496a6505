"""The parts of a workbook that are not sheets: list of sheets, date system, percent styles, shared texts.

Only what tells whether calamine may see the file. Parts are read through :func:`read_part`, which refuses entity
definitions and parts that are larger than they may be.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingestion.parsing.limits import MAX_PART_BYTES, MAX_SHEETS, MAX_SMALL_PART_BYTES, MAX_TEXT_BYTES
from ingestion.parsing.problems import Problem

_LONG_TEXT = re.compile(rb">[^<]{%d,}<" % (MAX_TEXT_BYTES + 1))
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class RefusedError(Exception):
    """The workbook is not to be read any further; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.rule_id)
        self.problem = problem


@dataclass(frozen=True)
class SheetPart:
    """One sheet: its name, where it lies in the package, whether the submitter can see it."""

    name: str
    path: str
    hidden: bool


@dataclass(frozen=True)
class Package:
    """What was learned about the workbook; ``percent_styles`` are the cell styles that print a percent sign."""

    sheets: tuple[SheetPart, ...]
    percent_styles: frozenset[bytes]


def read_package(archive: zipfile.ZipFile) -> Package:
    """Read the list of sheets and the styles.

    Raises:
        RefusedError: too many sheets, 1904 dates, entity definitions, over-long texts, unreadable parts.
    """
    targets = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in _tree(archive, "xl/_rels/workbook.xml.rels").iter()
        if relation.get("Target")
    }
    book = _tree(archive, "xl/workbook.xml")
    sheets = []
    for element in book.iter():
        tag = _local(element)
        if tag == "workbookPr" and element.get("date1904", "0").lower() in {"1", "true", "on"}:
            raise RefusedError(Problem("F-25"))
        if tag == "sheet":
            target = targets.get(element.get(_RELATION, ""), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            sheets.append(SheetPart(element.get("name", ""), path, element.get("state", "visible") != "visible"))
    if len(sheets) > MAX_SHEETS:
        raise RefusedError(Problem("F-19", params={"count": str(len(sheets)), "limit": str(MAX_SHEETS)}))
    _check_shared_texts(archive)
    return Package(tuple(sheets), _percent_styles(archive))


def read_part(archive: zipfile.ZipFile, path: str, limit: int = MAX_PART_BYTES) -> bytes:
    """Return the bytes of one part.

    Raises:
        RefusedError: the part is missing, too large, defines entities or is not UTF-8.
    """
    try:
        info = archive.getinfo(path)
    except KeyError:
        raise RefusedError(Problem("F-26", params={"part": path})) from None
    if info.file_size > limit:
        raise RefusedError(Problem("F-08", params={"limit": f"{limit // 1024 // 1024} MB（{path}）"}))
    content = archive.read(info)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or content[:1] == b"\0":
        raise RefusedError(Problem("F-26", params={"part": path}))
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise RefusedError(Problem("F-18", params={"part": path}))
    return content


def _check_shared_texts(archive: zipfile.ZipFile) -> None:
    if "xl/sharedStrings.xml" in archive.namelist() and _LONG_TEXT.search(read_part(archive, "xl/sharedStrings.xml")):
        raise RefusedError(Problem("F-24"))


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[bytes]:
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    tree = _tree(archive, "xl/styles.xml")
    percent = {"9", "10"}
    styles = []
    for element in tree.iter():
        if _local(element) == "numFmt" and "%" in element.get("formatCode", ""):
            percent.add(element.get("numFmtId", ""))
        if _local(element) == "cellXfs":
            styles = [entry.get("numFmtId", "0") for entry in element]
    return frozenset(str(i).encode() for i, number in enumerate(styles) if number in percent)


def _tree(archive: zipfile.ZipFile, path: str) -> Element:
    content = read_part(archive, path, MAX_SMALL_PART_BYTES)
    try:
        return fromstring(content)
    except (ParseError, DefusedXmlException):
        raise RefusedError(Problem("F-26", params={"part": path})) from None


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
