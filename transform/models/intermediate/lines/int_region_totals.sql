with cells as (
    select * from {{ ref('int_company_totals') }}
    where reporting_month = {{ this_month() }} and org_level = 'company'
),

periods as (
    select * from {{ ref('int_reporting_periods') }}
    where reporting_month = {{ this_month() }}
)

select
    {{ this_month() }} as reporting_month,
    region.org_level,
    region.org_code,
    {{ summed(measure_names() + cumulative_names()) }}
from cells
inner join periods on periods.company_code = cells.company_code
{{ regions_above() }}
where {{ only_regions('region.org_code') }}
group by region.org_level, region.org_code
