{%- set amounts = ['net_capital', 'total_assets', 'total_liabilities', 'owners_equity', 'net_interest_income',
                   'other_income', 'net_profit', 'net_interest_income_month', 'other_income_month',
                   'net_profit_month'] -%}
with finance as (
    select
        finance.*,
        periods.county_code, periods.city_code, periods.zone_code, periods.province_code,
        finance.owners_equity_yuan
            - greatest(finance.required_provision_yuan - finance.loan_loss_provision_yuan, 0)
            - finance.long_term_investment_yuan as net_capital_yuan,
        finance.assets_year_sum_yuan / finance.month_end_count as average_assets_yuan,
        finance.equity_year_sum_yuan / finance.month_end_count as average_equity_yuan
    from {{ ref('fct_finance_month') }} as finance
    inner join {{ ref('int_reporting_periods') }} as periods
        on periods.reporting_month = finance.reporting_month and periods.company_code = finance.company_code
    where finance.reporting_month = {{ this_month() }} and periods.reporting_month = {{ this_month() }}
),

orgs as (
    select
        org.org_level,
        org.org_code,
        case when org.org_level = 'company' then org.org_code end as company_code,
        max(finance.maximum_rate_pct) as maximum_rate,
        min(finance.minimum_rate_pct) as minimum_rate,
        sum(finance.rate_weight_yuan) / nullif(sum(finance.rated_granted_yuan), 0) as average_rate,
        sum(finance.borrowed_funds_yuan) + sum(finance.memo_funds_yuan) as other_funds,
        {% for name in amounts -%}
        sum(finance.{{ name }}_yuan) as {{ name }},
        {% endfor -%}
        {% for name in ['assets', 'equity'] -%}
        sum(finance.net_profit_yuan) * 12 / date_part('month', {{ this_month() }})::integer
            / nullif(sum(finance.average_{{ name }}_yuan), 0) as return_on_{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from finance
    cross join lateral (values
        ('company', finance.company_code), ('county', finance.county_code), ('city', finance.city_code),
        ('zone', finance.zone_code), ('province', finance.province_code)
    ) as org (org_level, org_code)
    where case when org.org_level = 'company' then {{ only_companies('org.org_code') }}
        else {{ only_regions('org.org_code') }} end
    group by org.org_level, org.org_code
),

printed as (
    select
        orgs.org_level,
        orgs.org_code,
        orgs.company_code,
        lines.line_code,
        lines.line_order,
        lines.kind,
        lines.comparison,
        case lines.measure
            {% for name in ['net_capital', 'other_funds', 'total_assets', 'total_liabilities', 'owners_equity',
                            'maximum_rate', 'minimum_rate', 'average_rate', 'net_interest_income', 'other_income',
                            'net_profit', 'return_on_assets', 'return_on_equity'] -%}
            when '{{ name }}' then orgs.{{ name }}
            {% endfor -%}
        end as value,
        case lines.measure
            {% for name in ['net_interest_income', 'other_income', 'net_profit'] -%}
            when '{{ name }}' then orgs.{{ name }}_month
            {% endfor -%}
        end as month_value
    from orgs
    cross join ({{ lines_of(2) }}) as lines
),

earlier_rows as (
    select earlier.*, lines.kind = 'amount' as is_added
    from {{ this }} as earlier
    inner join ({{ lines_of(2) }}) as lines using (line_code)
    where earlier.reporting_month in ({{ previous_month() }}, {{ previous_december() }}, {{ same_month_last_year() }})
),

earlier as (
    select
        reporting_month, org_level, org_code, line_code, value, change_month_this_year, change_year_this_year
    from earlier_rows
    where (org_level = 'company' or not is_added) and {{ only_orgs() }}
    union all
    select
        rows.reporting_month, region.org_level, region.org_code, rows.line_code, sum(rows.value),
        sum(rows.change_month_this_year), sum(rows.change_year_this_year)
    from earlier_rows as rows
    inner join finance as periods on periods.company_code = rows.company_code
    {{ regions_above() }}
    where rows.is_added and {{ only_regions('region.org_code') }}
    group by rows.reporting_month, region.org_level, region.org_code, rows.line_code
)

select
    {{ this_month() }} as reporting_month,
    printed.org_level,
    printed.org_code,
    printed.company_code,
    printed.line_code,
    printed.line_order,
    printed.value,
    case when printed.comparison = 'year_to_date' then printed.month_value
        when printed.kind = 'amount' then printed.value - coalesce(previous.value, 0)
        else printed.value - previous.value end as change_month_this_year,
    last_year.change_month_this_year as change_month_last_year,
    case when printed.comparison = 'year_to_date' then printed.value
        when printed.kind = 'amount' then printed.value - coalesce(december.value, 0)
        else printed.value - december.value end as change_year_this_year,
    last_year.change_year_this_year as change_year_last_year
from printed
left join earlier as previous
    on previous.reporting_month = {{ previous_month() }} and previous.org_level = printed.org_level
    and previous.org_code = printed.org_code and previous.line_code = printed.line_code
left join earlier as december
    on december.reporting_month = {{ previous_december() }} and december.org_level = printed.org_level
    and december.org_code = printed.org_code and december.line_code = printed.line_code
left join earlier as last_year
    on last_year.reporting_month = {{ same_month_last_year() }} and last_year.org_level = printed.org_level
    and last_year.org_code = printed.org_code and last_year.line_code = printed.line_code
