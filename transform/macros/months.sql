{#- Months reach the models through the environment. A model is compiled once, with the literals of the first
    month of the range; the materialization puts the literals of every other month in their place, so that
    PostgreSQL prunes partitions when it plans. The comment behind a literal is what it is found by. -#}

{% macro month_from() -%}
  {{ return(env_var('LENDWATCH_MONTH_FROM', '') or '1900-01-01') }}
{%- endmacro %}

{% macro month_to() -%}
  {{ return(env_var('LENDWATCH_MONTH_TO', '') or month_from()) }}
{%- endmacro %}

{#- The month `back` months before `month` (both texts, first of month). -#}
{% macro month_before(month, back) -%}
  {%- set index = month[0:4] | int * 12 + month[5:7] | int - 1 - back -%}
  {{ return('%04d-%02d-01' | format(index // 12, index % 12 + 1)) }}
{%- endmacro %}

{#- All months of the invocation in order. -#}
{% macro requested_months() -%}
  {%- set first, last = month_from(), month_to() -%}
  {%- set count = (last[0:4] | int - first[0:4] | int) * 12 + last[5:7] | int - first[5:7] | int + 1 -%}
  {%- set months = [] -%}
  {%- for offset in range(count) -%}{%- do months.append(month_before(first, -offset)) -%}{%- endfor -%}
  {{ return(months) }}
{%- endmacro %}

{#- What each token of a model means for `month`. -#}
{% macro month_literals(month) -%}
  {{ return({
    'this month': month,
    'previous month': month_before(month, 1),
    'previous December': month_before(month, month[5:7] | int),
    'January': month_before(month, month[5:7] | int - 1),
    'same month last year': month_before(month, 12),
  }) }}
{%- endmacro %}

{% macro month_literal(name, month) -%}
  date '{{ month_literals(month)[name] }}' /* {{ name }} */
{%- endmacro %}

{% macro this_month() -%}{{ month_literal('this month', month_from()) }}{%- endmacro %}
{% macro previous_month() -%}{{ month_literal('previous month', month_from()) }}{%- endmacro %}
{% macro previous_december() -%}{{ month_literal('previous December', month_from()) }}{%- endmacro %}
{% macro this_january() -%}{{ month_literal('January', month_from()) }}{%- endmacro %}
{% macro same_month_last_year() -%}{{ month_literal('same month last year', month_from()) }}{%- endmacro %}

{#- Rewrite the SQL compiled for the first month of the range into that of `month`. -#}
{% macro sql_of_month(sql, month) -%}
  {%- set result = namespace(sql=sql) -%}
  {%- for name in month_literals(month) -%}
    {%- set result.sql = result.sql | replace(month_literal(name, month_from()), month_literal(name, month)) -%}
  {%- endfor -%}
  {{ return(result.sql) }}
{%- endmacro %}

{#- Condition of the data tests: only the requested months are looked at. -#}
{% macro in_requested_months(column='reporting_month') -%}
  {{ column }} between date '{{ month_from() }}' and date '{{ month_to() }}'
{%- endmacro %}

{#- Rows of a dated seed in force at the month. -#}
{% macro in_force(alias='') -%}
  {%- set prefix = alias ~ '.' if alias else '' -%}
  {{ prefix }}valid_from <= {{ this_month() }} and ({{ prefix }}valid_to is null or {{ this_month() }} < {{ prefix }}valid_to)
{%- endmacro %}
