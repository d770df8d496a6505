"""The data contract (数据约定) as objects: records and columns of what a company hands in each month.

The YAML file under ``ingestion/contracts/`` (Open Data Contract Standard v3) is the only place where a submitted
column is defined; this module only reads it. Raw tables, template, checks and documentation follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]  # the same, in Python

CONTRACT_FILE = Path(__file__).parent / "contracts" / "company_month.odcs.yaml"


@dataclass(frozen=True)
class ContractColumn:
    """One submitted column.

    ``type_name`` is one of ``text code date month money rate integer boolean``; ``minimum`` and ``maximum`` are in
    the column's own unit (元, % a year, days). ``references`` is ``record.column`` inside the submission or one of
    the registers ``companies`` and ``regions``.
    """

    name: str
    title: str
    description: str
    type_name: str
    physical_type: str
    required: bool
    key_position: int | None
    max_length: int | None
    minimum: float | None
    maximum: float | None
    pattern: str | None
    pattern_hint: str | None
    code_list: str | None
    references: str | None


@dataclass(frozen=True)
class ContractRecord:
    """One record: a sheet of the workbook, a CSV file, a raw table."""

    name: str
    title: str
    description: str
    columns: tuple[ContractColumn, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The names of the primary key columns in order."""
        keyed = [column for column in self.columns if column.key_position]
        return tuple(column.name for column in sorted(keyed, key=lambda column: column.key_position or 0))

    def column(self, name: str) -> ContractColumn:
        """Return the column called ``name``.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True)
class Contract:
    """The whole contract."""

    version: str
    title: str
    records: tuple[ContractRecord, ...]

    def record(self, name: str) -> ContractRecord:
        """Return the record called ``name``.

        Raises:
            KeyError: there is none.
        """
        for record in self.records:
            if record.name == name:
                return record
        raise KeyError(name)


@cache
def load_contract() -> Contract:
    """Read the contract file."""
    document = yaml.load(CONTRACT_FILE.read_text(encoding="utf-8"), Loader=SafeLoader)  # noqa: S506 - a safe loader
    return Contract(document["version"], document["name"], tuple(_record(item) for item in document["schema"]))


def _record(item: dict[str, Any]) -> ContractRecord:
    columns = tuple(_column(entry) for entry in item["properties"])
    return ContractRecord(item["name"], item["businessName"], item["description"], columns)


def _column(entry: dict[str, Any]) -> ContractColumn:
    options = entry.get("logicalTypeOptions", {})
    custom = {item["property"]: item["value"] for item in entry.get("customProperties", [])}
    relations = entry.get("relationships", [])
    return ContractColumn(
        name=entry["name"],
        title=entry["businessName"],
        description=entry["description"],
        type_name=_type_name(entry, options, custom),
        physical_type=entry["physicalType"],
        required=entry["required"],
        key_position=entry.get("primaryKeyPosition"),
        max_length=options.get("maxLength"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        pattern=options.get("pattern"),
        pattern_hint=custom.get("patternHint"),
        code_list=custom.get("codeList"),
        references=relations[0]["to"] if relations else custom.get("reference"),
    )


def _type_name(entry: dict[str, Any], options: dict[str, Any], custom: dict[str, Any]) -> str:
    if "codeList" in custom:
        return "code"
    match entry["physicalType"]:
        case "numeric(18,2)":
            return "money"
        case "numeric(9,5)":
            return "rate"
        case "date":
            return "month" if options.get("format") == "YYYY-MM" else "date"
        case other:
            return str(other)
