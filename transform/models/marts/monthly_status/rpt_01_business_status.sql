with orgs as (
    select * from {{ ref('fct_total_month') }}
    where reporting_month = {{ this_month() }} and {{ only_orgs() }}
),

members as (
    {{ line_members(1) }}
),

cells as (
    select
        cells.org_level,
        cells.org_code,
        members.line_code,
        sum(cells.closing_yuan) as amount_yuan,
        sum(cells.closing_count) as note_count
    from {{ ref('fct_cell_month') }} as cells
    inner join members on members.dimension = cells.dimension and members.member = cells.member
    where cells.reporting_month = {{ this_month() }} and {{ only_orgs('cells.company_code', 'cells.org_code') }}
    group by cells.org_level, cells.org_code, members.line_code
),

previous as (
    {{ operands(previous_month()) }}
),

december as (
    {{ operands(previous_december()) }}
),

printed as (
    select
        orgs.org_level,
        orgs.org_code,
        orgs.company_code,
        lines.line_code,
        lines.line_order,
        lines.comparison,
        case lines.measure
            {% for measure in ['granted', 'collected', 'granted_year', 'collected_year', 'granted_total', 'collected_total'] -%}
            when '{{ measure }}' then orgs.{{ measure }}_yuan
            {% endfor -%}
            else coalesce(cells.amount_yuan, 0)
        end as amount_yuan,
        case lines.measure
            {% for measure in ['granted', 'collected', 'granted_year', 'collected_year', 'granted_total', 'collected_total'] -%}
            when '{{ measure }}' then orgs.{{ measure }}_count
            {% endfor -%}
            else coalesce(cells.note_count, 0)
        end as note_count,
        case when lines.measure like 'granted%' then orgs.granted_yuan else orgs.collected_yuan end as flow_yuan,
        case when lines.measure like 'granted%' then orgs.granted_count else orgs.collected_count end as flow_count,
        case when lines.measure like 'granted%' then orgs.granted_year_yuan else orgs.collected_year_yuan end
            as year_flow_yuan,
        case when lines.measure like 'granted%' then orgs.granted_year_count else orgs.collected_year_count end
            as year_flow_count
    from orgs
    cross join ({{ lines_of(1) }}) as lines
    left join cells using (org_level, org_code, line_code)
)

select
    {{ this_month() }} as reporting_month,
    printed.org_level,
    printed.org_code,
    printed.company_code,
    printed.line_code,
    printed.line_order,
    printed.amount_yuan,
    printed.note_count,
    case when printed.comparison like 'cumulative%' then printed.flow_yuan
        else printed.amount_yuan - coalesce(previous.amount_yuan, 0) end as amount_change_month_yuan,
    case when printed.comparison like 'cumulative%' then printed.flow_count
        else printed.note_count - coalesce(previous.note_count, 0) end as count_change_month,
    case printed.comparison
        when 'month_flow' then null
        when 'stock' then printed.amount_yuan - coalesce(december.amount_yuan, 0)
        else printed.year_flow_yuan end as amount_change_year_yuan,
    case printed.comparison
        when 'month_flow' then null
        when 'stock' then printed.note_count - coalesce(december.note_count, 0)
        else printed.year_flow_count end as count_change_year
from printed
left join previous using (org_level, org_code, line_code)
left join december using (org_level, org_code, line_code)
