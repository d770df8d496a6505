-- CK-01, per note: opening + granted - collected - written off - sold is the balance of the company's own books.
select
    reporting_month, company_code, note_no, opening_yuan, granted_yuan, collected_yuan, written_off_yuan, sold_yuan,
    closing_yuan, submitted_closing_yuan
from {{ ref('fct_note_month') }}
where {{ in_requested_months() }} and closing_yuan <> submitted_closing_yuan
