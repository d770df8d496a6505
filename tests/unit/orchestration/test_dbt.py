from __future__ import annotations

from datetime import date

from common.settings import load_settings
from orchestration.dbt import COLUMNS_CHANGED, with_remedy

MONTHS = [date(2023, 12, 1), date(2023, 11, 1), date(2024, 2, 1)]


def test_changed_columns_name_command_that_rebuilds() -> None:
    found = with_remedy(f"dim_x: Compilation Error\n  dim_x: {COLUMNS_CHANGED}; rebuild. Table: a", MONTHS)
    assert "dim_x" in found
    assert "请运行 lendwatch close 2024-02 --from 2023-11 重建" in found


def test_other_failures_are_told_as_they_are() -> None:
    assert with_remedy("dim_x: division by zero", MONTHS) == "dim_x: division by zero"


def test_materialization_says_what_is_looked_for() -> None:
    macro = load_settings().transform / "macros" / "materializations" / "month_partition.sql"
    assert f"relation.identifier ~ ': {COLUMNS_CHANGED}" in macro.read_text(encoding="utf-8")
