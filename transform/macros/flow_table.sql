{#- 表三 and 表四: a flow of the month by line, against the flow of the month before. -#}
{% macro flow_table(table_no, measure) -%}
with orgs as (
    select * from {{ ref('fct_total_month') }}
    where reporting_month = {{ this_month() }} and {{ only_orgs() }}
),

members as (
    {{ line_members(table_no) }}
),

cells as (
    select
        cells.org_level,
        cells.org_code,
        members.line_code,
        sum(cells.{{ measure }}_yuan) as amount_yuan,
        sum(cells.{{ measure }}_count) as note_count
    from {{ ref('fct_cell_month') }} as cells
    inner join members on members.dimension = cells.dimension and members.member = cells.member
    where cells.reporting_month = {{ this_month() }} and {{ only_orgs('cells.company_code', 'cells.org_code') }}
    group by cells.org_level, cells.org_code, members.line_code
),

previous as (
    {{ operands(previous_month()) }}
),

printed as (
    select
        orgs.org_level,
        orgs.org_code,
        orgs.company_code,
        lines.line_code,
        lines.line_order,
        coalesce(cells.amount_yuan, 0) as amount_yuan,
        coalesce(cells.note_count, 0) as note_count
    from orgs
    cross join ({{ lines_of(table_no) }}) as lines
    left join cells using (org_level, org_code, line_code)
)

select
    {{ this_month() }} as reporting_month,
    printed.*,
    printed.amount_yuan - coalesce(previous.amount_yuan, 0) as amount_change_month_yuan,
    printed.note_count - coalesce(previous.note_count, 0) as count_change_month
from printed
left join previous using (org_level, org_code, line_code)
{%- endmacro %}
