"""The code lists (代码表) as files: for what is made without a database, such as the template and the dictionary."""

from __future__ import annotations

import csv
from functools import cache
from typing import NamedTuple

from common.settings import PROJECT_ROOT

CODE_LISTS_FILE = PROJECT_ROOT / "transform" / "seeds" / "ref_code_lists.csv"


class Code(NamedTuple):
    """One code with its Chinese name."""

    code: str
    name: str


@cache
def load_code_lists() -> dict[str, tuple[Code, ...]]:
    """Return the codes in force of every list, in printed order."""
    with CODE_LISTS_FILE.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if not row["valid_to"]]
    rows.sort(key=lambda row: int(row["sort_order"]))
    lists: dict[str, list[Code]] = {}
    for row in rows:
        lists.setdefault(row["code_list"], []).append(Code(row["code"], row["name_zh"]))
    return {name: tuple(codes) for name, codes in lists.items()}
