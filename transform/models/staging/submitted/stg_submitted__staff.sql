select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.staff_no,
    rows.staff_name,
    rows.is_customer_manager
from {{ source('raw_submitted', 'staff') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
