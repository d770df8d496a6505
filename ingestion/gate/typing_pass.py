"""The typing pass (类型检查): one generated statement per record turns landed text into typed rows.

Each typed row carries the list of its failed checks (``rule.column``), or null when there is none. A value that
cannot be typed becomes null; nothing raises. Runs on PostgreSQL 15 and later without extensions.
"""

from __future__ import annotations

from ingestion.contract import Contract, ContractColumn, ContractRecord
from ingestion.landing import landed_row_number
from ingestion.raw_tables import LINEAGE_NAMES

REGIONS = "regions"
PLACES = {"money": 2, "rate": 5}
DIGITS = "0123456789"


def typed_name(column: ContractColumn) -> str:
    """Return the column's name in the typed table; the company and month a file claims must not hide the real ones."""
    return f"given_{column.name}" if column.name in LINEAGE_NAMES else column.name


def create_typed_tables(contract: Contract) -> list[str]:
    """Return the statements that create the typed tables of a session."""
    statements = []
    for record in contract.records:
        columns = ", ".join(f"{typed_name(column)} {_loose_type(column)}" for column in record.columns)
        statements.append(
            f"create temporary table typed_{record.name} (submission_id bigint, company_code text,"
            f" reporting_month date, file_number smallint, row_number integer, row_sequence bigint, {columns},"
            " failed text[])"
        )
        # Nearly always empty: tells at once that no row failed.
        statements.append(f"create index on typed_{record.name} (submission_id) where failed is not null")
    return statements


def typing_statement(record: ContractRecord) -> str:
    """Return the statement that fills ``typed_<record>`` from ``landed_<record>`` for the whole batch."""
    names = [typed_name(column) for column in record.columns]
    joins = [join for column in record.columns if (join := _lookup_join(column))]
    inner = [f"{_typed_value(column)} as {typed_name(column)}" for column in record.columns]
    inner += [f"l.{column.name} as raw_{column.name}" for column in record.columns if _is_converted(column)]
    checks = [check for column in record.columns for check in _checks(column)]
    tests = " or ".join(f"({test})" for column in record.columns for test in _tests(column))
    labels = ", ".join(f"case when {condition} then '{label}' end" for label, condition in checks)
    lineage = "submission_id, company_code, reporting_month, file_number, row_number, row_sequence"
    return (
        f"insert into typed_{record.name} ({lineage}, {', '.join(names)}, failed)"
        f" select {lineage}, {', '.join(names)},"
        f" case when {tests} then array_remove(array[{labels}], null) end"
        f" from (select l.submission_id, b.company_code, b.reporting_month, f.file_number,"
        f" {landed_row_number('l', 'f')} as row_number, l.row_sequence, {', '.join(inner)}"
        f" from landed_{record.name} l join batch b on b.submission_id = l.submission_id"
        f" join landed_files f on f.submission_id = l.submission_id and f.record = '{record.name}'"
        f" {' '.join(joins)} offset 0) t"
    )


def failed_checks_statement(record: ContractRecord) -> str:
    """Return the statement that turns failed checks of the typing pass into rows of ``found``."""
    values = ", ".join(f"'{column.name}', l.{column.name}" for column in record.columns)
    return (
        "insert into found (submission_id, rule_id, record, file_number, row_number, column_name, value)"
        f" select t.submission_id, split_part(c.label, '.', 1), '{record.name}', t.file_number, t.row_number,"
        f" split_part(c.label, '.', 2), jsonb_build_object({values}) ->> split_part(c.label, '.', 2)"
        f" from typed_{record.name} t cross join lateral unnest(t.failed) as c (label)"
        f" join landed_{record.name} l on l.submission_id = t.submission_id and l.row_sequence = t.row_sequence"
        " where t.failed is not null"
    )


def _loose_type(column: ContractColumn) -> str:
    """Ranges and lengths are checked, not enforced: the typed table takes numbers of any size."""
    return "numeric" if column.type_name in PLACES else column.physical_type


def _lookup_join(column: ContractColumn) -> str | None:
    alias = f"x_{column.name}"
    if column.type_name == "date":
        return f"left join calendar {alias} on {alias}.given = l.{column.name}"
    if column.type_name == "code":
        return (
            f"left join code_lookup {alias} on {alias}.code_list = '{column.code_list}'"
            f" and {alias}.given = l.{column.name}"
        )
    if column.references == REGIONS:
        return f"left join code_lookup {alias} on {alias}.code_list = '{REGIONS}' and {alias}.given = l.{column.name}"
    return None


