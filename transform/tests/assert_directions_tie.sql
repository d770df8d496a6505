-- CK-03: 涉农 = its four sub-lines; 涉农 + 工商业 + memo 其他 = 各项贷款.
with memo as (
    select reporting_month, org_level, org_code, closing_yuan as other_yuan
    from {{ ref('fct_cell_month') }}
    where {{ in_requested_months() }} and dimension = 'direction_line' and member = 'OTHER'
),

lines as (
    select
        reporting_month,
        org_level,
        org_code,
        sum(amount_yuan) filter (where line_code = 'T1-07') as loans_yuan,
        sum(amount_yuan) filter (where line_code = 'T1-13') as agriculture_yuan,
        sum(amount_yuan) filter (where line_code in ('T1-14', 'T1-15', 'T1-16', 'T1-17')) as sub_lines_yuan,
        sum(amount_yuan) filter (where line_code = 'T1-18') as business_yuan,
        sum(amount_yuan) filter (where line_code in ('T1-19', 'T1-20')) as business_sub_lines_yuan
    from {{ ref('rpt_01_business_status') }}
    where {{ in_requested_months() }}
    group by reporting_month, org_level, org_code
)

select lines.*, memo.other_yuan
from lines
left join memo using (reporting_month, org_level, org_code)
where agriculture_yuan <> sub_lines_yuan
    or business_yuan < business_sub_lines_yuan
    or loans_yuan <> agriculture_yuan + business_yuan + coalesce(other_yuan, 0)
