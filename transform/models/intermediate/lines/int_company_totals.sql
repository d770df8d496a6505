with periods as (
    select * from {{ ref('int_reporting_periods') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

flows as (
    select * from {{ ref('int_company_cells') }}
    where reporting_month = {{ this_month() }} and dimension = 'TOTAL' and {{ only_companies() }}
),

previous as (
    select * from {{ this }}
    where reporting_month = {{ previous_month() }} and {{ only_companies() }}
),

opening as (
    select
        company_code,
        sum(amount_yuan) filter (where item = 'GRANTED') as granted_total_yuan,
        sum(item_count) filter (where item = 'GRANTED') as granted_total_count,
        sum(amount_yuan) filter (where item = 'COLLECTED') as collected_total_yuan,
        sum(item_count) filter (where item = 'COLLECTED') as collected_total_count,
        sum(amount_yuan) filter (where item = 'WRITTEN_OFF') as written_off_total_yuan,
        sum(amount_yuan) filter (where item = 'SOLD') as sold_total_yuan
    from {{ ref('stg_submitted__opening_cumulatives') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
    group by company_code
),

orgs as (
    select 'company' as org_level, company_code as org_code, company_code from periods
    union
    select org_level, org_code, company_code from flows
    union
    select 'manager', company_code || ':' || manager_no, company_code
    from {{ ref('stg_submitted__off_balance_items') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
    union
    select previous.org_level, previous.org_code, previous.company_code
    from previous inner join periods using (company_code)
),

carried as (
    select
        org_level, org_code,
        {% for name in cumulative_names() -%}
        {%- if '_year_' in name -%}
        case when {{ this_month() }} > {{ this_january() }} then {{ name }} else 0 end as {{ name }}
        {%- else -%} {{ name }} {%- endif -%}
        {{ ',' if not loop.last }}
        {% endfor %}
    from previous
)

select
    {{ this_month() }} as reporting_month,
    orgs.org_level,
    orgs.org_code,
    orgs.company_code,
    {% for name in measure_names() -%}
    coalesce(flows.{{ name }}, 0) as {{ name }},
    {% endfor -%}
    {% for name in cumulative_names() -%}
    coalesce(carried.{{ name }}, 0) + coalesce(flows.{{ name | replace('_year', '') | replace('_total', '') }}, 0)
        {%- if '_total_' in name %} + coalesce(opening.{{ name }}, 0) {%- endif %} as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from orgs
left join flows on flows.org_level = orgs.org_level and flows.org_code = orgs.org_code
left join carried on carried.org_level = orgs.org_level and carried.org_code = orgs.org_code
left join opening on orgs.org_level = 'company' and opening.company_code = orgs.org_code
