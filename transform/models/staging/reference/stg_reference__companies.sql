select
    company_code, valid_from, valid_to, company_name, county_code, opened_date, closed_date, paid_in_capital_yuan
from {{ source('reference', 'companies') }}
