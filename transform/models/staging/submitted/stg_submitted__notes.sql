select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.note_no,
    rows.contract_no,
    rows.customer_no,
    rows.product_code,
    rows.manager_no,
    rows.original_amount_yuan,
    rows.start_date,
    rows.original_maturity_date,
    rows.annual_rate_pct,
    rows.reference_rate_type,
    rows.reference_rate_pct,
    rows.primary_security,
    rows.joint_group_no,
    rows.direction_line
from {{ source('raw_submitted', 'notes') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
