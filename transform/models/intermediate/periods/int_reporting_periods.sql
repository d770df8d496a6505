with headers as (
    select * from {{ ref('stg_submitted__company_month') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

first_months as (
    select company_code, min(reporting_month) as first_month
    from {{ ref('stg_exchange__current_submissions') }}
    group by company_code
),

companies as (
    select * from {{ ref('dim_company') }}
)

select
    headers.reporting_month,
    headers.company_code,
    headers.submission_id,
    headers.previous_closing_date,
    headers.closing_date,
    headers.reporting_month = first_months.first_month as is_first_month,
    companies.opened_date,
    companies.county_code,
    companies.city_code,
    companies.zone_code,
    companies.province_code,
    headers.paid_in_capital_yuan,
    headers.loan_balance_yuan as submitted_balance_yuan,
    headers.note_count as submitted_note_count
from headers
inner join first_months on first_months.company_code = headers.company_code
inner join companies
    on companies.company_code = headers.company_code
    and companies.valid_from <= headers.closing_date
    and (companies.valid_to is null or headers.closing_date < companies.valid_to)
