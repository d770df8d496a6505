{#- The key of a table without months holds; returns the keys found more than once. -#}
{% test unique_rows(model, key) %}
select {{ key | join(', ') }}, count(*) as row_count
from {{ model }}
group by {{ key | join(', ') }}
having count(*) > 1
{% endtest %}
