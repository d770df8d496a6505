{#- The levels above a company, from its reporting period: county, city, zone, province. -#}
{% macro regions_above(periods='periods') -%}
  cross join lateral (values
    ('county', {{ periods }}.county_code), ('city', {{ periods }}.city_code),
    ('zone', {{ periods }}.zone_code), ('province', {{ periods }}.province_code)
  ) as region (org_level, org_code)
{%- endmacro %}
