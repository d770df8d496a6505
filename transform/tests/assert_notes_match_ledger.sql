-- CK-09: the notes of a company add up to its ledger accounts 1303 and 1301.
select totals.reporting_month, totals.company_code, totals.closing_yuan, finance.loan_ledger_yuan
from {{ ref('int_company_totals') }} as totals
inner join {{ ref('fct_finance_month') }} as finance
    on finance.reporting_month = totals.reporting_month and finance.company_code = totals.company_code
where {{ in_requested_months('totals.reporting_month') }} and totals.org_level = 'company'
    and totals.closing_yuan <> finance.loan_ledger_yuan
