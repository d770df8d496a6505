"""The rule passes (规则检查): every rule in force is asked as set SQL over the whole batch.

Row rules of one record share one scan; set rules are one statement each. What they find lands in ``found``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import psycopg

from common.month import add_months
from ingestion.contract import Contract, ContractRecord
from ingestion.gate.typing_pass import REGIONS, failed_checks_statement, typed_name, typing_statement
from ingestion.rules import Rule, Stage
from ingestion.rules.snippets import NEW_NOTES, STATE_NOTES

REGISTERS = ("companies", REGIONS)

# Which earlier stages must have left no error in a submission before a later stage says anything about it.
MISLEADING = {
    Stage.ROWS: (),
    Stage.REFERENCES: ("S-", "F-"),
    Stage.BALANCES: ("S-", "F-", "VT-", "VX-REFERENCE", "VX-DUPLICATE"),
    Stage.HISTORY: ("S-", "F-", "VT-", "VX-DUPLICATE"),
    Stage.PLAUSIBILITY: ("S-", "F-", "VT-", "VX-REFERENCE", "VX-DUPLICATE"),
}

ELIGIBLE = """
insert into eligible
select submission_id from batch b
where not exists (
    select from found f where f.submission_id = b.submission_id and f.rule_id like any (%(patterns)s::text[]))
and not exists (
    select from read_findings f where f.submission_id = b.submission_id and f.severity = 'error'
    and f.rule_id like any (%(patterns)s::text[]))
"""


def run_typing(connection: psycopg.Connection, contract: Contract, landed: Iterable[str]) -> None:
    """Type all landed rows and note what failed."""
    connection.execute("set local join_collapse_limit = 1")
    connection.execute("set local default_statistics_target = 1")  # the planner needs sizes, not histograms
    for name in landed:
        connection.execute(typing_statement(contract.record(name)))
    for name in landed:
        connection.execute(f"analyze typed_{name} (submission_id, failed)")
        connection.execute(failed_checks_statement(contract.record(name)))
    connection.execute("set local join_collapse_limit = 8")


def run_rules(
    connection: psycopg.Connection,
    contract: Contract,
    rules: Sequence[Rule],
    month: date,
    step: Callable[[Stage], None],
) -> None:
    """Ask all rules after typing, stage by stage."""
    connection.execute(f"create temporary table new_notes on commit drop as {NEW_NOTES}")
    connection.execute(f"create temporary table state_notes on commit drop as {STATE_NOTES}")
    connection.execute("analyze new_notes, state_notes (submission_id)")
    for stage, patterns in MISLEADING.items():
        step(stage)
        connection.execute("truncate eligible")
        connection.execute(ELIGIBLE, {"patterns": [f"{pattern}%" for pattern in patterns]})
        connection.execute("analyze eligible")
        here = [rule for rule in rules if rule.stage is stage]
        for record in contract.records:
            of_record = [rule for rule in here if rule.broken_when and record.name in rule.records]
            if of_record:
                connection.execute(row_rules_statement(record, of_record))
        for rule in here:
            if rule.query:
                connection.execute(set_rule_statement(rule, month))
        if stage is Stage.REFERENCES:
            for statement in [*_duplicate_statements(contract), *_reference_statements(contract)]:
                connection.execute(statement)


def row_rules_statement(record: ContractRecord, rules: Sequence[Rule]) -> str:
    """Return the statement that asks all row rules of a record in one scan."""
    conditions = [f"({rule.broken_when})" for rule in rules]
    labels = ", ".join(
        f"case when {condition} then '{rule.rule_id}' end" for rule, condition in zip(rules, conditions, strict=True)
    )
    joins = " ".join(sorted({rule.joins for rule in rules if rule.joins}))
    fields = ", ".join(f"'{rule.rule_id}', '{_first_field(rule)}'" for rule in rules)
    return (
        "insert into found (submission_id, rule_id, record, file_number, row_number, column_name, value, details)"
        f" select q.submission_id, c.rule_id, '{record.name}', (q.details ->> 'file_number')::smallint,"
        " (q.details ->> 'row_number')::integer, k.field, q.details ->> k.field, q.details"
        " from (select r.submission_id, to_jsonb(h) || jsonb_strip_nulls(to_jsonb(r)) as details,"
        f" array_remove(array[{labels}], null) as failed"
        f" from typed_{record.name} r join headers h on h.submission_id = r.submission_id"
        f" join eligible e on e.submission_id = r.submission_id {joins} where {' or '.join(conditions)}) q"
        " cross join lateral unnest(q.failed) as c (rule_id)"
        f" cross join lateral (select jsonb_build_object({fields}) ->> c.rule_id) as k (field)"
    )


def set_rule_statement(rule: Rule, month: date) -> str:
    """Return the statement of a set rule for one month."""
    query = (rule.query or "").replace("{month}", f"date '{month}'")
    query = query.replace("{previous}", f"date '{add_months(month, -1)}'")
    query = query.replace("{following}", f"date '{add_months(month, 1)}'")
    return (
        "insert into found (submission_id, rule_id, record, file_number, row_number, column_name, value, details)"
        f" select q.submission_id, '{rule.rule_id}', '{rule.records[0]}', q.file_number::smallint,"
        f" q.row_number::integer, '{_first_field(rule)}', q.value::text, q.details from ({query}) q"
        " join eligible e on e.submission_id = q.submission_id"
    )


def _first_field(rule: Rule) -> str:
    return rule.fields[0] if rule.fields else ""


def _duplicate_statements(contract: Contract) -> list[str]:
    statements = []
    for record in contract.records:
        key = [typed_name(record.column(name)) for name in record.key]
        names = ", ".join(key)
        same = " and ".join(f"d.{name} = t.{name}" for name in key)
        statements.append(
            "insert into found (submission_id, rule_id, record, file_number, row_number, column_name, value, details)"
            f" select t.submission_id, 'VX-DUPLICATE', '{record.name}', t.file_number, t.row_number,"
            f" '{record.key[0]}', concat_ws('/', {', '.join(f't.{name}::text' for name in key)}),"
            " jsonb_build_object('row', t.row_number, 'first_row', d.first_row)"
            f" from typed_{record.name} t join (select submission_id, {names}, min(row_number) as first_row"
            f" from typed_{record.name} group by submission_id, {names} having count(*) > 1) d"
            f" on d.submission_id = t.submission_id and {same}"
            " join eligible e on e.submission_id = t.submission_id"
            " where t.row_number <> d.first_row"
        )
    return statements


def _reference_statements(contract: Contract) -> list[str]:
    statements = []
    for record in contract.records:
        for column in record.columns:
            if not column.references or column.references in REGISTERS:
                continue
            parent, key = column.references.split(".")
            title = contract.record(parent).title
            statements.append(
                "insert into found (submission_id, rule_id, record, file_number, row_number, column_name, value,"
                f" details) select t.submission_id, 'VX-REFERENCE', '{record.name}', t.file_number, t.row_number,"
                f" '{column.name}', t.{column.name}, jsonb_build_object('parent', '{title}')"
                f" from typed_{record.name} t join eligible e on e.submission_id = t.submission_id"
                f" where t.{column.name} is not null and not exists (select from typed_{parent} p"
                f" where p.submission_id = t.submission_id and p.{key} = t.{column.name})"
            )
    return statements
