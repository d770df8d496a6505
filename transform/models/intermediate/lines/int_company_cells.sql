with notes as (
    select
        *,
        nullif(closing_yuan, 0) as closing,
        nullif(granted_yuan, 0) as granted,
        nullif(collected_yuan, 0) as collected,
        nullif(written_off_yuan, 0) as written_off,
        nullif(sold_yuan, 0) as sold
    from {{ ref('fct_note_month') }}
    where reporting_month = {{ this_month() }} and {{ only_companies() }}
),

manager_cells as (
    select
        company_code,
        manager_no,
        case
            when grouping(rate_band) = 0 then 'rate_band'
            when grouping(customer_type) = 0 then 'customer_type'
            when grouping(security_line) = 0 then 'security_line'
            when grouping(direction_line) = 0 then 'direction_line'
            when grouping(amount_band) = 0 then 'amount_band'
            when grouping(term_band) = 0 then 'term_band'
            when grouping(class5) = 0 then 'class5'
            else 'TOTAL'
        end as dimension,
        coalesce(rate_band, security_line, direction_line, amount_band, term_band, class5, customer_type, 'ALL')
            as member,
        case when grouping(rate_band) = 0 then customer_type end as customer_type,
        coalesce(sum(closing), 0) as closing_yuan,
        sum(closing_count) as closing_count,
        coalesce(sum(granted), 0) as granted_yuan,
        sum(granted_count) as granted_count,
        coalesce(sum(collected), 0) as collected_yuan,
        sum(collected_count) as collected_count,
        coalesce(sum(written_off), 0) as written_off_yuan,
        coalesce(sum(sold), 0) as sold_yuan
    from notes
    group by grouping sets (
        (company_code, manager_no),
        (company_code, manager_no, customer_type),
        (company_code, manager_no, security_line),
        (company_code, manager_no, direction_line),
        (company_code, manager_no, amount_band),
        (company_code, manager_no, term_band),
        (company_code, manager_no, class5),
        (company_code, manager_no, rate_band, customer_type)
    )
),

company_cells as (
    select
        company_code,
        dimension,
        member,
        customer_type,
        {{ summed(measure_names()) }}
    from manager_cells
    group by company_code, dimension, member, customer_type
)

select
    {{ this_month() }} as reporting_month,
    'manager' as org_level,
    company_code || ':' || manager_no as org_code,
    company_code, dimension, member, customer_type, {{ measures() }}
from manager_cells
union all
select
    {{ this_month() }}, 'company', company_code,
    company_code, dimension, member, customer_type, {{ measures() }}
from company_cells
