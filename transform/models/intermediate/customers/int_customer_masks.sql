{#- Bit n of a mask stands for printed line n + 1 of 表五: granted bits first, collected bits above them. -#}
with lines as (
    {{ line_members(5) }}
),

bits as (
    select dimension, member, 1 << (line_order - 1) as bit from lines
),

flows as (
    select
        notes.company_code,
        notes.customer_no,
        notes.granted_count,
        notes.collected_count,
        type.bit | security.bit | term.bit as line_bits
    from {{ ref('fct_note_month') }} as notes
    inner join bits as type on type.dimension = 'customer_type' and type.member = notes.customer_type
    inner join bits as security on security.dimension = 'security' and security.member = notes.primary_security
    inner join bits as term on term.dimension = 'customer_term_band' and term.member = notes.term_band
    where notes.reporting_month = {{ this_month() }} and {{ only_companies('notes.company_code') }}
        and (notes.granted_count <> 0 or notes.collected_count > 0)
),

this_month as (
    select
        company_code,
        customer_no,
        bit_or(
            case when granted_count > 0 then line_bits else 0 end
            | case when collected_count > 0 then line_bits << (select count(distinct line_code)::integer from lines)
                else 0 end
        ) as month_mask,
        bool_or(granted_count < 0) as has_reversal
    from flows
    group by company_code, customer_no
),

reversed_notes as (
    select
        history.company_code,
        history.customer_no,
        history.note_no,
        bit_or(type.bit | security.bit | term.bit) as line_bits,
        sum(history.granted_yuan) as granted_ever_yuan,
        sum(history.granted_yuan) filter (where history.reporting_month >= {{ this_january() }}) as granted_year_yuan
    from this_month
    cross join lateral (
        select * from {{ ref('fct_note_month') }} as notes
        where notes.reporting_month <= {{ this_month() }} and notes.granted_count <> 0
            and notes.company_code = this_month.company_code and notes.customer_no = this_month.customer_no
        offset 0  -- few customers: look each one up by the index instead of reading the whole history
    ) as history
    inner join bits as type on type.dimension = 'customer_type' and type.member = history.customer_type
    inner join bits as security on security.dimension = 'security' and security.member = history.primary_security
    inner join bits as term on term.dimension = 'customer_term_band' and term.member = history.term_band
    where this_month.has_reversal
    group by history.company_code, history.customer_no, history.note_no
),

corrected as (
    select
        company_code,
        customer_no,
        coalesce(bit_or(line_bits) filter (where granted_ever_yuan > 0), 0) as ever_granted,
        coalesce(bit_or(line_bits) filter (where granted_year_yuan > 0), 0) as year_granted
    from reversed_notes
    group by company_code, customer_no
),

previous as (
    select
        masks.company_code,
        masks.customer_no,
        masks.ever_mask,
        case when {{ this_month() }} > {{ this_january() }} then masks.year_mask else 0 end as year_mask
    from {{ this }} as masks
    inner join {{ ref('int_reporting_periods') }} as periods
        on periods.company_code = masks.company_code and periods.reporting_month = {{ this_month() }}
    where masks.reporting_month = {{ previous_month() }} and {{ only_companies('masks.company_code') }}
),

carried as (
    select
        company_code,
        customer_no,
        coalesce(this_month.month_mask, 0) as month_mask,
        coalesce(previous.year_mask, 0) | coalesce(this_month.month_mask, 0) as year_mask,
        coalesce(previous.ever_mask, 0) | coalesce(this_month.month_mask, 0) as ever_mask
    from previous
    full join this_month using (company_code, customer_no)
)

select
    {{ this_month() }} as reporting_month,
    company_code,
    customer_no,
    month_mask,
    case when corrected.company_code is null then year_mask
        else (year_mask & ~granted.mask) | corrected.year_granted end as year_mask,
    case when corrected.company_code is null then ever_mask
        else (ever_mask & ~granted.mask) | corrected.ever_granted end as ever_mask
from carried
left join corrected using (company_code, customer_no)
cross join (select bit_or(bit) as mask from bits) as granted
