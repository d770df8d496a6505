select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.account_code,
    rows.standard_account_code,
    rows.opening_debit_yuan,
    rows.opening_credit_yuan,
    rows.period_debit_yuan,
    rows.period_credit_yuan,
    rows.closing_debit_yuan,
    rows.closing_credit_yuan
from {{ source('raw_submitted', 'trial_balance') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
