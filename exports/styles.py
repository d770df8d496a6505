"""Cell styles of the workbooks (section 3.14.1): 宋体 12 for titles, 宋体 10 for the rest, shaded headers."""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

FONT = "宋体"
FORMATS = {"amount": "#,##0.00", "count": "#,##0", "ratio": "0.00%", "rate": "0.00000", "dash": "@"}
HEADER_FILL, TOTAL_FILL, MANUAL_FILL = "D9E1F2", "F2F2F2", "FFF8DC"
SIDE = Side(style="thin", color="808080")
BORDER = Border(left=SIDE, right=SIDE, top=SIDE, bottom=SIDE)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")
WRAPPED = Alignment(horizontal="left", vertical="center", wrap_text=True)


def register_styles(sheet: Worksheet) -> dict[str, int]:
    """Make every style once on cells of a scratch sheet and return its number in the style table by name.

    Texts from data get the quote prefix, so that editing one in Excel does not turn it into a formula; only
    ``manual_`` styles are unlocked.
    """
    numbers: dict[str, int] = {}

    def make(name: str, alignment: Alignment, number_format: str = "General", **look: bool | str | int) -> None:
        cell = sheet.cell(row=len(numbers) + 1, column=1)
        cell.font = Font(name=FONT, size=float(look.get("size", 10)), bold=bool(look.get("bold", False)))
        cell.alignment, cell.number_format = alignment, number_format
        if look.get("framed", True):
            cell.border = BORDER
        if fill := look.get("fill"):
            cell.fill = PatternFill("solid", start_color=str(fill))
        cell.quotePrefix = bool(look.get("is_text", False))
        cell.protection = Protection(locked=not name.startswith("manual_"))
        numbers[name] = cell.style_id

    make("title", MIDDLE, size=12, bold=True, framed=False)
    make("left", Alignment(horizontal="left", vertical="center"), framed=False, is_text=True)
    make("centre", Alignment(horizontal="center", vertical="center"), framed=False, is_text=True)
    make("right", RIGHT, framed=False, is_text=True)
    make("header", MIDDLE, fill=HEADER_FILL)
    make("group", MIDDLE)
    for indent in range(3):
        make(f"label{indent}", Alignment(horizontal="left", vertical="center", indent=indent), is_text=True)
    for lead, fill in (("", ""), ("total_", TOTAL_FILL)):
        make(f"{lead}sequence", MIDDLE, fill=fill, bold=bool(fill))
        make(f"{lead}member", WRAPPED, fill=fill, bold=bool(fill), is_text=True)
        for kind, number_format in FORMATS.items():
            make(lead + kind, RIGHT, number_format, fill=fill, bold=bool(fill))
    for kind, number_format in FORMATS.items():
        make(f"manual_{kind}", RIGHT, number_format, fill=MANUAL_FILL)
    return numbers
