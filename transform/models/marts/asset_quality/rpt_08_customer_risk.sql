{%- set groups = {
    'normal': ['normal'], 'special_mention': ['special_mention'], 'performing': ['normal', 'special_mention'],
    'substandard': ['substandard'], 'doubtful': ['doubtful'], 'loss': ['loss'],
    'non_performing': ['substandard', 'doubtful', 'loss'] } -%}
with exposure_rows as (
    {{ all_exposures() }}
),

amounts as (
    select
        *,
        {% for name, members in groups.items() -%}
        {{ exposure_sum(members, '') }} as {{ name }}_amount,
        {{ exposure_sum(members, '_previous') }} as {{ name }}_previous_amount,
        {% endfor -%}
        {{ credit_of_exposure(['']) }} as on_balance_amount,
        {{ credit_of_exposure(['_off']) }} as off_balance_amount
    from exposure_rows
)

select
    reporting_month,
    org_level,
    org_code,
    company_code,
    row_kind,
    customer_type,
    member_code,
    member_name,
    row_order,
    customer_count,
    customer_count::numeric / nullif(unit_customer_count, 0) as customer_ratio,
    {% for name in groups -%}
    {{ name }}_amount as {{ name }}_yuan,
    {{ name }}_previous_amount as {{ name }}_previous_yuan,
    {{ name }}_amount / nullif(unit_loans_yuan, 0) as {{ name }}_ratio,
    {% endfor -%}
    on_balance_amount + off_balance_amount as credit_yuan,
    coalesce(loss_yuan, 0) + coalesce(loss_off_yuan, 0) as credit_loss_yuan,
    on_balance_amount as on_balance_yuan,
    coalesce(loss_yuan, 0) as on_balance_loss_yuan,
    off_balance_amount as off_balance_yuan,
    coalesce(loss_off_yuan, 0) as off_balance_loss_yuan
from amounts
