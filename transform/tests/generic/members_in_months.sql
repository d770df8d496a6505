{#- Every value of a column is a member of a seed's column; returns the strangers and how often they occur. -#}
{% test members_in_months(model, column_name, to, field, where_seed='true') %}
select {{ column_name }} as stranger, count(*) as row_count
from {{ model }}
where {{ in_requested_months() }} and {{ column_name }} is not null
    and {{ column_name }} not in (select {{ field }} from {{ to }} where {{ where_seed }} and {{ field }} is not null)
group by {{ column_name }}
{% endtest %}
