"""PDF by typst: the same grids as the workbook, set in Noto Serif SC on A4, headers repeated on every page.

All figures travel as JSON data, never as typst source. Flow: grids → JSON + template → PDF bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from common.settings import Settings
from exports.display import DisplayTable, display_tables, text_size
from exports.fonts import FAMILY, font_folder
from exports.layout import Grid

PORTRAIT_ROOM, LANDSCAPE_ROOM = 515.0, 796.0
INSET, LARGEST = 2.5, 9.0
TEMPLATE = Path(__file__).parent / "templates" / "report.typ"


def pdf_bytes(settings: Settings, grids: Sequence[Grid], title: str, made: datetime) -> bytes:
    """Return the PDF of the grids, one table after the other, each on a page of its own.

    Raises:
        FontError: the Chinese font cannot be had.
    """
    tables = [_payload(table) for grid in grids for table in display_tables(grid)]
    data = json.dumps({"title": title, "family": FAMILY, "tables": tables}, ensure_ascii=False)
    content: Any = typst.compile(  # type: ignore[misc]  # its type parameter cannot be inferred from bytes
        TEMPLATE.read_bytes(),
        font_paths=[font_folder(settings)],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        timestamp=int(made.timestamp()),
    )
    return bytes(content)


def _payload(table: DisplayTable) -> dict[str, Any]:
    return {
        "landscape": table.landscape,
        "size": text_size(table, LANDSCAPE_ROOM if table.landscape else PORTRAIT_ROOM, 2 * INSET, LARGEST),
        "inset": INSET,
        "title": table.title,
        "above": table.above,
        "below": table.below,
        "widths": table.widths,
        "header": [cell._asdict() for cell in table.header],
        "body": [cell._asdict() for cell in table.body],
    }