def _typed_value(column: ContractColumn) -> str:
    raw = f"l.{column.name}"
    match column.type_name:
        case "date":
            return f"coalesce(x_{column.name}.day, {_rare_date(raw)})"
        case "code":
            return f"x_{column.name}.code"
        case "money" | "rate":
            return _number(raw)
        case "integer":
            return (
                f"case when translate({raw}, '{DIGITS}', '') = '' and length({raw}) between 1 and 9"
                f" then {raw}::integer when {raw} ~ '^-[0-9]{{1,9}}$' then {raw}::integer end"
            )
        case "boolean":
            return (
                f"case when {raw} in ('是', 'true', '1', 'Y') then true"
                f" when {raw} in ('否', 'false', '0', 'N') then false end"
            )
        case "month":
            return (
                f"case when {raw} ~ '^[12][0-9]{{3}}-(0[1-9]|1[0-2])(-01)?$' then (left({raw}, 7) || '-01')::date end"
            )
        case _:
            return f"x_{column.name}.code" if column.references == REGIONS else raw


def _rare_date(raw: str) -> str:
    """Dates outside the calendar table: read part by part, so that an impossible one gives null instead of raising."""
    year, month, day = (f"substr({raw}, {first}, {length})::integer" for first, length in ((1, 4), (6, 2), (9, 2)))
    last = f"extract(day from make_date({year}, {month}, 1) + interval '1 month - 1 day')"
    return (
        f"case when {raw} ~ '^(19|2[01])[0-9]{{2}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'"
        f" then case when {day} <= {last} then make_date({year}, {month}, {day}) end end"
    )


def _number(raw: str) -> str:
    """Plain digits with one point are recognised without a regular expression, which costs four times as much."""
    return (
        f"case when translate({raw}, '{DIGITS}', '') in ('', '.') and {raw} not in ('.', '') and length({raw}) < 40"
        f" then {raw}::numeric when {raw} ~ '^-([0-9]{{1,30}}([.][0-9]*)?|[.][0-9]+)$' then {raw}::numeric end"
    )


def _checks(column: ContractColumn) -> list[tuple[str, str]]:
    typed = f"t.{typed_name(column)}"
    raw = f"t.raw_{column.name}" if _is_converted(column) else typed
    checks = []
    if column.required:
        checks.append((f"VT-REQUIRED.{column.name}", f"{raw} is null"))
    if _is_converted(column):
        checks.append((f"{_conversion_rule(column)}.{column.name}", f"{raw} is not null and {typed} is null"))
    checks += [(f"{rule}.{column.name}", condition) for rule, condition in _limits(column, typed)]
    return checks


def _tests(column: ContractColumn) -> list[str]:
    """Return conditions of which one holds whenever a check of the column fails, as few as will do."""
    typed = f"t.{typed_name(column)}"
    tests = [condition for _, condition in _limits(column, typed)]
    if column.required:
        return [f"{typed} is null", *tests]
    return [f"{typed} is null and t.raw_{column.name} is not null", *tests] if _is_converted(column) else tests


def _is_converted(column: ContractColumn) -> bool:
    return column.type_name != "text" or column.references == REGIONS


def _conversion_rule(column: ContractColumn) -> str:
    if column.references == REGIONS:
        return "VT-REGION"
    return "VT-CODE" if column.type_name == "code" else "VT-TYPE"


def _limits(column: ContractColumn, typed: str) -> list[tuple[str, str]]:
    limits = []
    if column.type_name in PLACES:
        places = PLACES[column.type_name]
        limits.append(("VT-PLACES", f"scale({typed}) > {places} and round({typed}, {places}) <> {typed}"))
    bounds = []
    if column.minimum is not None:
        bounds.append(f"{typed} < {column.minimum}")
    highest = column.maximum
    if highest is None and column.type_name == "money":
        highest = 9999999999999999
        if column.minimum is None:
            bounds.append(f"{typed} < -{highest}")
    if highest is not None:
        bounds.append(f"{typed} > {highest}")
    if bounds:
        limits.append(("VT-RANGE", " or ".join(bounds)))
    if column.max_length:
        limits.append(("VT-LENGTH", f"length({typed}) > {column.max_length}"))
    if column.pattern:
        limits.append(("VT-PATTERN", f"{typed} !~ '^({column.pattern})$'"))
    return limits
