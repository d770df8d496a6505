-- CK-10: 总资产 = 总负债 + 所有者权益.
select reporting_month, company_code, total_assets_yuan, total_liabilities_yuan, owners_equity_yuan
from {{ ref('fct_finance_month') }}
where {{ in_requested_months() }} and total_assets_yuan <> total_liabilities_yuan + owners_equity_yuan
