with exposures as (
    select
        company_code, manager_no, customer_no, class5, false as is_off_balance,
        opening_yuan, granted_yuan as increase_yuan, collected_yuan + written_off_yuan + sold_yuan as decrease_yuan,
        closing_yuan
    from {{ ref('fct_note_month') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
    union all
    select
        company_code, manager_no, customer_no, class5, true,
        opening_balance_yuan, increase_yuan, decrease_yuan, closing_balance_yuan
    from {{ ref('stg_submitted__off_balance_items') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

current_rows as (
    select
        company_code,
        manager_no,
        customer_no,
        {% for name in class_names() -%}
        sum(nullif(closing_yuan, 0)) filter (where class5 = '{{ name | upper }}' and not is_off_balance)
            as {{ name }}_yuan,
        sum(nullif(closing_yuan, 0)) filter (where class5 = '{{ name | upper }}' and is_off_balance)
            as {{ name }}_off_yuan,
        {% endfor -%}
        sum(nullif(opening_yuan, 0)) as opening_yuan,
        sum(nullif(increase_yuan, 0)) as increase_yuan,
        sum(nullif(decrease_yuan, 0)) as decrease_yuan
    from exposures
    group by company_code, manager_no, customer_no
),

previous as (
    select earlier.*
    from {{ this }} as earlier
    inner join {{ ref('int_reporting_periods') }} as periods
        on periods.company_code = earlier.company_code and periods.reporting_month = {{ this_month() }}
    where earlier.reporting_month = {{ previous_month() }} and {{ only_companies('earlier.company_code') }}
        and coalesce({% for name in class_names() %}earlier.{{ name }}_yuan{{ ', ' if not loop.last }}{% endfor %})
            is not null
),

customers as (
    select * from {{ ref('stg_submitted__customers') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
)

select
    {{ this_month() }} as reporting_month,
    company_code,
    manager_no,
    customer_no,
    coalesce(customers.customer_name, previous.customer_name) as customer_name,
    coalesce(customers.customer_type, previous.customer_type) as customer_type,
    {% for name in class_names() -%}
    current_rows.{{ name }}_yuan,
    previous.{{ name }}_yuan as {{ name }}_previous_yuan,
    current_rows.{{ name }}_off_yuan,
    {% endfor -%}
    current_rows.opening_yuan,
    current_rows.increase_yuan,
    current_rows.decrease_yuan
from current_rows
full join previous using (company_code, manager_no, customer_no)
left join customers using (company_code, customer_no)
