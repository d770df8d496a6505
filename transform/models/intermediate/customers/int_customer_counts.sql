with lines as (
    {{ lines_of(5) }}
),

masks as (
    select company_code, month_mask, year_mask, ever_mask, count(*) as customer_count
    from {{ ref('int_customer_masks') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
    group by company_code, month_mask, year_mask, ever_mask
),

bits as (
    select
        line_code,
        line_order,
        1 << (line_order - 1) as granted,
        1 << (line_order - 1 + (select count(*)::integer from lines)) as collected
    from lines
),

counted as (
    select
        masks.company_code,
        bits.line_code,
        {% for window, mask in {'month': 'month', 'year': 'year', 'total': 'ever'}.items() -%}
        sum(masks.customer_count) filter (where masks.{{ mask }}_mask & bits.granted > 0) as granted_{{ window }}_count,
        sum(masks.customer_count) filter (where masks.{{ mask }}_mask & bits.collected > 0) as collected_{{ window }}_count
        {{- ',' if not loop.last }}
        {% endfor %}
    from masks
    cross join bits
    group by masks.company_code, bits.line_code
)

select
    periods.reporting_month,
    periods.company_code,
    lines.line_code,
    lines.line_order,
    {% for name in customer_count_names() -%}
    coalesce(counted.{{ name }}, 0) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_reporting_periods') }} as periods
cross join lines
left join counted on counted.company_code = periods.company_code and counted.line_code = lines.line_code
where periods.reporting_month = {{ this_month() }} and {{ only_companies('periods.company_code') }}
