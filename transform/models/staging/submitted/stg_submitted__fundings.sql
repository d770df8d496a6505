select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.funding_no,
    rows.funding_source,
    rows.closing_balance_yuan
from {{ source('raw_submitted', 'fundings') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
