{#- Printed lines of a table in force at the month. -#}
{% macro lines_of(table_no) -%}
  select * from {{ ref('ref_report_lines') }} where table_no = {{ table_no }} and {{ in_force() }}
{%- endmacro %}

{#- One row per printed line and member it sums. -#}
{% macro line_members(table_no) -%}
  select lines.line_code, lines.line_order, lines.dimension, members.member
  from ({{ lines_of(table_no) }}) as lines
  cross join lateral unnest(string_to_array(lines.members, '|')) as members (member)
{%- endmacro %}

{#- The printed rows of an earlier month as operands of the comparison columns: of a region, the sum over the
    companies that submitted this month, so that a missing company does not look like a fall. -#}
{% macro operands(earlier_month) -%}
    select org_level, org_code, line_code, amount_yuan, note_count from {{ this }}
    where reporting_month = {{ earlier_month }} and company_code is not null and {{ only_companies() }}
    union all
    select
        region.org_level, region.org_code, earlier.line_code, sum(earlier.amount_yuan), sum(earlier.note_count)
    from {{ this }} as earlier
    inner join {{ ref('int_reporting_periods') }} as periods on periods.company_code = earlier.company_code
    {{ regions_above() }}
    where earlier.reporting_month = {{ earlier_month }} and earlier.org_level = 'company'
        and periods.reporting_month = {{ this_month() }} and {{ only_regions('region.org_code') }}
    group by region.org_level, region.org_code, earlier.line_code
{%- endmacro %}

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
