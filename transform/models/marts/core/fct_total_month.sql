select
    reporting_month, org_level, org_code, company_code,
    {{ measures() }}, {{ cumulative_names() | join(', ') }}
from {{ ref('int_company_totals') }}
union all
select
    reporting_month, org_level, org_code, null,
    {{ measures() }}, {{ cumulative_names() | join(', ') }}
from {{ ref('int_region_totals') }}
