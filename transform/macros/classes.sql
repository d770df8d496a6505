{#- The five classes of the contract's code list class5, as column stems in printed order. -#}
{% macro class_names() -%}
  {{ return(['normal', 'special_mention', 'substandard', 'doubtful', 'loss']) }}
{%- endmacro %}

{#- The amounts of an exposure row; NULL stands for nothing, so that sums skip it cheaply. -#}
{% macro exposure_names() -%}
  {%- set names = [] -%}
  {%- for name in class_names() -%}
    {%- do names.extend([name ~ '_yuan', name ~ '_previous_yuan', name ~ '_off_yuan']) -%}
  {%- endfor -%}
  {{ return(names + ['opening_yuan', 'increase_yuan', 'decrease_yuan']) }}
{%- endmacro %}

{#- Total credit of an exposure row: all classes, on and off the balance sheet. -#}
{% macro credit_of_exposure(suffixes=['', '_off']) -%}
  {% for name in class_names() %}{% set outer = loop %}{% for suffix in suffixes -%}
  coalesce({{ name }}{{ suffix }}_yuan, 0){{ ' + ' if not (loop.last and outer.last) }}
  {%- endfor %}{% endfor %}
{%- endmacro %}

{#- The sum of some classes in one of the three columns groups ('', '_previous', '_off'). -#}
{% macro exposure_sum(members, suffix) -%}
  {% for name in members %}coalesce({{ name }}{{ suffix }}_yuan, 0){{ ' + ' if not loop.last }}{% endfor %}
{%- endmacro %}

{#- The rows of 表八 and 表九 of every unit. -#}
{% macro all_exposures() -%}
  {%- set columns = ['row_kind', 'customer_type', 'member_code', 'member_name', 'type_order', 'row_order', 'customer_count',
                     'loan_ledger_yuan', 'unit_customer_count', 'unit_loans_yuan'] + exposure_names() -%}
  select reporting_month, org_level, org_code, company_code, {{ columns | join(', ') }}
  from {{ ref('int_company_exposures') }}
  union all
  select reporting_month, org_level, org_code, company_code, {{ columns | join(', ') }}
  from {{ ref('int_manager_exposures') }}
  union all
  select reporting_month, org_level, org_code, null, {{ columns | join(', ') }}
  from {{ ref('int_region_exposures') }}
{%- endmacro %}
