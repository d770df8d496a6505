{#- The key of a model holds within the requested months; returns the keys found more than once. -#}
{% test unique_rows_in_months(model, key) %}
select {{ key | join(', ') }}, count(*) as row_count
from {{ model }}
where {{ in_requested_months() }}
group by {{ key | join(', ') }}
having count(*) > 1
{% endtest %}
