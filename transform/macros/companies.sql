{#- A late correction rebuilds only some companies, and the counties, cities, zone and province above them. -#}

{% macro requested_companies() -%}
  {%- set given = env_var('LENDWATCH_COMPANIES', '') -%}
  {{ return(given.split(',') if given else []) }}
{%- endmacro %}

{% macro company_list() -%}
  {%- set quoted = [] -%}
  {%- for code in requested_companies() -%}{%- do quoted.append("'" ~ code | replace("'", "''") ~ "'") -%}{%- endfor -%}
  {{ return('(' ~ quoted | join(', ') ~ ')') }}
{%- endmacro %}

{#- Condition on a company column: the requested companies, or everything. -#}
{% macro only_companies(column='company_code') -%}
  {%- if requested_companies() -%} {{ column }} in {{ company_list() }} {%- else -%} true {%- endif -%}
{%- endmacro %}

{#- The codes of all regions above the requested companies. -#}
{% macro regions_of_companies() -%}
  select regions.code
  from reference.companies
  inner join reference.ref_regions as county on county.code = companies.county_code
  left join reference.ref_zones as zone on zone.zone_name = county.zone
  cross join lateral (values (county.code), (county.parent), (zone.zone_code), (substr(county.code, 1, 2) || '0000'))
    as regions (code)
  where companies.company_code in {{ company_list() }}
{%- endmacro %}

{#- Condition on a region's org_code: the regions of the requested companies, or everything. -#}
{% macro only_regions(column='org_code') -%}
  {%- if requested_companies() -%} {{ column }} in ({{ regions_of_companies() }}) {%- else -%} true {%- endif -%}
{%- endmacro %}

{#- Condition on rows of companies (company_code) and of regions (org_code, company_code is null) together. -#}
{% macro only_orgs(company_column='company_code', org_column='org_code') -%}
  {%- if requested_companies() -%}
    ({{ only_companies(company_column) }} or ({{ company_column }} is null and {{ only_regions(org_column) }}))
  {%- else -%} true {%- endif -%}
{%- endmacro %}
