"""Interest, penalty, class and provision of the notes at the close, after :mod:`ingestion.synthetic.payments`.

Identity kept per note: income = accrued closing − accrued opening + interest and penalty received.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.synthetic.calendar import Ints
from ingestion.synthetic.columns import Columns
from ingestion.synthetic.payments import (
    DOUBTFUL,
    LOSS,
    NORMAL,
    SPECIAL_MENTION,
    SUBSTANDARD,
    Moves,
    days_overdue,
    interest,
)

DAY_EDGES = (0, 30, 90, 180, 360)
# domain sheet 4.1, rule set 2020+ (more than 90 days is substandard at least); rows: security, columns: days overdue
MATRIX = np.array(
    [
        [NORMAL, SPECIAL_MENTION, SUBSTANDARD, DOUBTFUL, DOUBTFUL, LOSS],
        [NORMAL, NORMAL, SPECIAL_MENTION, SUBSTANDARD, DOUBTFUL, LOSS],
        [NORMAL, NORMAL, SPECIAL_MENTION, SUBSTANDARD, SUBSTANDARD, DOUBTFUL],
        [NORMAL, NORMAL, NORMAL, SUBSTANDARD, SUBSTANDARD, DOUBTFUL],
    ]
)
LOST_AFTER = 540  # days overdue after which even a secured note is a loss
PROVISION_PERCENT = np.array([0, 2, 25, 50, 100])
GENERAL_PERCENT = 1
CLASSES = np.array(["NORMAL", "SPECIAL_MENTION", "SUBSTANDARD", "DOUBTFUL", "LOSS"], dtype=object)
FIRST_OF_TWELVE = np.array([1, 5, 8, 10, 12])
STEPS_OF_TWELVE = np.array([4, 3, 2, 2, 1])
NON_ACCRUAL_AFTER = 90


@dataclass
class Month:
    """Money of every note in the window: what came in and what was earned."""

    interest_paid: Ints
    penalty_paid: Ints
    income: Ints
    overdue_interest: Ints
    days_principal: Ints
    days_interest: Ints
    is_non_accrual: np.ndarray
    provision: Ints


def close_notes(notes: Columns, moves: Moves, opened: Ints, closed: Ints) -> Month:
    """Accrue, take payments, classify; sets balance, owed, accrued and class of ``notes``."""
    rate, count = notes["rate"], notes["day_count"]
    closing = notes["opening"] - moves.principal
    fresh = notes["opening"] == 0
    closing = np.where(fresh, notes["balance"], closing)
    begin = np.where(fresh, notes["start"], opened)
    pivot = np.where(moves.day > 0, moves.day, begin)
    before = notes["owed"] + interest(notes["opening"], rate, pivot - begin, count)
    paid = np.where(moves.pays_interest, before, 0)
    late = np.where(moves.penalty_from > 0, np.maximum(moves.day - moves.penalty_from, 0), 0)
    penalty = interest(moves.principal, rate * notes["markup"] // 100, late, count)
    gone = moves.is_written_off | moves.is_sold | (closing == 0)
    owed = np.where(gone, 0, before - paid + interest(closing, rate, closed - pivot, count))
    notes["balance"], notes["owed"] = closing, owed
    alive = closing > 0
    for name in ("principal_since", "interest_since"):
        notes[name] = np.where(alive, notes[name], 0)
    days = days_overdue(notes, closed)
    classify(notes, days)
    stopped = alive & ((days > NON_ACCRUAL_AFTER) | (notes["class5"] >= DOUBTFUL))
    accrued = np.where(stopped, 0, owed)
    income = accrued - notes["accrued"] + paid + penalty
    notes["accrued"] = accrued
    days_interest = _since(notes["interest_since"], closed)
    return Month(
        interest_paid=paid,
        penalty_paid=penalty,
        income=income,
        overdue_interest=_overdue_interest(notes, days_interest, closed),
        days_principal=_since(notes["principal_since"], closed),
        days_interest=days_interest,
        is_non_accrual=stopped,
        provision=special_provision(closing, notes["class5"]),
    )


def _since(day: Ints, closed: Ints) -> Ints:
    return np.where(day > 0, np.maximum(closed - day, 0), 0)


def _overdue_interest(notes: Columns, days: Ints, closed: Ints) -> Ints:
    """Return the part of the interest owed that is due: all of it after maturity, else up to the last due day."""
    running = interest(notes["balance"], notes["rate"], np.maximum(closed - notes["last_due"], 0), notes["day_count"])
    running = np.where(notes["maturity"] <= closed, 0, running)
    return np.where(days > 0, np.maximum(notes["owed"] - running, 1), 0)


def classify(notes: Columns, days: Ints) -> None:
    """Set the five-class grade by security and days overdue; renewed and restructured notes are never normal."""
    grade = MATRIX[notes["security"], np.searchsorted(DAY_EDGES, days)]
    grade = np.where(days > LOST_AFTER, LOSS, grade)
    marked = notes["is_renewal"] | notes["is_restructured"]
    grade = np.where(marked, np.maximum(grade, SPECIAL_MENTION), grade)
    notes["class5"] = np.where(notes["balance"] > 0, grade, NORMAL)


def twelve(class5: Ints, grip: Ints) -> Ints:
    """Return the twelve-class grade inside the five-class one (domain sheet 4.2)."""
    return FIRST_OF_TWELVE[class5] + grip % STEPS_OF_TWELVE[class5]


def special_provision(balance: Ints, class5: Ints) -> Ints:
    """Return the special provision in fen, rounded half up (domain sheet 4.3)."""
    return (balance * PROVISION_PERCENT[class5] + 50) // 100
