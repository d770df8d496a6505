"""One rule, one definition: check, catalogue line, a month that breaks it, a month that keeps it — and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from string import Formatter

import pytest

from ingestion.catalogue import PAGE, render, rules
from ingestion.contract import load_contract
from ingestion.gate import rule_pass, typing_pass, verdict
from ingestion.reading import rules as file_rules
from ingestion.rules import Rule, Stage, load_rules
from tests.rule_cases import BROKEN, NEAR_MISSES

CARRIED_OUT_ELSEWHERE = {
    "VX-DUPLICATE": rule_pass,
    "VX-REFERENCE": rule_pass,
    "VE-UNEXPLAINED": verdict,
}
WITHOUT_A_MONTH = {"VE-UNREADABLE", "VE-OFFLINE"}


def test_rule_numbers_are_unique_over_all_stages() -> None:
    counts = Counter(entry.rule_id for entry in rules())
    assert [rule_id for rule_id, count in counts.items() if count > 1] == []
    longest = load_contract().record("explanations").column("rule_id").max_length
    assert longest is not None
    assert [rule_id for rule_id in counts if len(rule_id) > longest] == []


def test_every_definition_has_exactly_one_check() -> None:
    typed = {
        label.split(".")[0]
        for record in load_contract().records
        for label in re.findall(r"'(VT-[A-Z]+\.\w+)'", typing_pass.typing_statement(record))
    }
    for rule in load_rules():
        checks = [rule.broken_when, rule.query, rule.rule_id in typed, rule.rule_id in CARRIED_OUT_ELSEWHERE]
        expected = 0 if rule.rule_id in WITHOUT_A_MONTH else 1
        assert sum(map(bool, checks)) == expected, rule.rule_id
    assert typed <= {rule.rule_id for rule in load_rules()}


def test_every_rule_has_a_month_that_breaks_it() -> None:
    known = {rule.rule_id for rule in load_rules()}
    assert {case.rule_id for case in BROKEN} == known - WITHOUT_A_MONTH
    assert {case.rule_id for case in NEAR_MISSES} <= known


def test_catalogue_lists_every_rule_and_page_is_current() -> None:
    listed = [entry.rule_id for entry in rules()]
    assert listed == [rule.rule_id for rule in file_rules] + [rule.rule_id for rule in load_rules()]
    assert PAGE.read_text(encoding="utf-8") == render(), "请运行 python -m ingestion.catalogue"


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.rule_id)
def test_rule_speaks_of_columns_that_exist(rule: Rule) -> None:
    contract = load_contract()
    for record in rule.records:
        names = {column.name for column in contract.record(record).columns}
        assert set(rule.fields) <= names
    assert rule.records or rule.stage in (Stage.TYPES, Stage.REFERENCES, Stage.VERDICT)
    assert re.search(r"[\u4e00-\u9fff]", rule.message)
    assert re.search(r"[\u4e00-\u9fff]", rule.remedy)
    if rule.broken_when:
        known = {column.name for column in contract.record(rule.records[0]).columns}
        own = set(re.findall(r"\br\.(\w+)", rule.broken_when))
        typed = {typing_pass.typed_name(contract.record(rule.records[0]).column(name)) for name in known}
        assert own <= typed | {"company_code", "reporting_month"}


@pytest.mark.parametrize("rule", [rule for rule in load_rules() if rule.query], ids=lambda rule: rule.rule_id)
def test_message_of_a_set_rule_uses_its_details(rule: Rule) -> None:
    named = {name for _, name, _, _ in Formatter().parse(rule.message) if name} - {"value"}
    given = set(re.findall(r"'(\w+)',", rule.query or ""))
    assert named <= given
