-- CK-07: 表六 合计 = 当月发放, 表七 合计 = 各项贷款; >2 is the sum of its two rows.
with bands as (
    select 'T1-05' as status_line, * from {{ ref('rpt_06_rate_bands_granted') }} where {{ in_requested_months() }}
    union all
    select 'T1-07', * from {{ ref('rpt_07_rate_bands_balance') }} where {{ in_requested_months() }}
),

sums as (
    select
        status_line, reporting_month, org_level, org_code,
        sum(total_yuan) filter (where right(line_code, 2) = '10') as total_yuan,
        sum(company_yuan + small_business_yuan + urban_yuan + farmer_yuan)
            filter (where right(line_code, 2) = '10') as types_yuan,
        sum(total_yuan) filter (where right(line_code, 2) not in ('07', '10')) as bands_yuan,
        sum(total_yuan) filter (where right(line_code, 2) = '07') as above_two_yuan,
        sum(total_yuan) filter (where right(line_code, 2) in ('08', '09')) as above_two_rows_yuan
    from bands
    group by status_line, reporting_month, org_level, org_code
)

select sums.*, status.amount_yuan
from sums
inner join {{ ref('rpt_01_business_status') }} as status
    on status.reporting_month = sums.reporting_month and status.org_level = sums.org_level
    and status.org_code = sums.org_code and status.line_code = sums.status_line
where total_yuan <> status.amount_yuan or total_yuan <> types_yuan or total_yuan <> bands_yuan
    or above_two_yuan <> above_two_rows_yuan
