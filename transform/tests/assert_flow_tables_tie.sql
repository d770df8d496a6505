-- CK-04: 当月发放 / 当月收回 of 表一 = every group of 表三 / 表四.
{%- set groups = {
    'customer_type': ['01', '02', '03', '04'], 'security': ['05', '06', '08', '09'],
    'size': ['18', '19', '20', '21'], 'term': ['22', '23', '24', '25'] } %}
with flows as (
    select '3' as table_no, * from {{ ref('rpt_03_granted') }} where {{ in_requested_months() }}
    union all
    select '4', * from {{ ref('rpt_04_collected') }} where {{ in_requested_months() }}
),

sums as (
    select
        table_no, reporting_month, org_level, org_code,
        {% for name, lines in groups.items() -%}
        sum(amount_yuan) filter (where right(line_code, 2) in ('{{ lines | join("', '") }}')) as {{ name }}_yuan,
        sum(note_count) filter (where right(line_code, 2) in ('{{ lines | join("', '") }}')) as {{ name }}_count
        {{- ',' if not loop.last }}
        {% endfor %}
    from flows
    group by table_no, reporting_month, org_level, org_code
)

select sums.*, status.amount_yuan, status.note_count
from sums
inner join {{ ref('rpt_01_business_status') }} as status
    on status.reporting_month = sums.reporting_month and status.org_level = sums.org_level
    and status.org_code = sums.org_code
    and status.line_code = case sums.table_no when '3' then 'T1-05' else 'T1-06' end
where {% for name in groups -%}
    status.amount_yuan <> {{ name }}_yuan or status.note_count <> {{ name }}_count{{ ' or ' if not loop.last }}
    {%- endfor %}
