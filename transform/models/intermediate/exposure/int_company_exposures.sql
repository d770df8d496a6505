{#- Row kinds: the customers of a type, then the subtotal of the type, at the end the total of the unit. -#}
with exposures as (
    select * from {{ ref('fct_exposure_month') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

orgs as (
    select org_level, org_code, company_code from {{ ref('int_company_totals') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

ledgers as (
    select company_code, loan_ledger_yuan from {{ ref('fct_finance_month') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

types as (
    select code, name_zh, sort_order from {{ ref('ref_code_lists') }}
    where code_list = 'customer_type' and {{ in_force() }}
),

customers as (
    select
        'manager' as org_level,
        company_code || ':' || manager_no as org_code,
        company_code, customer_type, customer_no, customer_name,
        {{ exposure_names() | join(', ') }}
    from exposures
    union all
    select
        'company', company_code, company_code, max(customer_type), customer_no, max(customer_name),
        {% for name in exposure_names() %}sum({{ name }}){{ ', ' if not loop.last }}{% endfor %}
    from exposures
    group by company_code, customer_no
),

listed as (
    select *, {{ credit_of_exposure() }} as credit_yuan, {{ credit_of_exposure(['']) }} as loans_yuan from customers
),

subtotals as (
    select
        org_level, org_code, customer_type, count(*) filter (where credit_yuan > 0) as customer_count,
        sum(loans_yuan) as loans_yuan,
        {{ summed(exposure_names()) }}
    from listed
    group by grouping sets ((org_level, org_code, customer_type), (org_level, org_code))
),

rows_of_orgs as (
    select
        org_level, org_code, company_code, 'customer' as row_kind, customer_type,
        customer_no as member_code, customer_name as member_name, (credit_yuan > 0)::integer as customer_count,
        loans_yuan, {{ exposure_names() | join(', ') }}
    from listed
    union all
    select
        orgs.org_level, orgs.org_code, orgs.company_code,
        case when customer_type is null then 'total' else 'type' end,
        customer_type, customer_type, null, coalesce(customer_count, 0),
        coalesce(loans_yuan, 0), {{ exposure_names() | join(', ') }}
    from orgs
    left join subtotals on subtotals.org_level = orgs.org_level and subtotals.org_code = orgs.org_code
)

select
    {{ this_month() }} as reporting_month,
    rows.org_level, rows.org_code, rows.company_code, rows.row_kind, rows.customer_type, rows.member_code,
    case when rows.row_kind = 'customer' then rows.member_name else types.name_zh end as member_name,
    types.sort_order as type_order,
    row_number() over (
        partition by rows.org_level, rows.org_code
        order by types.sort_order nulls last, rows.row_kind, rows.loans_yuan desc, rows.member_code
    ) as row_order,
    rows.customer_count,
    case when rows.row_kind = 'total' and rows.org_level = 'company' then ledgers.loan_ledger_yuan end as loan_ledger_yuan,
    units.customer_count as unit_customer_count,
    units.loans_yuan as unit_loans_yuan,
    {% for name in exposure_names() %}rows.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
from rows_of_orgs as rows
left join subtotals as units
    on units.customer_type is null and units.org_level = rows.org_level and units.org_code = rows.org_code
left join types on types.code = rows.customer_type
left join ledgers on ledgers.company_code = rows.company_code
