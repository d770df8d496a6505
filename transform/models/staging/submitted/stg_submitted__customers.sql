select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.customer_no,
    rows.customer_name,
    rows.customer_type
from {{ source('raw_submitted', 'customers') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
