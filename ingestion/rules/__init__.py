"""The rules of the gate (检查规则): each one is defined once, in a YAML file of this folder.

From a definition come the check, the finding it leaves, the catalogue page and the tests that hold it. A row rule
gives ``broken_when``, a condition over one row ``r``, its submission ``h`` and what it ``joins``; a set rule gives
``query``, which yields ``submission_id, file_number, row_number, value, details``; a rule with neither is carried
out by the gate itself for every column of the contract or over the whole submission.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from common.exchange import Severity
from ingestion.rules.snippets import with_snippets

FOLDER = Path(__file__).parent


class Stage(StrEnum):
    """When a rule is asked; a later stage needs the earlier ones to have found nothing that would mislead it."""

    TYPES = "types"
    ROWS = "rows"
    REFERENCES = "references"
    BALANCES = "balances"
    HISTORY = "history"
    PLAUSIBILITY = "plausibility"
    VERDICT = "verdict"


STAGE_NAMES = {
    Stage.TYPES: "类型与代码",
    Stage.ROWS: "单行规则",
    Stage.REFERENCES: "记录之间的引用",
    Stage.BALANCES: "余额与总分核对",
    Stage.HISTORY: "与往期衔接",
    Stage.PLAUSIBILITY: "合理性预警",
    Stage.VERDICT: "受理条件",
}


@dataclass(frozen=True)
class Rule:
    """One rule; ``needs`` names what an offline check lacks: ``history`` (往期) or ``register`` (公司名册)."""

    rule_id: str
    title: str
    text: str
    severity: Severity
    stage: Stage
    records: tuple[str, ...]
    fields: tuple[str, ...]
    joins: str | None
    broken_when: str | None
    query: str | None
    message: str
    remedy: str
    basis: str
    needs: str | None
    valid_from: date
    valid_to: date | None

    def in_force(self, day: date) -> bool:
        """Whether the rule applies to a month that ends on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@cache
def load_rules() -> tuple[Rule, ...]:
    """Read all definitions, in the order of stages and files."""
    found: list[Rule] = []
    for path in sorted(FOLDER.glob("*.yml")):
        found += [_rule(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]
    order = list(Stage)
    return tuple(sorted(found, key=lambda rule: order.index(rule.stage)))


def rule_by_id(rule_id: str) -> Rule:
    """Return the rule called ``rule_id``.

    Raises:
        KeyError: there is none.
    """
    return _index()[rule_id]


@cache
def _index() -> dict[str, Rule]:
    return {rule.rule_id: rule for rule in load_rules()}


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        rule_id=entry["id"],
        title=entry["title"],
        text=entry["text"].strip(),
        severity=Severity(entry["severity"]),
        stage=Stage(entry["stage"]),
        records=tuple(entry["records"]),
        fields=tuple(entry.get("fields", ())),
        joins=with_snippets(entry.get("joins")),
        broken_when=with_snippets(entry.get("broken_when")),
        query=with_snippets(entry.get("query")),
        message=entry["message"].strip(),
        remedy=entry["remedy"].strip(),
        basis=entry["basis"],
        needs=entry.get("needs"),
        valid_from=entry.get("valid_from", date(2000, 1, 1)),
        valid_to=entry.get("valid_to"),
    )
