{#- Row kinds: the customers of a type, then the subtotal of the type, at the end the total of the company. -#}
with customers as (
    select
        company_code,
        customer_no,
        max(customer_name) as customer_name,
        max(customer_type) as customer_type,
        {{ summed(exposure_names()) }}
    from (
        select * from {{ ref('fct_exposure_month') }}
        where reporting_month = {{ this_month() }} and {{ only_companies() }}
    ) as exposures
    group by company_code, customer_no
),

companies as (
    select periods.company_code, finance.loan_ledger_yuan
    from {{ ref('int_reporting_periods') }} as periods
    left join {{ ref('fct_finance_month') }} as finance
        on finance.company_code = periods.company_code and finance.reporting_month = {{ this_month() }}
    where periods.reporting_month = {{ this_month() }} and {{ only_companies('periods.company_code') }}
),

listed as (
    select
        *,
        {{ credit_of_exposure(['']) }} as loans_yuan,
        ({{ credit_of_exposure() }} > 0)::integer as customer_count
    from customers
),

types as (
    select
        company_code, customer_type, sum(loans_yuan) as loans_yuan, sum(customer_count) as customer_count,
        {{ summed(exposure_names()) }}
    from listed
    group by company_code, customer_type
),

totals as (
    select
        companies.company_code,
        max(companies.loan_ledger_yuan) as loan_ledger_yuan,
        coalesce(sum(loans_yuan), 0) as loans_yuan,
        coalesce(sum(customer_count), 0) as customer_count,
        {{ summed(exposure_names()) }}
    from companies
    left join types on types.company_code = companies.company_code
    group by companies.company_code
),

printed as (
    select
        company_code, 'customer' as row_kind, customer_type, customer_no as member_code, customer_name as member_name,
        loans_yuan, customer_count, null::numeric as loan_ledger_yuan, {{ exposure_names() | join(', ') }}
    from listed
    union all
    select
        company_code, 'type', customer_type, customer_type, null, loans_yuan, customer_count, null,
        {{ exposure_names() | join(', ') }}
    from types
    union all
    select
        company_code, 'total', null, null, null, loans_yuan, customer_count, loan_ledger_yuan,
        {{ exposure_names() | join(', ') }}
    from totals
)

select
    {{ this_month() }} as reporting_month,
    'company' as org_level,
    rows.company_code as org_code,
    rows.company_code,
    rows.row_kind,
    rows.customer_type,
    rows.member_code,
    coalesce(rows.member_name, codes.name_zh) as member_name,
    codes.sort_order as type_order,
    row_number() over (
        partition by rows.company_code
        order by codes.sort_order nulls last, rows.row_kind, rows.loans_yuan desc, rows.member_code
    ) as row_order,
    rows.customer_count,
    rows.loan_ledger_yuan,
    units.customer_count as unit_customer_count,
    units.loans_yuan as unit_loans_yuan,
    {% for name in exposure_names() %}rows.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
from printed as rows
inner join totals as units on units.company_code = rows.company_code
left join {{ ref('ref_code_lists') }} as codes
    on codes.code_list = 'customer_type' and codes.code = rows.customer_type and {{ in_force('codes') }}
