"""From what a rule found to a finding a company understands: message and remedy with the row's own values."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

import psycopg

from ingestion.contract import Contract, ContractColumn
from ingestion.findings import Finding
from ingestion.rules import rule_by_id

EMPTY = "空"
LONGEST_VALUE = 80
TYPE_NAMES = {
    "money": "金额（元，最多两位小数）",
    "rate": "利率（百分数，最多五位小数）",
    "integer": "整数",
    "date": "日期（YYYY-MM-DD，且须真实存在）",
    "boolean": "“是”或“否”",
    "month": "月份（YYYY-MM）",
}


class Wording:
    """Writes findings; knows the titles of records and columns and the Chinese names of codes."""

    def __init__(self, connection: psycopg.Connection, contract: Contract) -> None:
        self._contract = contract
        self._names: dict[str, dict[str, str]] = {}
        for code_list, code, name in connection.execute(
            "select code_list, code, name_zh from reference.ref_code_lists order by code_list, sort_order"
        ):
            self._names.setdefault(code_list, {})[code] = name

    def finding(
        self,
        rule_id: str,
        record: str | None,
        file_number: int | None,
        row_number: int | None,
        column_name: str | None,
        value: str | None,
        details: Mapping[str, Any] | None,
    ) -> Finding:
        """Return the finding for one row of ``found``."""
        rule = rule_by_id(rule_id)
        values = self._values(record, column_name, value, details or {})
        return Finding(
            rule_id=rule_id,
            severity=rule.severity,
            record=record,
            file_number=file_number,
            row_number=row_number,
            column_name=column_name or None,
            value=None if value is None else shortened(value),
            message=Formatter().vformat(rule.message, (), values),
            remedy=Formatter().vformat(rule.remedy, (), values),
        )

    def _values(
        self, record: str | None, column_name: str | None, value: str | None, details: Mapping[str, Any]
    ) -> _Values:
        values = _Values()
        column = None
        if record:
            contract_record = self._contract.record(record)
            values["record"] = contract_record.title
            columns = {item.name: item for item in contract_record.columns}
            column = columns.get(column_name or "")
            for name, given in details.items():
                values[name] = self._shown(columns.get(name), given)
        if column is not None:
            values.update(self._about(column))
        values["value"] = self._shown(column, value)
        return values

    def _about(self, column: ContractColumn) -> dict[str, str]:
        names = list(self._names.get(column.code_list or "", {}).values())
        return {
            "column": column.title,
            "kind": TYPE_NAMES.get(column.type_name, "文本"),
            "range": _range(column),
            "length": str(column.max_length),
            "pattern": column.pattern_hint or "",
            "choices": "、".join(names[:12]) + ("等" if len(names) > 12 else ""),
        }

    def _shown(self, column: ContractColumn | None, value: Any) -> str:
        if value is None:
            return EMPTY
        if isinstance(value, bool):
            return "是" if value else "否"
        text = shortened(str(value))
        return self._names.get(column.code_list, {}).get(text, text) if column and column.code_list else text


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return EMPTY


def shortened(text: str) -> str:
    """Cut a value that is too long to be shown."""
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def _range(column: ContractColumn) -> str:
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low:,.10g} 至 {high:,.10g}"
    if low is not None:
        return f"不小于 {low:,.10g}"
    return f"不大于 {high:,.10g}" if high is not None else "不超过 16 位整数"
