{#- Made when it is read: few ask for the list of a single customer manager. -#}
with customers as not materialized (
    select
        exposures.*,
        {{ credit_of_exposure(['']) }} as loans_yuan,
        ({{ credit_of_exposure() }} > 0)::integer as customer_count
    from {{ ref('fct_exposure_month') }} as exposures
),

printed as not materialized (
    select
        reporting_month, company_code, manager_no, 'customer' as row_kind, customer_type,
        customer_no as member_code, customer_name as member_name, loans_yuan, customer_count,
        {{ exposure_names() | join(', ') }}
    from customers
    union all
    select
        reporting_month, company_code, manager_no, 'type', customer_type, customer_type, null::text,
        sum(loans_yuan), sum(customer_count)::integer, {{ summed(exposure_names()) }}
    from customers
    group by reporting_month, company_code, manager_no, customer_type
    union all
    select
        reporting_month, company_code, manager_no, 'total', null::text, null::text, null::text,
        sum(loans_yuan), sum(customer_count)::integer, {{ summed(exposure_names()) }}
    from customers
    group by reporting_month, company_code, manager_no
)

select
    rows.reporting_month,
    'manager' as org_level,
    rows.company_code || ':' || rows.manager_no as org_code,
    rows.company_code,
    rows.row_kind,
    rows.customer_type,
    rows.member_code,
    coalesce(rows.member_name, codes.name_zh) as member_name,
    codes.sort_order as type_order,
    row_number() over (
        partition by rows.reporting_month, rows.company_code || ':' || rows.manager_no, rows.company_code
        order by codes.sort_order nulls last, rows.row_kind, rows.loans_yuan desc, rows.member_code
    ) as row_order,
    rows.customer_count,
    null::numeric as loan_ledger_yuan,
    sum(rows.customer_count) filter (where rows.row_kind = 'total') over unit as unit_customer_count,
    sum(rows.loans_yuan) filter (where rows.row_kind = 'total') over unit as unit_loans_yuan,
    {% for name in exposure_names() %}rows.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
from printed as rows
left join {{ ref('ref_code_lists') }} as codes
    on codes.code_list = 'customer_type' and codes.code = rows.customer_type
    and codes.valid_from <= rows.reporting_month
    and (codes.valid_to is null or rows.reporting_month < codes.valid_to)
window unit as (partition by rows.reporting_month, rows.company_code || ':' || rows.manager_no, rows.company_code)
