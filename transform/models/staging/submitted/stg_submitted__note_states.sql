select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.note_no,
    rows.opening_balance_yuan,
    rows.closing_balance_yuan,
    rows.overdue_principal_yuan,
    rows.overdue_days_principal,
    rows.overdue_days_interest,
    rows.class5
from {{ source('raw_submitted', 'note_states') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
