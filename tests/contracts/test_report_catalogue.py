"""Catalogue ↔ printed lines ↔ marts: the same tables, lines and columns everywhere."""

from datetime import date

import pytest

from common.database import connect
from common.settings import Settings
from exports.catalogue import CatalogueError, definition, definitions
from orchestration.dbt import run_dbt
from tests.unit.exports.factories import labels

MONTH = date(2024, 6, 1)
LINE_COUNTS = {1: 33, 2: 13, 3: 25, 4: 25, 5: 11, 6: 11, 7: 11}


def test_catalogue_has_the_nine_tables() -> None:
    assert [one.table_no for one in definitions()] == list(range(1, 10))
    assert [one.sheet for one in definitions()] == [f"表{number}" for number in "一二三四五六七八九"]


@pytest.mark.parametrize(("table_no", "count"), LINE_COUNTS.items())
def test_printed_lines_cover_the_form(table_no: int, count: int) -> None:
    lines = labels().lines[table_no]
    first = 0 if definition(table_no).exceptional_lines else 1
    assert list(lines) == [f"T{table_no}-{number:02d}" for number in range(first, first + count)]
    assert {*definition(table_no).exceptional_lines, *definition(table_no).total_lines} <= set(lines)


def test_marts_have_every_printed_column(installation: Settings) -> None:
    run_dbt(installation, "run", months=(MONTH, MONTH))
    with connect(installation) as connection:
        found = connection.execute(
            "select table_name, array_agg(column_name::text) from information_schema.columns"
            " where table_schema = 'marts' group by table_name"
        ).fetchall()
    columns = {name: set(names) for name, names in found}
    missing = {one.source: {*one.fields, *one.below} - columns.get(one.source, set()) for one in definitions()}
    assert {source: names for source, names in missing.items() if names} == {}


def test_unknown_table_number_is_explained() -> None:
    with pytest.raises(CatalogueError, match="没有第 10 号报表，可选 1 至 9"):
        definition(10)
