select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.previous_closing_date,
    rows.closing_date,
    rows.paid_in_capital_yuan,
    rows.loan_balance_yuan,
    rows.note_count
from {{ source('raw_submitted', 'company_month') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
