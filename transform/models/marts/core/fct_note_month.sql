with periods as (
    select * from {{ ref('int_reporting_periods') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

notes as (
    select * from {{ ref('stg_submitted__notes') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

states as (
    select * from {{ ref('stg_submitted__note_states') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

customers as (
    select * from {{ ref('stg_submitted__customers') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

flows as (
    select * from {{ ref('int_note_flows') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

previous as (
    select company_code, note_no, closing_yuan from {{ this }}
    where reporting_month = {{ previous_month() }} and {{ only_companies() }} and closing_yuan > 0
),

terms as (
    select
        notes.*,
        whole.months
            + (notes.original_maturity_date > notes.start_date + make_interval(months => whole.months))::integer
            as term_months
    from notes
    cross join lateral (
        select {{ term_months('notes.start_date', 'notes.original_maturity_date') }} as months
    ) as whole
),

blank_rates as (
    select distinct on (asked.reference_rate_type, asked.start_date, asked.term_months)
        asked.reference_rate_type, asked.start_date, asked.term_months, rates.annual_rate_pct
    from (
        select distinct reference_rate_type, start_date, term_months from terms where reference_rate_pct is null
    ) as asked
    inner join {{ ref('ref_reference_rates') }} as rates
        on rates.rate_type = asked.reference_rate_type
        and rates.valid_from <= asked.start_date
        and rates.term_months_above < asked.term_months
        and (rates.term_months_up_to is null or asked.term_months <= rates.term_months_up_to)
    order by asked.reference_rate_type, asked.start_date, asked.term_months, rates.valid_from desc
),

rated as (
    select
        terms.*,
        coalesce(terms.reference_rate_pct, blank_rates.annual_rate_pct) as fixed_rate_pct,
        round(
            terms.annual_rate_pct / coalesce(terms.reference_rate_pct, blank_rates.annual_rate_pct), 4
        ) as rate_ratio
    from terms
    left join blank_rates
        on terms.reference_rate_pct is null
        and blank_rates.reference_rate_type = terms.reference_rate_type
        and blank_rates.start_date = terms.start_date
        and blank_rates.term_months = terms.term_months
),

balances as (
    select
        rated.*,
        states.class5,
        greatest(states.overdue_days_principal, states.overdue_days_interest) as overdue_days,
        states.overdue_principal_yuan,
        states.closing_balance_yuan as submitted_closing_yuan,
        case when periods.is_first_month then states.opening_balance_yuan else coalesce(previous.closing_yuan, 0) end
            as opening_yuan,
        coalesce(flows.granted_yuan, 0) as granted_yuan,
        coalesce(sign(flows.granted_yuan), 0) as granted_count,
        coalesce(flows.collected_yuan, 0) as collected_yuan,
        coalesce(flows.collected_count, 0) as collected_count,
        coalesce(flows.written_off_yuan, 0) as written_off_yuan,
        coalesce(flows.sold_yuan, 0) as sold_yuan
    from rated
    inner join periods on periods.company_code = rated.company_code
    inner join states on states.company_code = rated.company_code and states.note_no = rated.note_no
    left join flows on flows.company_code = rated.company_code and flows.note_no = rated.note_no
    left join previous on previous.company_code = rated.company_code and previous.note_no = rated.note_no
),

closed as (
    select *, opening_yuan + granted_yuan - collected_yuan - written_off_yuan - sold_yuan as closing_yuan
    from balances
)

select
    closed.reporting_month, closed.company_code, closed.note_no, closed.submission_id, closed.customer_no,
    closed.manager_no, closed.product_code, customers.customer_type, closed.primary_security,
    case when primary_security = 'GUARANTEE' and joint_group_no is not null then 'JOINT_GUARANTEE'
        else primary_security end as security_line,
    closed.direction_line,
    {{ amount_band('original_amount_yuan') }} as amount_band,
    {{ term_band('term_months') }} as term_band,
    {{ rate_band('rate_ratio') }} as rate_band,
    closed.class5, closed.original_amount_yuan, closed.start_date, closed.original_maturity_date, closed.term_months,
    closed.annual_rate_pct, closed.fixed_rate_pct as reference_rate_pct, closed.rate_ratio, closed.overdue_days,
    closed.overdue_principal_yuan, closed.opening_yuan, closed.granted_yuan, closed.granted_count,
    closed.collected_yuan, closed.collected_count, closed.written_off_yuan, closed.sold_yuan, closed.closing_yuan,
    (closed.closing_yuan > 0)::integer as closing_count,
    closed.submitted_closing_yuan
from closed
inner join customers on customers.company_code = closed.company_code and customers.customer_no = closed.customer_no
