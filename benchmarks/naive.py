"""The nine tables written down naively: every figure re-reads the whole history of raw rows.

This is what the month close would cost without month partitions, cells and customer masks; the benchmark watches
that the win stays. Company, city and province levels only, which favours the naive side.
"""

from __future__ import annotations

from datetime import date

import psycopg

from common.month import add_months

CURRENT = "select submission_id, company_code, reporting_month from exchange.submissions where status = 'accepted'"

NOTES = f"""
create temp table naive_note as
with current as ({CURRENT}),
attribute as (
    select distinct on (n.company_code, n.note_no) n.*
    from raw_submitted.notes n join current using (submission_id)
    where n.reporting_month <= %(month)s
    order by n.company_code, n.note_no, n.reporting_month desc
),
customer as (
    select distinct on (c.company_code, c.customer_no) c.company_code, c.customer_no, c.customer_type
    from raw_submitted.customers c join current using (submission_id)
    where c.reporting_month <= %(month)s
    order by c.company_code, c.customer_no, c.reporting_month desc
)
select a.company_code, a.note_no, a.customer_no, customer.customer_type, a.primary_security, a.direction_line,
       a.joint_group_no is not null as is_joint, a.annual_rate_pct, amount_band.band_code as amount_band,
       term_band.band_code as term_band, rate_band.band_code as rate_band
from attribute a
join customer using (company_code, customer_no)
join reference.ref_amount_bands amount_band
  on a.original_amount_yuan > amount_band.lower_edge_yuan
 and a.original_amount_yuan <= coalesce(amount_band.upper_edge_yuan, 'infinity')
join reference.ref_term_bands term_band
  on a.original_maturity_date > a.start_date + make_interval(months => term_band.months_above)
 and (term_band.months_up_to is null
      or a.original_maturity_date <= a.start_date + make_interval(months => term_band.months_up_to))
join reference.ref_rate_bands rate_band
  on round(a.annual_rate_pct / a.reference_rate_pct, 4) between
     rate_band.lower_edge_ratio + case when rate_band.is_lower_included then 0 else rate_band.step_ratio end
 and coalesce(rate_band.upper_edge_ratio, 1e9)
     - case when rate_band.is_upper_included then 0 else rate_band.step_ratio end;

create temp table naive_event as
with current as ({CURRENT})
select e.company_code, e.note_no, e.reporting_month, e.booking_date, e.event_type, e.principal_yuan
from raw_submitted.loan_events e join current using (submission_id)
where e.reporting_month <= %(month)s;

create temp table naive_state as
with current as ({CURRENT})
select s.company_code, s.note_no, s.reporting_month, s.opening_balance_yuan, s.class5
from raw_submitted.note_states s join current using (submission_id)
where s.reporting_month <= %(month)s;

create temp table naive_opening as
select distinct on (company_code, note_no) company_code, note_no, opening_balance_yuan
from naive_state where (company_code, reporting_month) in (
    select company_code, min(reporting_month) from naive_state group by company_code)
order by company_code, note_no;
"""

STOCK = """
select n.*, coalesce(o.opening_balance_yuan, 0) + coalesce(e.moved, 0) as balance, s.class5
from naive_note n
left join naive_opening o using (company_code, note_no)
left join (
    select company_code, note_no, sum(case event_type when 'DISBURSEMENT' then principal_yuan
        when 'RECOVERY' then 0 else -principal_yuan end) as moved
    from naive_event where reporting_month <= '{cutoff}' group by company_code, note_no
) e using (company_code, note_no)
left join naive_state s on s.company_code = n.company_code and s.note_no = n.note_no and s.reporting_month = '{cutoff}'
where coalesce(o.opening_balance_yuan, 0) + coalesce(e.moved, 0) > 0
"""

ORGANISATIONS = """
create temp table naive_org as
select company_code, company_code as org_code from reference.companies where valid_to is null
union all select c.company_code, r.parent from reference.companies c
          join reference.ref_regions r on r.code = c.county_code where c.valid_to is null
union all select company_code, '320000' from reference.companies where valid_to is null
"""

MEMBERS = """
cross join lateral (values ('total', ''), ('security', primary_security), ('joint', is_joint::text),
    ('direction', direction_line), ('amount', amount_band), ('term', term_band), ('type', customer_type),
    ('rate', customer_type || rate_band)) as member (dimension, member)
"""

DISTINCT_MEMBERS = """
cross join lateral (values ('type', customer_type), ('security', primary_security), ('term', term_band))
    as member (dimension, member)
"""


def close(connection: psycopg.Connection, month: date) -> None:
    """Compute all tables of ``month`` into temporary tables ``naive_…``."""
    connection.execute(NOTES.replace("%(month)s", f"'{month}'"))
    connection.execute(ORGANISATIONS)
    december = date(month.year - 1, 12, 1)
    for name, query in _queries(month, add_months(month, -1), december):
        connection.execute(f"create temp table naive_{name} as {query}")


def _queries(month: date, previous: date, december: date) -> list[tuple[str, str]]:
    queries = []
    for name, cutoff in (("now", month), ("previous", previous), ("december", december)):
        stock = STOCK.format(cutoff=cutoff)
        queries.append((f"stock_{name}", _by_org(f"({stock}) s", "sum(balance) as amount, count(*) as notes")))
        queries.append((f"class_{name}", _class(stock)))
    windows = (
        ("month", f"reporting_month = '{month}'"),
        ("last_month", f"reporting_month = '{previous}'"),
        ("year", f"reporting_month > '{december}'"),
        ("ever", "true"),
    )
    for window, condition in windows:
        for kind in ("DISBURSEMENT", "COLLECTION"):
            flow = _flow(condition, kind)
            figures = "sum(amount) as amount, sum(postings) as postings"
            queries.append((f"flow_{window}_{kind}", _by_org(flow, figures)))
            queries.append((f"customers_{window}_{kind}", _customers(flow)))
    queries.append(("customer_list", _customer_list(month, previous)))
    return queries


def _by_org(source: str, figures: str) -> str:
    return (
        f"select org_code, dimension, member, {figures} from {source} "
        f"join naive_org using (company_code) {MEMBERS} group by org_code, dimension, member"
    )


def _class(stock: str) -> str:
    return (
        f"select org_code, class5, customer_type, sum(balance) as amount, count(*) as notes from ({stock}) s "
        "join naive_org using (company_code) group by org_code, class5, customer_type"
    )


def _flow(condition: str, kind: str) -> str:
    return (
        "(select n.*, amount, postings from naive_note n join ("
        "select company_code, note_no, sum(principal_yuan) as amount, "
        f"count(distinct booking_date) as postings from naive_event where {condition} and event_type = '{kind}' "
        "group by company_code, note_no having sum(principal_yuan) > 0) e using (company_code, note_no)) f"
    )


def _customers(flow: str) -> str:
    return (
        "select org_code, dimension, member, count(distinct (company_code, customer_no)) as customers "
        f"from {flow} join naive_org using (company_code) {DISTINCT_MEMBERS} group by org_code, dimension, member"
    )


def _customer_list(month: date, previous: date) -> str:
    now, before = STOCK.format(cutoff=month), STOCK.format(cutoff=previous)
    return (
        "select company_code, customer_no, coalesce(a.class5, b.class5) as class5, a.amount, b.amount as previous "
        f"from (select company_code, customer_no, class5, sum(balance) as amount from ({now}) s group by 1, 2, 3) a "
        "full join (select company_code, customer_no, class5, sum(balance) as amount "
        f"from ({before}) s group by 1, 2, 3) b using (company_code, customer_no, class5)"
    )
