select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.event_no,
    rows.note_no,
    rows.booking_date,
    rows.event_type,
    rows.principal_yuan
from {{ source('raw_submitted', 'loan_events') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
