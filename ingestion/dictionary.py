"""The data dictionary page (数据字典, docs/data-dictionary.md), generated from the contract and the code lists.

``python -m ingestion.dictionary`` writes it anew; a test compares the page with the contract.
"""

from __future__ import annotations

from pathlib import Path

from common.settings import PROJECT_ROOT
from ingestion.code_lists import load_code_lists
from ingestion.contract import Contract, ContractColumn, ContractRecord, load_contract
from ingestion.reading.files import NEVER_EMPTY_RECORDS, REQUIRED_RECORDS
from ingestion.template_words import RECORD_NOTES, TYPE_NAMES, describe_range

PAGE = PROJECT_ROOT / "docs" / "data-dictionary.md"
_REGISTERS = {"companies": "公司名录", "regions": "行政区划"}


def write_dictionary(path: Path = PAGE) -> None:
    """Write the page.

    Raises:
        OSError: the page cannot be written.
    """
    path.write_text(render_dictionary(), encoding="utf-8")


def render_dictionary() -> str:
    """Return the page as Markdown."""
    contract = load_contract()
    parts = [_head(contract), _index(contract)]
    parts += [_record(contract, record) for record in contract.records]
    parts.append(_codes())
    return "\n\n".join(parts) + "\n"


def _head(contract: Contract) -> str:
    return (
        "# 数据字典 Data dictionary\n\n"
        f"{contract.title}，版本 {contract.version}。本页由数据约定自动生成，请勿手工修改"
        "（Generated from the data contract: `python -m ingestion.dictionary`）。\n\n"
        "列名可用中文或英文，顺序不限；金额单位一律为元；代码列可填代码或中文名称。"
    )


def _index(contract: Contract) -> str:
    lines = ["## 记录一览 Records", "", "| 记录 | 英文名 | 报送 | 内容 | One row per |", "|---|---|---|---|---|"]
    for record in contract.records:
        kind = (
            "必报，至少一行"
            if record.name in NEVER_EMPTY_RECORDS
            else "必报"
            if record.name in REQUIRED_RECORDS
            else "选报"
        )
        link = f"[{record.title}](#{record.name})"
        lines.append(
            f"| {link} | `{record.name}` | {kind} | {RECORD_NOTES[record.name]} | {_cell(record.description)} |"
        )
    return "\n".join(lines)


def _record(contract: Contract, record: ContractRecord) -> str:
    lines = [
        f'<a id="{record.name}"></a>',
        "",
        f"## {record.title} `{record.name}`",
        "",
        f"{RECORD_NOTES[record.name]}。主键：{'、'.join(record.column(name).title for name in record.key)}。",
        "",
        "| 列名 | 英文名 | 格式 | 必填 | 允许的值 | 说明 |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {column.title} | `{column.name}` | {TYPE_NAMES[column.type_name]} | {'是' if column.required else ''} "
        f"| {_cell(_allowed(contract, column))} | {_cell(column.description)} |"
        for column in record.columns
    ]
    return "\n".join(lines)


def _allowed(contract: Contract, column: ContractColumn) -> str:
    words = []
    if column.code_list:
        words.append(f"代码表 [{column.code_list}](#code-{column.code_list})")
    limits = describe_range(column)
    if limits:
        words.append(limits)
    if column.references in _REGISTERS:
        words.append(f"见{_REGISTERS[column.references]}")
    elif column.references:
        name, _, other = column.references.partition(".")
        target = contract.record(name)
        words.append(f"引用 {target.title}.{target.column(other).title}")
    return "；".join(words)


def _codes() -> str:
    used: dict[str, list[str]] = {}
    for record in load_contract().records:
        for column in record.columns:
            if column.code_list:
                used.setdefault(column.code_list, []).append(f"{record.title}.{column.title}")
    lines = ["## 代码表 Code lists"]
    for name, codes in load_code_lists().items():
        if name in used:
            lines += ["", f'<a id="code-{name}"></a>', "", f"### {name}（{'、'.join(used[name])}）", ""]
            lines += ["| 代码 | 名称 |", "|---|---|", *(f"| `{item.code}` | {item.name} |" for item in codes)]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write_dictionary()
