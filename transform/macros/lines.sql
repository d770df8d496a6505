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
