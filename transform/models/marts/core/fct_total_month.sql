select
    reporting_month, org_level, org_code, company_code, is_reported,
    {{ measures() }}, {{ cumulative_names() | join(', ') }}
from {{ ref('int_company_totals') }}
union all
select
    reporting_month, org_level, org_code, null, is_reported,
    {{ measures() }}, {{ cumulative_names() | join(', ') }}
from {{ ref('int_region_totals') }}
