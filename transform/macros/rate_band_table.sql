{#- 表六 and 表七: a measure by rate band and customer type, with the share of each column total. -#}
{% macro rate_band_table(table_no, measure) -%}
{%- set types = {'COMPANY': 'company', 'SMALL_BUSINESS': 'small_business', 'URBAN': 'urban', 'FARMER': 'farmer'} -%}
{%- set names = types.values() | list + ['total'] -%}
with orgs as (
    select * from {{ ref('fct_total_month') }}
    where reporting_month = {{ this_month() }} and {{ only_orgs() }}
),

members as (
    {{ line_members(table_no) }}
),

cells as (
    select * from {{ ref('fct_cell_month') }}
    where reporting_month = {{ this_month() }} and dimension = 'rate_band' and {{ only_orgs() }}
),

column_totals as (
    select
        org_level,
        org_code,
        {% for code, name in types.items() -%}
        nullif(sum({{ measure }}) filter (where customer_type = '{{ code }}'), 0) as {{ name }},
        {% endfor -%}
        nullif(sum({{ measure }}), 0) as total
    from cells
    group by org_level, org_code
),

line_sums as (
    select
        cells.org_level,
        cells.org_code,
        members.line_code,
        {% for code, name in types.items() -%}
        sum(cells.{{ measure }}) filter (where cells.customer_type = '{{ code }}') as {{ name }}_yuan,
        {% endfor -%}
        sum(cells.{{ measure }}) as total_yuan
    from cells
    inner join members on members.dimension = cells.dimension and members.member = cells.member
    group by cells.org_level, cells.org_code, members.line_code
)

select
    {{ this_month() }} as reporting_month,
    orgs.org_level,
    orgs.org_code,
    orgs.company_code,
    lines.line_code,
    lines.line_order,
    {% for name in names -%}
    coalesce(line_sums.{{ name }}_yuan, 0) as {{ name }}_yuan,
    {% endfor -%}
    {% for name in names -%}
    coalesce(line_sums.{{ name }}_yuan, 0) / column_totals.{{ name }} as {{ name }}_ratio{{ ',' if not loop.last }}
    {% endfor %}
from orgs
cross join ({{ lines_of(table_no) }}) as lines
left join line_sums using (org_level, org_code, line_code)
left join column_totals using (org_level, org_code)
{%- endmacro %}
