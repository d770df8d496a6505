with exposure_rows as (
    {{ all_exposures() }}
),

credits as (
    select *, {{ credit_of_exposure() }} as credit_yuan, {{ credit_of_exposure(['_off']) }} as guarantees_yuan
    from exposure_rows
)

select
    reporting_month,
    org_level,
    org_code,
    company_code,
    row_kind,
    customer_type,
    member_code,
    member_name,
    row_number() over (
        partition by reporting_month, org_level, org_code
        order by type_order, row_kind, credit_yuan desc, member_code
    ) as row_order,
    customer_count,
    credit_yuan as closing_yuan,
    coalesce(increase_yuan, 0) as increase_yuan,
    coalesce(decrease_yuan, 0) as decrease_yuan,
    {% for name in class_names() -%}
    coalesce({{ name }}_yuan, 0) + coalesce({{ name }}_off_yuan, 0) as {{ name }}_yuan,
    {% endfor -%}
    coalesce(opening_yuan, 0) as opening_yuan,
    loan_ledger_yuan + guarantees_yuan as ledger_yuan,
    credit_yuan - loan_ledger_yuan - guarantees_yuan as difference_yuan
from credits
