"""The dbt project keeps its own rules: names by layer, a grain and a key for every model, short SQL, no clock."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.settings import PROJECT_ROOT, Settings
from orchestration.dbt import run_dbt

TRANSFORM = PROJECT_ROOT / "transform"
PREFIXES = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("dim_", "fct_", "rpt_")}
MOST_LINES = 120
CLOCK = re.compile(r"\b(current_date|current_timestamp|now\(|clock_timestamp|run_started_at)", re.IGNORECASE)
RULE_NUMBERS = re.compile(r"(?<![\w.-])(200000|300000|500000|0\.9|1\.1|1\.3|1\.5)(?![\w.])")

Node = dict[str, Any]


@pytest.fixture(scope="module")
def nodes(make_installation: Callable[[], Settings]) -> dict[str, Node]:
    settings = make_installation()
    run_dbt(settings, "parse", "--no-partial-parse")
    manifest = json.loads((settings.home / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
    return manifest["nodes"]


def models(nodes: dict[str, Node]) -> list[Node]:
    return [node for node in nodes.values() if node["resource_type"] == "model"]


def test_model_names_begin_with_their_layer(nodes: dict[str, Node]) -> None:
    wrong = [node["name"] for node in models(nodes) if not node["name"].startswith(PREFIXES[node["fqn"][1]])]
    assert not wrong


def test_every_model_states_its_grain(nodes: dict[str, Node]) -> None:
    assert not [node["name"] for node in models(nodes) if not node["description"].startswith("one row per ")]


def test_every_stored_model_has_a_key_test(nodes: dict[str, Node]) -> None:
    tested = {
        node["attached_node"]
        for node in nodes.values()
        if node["resource_type"] == "test" and node["name"].startswith("unique")
    }
    stored = [node for node in models(nodes) if node["config"]["materialized"] not in ("view", "ephemeral")]
    assert not [node["name"] for node in stored if node["unique_id"] not in tested]


def test_marts_never_read_a_source(nodes: dict[str, Node]) -> None:
    later = [node for node in models(nodes) if node["fqn"][1] != "staging"]
    assert not [node["name"] for node in later if any(key.startswith("source.") for key in node["depends_on"]["nodes"])]


def test_month_models_declare_columns_and_types(nodes: dict[str, Node]) -> None:
    built = [node for node in models(nodes) if node["config"]["materialized"] == "month_partition"]
    assert len(built) > 15
    for node in built:
        assert next(iter(node["columns"])) == "reporting_month", node["name"]
        assert all(column["data_type"] for column in node["columns"].values()), node["name"]


def test_one_close_keeps_few_models(nodes: dict[str, Node]) -> None:
    assert len(models(nodes)) <= 42


@pytest.mark.parametrize("path", sorted(TRANSFORM.rglob("*.sql")), ids=lambda path: path.name)
def test_sql_is_short_and_free_of_rule_numbers(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES + 10 * path.is_relative_to(TRANSFORM / "macros")
    assert not CLOCK.search(text)
    if not path.is_relative_to(TRANSFORM / "tests"):
        assert not RULE_NUMBERS.search(text)
    assert all(len(line) <= 130 for line in text.splitlines())
