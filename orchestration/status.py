"""What `lendwatch status` shows of the months: who handed in, and whether the month is closed."""

from __future__ import annotations

from common.database import connect
from common.month import label
from common.settings import Settings
from orchestration.board import count_states, read_board
from orchestration.build_log import closed_months, stale_months

SHOWN_MONTHS = 12


def month_overview(settings: Settings) -> list[tuple[object, ...]]:
    """Return, newest month first: month, expected, accepted, rejected, waiting, missing, state of the close."""
    rows: list[tuple[object, ...]] = []
    with connect(settings) as connection:
        months = [
            month
            for (month,) in connection.execute(
                "select distinct reporting_month from exchange.submissions order by 1 desc limit %s", [SHOWN_MONTHS]
            )
        ]
        closed = closed_months(connection)
        stale = {month for _, month in stale_months(connection, months[0])} if months else set()
        for month in months:
            board = read_board(connection, month)
            state = "未月结" if month not in closed else "有更正待重算" if month in stale else "已月结"
            rows.append((label(month), len(board), *count_states(board).values(), state))
    return rows
