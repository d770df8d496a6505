"""What a file really is, told from its first bytes and not from its name (真实类型)."""

from __future__ import annotations

from enum import StrEnum
from typing import BinaryIO

_HEAD = 4096
_TAIL_OF_OLE = 1024 * 1024


class Kind(StrEnum):
    """The kinds that need different treatment."""

    ZIP = "压缩包"
    OLE = "旧版 Office 文件"
    ENCRYPTED = "加密的 Office 文件"
    HTML = "网页 (HTML)"
    XML = "XML 文件"
    PDF = "PDF 文件"
    IMAGE = "图片"
    PROGRAM = "可执行程序"
    ARCHIVE = "非 zip 压缩包 (rar/7z/gz)"
    TEXT = "文本"


_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"%PDF", Kind.PDF),
    (b"\x89PNG", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"MZ", Kind.PROGRAM),
    (b"\x7fELF", Kind.PROGRAM),
    (b"Rar!", Kind.ARCHIVE),
    (b"7z\xbc\xaf", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"BZh", Kind.ARCHIVE),
    (b"\xfd7zXZ", Kind.ARCHIVE),
)
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_MARKS = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")


def kind_of(stream: BinaryIO) -> Kind:
    """Tell the kind of the file behind ``stream``."""
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(_OLE_SIGNATURE):
        rest = head + stream.read(_TAIL_OF_OLE)
        return Kind.ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in rest else Kind.OLE
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    return _marked_up(head)


def _marked_up(head: bytes) -> Kind:
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip().lower()
    if not text.startswith(b"<"):
        return Kind.TEXT
    return Kind.HTML if any(mark in text for mark in _HTML_MARKS) else Kind.XML
