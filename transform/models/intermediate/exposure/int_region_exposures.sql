{#- Above the companies the list stops at customer type and company: no customer leaves its company. -#}
with rows_of_companies as (
    select * from {{ ref('int_company_exposures') }}
    where reporting_month = {{ this_month() }} and row_kind in ('type', 'total')
),

periods as (
    select * from {{ ref('int_reporting_periods') }} where reporting_month = {{ this_month() }}
),

companies as (
    select * from {{ ref('dim_company') }}
),

types as (
    select code, name_zh, sort_order from {{ ref('ref_code_lists') }}
    where code_list = 'customer_type' and {{ in_force() }}
),

placed as (
    select
        region.org_level, region.org_code, companies.company_name, rows.*,
        {{ credit_of_exposure(['']) }} as loans_yuan
    from (select company_code, row_kind, customer_type, customer_count, loan_ledger_yuan,
            {{ exposure_names() | join(', ') }} from rows_of_companies) as rows
    inner join periods on periods.company_code = rows.company_code
    inner join companies
        on companies.company_code = rows.company_code and companies.valid_from <= periods.closing_date
        and (companies.valid_to is null or periods.closing_date < companies.valid_to)
    {{ regions_above() }}
    where {{ only_regions('region.org_code') }}
),

rows_of_regions as (
    select
        org_level, org_code, 'company' as row_kind, customer_type, company_code as member_code,
        company_name as member_name, customer_count, loans_yuan, null::numeric as loan_ledger_yuan,
        {{ exposure_names() | join(', ') }}
    from placed
    where row_kind = 'type'
    union all
    select
        org_level, org_code, row_kind, customer_type, customer_type, null, sum(customer_count), sum(loans_yuan),
        sum(loan_ledger_yuan),
        {% for name in exposure_names() %}sum({{ name }}){{ ', ' if not loop.last }}{% endfor %}
    from placed
    group by org_level, org_code, row_kind, customer_type
)

select
    {{ this_month() }} as reporting_month,
    rows.org_level, rows.org_code, rows.row_kind, rows.customer_type, rows.member_code,
    coalesce(rows.member_name, types.name_zh) as member_name,
    types.sort_order as type_order,
    row_number() over (
        partition by rows.org_level, rows.org_code
        order by types.sort_order nulls last, rows.row_kind, rows.loans_yuan desc, rows.member_code
    ) as row_order,
    rows.customer_count,
    rows.loan_ledger_yuan,
    units.customer_count as unit_customer_count,
    units.loans_yuan as unit_loans_yuan,
    {% for name in exposure_names() %}rows.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
from rows_of_regions as rows
left join rows_of_regions as units
    on units.row_kind = 'total' and units.org_level = rows.org_level and units.org_code = rows.org_code
left join types on types.code = rows.customer_type
