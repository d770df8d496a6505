"""SQL that several rule definitions share, by the name they give it in square brackets."""

from __future__ import annotations

from ingestion.rules import check_digits

# The gate makes this table once a batch: notes disbursed in the window with the reference rate of that day.
NEW_NOTES = """select n.submission_id, n.file_number, n.row_number, n.note_no, n.annual_rate_pct, n.rate_kind,
        n.reference_rate_pct, p.annual_rate_pct as reference,
        round(n.annual_rate_pct / p.annual_rate_pct, 4) as multiple, h.rate_multiple_min, h.rate_multiple_max
    from typed_notes n
    join headers h on h.submission_id = n.submission_id
    join rate_periods p
        on p.rate_type = case when n.start_date < date '2019-08-20' then 'PBOC_BENCHMARK' else 'LPR' end
        and n.start_date >= p.valid_from and n.start_date < p.valid_to
        and n.original_maturity_date > n.start_date + make_interval(months => p.term_months_above)
        and (p.term_months_up_to is null
            or n.original_maturity_date <= n.start_date + make_interval(months => p.term_months_up_to))
    where n.start_date > h.previous_closing_date and n.start_date <= h.closing_date"""

# Made once a batch as well: month-end states with their notes.
STATE_NOTES = """select s.submission_id, s.file_number, s.row_number, s.note_no, s.closing_balance_yuan,
        s.overdue_days_principal, n.original_amount_yuan, n.product_code, n.current_maturity_date
    from typed_note_states s
    join typed_notes n on n.submission_id = s.submission_id and n.note_no = s.note_no"""

RATE_FINDING = """select submission_id, file_number, row_number, annual_rate_pct as value,
        jsonb_build_object('note_no', note_no, 'reference', reference, 'multiple', multiple,
            'low', rate_multiple_min, 'high', rate_multiple_max) as details
    from new_notes where multiple"""

RECENT_EVENTS = """raw_submitted.loan_events p
    join exchange.submissions v on v.submission_id = p.submission_id and v.status = 'accepted'
    where p.reporting_month >= ({month} - interval '12 months')::date and p.reporting_month < {month}"""

LEDGER_CONTROL = """select b.submission_id, l.file_number, null::integer as row_number, coalesce(l.total, 0) as value,
        jsonb_build_object('total', coalesce(t.total, 0), 'difference', coalesce(l.total, 0) - coalesce(t.total, 0))
            as details
    from batch b
    left join (select n.submission_id, sum(n.closing_balance_yuan) as total
               from state_notes n
               where"""
AGAINST_ACCOUNT = """group by n.submission_id) t on t.submission_id = b.submission_id
    left join (select submission_id, max(file_number) as file_number,
                   sum(closing_debit_yuan - closing_credit_yuan) as total
               from typed_trial_balance where standard_account_code ="""
LEDGER_DIFFERENCE = """group by submission_id) l on l.submission_id = b.submission_id
    where coalesce(l.total, 0) <> coalesce(t.total, 0)"""

# In January profit and loss and the equity accounts it was transferred to are compared as one line.
LEDGER_LINE = """case when extract(month from b.reporting_month) = 1
        and (t.standard_account_code like '6%' or t.standard_account_code like '41%') then '41xx+6xxx'
        else t.standard_account_code end"""

SNIPPETS = {
    "[identity_body]": check_digits.identity_body(),
    "[identity_is_wrong]": check_digits.identity_is_wrong(),
    "[credit_code_is_wrong]": check_digits.credit_code_is_wrong(),
    "[organisation_code_is_wrong]": check_digits.organisation_code_is_wrong(),
    "[notes_with_multiple]": RATE_FINDING,
    "[recent_events]": RECENT_EVENTS,
    "[ledger_control]": LEDGER_CONTROL,
    "[against_account]": AGAINST_ACCOUNT,
    "[ledger_difference]": LEDGER_DIFFERENCE,
    "[ledger_line]": LEDGER_LINE,
}


def with_snippets(text: str | None) -> str | None:
    """Put the shared SQL in the place of its names."""
    for name, snippet in SNIPPETS.items():
        text = text and text.replace(name, snippet)
    return text
