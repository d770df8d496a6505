"""Great Expectations over a landed month (落地数据检验): the contract as documented expectations, run once a month.

The suites are generated: required, codes, ranges and keys from the data contract, set checks from the balance rules
of the gate. Only accepted rows are looked at. Failing here means the gate and the contract disagree.
Flow: ``raw_submitted`` of one month → outcomes with Chinese text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.database import connect
from common.month import add_months, label, month_end
from common.settings import Settings
from ingestion.contract import Contract, ContractColumn, ContractRecord, load_contract
from ingestion.raw_tables import LINEAGE_NAMES, SCHEMA
from ingestion.rules import Rule, Stage, load_rules
from ingestion.rules.snippets import STATE_NOTES

QUICK, COUNTED = "BOOLEAN_ONLY", "BASIC"  # result formats: counting costs, so only what failed is counted
MOST_OF_A_MESSAGE = 300


@dataclass(frozen=True)
class ExpectationOutcome:
    """One expectation of one record and whether the month met it; ``detail`` says in Chinese why it did not."""

    record: str
    expectation: str
    column_name: str | None
    text: str
    success: bool
    detail: str = ""


@dataclass(frozen=True)
class _Expected:
    """An expectation before it is made: its class name in Great Expectations, its arguments and its words."""

    name: str
    arguments: dict[str, Any]
    column_name: str | None
    text: str


def run_expectations(settings: Settings, month: date) -> list[ExpectationOutcome]:
    """Run the suites over the accepted rows of ``month`` and return every outcome, also the good ones."""
    context = _context()
    source = context.data_sources.add_postgres(
        f"warehouse_{label(month)}", connection_string=settings.database_url("warehouse", "psycopg2")
    )
    outcomes: list[ExpectationOutcome] = []
    try:
        code_lists = _code_lists(settings, month)
        for record in load_contract().records:
            asset = source.add_query_asset(record.name, query=_accepted_rows(record.name, month))
            batch = asset.add_batch_definition_whole_table("month").get_batch()
            outcomes += _run_suite(batch, record, expected_of(load_contract(), record, month, code_lists))
    finally:
        source.get_execution_engine().close()
    return outcomes


def expected_of(
    contract: Contract, record: ContractRecord, month: date, code_lists: dict[str, list[str]]
) -> list[_Expected]:
    """Return what is expected of a record in ``month``; ``code_lists`` holds the codes in force by list."""
    expected = [item for column in record.columns for item in _column_expectations(column, code_lists)]
    expected.append(_unique_key(record))
    for rule in load_rules():
        is_balance = rule.stage is Stage.BALANCES and rule.query and rule.records[0] == record.name
        if is_balance and rule.in_force(month_end(month)):
            expected.append(_no_rows(contract, rule, month))
    return expected


def _context() -> Any:
    """A context must exist before any suite does; nothing is written and nothing is sent anywhere.

    The library takes seconds to import, so only those who run expectations pay for it.
    """
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = great_expectations.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


def _run_suite(batch: Any, record: ContractRecord, expected: list[_Expected]) -> list[ExpectationOutcome]:
    results = _validate(batch, record, expected, QUICK)
    failed = [item for item in expected if not results[item.text].success]
    counted = _validate(batch, record, failed, COUNTED) if failed else {}
    return [
        ExpectationOutcome(
            *(record.name, item.name, item.column_name, item.text, bool(results[item.text].success)),
            _detail(counted[item.text]) if item.text in counted else "",
        )
        for item in expected
    ]


def _validate(batch: Any, record: ContractRecord, expected: list[_Expected], result_format: str) -> dict[str, Any]:
    """Return the library's result of each expectation, by its words."""
    import great_expectations
    from great_expectations import expectations

    suite = great_expectations.ExpectationSuite(name=record.name)
    for item in expected:
        suite.add_expectation(getattr(expectations, item.name)(**item.arguments, meta={"text": item.text}))
    results = batch.validate(suite, result_format=result_format).results
    return {result.expectation_config.meta["text"]: result for result in results}


