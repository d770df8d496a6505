{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['org_level', 'org_code']) }}
{#- Managers are known from the staff lists; the newest list stands, older ones keep whoever has left. -#}
with companies as (
    select distinct on (company_code) * from {{ ref('dim_company') }}
    order by company_code, valid_from desc
),

regions as (
    select * from {{ ref('ref_regions') }}
),

zones as (
    select * from {{ ref('ref_zones') }}
),

staff as (
    select distinct on (company_code, staff_no) company_code, staff_no, staff_name, reporting_month
    from {{ ref('stg_submitted__staff') }}
    where {{ in_requested_months() }} and {{ only_companies() }}
    order by company_code, staff_no, reporting_month desc
),

orgs as (
    select
        'manager' as org_level, staff.company_code || ':' || staff.staff_no as org_code, staff.staff_name as org_name,
        staff.company_code as parent_code, staff.company_code, companies.county_code, companies.city_code,
        companies.zone_code, staff.reporting_month as known_month
    from staff
    inner join companies on companies.company_code = staff.company_code
    union all
    select
        'company', company_code, company_name, county_code, company_code, county_code, city_code, zone_code, null
    from companies
    union all
    select 'county', regions.code, regions.name, regions.parent, null, regions.code, regions.parent, zones.zone_code, null
    from regions
    left join zones on zones.zone_name = regions.zone
    where regions.level = 'county'
    union all
    select 'city', regions.code, regions.name, zones.zone_code, null, null, regions.code, zones.zone_code, null
    from regions
    left join zones on zones.zone_name = regions.zone
    where regions.level = 'city'
    union all
    select 'zone', zones.zone_code, zones.zone_name, province.code, null, null, null, zones.zone_code, null
    from zones
    inner join regions as province on province.level = 'province'
    union all
    select 'province', code, name, null, null, null, null, null, null
    from regions
    where level = 'province'
)

select org_level, org_code, org_name, parent_code, company_code, county_code, city_code, zone_code, known_month
from orgs
{% if is_incremental() -%}
where not exists (
    select 1 from {{ this }} as known
    where known.org_level = orgs.org_level and known.org_code = orgs.org_code and known.known_month > orgs.known_month
)
{%- endif %}
