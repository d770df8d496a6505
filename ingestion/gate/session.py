"""The tables of a checking session: what the statements of the gate share while a batch is judged.

``batch``      one row per submission: company, month, the accepted submission of the month before.
``headers``    the same, joined with the submission's own header, the company register and the dated parameters;
               rules know it as ``h``.
``found``      what the rules found, before it becomes findings.
``read_findings``  what reading the files has already found.
``eligible``   submissions that a stage may look at.
"""

from __future__ import annotations

from datetime import date

import psycopg

from common.month import add_months, month_end
from ingestion.contract import Contract
from ingestion.gate.typing_pass import create_typed_tables

CALENDAR = ("2004-01-01", "2033-12-31")  # where nearly all dates fall; others are read more slowly

TABLES = """
create temporary table batch (
    submission_id bigint primary key, company_code text not null, reporting_month date not null,
    previous_submission_id bigint, has_earlier_accepted boolean not null, has_previous_sent boolean not null,
    has_later_accepted boolean not null, next_submission_id bigint, is_reported_before boolean not null);
create temporary table headers (submission_id bigint primary key);
create temporary table found (
    submission_id bigint not null, rule_id text not null, record text, file_number smallint, row_number integer,
    column_name text, value text, details jsonb);
create temporary table read_findings (submission_id bigint not null, rule_id text not null, severity text not null);
create temporary table eligible (submission_id bigint primary key);
create temporary table code_lookup (code_list text not null, given text not null, code text not null);
create temporary table rate_periods (
    rate_type text, term_months_above integer, term_months_up_to integer, valid_from date, valid_to date,
    annual_rate_pct numeric);
"""

FILL_BATCH = """
insert into batch
select s.submission_id, s.company_code, s.reporting_month, previous.submission_id,
    exists (select from exchange.submissions e where e.company_code = s.company_code and e.status = 'accepted'
            and e.reporting_month < s.reporting_month),
    exists (select from exchange.submissions e where e.company_code = s.company_code
            and e.reporting_month = %(previous)s),
    exists (select from exchange.submissions e where e.company_code = s.company_code and e.status = 'accepted'
            and e.reporting_month > s.reporting_month),
    following.submission_id,
    exists (select from exchange.submissions e where e.company_code = s.company_code and e.status = 'accepted'
            and e.reporting_month = s.reporting_month)
from exchange.submissions s
left join exchange.submissions previous on previous.company_code = s.company_code and previous.status = 'accepted'
    and previous.reporting_month = %(previous)s
left join exchange.submissions following on following.company_code = s.company_code and following.status = 'accepted'
    and following.reporting_month = %(following)s
where s.submission_id = any(%(ids)s)
"""

FILL_HEADERS = """
create temporary table headers as
select b.*, m.previous_closing_date, m.closing_date, m.paid_in_capital_yuan, m.loan_balance_yuan, m.note_count,
    m.prepared_by, m.reviewed_by, %(month_end)s::date as month_end,
    m.file_number as header_file, m.row_number as header_row,
    c.paid_in_capital_yuan as register_capital_yuan, c.opened_date, c.closed_date, c.closing_day,
    least(b.reporting_month + c.closing_day - 1, %(month_end)s::date) as register_closing_date,
    previous.closing_date as accepted_closing_date, previous.loan_balance_yuan as accepted_loan_balance_yuan,
    p.*
from batch b
left join (select distinct on (submission_id) * from typed_company_month order by submission_id, row_number) m
    on m.submission_id = b.submission_id
left join reference.companies c on c.company_code = b.company_code
    and c.valid_from <= coalesce(m.closing_date, %(month_end)s::date)
    and coalesce(m.closing_date, %(month_end)s::date) < coalesce(c.valid_to, 'infinity'::date)
left join raw_submitted.company_month previous on previous.reporting_month = %(previous)s
    and previous.submission_id = b.previous_submission_id
cross join (
    select max(value) filter (where parameter = 'rate_multiple_min') as rate_multiple_min,
        max(value) filter (where parameter = 'rate_multiple_max') as rate_multiple_max,
        max(value) filter (where parameter = 'loan_change_warning_ratio') as loan_change_warning_ratio,
        max(value) filter (where parameter = 'overdue_days_warning') as overdue_days_warning
    from reference.ref_parameters
    where valid_from <= %(month_end)s and (valid_to is null or %(month_end)s <= valid_to)
) p
"""

FILL_LOOKUPS = """
insert into code_lookup
select distinct on (code_list, given) code_list, given, code
from reference.ref_code_lists cross join lateral (values (1, code), (2, name_zh)) as v (place, given)
where valid_from <= %(month_end)s and (valid_to is null or %(month_end)s <= valid_to)
order by code_list, given, place;
insert into code_lookup select 'regions', code, code from reference.ref_regions;
"""

FILL_RATES = """
insert into rate_periods
select rate_type, term_months_above, term_months_up_to, valid_from,
    lead(valid_from, 1, 'infinity'::date) over (partition by rate_type, term_months_above order by valid_from),
    annual_rate_pct
from reference.ref_reference_rates
"""


def create_session_tables(connection: psycopg.Connection, contract: Contract) -> None:
    """Create the session's tables; the calendar and the reference rates are filled at once."""
    connection.execute(TABLES)
    connection.execute(
        "create temporary table calendar as select day::date::text as given, day::date as day"
        f" from generate_series(date '{CALENDAR[0]}', date '{CALENDAR[1]}', interval '1 day') as days (day)"
    )
    for statement in create_typed_tables(contract):
        connection.execute(statement)
    connection.execute(FILL_RATES)
    connection.execute("analyze calendar, rate_periods")
    connection.commit()


def clear_session_tables(connection: psycopg.Connection, contract: Contract) -> None:
    """Empty the tables for the next batch."""
    typed = ", ".join(f"typed_{record.name}" for record in contract.records)
    connection.execute(f"truncate batch, found, read_findings, eligible, code_lookup, {typed}")
    connection.execute("drop table headers")
    connection.execute("create temporary table headers (submission_id bigint primary key)")
    connection.commit()


def fill_batch(connection: psycopg.Connection, month: date, submission_ids: list[int]) -> None:
    """Name the submissions of the batch and look up the codes in force at the end of ``month``."""
    months = {"previous": add_months(month, -1), "following": add_months(month, 1)}
    connection.execute(FILL_BATCH, {"ids": submission_ids, **months})
    for statement in FILL_LOOKUPS.strip().rstrip(";").split(";"):
        connection.execute(statement, {"month_end": month_end(month)})
    connection.execute("analyze batch, code_lookup")


def fill_headers(connection: psycopg.Connection, month: date) -> None:
    """Join header, register and parameters once the headers are typed."""
    connection.execute("drop table headers")
    connection.execute(
        psycopg.ClientCursor(connection).mogrify(
            FILL_HEADERS, {"month_end": month_end(month), "previous": add_months(month, -1)}
        )
    )
    connection.execute("analyze headers")