def _detail(result: Any) -> str:
    """Say how many rows fail, or why nobody could tell; values stay out of it, for they may be personal data."""
    info = result.exception_info
    raised = [info] if "raised_exception" in info else list(info.values())  # one, or one for each of its metrics
    messages = [str(item["exception_message"]) for item in raised if item["raised_exception"]]
    if messages:
        return f"检验未能执行：{messages[0].split('[SQL:')[0].strip()[:MOST_OF_A_MESSAGE]}"
    count = result.result.get("unexpected_count", result.result.get("observed_value"))
    return f"不符合的有 {count} 行"


def _column_expectations(column: ContractColumn, code_lists: dict[str, list[str]]) -> Iterator[_Expected]:
    if column.name in LINEAGE_NAMES:
        return
    where = {"column": column.name}
    if column.required:
        yield _Expected("ExpectColumnValuesToNotBeNull", where, column.name, f"“{column.title}”不为空")
    if column.code_list:
        codes = {"value_set": code_lists.get(column.code_list, [])}
        yield _Expected("ExpectColumnValuesToBeInSet", where | codes, column.name, f"“{column.title}”在代码表中")
    if column.minimum is not None or column.maximum is not None:
        limits = {"min_value": column.minimum, "max_value": column.maximum}
        yield _Expected("ExpectColumnValuesToBeBetween", where | limits, column.name, f"“{column.title}”在取值范围内")


def _unique_key(record: ContractRecord) -> _Expected:
    titles = "、".join(record.column(name).title for name in record.key)
    columns = list(dict.fromkeys(["company_code", *record.key]))
    return _Expected(
        "ExpectCompoundColumnsToBeUnique", {"column_list": columns}, record.key[0], f"同一公司的{titles}不重复"
    )


def _no_rows(contract: Contract, rule: Rule, month: date) -> _Expected:
    """The rule's own query over the accepted rows, which stand in for the tables of a checking session."""
    query = (rule.query or "").replace("{month}", f"date '{month}'")
    query = query.replace("{previous}", f"date '{add_months(month, -1)}'").replace("{", "{{").replace("}", "}}")
    shared = [f"state_notes as ({STATE_NOTES})"] if "state_notes" in query else []
    sources = [
        f"typed_{record.name} as ({_accepted_rows(record.name, month)})"
        for record in contract.records
        if f"typed_{record.name}" in " ".join((query, *shared))
    ]
    header = _accepted_rows("company_month", month)
    sources += shared
    sources.append(f"headers as (select h.*, file_number as header_file, row_number as header_row from ({header}) h)")
    sources.append("batch as (select submission_id, company_code, reporting_month from headers)")
    sql = (  # the join at the end also keeps the library from giving {batch} an alias of its own beside ours
        f"with {', '.join(sources)} select q.submission_id from ({query}) q where q.submission_id in"
        " (select b.submission_id from batch b join {batch} as landed on landed.submission_id = b.submission_id)"
    )
    arguments = {"unexpected_rows_query": sql, "description": rule.title}
    return _Expected("UnexpectedRowsExpectation", arguments, None, f"{rule.rule_id} {rule.text}")


def _accepted_rows(record: str, month: date) -> str:
    return (
        f"select * from {SCHEMA}.{record} where reporting_month = '{month}' and submission_id in"
        f" (select submission_id from exchange.submissions where status = 'accepted' and reporting_month = '{month}')"
    )


def _code_lists(settings: Settings, month: date) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    with connect(settings) as connection:
        rows = connection.execute(
            "select code_list, code from reference.ref_code_lists where valid_from <= %(day)s"
            " and (valid_to is null or %(day)s <= valid_to) order by code_list, sort_order",
            {"day": month_end(month)},
        )
        for code_list, code in rows:
            lists.setdefault(code_list, []).append(code)
    return lists
