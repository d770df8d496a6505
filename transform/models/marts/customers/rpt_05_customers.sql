with counts as (
    select * from {{ ref('int_customer_counts') }} where reporting_month = {{ this_month() }}
),

periods as (
    select * from {{ ref('int_reporting_periods') }} where reporting_month = {{ this_month() }}
)

select
    {{ this_month() }} as reporting_month,
    'company' as org_level,
    company_code as org_code,
    company_code,
    line_code,
    line_order,
    {{ customer_count_names() | join(', ') }}
from counts
where {{ only_companies() }}
union all
select
    {{ this_month() }},
    region.org_level,
    region.org_code,
    null,
    counts.line_code,
    counts.line_order,
    {{ summed(customer_count_names()) }}
from counts
inner join periods on periods.company_code = counts.company_code
{{ regions_above() }}
where {{ only_regions('region.org_code') }}
group by region.org_level, region.org_code, counts.line_code, counts.line_order
