{#- The band of a value, from a dated seed: every band has a first value (its lower edge, or one step above it
    when the edge belongs to the band below) and a value falls into the last band whose first value it reaches. -#}
{% macro band_of(value, bands, first_value) -%}
  (select array_agg(band_code order by {{ first_value }}) from {{ bands }} where {{ in_force() }})
  [width_bucket(
    {{ value }},
    (select array_agg({{ first_value }} order by {{ first_value }}) from {{ bands }} where {{ in_force() }})
  )]
{%- endmacro %}

{% macro amount_band(amount) -%}
  {{ band_of(amount, ref('ref_amount_bands'),
     'lower_edge_yuan + case when is_lower_included then 0 else step_yuan end') }}
{%- endmacro %}

{% macro term_band(months) -%}
  {{ band_of(months, ref('ref_term_bands'), 'months_above + 1') }}
{%- endmacro %}

{% macro rate_band(ratio) -%}
  {{ band_of(ratio, ref('ref_rate_bands'),
     'lower_edge_ratio + case when is_lower_included then 0 else step_ratio end') }}
{%- endmacro %}

{#- Whole months a term takes (对年对月对日): the smallest n with maturity <= start + n months, month ends clipped. -#}
{% macro term_months(start, maturity) -%}
  (12 * (date_part('year', {{ maturity }}) - date_part('year', {{ start }}))
    + date_part('month', {{ maturity }}) - date_part('month', {{ start }}))::integer
{%- endmacro %}
