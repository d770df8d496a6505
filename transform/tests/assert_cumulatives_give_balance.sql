-- CK-06: 累放 - 累收 - 累计核销 - 累计转让 = 各项贷款.
select
    reporting_month, org_level, org_code, granted_total_yuan, collected_total_yuan, written_off_total_yuan,
    sold_total_yuan, closing_yuan
from {{ ref('fct_total_month') }}
where {{ in_requested_months() }} and org_level <> 'manager'
    and granted_total_yuan - collected_total_yuan - written_off_total_yuan - sold_total_yuan <> closing_yuan
