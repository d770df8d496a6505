-- CK-11: a note with a balance at the previous close is in this month's list of a company that handed in both.
with notes as (
    select
        company_code,
        note_no,
        reporting_month,
        closing_yuan,
        lead(reporting_month) over (partition by company_code, note_no order by reporting_month) as next_seen
    from {{ ref('fct_note_month') }}
    where reporting_month between date '{{ month_before(month_from(), 1) }}' and date '{{ month_to() }}'
)

select notes.company_code, notes.note_no, notes.reporting_month as last_seen_month, notes.closing_yuan
from notes
inner join {{ ref('int_reporting_periods') }} as periods
    on periods.company_code = notes.company_code
    and periods.reporting_month = (notes.reporting_month + interval '1 month')::date
where {{ in_requested_months('periods.reporting_month') }}
    and notes.closing_yuan > 0 and notes.next_seen is distinct from periods.reporting_month
