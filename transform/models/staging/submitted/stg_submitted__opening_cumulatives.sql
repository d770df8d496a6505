select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.item,
    rows.amount_yuan,
    rows.item_count
from {{ source('raw_submitted', 'opening_cumulatives') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
