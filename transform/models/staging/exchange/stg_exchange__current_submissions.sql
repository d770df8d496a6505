{#- LENDWATCH_KNOWN_ON (a time stamp) turns the second clock: the versions as they were known then. -#}
{%- set known_on = env_var('LENDWATCH_KNOWN_ON', '') -%}
with submissions as (
    select * from {{ source('exchange', 'submissions') }}
)

{% if known_on -%}
select distinct on (company_code, reporting_month)
    submission_id, company_code, reporting_month, version, accepted_at
from submissions
where status in ('accepted', 'superseded') and accepted_at <= timestamptz '{{ known_on }}'
order by company_code, reporting_month, version desc
{%- else -%}
select submission_id, company_code, reporting_month, version, accepted_at
from submissions
where status = 'accepted'
{%- endif %}
