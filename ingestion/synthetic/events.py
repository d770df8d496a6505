"""Postings of a window (贷款发生明细): from moves and new notes to events with their reversals (冲正) and numbers."""

from __future__ import annotations

import numpy as np

from ingestion.synthetic.accrual import Month
from ingestion.synthetic.calendar import Ints
from ingestion.synthetic.columns import Columns, running_numbers
from ingestion.synthetic.payments import REPAY_KINDS, Moves
from ingestion.synthetic.tables import number_texts

DISBURSEMENT, COLLECTION, WRITE_OFF, SALE, RECOVERY = range(5)
EVENT_TYPES = np.array(["DISBURSEMENT", "COLLECTION", "WRITE_OFF", "SALE", "RECOVERY"], dtype=object)
MISTAKES = 0.002  # postings made twice, with the second one reversed
REPEATED = -2  # marks the second posting of a mistake


def draw_events(
    notes: Columns, moves: Moves, money: Month, closed: Ints, month: str, draw: np.random.Generator
) -> dict[str, np.ndarray]:
    """Return the month's events as columns, ordered by company and day, mistakes and their reversals included.

    ``notes`` holds all rows of the month: the old ones with an opening balance, then the new ones.
    """
    fresh = np.flatnonzero(notes["opening"] == 0)
    came = np.flatnonzero((moves.day > 0) & ((moves.principal > 0) | (money.interest_paid > 0)))
    kind = np.where(moves.is_written_off, WRITE_OFF, np.where(moves.is_sold, SALE, COLLECTION))[came]
    rows = {
        "note": np.concatenate([fresh, came]),
        "day": np.concatenate([notes["start"][fresh], moves.day[came]]),
        "type": np.concatenate([np.full(len(fresh), DISBURSEMENT), kind]),
        "repay": np.concatenate([np.full(len(fresh), 0), np.where(kind == COLLECTION, moves.kind[came], 0)]),
        "principal": np.concatenate([notes["amount"][fresh], moves.principal[came]]),
        "interest": np.concatenate([np.zeros(len(fresh), dtype=np.int64), money.interest_paid[came]]),
        "penalty": np.concatenate([np.zeros(len(fresh), dtype=np.int64), money.penalty_paid[came]]),
        "reverses": np.full(len(fresh) + len(came), -1),
    }
    rows = _with_mistakes(rows, notes, closed, draw)
    return _numbered(rows, notes["company"][rows["note"]], month)


def _with_mistakes(
    rows: dict[str, np.ndarray], notes: Columns, closed: Ints, draw: np.random.Generator
) -> dict[str, np.ndarray]:
    """Post some collections twice and reverse the second posting: the month's sums stay what they were."""
    possible = (rows["type"] == COLLECTION) & (rows["principal"] > 0) & (rows["day"] < closed[rows["note"]])
    possible &= rows["principal"] <= notes["balance"][rows["note"]]
    wrong = np.flatnonzero(possible & (draw.random(len(possible)) < MISTAKES * 4))
    twice = {name: values[wrong] for name, values in rows.items()}
    twice["interest"] = twice["penalty"] = np.zeros(len(wrong), dtype=np.int64)
    twice["reverses"] = np.full(len(wrong), REPEATED)
    back = dict(twice)
    back["principal"] = -twice["principal"]
    back["day"] = np.minimum(twice["day"] + 1, closed[twice["note"]])
    count = len(rows["note"])
    back["reverses"] = np.arange(count, count + len(wrong))
    return {name: np.concatenate([rows[name], twice[name], back[name]]) for name in rows}


def _numbered(rows: dict[str, np.ndarray], company: Ints, month: str) -> dict[str, np.ndarray]:
    order = np.lexsort((rows["day"], company))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    running, _ = running_numbers(company[order], int(company.max()) + 1 if len(company) else 1)
    rows = {name: values[order] for name, values in rows.items()}
    rows["company"] = company[order]
    rows["event_no"] = number_texts(f"LS{month}", running + 1)
    reversed_at = np.where(rows["reverses"] >= 0, place[rows["reverses"]], 0)
    rows["reverses_no"] = np.where(rows["reverses"] >= 0, rows["event_no"][reversed_at], "")
    rows["repay_kind"] = REPAY_KINDS[rows["repay"]]
    return rows
