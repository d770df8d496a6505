"""The submission board (报送情况表): for a month, every company expected and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import psycopg

from common.month import month_end

State = Literal["accepted", "rejected", "received", "missing"]
STATE_NAMES: dict[State, str] = {"accepted": "已受理", "rejected": "退回", "received": "待检查", "missing": "未报送"}
BOARD = """
with expected as (
    select company_code, company_name
    from reference.companies
    where valid_from <= %(end)s and %(end)s < coalesce(valid_to, 'infinity')
      and opened_date <= %(end)s and coalesce(closed_date, 'infinity') > %(month)s
),
standing as (
    select distinct on (company_code)
        company_code, submission_id, version, status, error_count, warning_count
    from exchange.submissions
    where reporting_month = %(month)s and status <> 'superseded'
    order by company_code, (status = 'accepted') desc, version desc
)
select
    coalesce(expected.company_code, standing.company_code),
    coalesce(expected.company_name, ''),
    case standing.status
        when 'accepted' then 'accepted' when 'rejected' then 'rejected'
        when 'received' then 'received' when 'checking' then 'received' else 'missing'
    end,
    standing.submission_id,
    standing.version,
    coalesce(standing.error_count, 0),
    coalesce(standing.warning_count, 0)
from expected
full join standing using (company_code)
order by 1
"""


@dataclass(frozen=True)
class BoardRow:
    """One company of the board; ``submission_id`` and ``version`` are those of the submission that counts."""

    company_code: str
    company_name: str
    state: State
    submission_id: int | None
    version: int | None
    error_count: int
    warning_count: int


def read_board(connection: psycopg.Connection, month: date) -> list[BoardRow]:
    """Return the board of ``month``, by company code."""
    return [BoardRow(*row) for row in connection.execute(BOARD, {"month": month, "end": month_end(month)})]


def count_states(board: Sequence[BoardRow]) -> dict[State, int]:
    """Return how many companies are in each state."""
    return {state: sum(row.state == state for row in board) for state in STATE_NAMES}
