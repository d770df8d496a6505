-- CK-13: 最高年利率 >= 加权平均年利率 >= 最低年利率 of the month's disbursements.
with rates as (
    select
        reporting_month, org_level, org_code,
        max(value) filter (where line_code = 'T2-06') as maximum_rate,
        max(value) filter (where line_code = 'T2-07') as minimum_rate,
        max(value) filter (where line_code = 'T2-08') as average_rate
    from {{ ref('rpt_02_capital_finance') }}
    where {{ in_requested_months() }} and line_code in ('T2-06', 'T2-07', 'T2-08')
    group by reporting_month, org_level, org_code
)

select * from rates where maximum_rate < average_rate or average_rate < minimum_rate
