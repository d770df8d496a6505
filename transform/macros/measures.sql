{#- The additive measures of a cell, in their one order. -#}
{% macro measure_names() -%}
  {{ return(['closing_yuan', 'closing_count', 'granted_yuan', 'granted_count', 'collected_yuan', 'collected_count',
             'written_off_yuan', 'sold_yuan']) }}
{%- endmacro %}

{#- Running totals carried from month to month: since January, and since the company opened. -#}
{% macro cumulative_names() -%}
  {{ return(['granted_year_yuan', 'granted_year_count', 'collected_year_yuan', 'collected_year_count',
             'granted_total_yuan', 'granted_total_count', 'collected_total_yuan', 'collected_total_count',
             'written_off_total_yuan', 'sold_total_yuan']) }}
{%- endmacro %}

{% macro measures() -%}{{ measure_names() | join(', ') }}{%- endmacro %}

{% macro summed(names) -%}
  {% for name in names %}sum({{ name }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{#- The columns of 表五. -#}
{% macro customer_count_names() -%}
  {{ return(['granted_month_count', 'collected_month_count', 'granted_year_count', 'collected_year_count',
             'granted_total_count', 'collected_total_count']) }}
{%- endmacro %}
