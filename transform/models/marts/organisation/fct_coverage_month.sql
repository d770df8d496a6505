with month_end as (
    select ({{ this_month() }} + interval '1 month' - interval '1 day')::date as month_end
),

expected as (
    select companies.*
    from {{ ref('dim_company') }} as companies
    cross join month_end
    where companies.valid_from <= month_end and (companies.valid_to is null or month_end < companies.valid_to)
        and companies.opened_date <= month_end
        and (companies.closed_date is null or companies.closed_date >= {{ this_month() }})
),

submitted as (
    select company_code from {{ ref('int_reporting_periods') }} where reporting_month = {{ this_month() }}
),

orgs as (
    select expected.*, (submitted.company_code is not null)::integer as is_submitted
    from expected
    left join submitted on submitted.company_code = expected.company_code
)

select
    {{ this_month() }} as reporting_month,
    org.org_level,
    org.org_code,
    count(*) as expected_count,
    sum(orgs.is_submitted) as submitted_count
from orgs
cross join lateral (values
    ('company', orgs.company_code), ('county', orgs.county_code), ('city', orgs.city_code),
    ('zone', orgs.zone_code), ('province', orgs.province_code)
) as org (org_level, org_code)
group by org.org_level, org.org_code
