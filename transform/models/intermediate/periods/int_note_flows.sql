{#- Event types are the vocabulary of the contract (loan_events.event_type). -#}
with events as (
    select * from {{ ref('stg_submitted__loan_events') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

days as (
    select
        company_code,
        note_no,
        booking_date,
        sum(principal_yuan) filter (where event_type = 'DISBURSEMENT') as granted_yuan,
        sum(principal_yuan) filter (where event_type = 'COLLECTION') as collected_yuan,
        sum(principal_yuan) filter (where event_type = 'WRITE_OFF') as written_off_yuan,
        sum(principal_yuan) filter (where event_type = 'SALE') as sold_yuan
    from events
    group by company_code, note_no, booking_date
)

select
    {{ this_month() }} as reporting_month,
    company_code,
    note_no,
    coalesce(sum(granted_yuan), 0) as granted_yuan,
    coalesce(sum(collected_yuan), 0) as collected_yuan,
    count(*) filter (where collected_yuan > 0) as collected_count,
    coalesce(sum(written_off_yuan), 0) as written_off_yuan,
    coalesce(sum(sold_yuan), 0) as sold_yuan
from days
group by company_code, note_no
