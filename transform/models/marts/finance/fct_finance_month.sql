{%- set items = ['total_assets', 'total_liabilities', 'owners_equity', 'borrowed_funds', 'long_term_investment',
                 'loan_loss_provision', 'loan_ledger', 'net_interest_income', 'other_income', 'net_profit'] -%}
with periods as (
    select * from {{ ref('int_reporting_periods') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

ledger_items as (
    select
        ledger.company_code,
        items.item,
        sum(items.debit_sign * (ledger.closing_debit_yuan - ledger.closing_credit_yuan)) as closing_yuan,
        sum(items.debit_sign * (ledger.opening_debit_yuan - ledger.opening_credit_yuan)) as opening_yuan,
        sum(items.debit_sign * (ledger.period_debit_yuan - ledger.period_credit_yuan)) as period_yuan
    from {{ ref('stg_submitted__trial_balance') }} as ledger
    inner join {{ ref('ref_ledger_items') }} as items
        on starts_with(ledger.standard_account_code, items.account_prefix) and {{ in_force('items') }}
    where ledger.reporting_month = {{ this_month() }} and {{ only_companies('ledger.company_code') }}
    group by ledger.company_code, items.item
),

ledger as (
    select
        company_code,
        {% for item in items -%}
        coalesce(sum(closing_yuan) filter (where item = '{{ item }}'), 0) as {{ item }}_yuan,
        {% endfor -%}
        {% for item in items[-3:] -%}
        coalesce(sum(period_yuan) filter (where item = '{{ item }}'), 0) as {{ item }}_month_yuan,
        {% endfor -%}
        coalesce(sum(opening_yuan) filter (where item = 'total_assets'), 0) as opening_assets_yuan,
        coalesce(sum(opening_yuan) filter (where item = 'owners_equity'), 0) as opening_equity_yuan
    from ledger_items
    group by company_code
),

memo_funds as (
    select company_code, sum(amount_yuan) as memo_funds_yuan
    from (
        select fundings.company_code, fundings.closing_balance_yuan as amount_yuan
        from {{ ref('stg_submitted__fundings') }} as fundings
        inner join {{ ref('ref_memo_funds') }} as memo using (funding_source)
        where fundings.reporting_month = {{ this_month() }} and {{ in_force('memo') }}
        union all
        select manual_items.company_code, manual_items.amount_yuan
        from {{ ref('stg_submitted__manual_items') }} as manual_items
        inner join ({{ lines_of(2) }}) as lines on lines.line_code = manual_items.item_code
        where manual_items.reporting_month = {{ this_month() }} and lines.is_manual and lines.measure = 'other_funds'
    ) as funds
    where {{ only_companies() }}
    group by company_code
),

required as (
    select
        cells.company_code,
        sum(cells.closing_yuan * (general.value + coalesce(special.value, 0))) as required_provision_yuan
    from {{ ref('int_company_cells') }} as cells
    inner join {{ ref('ref_parameters') }} as general
        on general.parameter = 'general_provision_ratio' and {{ in_force('general') }}
    left join {{ ref('ref_parameters') }} as special
        on special.parameter = 'special_provision_ratio_' || cells.member and {{ in_force('special') }}
    where cells.reporting_month = {{ this_month() }} and {{ only_companies('cells.company_code') }}
        and cells.org_level = 'company' and cells.dimension = 'class5'
    group by cells.company_code
),

rates as (
    select
        company_code,
        sum(granted_yuan) as rated_granted_yuan,
        sum(annual_rate_pct * granted_yuan) as rate_weight_yuan,
        max(annual_rate_pct) as maximum_rate_pct,
        min(annual_rate_pct) as minimum_rate_pct
    from {{ ref('fct_note_month') }}
    where reporting_month = {{ this_month() }} and granted_yuan > 0 and {{ only_companies() }}
    group by company_code
),

previous as (
    select * from {{ this }} where reporting_month = {{ previous_month() }} and {{ only_companies() }}
),

{#- Month ends since December: the opening columns of the first month stand for the one before it, month ends before
    the opening of the company are zero, others that were never handed in are left out. -#}
year_so_far as (
    select
        periods.company_code,
        case when previous.company_code is null then ledger.opening_assets_yuan
            when {{ this_month() }} = {{ this_january() }} then previous.total_assets_yuan
            else previous.assets_year_sum_yuan end as assets_yuan,
        case when previous.company_code is null then ledger.opening_equity_yuan
            when {{ this_month() }} = {{ this_january() }} then previous.owners_equity_yuan
            else previous.equity_year_sum_yuan end as equity_yuan,
        case when previous.company_code is not null and {{ this_month() }} > {{ this_january() }}
                then previous.month_end_count
            when previous.company_code is not null or periods.opened_date < {{ this_january() }} then 1
            else date_part('month', periods.opened_date)
                + (date_trunc('month', periods.opened_date) < {{ this_month() }})::integer end as month_end_count
    from periods
    inner join ledger on ledger.company_code = periods.company_code
    left join previous on previous.company_code = periods.company_code
)

select
    {{ this_month() }} as reporting_month,
    ledger.*,
    coalesce(memo_funds.memo_funds_yuan, 0) as memo_funds_yuan,
    coalesce(required.required_provision_yuan, 0) as required_provision_yuan,
    rates.rated_granted_yuan, rates.rate_weight_yuan, rates.maximum_rate_pct, rates.minimum_rate_pct,
    year_so_far.assets_yuan + ledger.total_assets_yuan as assets_year_sum_yuan,
    year_so_far.equity_yuan + ledger.owners_equity_yuan as equity_year_sum_yuan,
    year_so_far.month_end_count + 1 as month_end_count
from periods
inner join ledger on ledger.company_code = periods.company_code
inner join year_so_far on year_so_far.company_code = periods.company_code
left join memo_funds on memo_funds.company_code = periods.company_code
left join required on required.company_code = periods.company_code
left join rates on rates.company_code = periods.company_code
