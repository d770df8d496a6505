-- CK-12: 户数 of a month never exceeds its 笔数; the year counts at least the customers of the month.
{{ config(severity='warn') }}
with customers as (
    select * from {{ ref('rpt_05_customers') }} where {{ in_requested_months() }} and line_code like 'T5-0_' and line_order <= 4
),

notes as (
    select granted.reporting_month, granted.org_level, granted.org_code, granted.line_order,
        granted.note_count as granted_count, collected.note_count as collected_count
    from {{ ref('rpt_03_granted') }} as granted
    inner join {{ ref('rpt_04_collected') }} as collected using (reporting_month, org_level, org_code, line_order)
    where {{ in_requested_months('granted.reporting_month') }} and granted.line_order <= 4
)

select customers.*, notes.granted_count, notes.collected_count
from customers
inner join notes using (reporting_month, org_level, org_code, line_order)
where customers.granted_month_count > notes.granted_count
    or customers.collected_month_count > notes.collected_count
    or customers.granted_year_count < customers.granted_month_count
    or customers.collected_year_count < customers.collected_month_count
