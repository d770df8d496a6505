with companies as (
    select * from {{ ref('stg_reference__companies') }}
),

regions as (
    select * from {{ ref('ref_regions') }}
),

zones as (
    select * from {{ ref('ref_zones') }}
)

select
    companies.company_code,
    companies.valid_from,
    companies.valid_to,
    companies.company_name,
    companies.county_code,
    county.name as county_name,
    county.parent as city_code,
    city.name as city_name,
    zones.zone_code,
    city.parent as province_code,
    companies.opened_date,
    companies.closed_date,
    companies.paid_in_capital_yuan
from companies
left join regions as county on county.code = companies.county_code
left join regions as city on city.code = county.parent
left join zones on zones.zone_name = county.zone
