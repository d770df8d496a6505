-- CK-05: 累放(m) = 累放(m-1) + 当月发放, 累收 likewise, for companies that handed in both months.
with totals as (
    select
        *,
        lag(reporting_month) over company as previous_month,
        lag(granted_total_yuan) over company as granted_before_yuan,
        lag(collected_total_yuan) over company as collected_before_yuan
    from {{ ref('int_company_totals') }}
    where reporting_month between date '{{ month_before(month_from(), 1) }}' and date '{{ month_to() }}'
        and org_level = 'company'
    window company as (partition by company_code order by reporting_month)
)

select
    reporting_month, company_code, granted_total_yuan, granted_before_yuan, granted_yuan,
    collected_total_yuan, collected_before_yuan, collected_yuan
from totals
where {{ in_requested_months() }} and previous_month = (reporting_month - interval '1 month')::date
    and (granted_total_yuan <> granted_before_yuan + granted_yuan
        or collected_total_yuan <> collected_before_yuan + collected_yuan)
