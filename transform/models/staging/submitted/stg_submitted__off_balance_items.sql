select
    rows.reporting_month,
    rows.company_code,
    rows.submission_id,
    rows.item_no,
    rows.customer_no,
    rows.manager_no,
    rows.opening_balance_yuan,
    rows.increase_yuan,
    rows.decrease_yuan,
    rows.closing_balance_yuan,
    rows.class5
from {{ source('raw_submitted', 'off_balance_items') }} as rows
inner join {{ ref('stg_exchange__current_submissions') }} as standing
    on standing.submission_id = rows.submission_id and standing.reporting_month = rows.reporting_month
