with periods as (
    select * from {{ ref('int_reporting_periods') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

items as (
    select * from {{ ref('ref_ledger_items') }} where {{ in_force() }}
),

ledger_items as (
    select
        ledger.company_code,
        items.item,
        sum(items.debit_sign * (ledger.closing_debit_yuan - ledger.closing_credit_yuan)) as closing_yuan,
        sum(items.debit_sign * (ledger.period_debit_yuan - ledger.period_credit_yuan)) as period_yuan
    from {{ ref('stg_submitted__trial_balance') }} as ledger
    inner join items on starts_with(ledger.standard_account_code, items.account_prefix)
    where ledger.reporting_month = {{ this_month() }} and {{ only_companies('ledger.company_code') }}
    group by ledger.company_code, items.item
),

ledger as (
    select
        company_code,
        {% for item in ['total_assets', 'total_liabilities', 'owners_equity', 'borrowed_funds', 'long_term_investment',
                        'loan_loss_provision', 'loan_ledger', 'net_interest_income', 'other_income', 'net_profit'] -%}
        coalesce(sum(closing_yuan) filter (where item = '{{ item }}'), 0) as {{ item }}_yuan,
        {% endfor -%}
        {% for item in ['net_interest_income', 'other_income', 'net_profit'] -%}
        coalesce(sum(period_yuan) filter (where item = '{{ item }}'), 0) as {{ item }}_month_yuan
        {{- ',' if not loop.last }}
        {% endfor %}
    from ledger_items
    group by company_code
),

memo_funds as (
    select fundings.company_code, sum(fundings.closing_balance_yuan) as memo_funds_yuan
    from {{ ref('stg_submitted__fundings') }} as fundings
    inner join {{ ref('ref_memo_funds') }} as memo
        on memo.funding_source = fundings.funding_source and {{ in_force('memo') }}
    where fundings.reporting_month = {{ this_month() }} and {{ only_companies('fundings.company_code') }}
    group by fundings.company_code
),

manual as (
    select manual_items.company_code, sum(manual_items.amount_yuan) as manual_funds_yuan
    from {{ ref('stg_submitted__manual_items') }} as manual_items
    inner join ({{ lines_of(2) }}) as lines
        on lines.is_manual and lines.measure = 'other_funds' and lines.line_code = manual_items.item_code
    where manual_items.reporting_month = {{ this_month() }} and {{ only_companies('manual_items.company_code') }}
    group by manual_items.company_code
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

year_so_far as (
    select
        company_code,
        case when {{ this_month() }} > {{ this_january() }} then assets_year_sum_yuan else total_assets_yuan end
            as assets_yuan,
        case when {{ this_month() }} > {{ this_january() }} then equity_year_sum_yuan else owners_equity_yuan end
            as equity_yuan,
        case when {{ this_month() }} > {{ this_january() }} then month_end_count else 1 end as month_end_count
    from {{ this }}
    where reporting_month = {{ previous_month() }} and {{ only_companies() }}
)

select
    {{ this_month() }} as reporting_month,
    ledger.*,
    coalesce(memo_funds.memo_funds_yuan, 0) + coalesce(manual.manual_funds_yuan, 0) as memo_funds_yuan,
    coalesce(required.required_provision_yuan, 0) as required_provision_yuan,
    rates.rated_granted_yuan,
    rates.rate_weight_yuan,
    rates.maximum_rate_pct,
    rates.minimum_rate_pct,
    coalesce(year_so_far.assets_yuan, 0) + ledger.total_assets_yuan as assets_year_sum_yuan,
    coalesce(year_so_far.equity_yuan, 0) + ledger.owners_equity_yuan as equity_year_sum_yuan,
    coalesce(year_so_far.month_end_count, 0) + 1 as month_end_count
from periods
inner join ledger on ledger.company_code = periods.company_code
left join year_so_far on year_so_far.company_code = periods.company_code
left join memo_funds on memo_funds.company_code = periods.company_code
left join manual on manual.company_code = periods.company_code
left join required on required.company_code = periods.company_code
left join rates on rates.company_code = periods.company_code
