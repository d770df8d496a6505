-- CK-02: 各项贷款 = methods = amount bands = term bands = classes, amounts and counts.
{%- set groups = {
    'security': ['08', '09', '11', '12'], 'amount': ['21', '22', '23', '24'], 'term': ['25', '26', '27', '28'],
    'class': ['29', '30', '31', '32', '33'] } %}
with sums as (
    select
        reporting_month,
        org_level,
        org_code,
        {% for name, lines in groups.items() -%}
        sum(amount_yuan) filter (where line_code in ('T1-{{ lines | join("', 'T1-") }}')) as {{ name }}_yuan,
        sum(note_count) filter (where line_code in ('T1-{{ lines | join("', 'T1-") }}')) as {{ name }}_count,
        {% endfor -%}
        sum(amount_yuan) filter (where line_code = 'T1-07') as loans_yuan,
        sum(note_count) filter (where line_code = 'T1-07') as loans_count
    from {{ ref('rpt_01_business_status') }}
    where {{ in_requested_months() }}
    group by reporting_month, org_level, org_code
)

select * from sums
where {% for name in groups -%}
    loans_yuan <> {{ name }}_yuan or loans_count <> {{ name }}_count{{ ' or ' if not loop.last }}
    {%- endfor %}
