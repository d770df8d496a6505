select reporting_month, org_level, org_code, company_code, dimension, member, customer_type, {{ measures() }}
from {{ ref('int_company_cells') }}
union all
select reporting_month, org_level, org_code, null, dimension, member, customer_type, {{ measures() }}
from {{ ref('int_region_cells') }}
