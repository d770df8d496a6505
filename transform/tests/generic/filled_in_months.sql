{#- No column named is empty within the requested months; returns the rows where one is. -#}
{% test filled_in_months(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
where {{ in_requested_months() }}
    and ({% for column in columns %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %})
{% endtest %}
