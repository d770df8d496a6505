"""Text of unknown encoding → UTF-8 bytes (文字编码): UTF-8, UTF-16 and GB18030 are recognised."""

from __future__ import annotations

import codecs
import io

from ingestion.parsing.limits import MIB

_STEP = 4 * MIB
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class UnknownEncodingError(Exception):
    """The bytes are text in no encoding we know; ``position`` is the first byte that fits none."""

    def __init__(self, position: int) -> None:
        super().__init__(str(position))
        self.position = position


def to_utf8(content: bytes) -> bytes:
    """Return ``content`` as UTF-8 without byte order mark; clean UTF-8 is only checked, not copied.

    Raises:
        UnknownEncodingError: no known encoding fits.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _recoded(content[len(mark) :], encoding)
    silent = _without_mark(content)
    if silent:
        return _recoded(content, silent)
    if content.isascii() or _failing_byte(content, "utf-8") is None:
        return content
    return _recoded(content, "gb18030")


def _without_mark(content: bytes) -> str | None:
    """Recognise UTF-16 that came without its mark by the zero bytes of its ASCII characters."""
    head = content[:512]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 4 or len(content) % 2 or (even and odd) or even + odd < len(head) // 8:
        return None
    return "utf-16-be" if even else "utf-16-le"


def _recoded(content: bytes, encoding: str) -> bytes:
    position = _failing_byte(content, encoding)
    if position is not None:
        raise UnknownEncodingError(position)
    if encoding == "utf-8":
        return content
    decoder = codecs.getincrementaldecoder(encoding)()
    target = io.BytesIO()
    for start in range(0, len(content), _STEP):
        target.write(decoder.decode(content[start : start + _STEP]).encode())
    return target.getvalue()


def _failing_byte(content: bytes, encoding: str) -> int | None:
    """Return the position of the first byte that cannot be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(content), _STEP):
        chunk = content[start : start + _STEP]
        try:
            decoder.decode(chunk, final=start + _STEP >= len(content))
        except UnicodeDecodeError as error:
            return start + error.start
    return None
