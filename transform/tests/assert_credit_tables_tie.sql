-- CK-08: 表八 表内 = 各项贷款, 表九 当前余额 = 表八 合计; every row of 表九 adds up.
with risk as (
    select * from {{ ref('rpt_08_customer_risk') }}
    where {{ in_requested_months() }} and row_kind = 'total' and org_level <> 'manager'
),

credit as (
    select * from {{ ref('rpt_09_credit_reconciliation') }}
    where {{ in_requested_months() }} and row_kind = 'total' and org_level <> 'manager'
)

select
    risk.reporting_month, risk.org_level, risk.org_code, status.amount_yuan, risk.on_balance_yuan, risk.credit_yuan,
    credit.closing_yuan, credit.opening_yuan, credit.increase_yuan, credit.decrease_yuan
from risk
inner join {{ ref('rpt_01_business_status') }} as status
    on status.reporting_month = risk.reporting_month and status.org_level = risk.org_level
    and status.org_code = risk.org_code and status.line_code = 'T1-07'
inner join credit
    on credit.reporting_month = risk.reporting_month and credit.org_level = risk.org_level
    and credit.org_code = risk.org_code
where risk.on_balance_yuan <> status.amount_yuan
    or credit.closing_yuan <> risk.credit_yuan
    or credit.opening_yuan + credit.increase_yuan - credit.decrease_yuan <> credit.closing_yuan
