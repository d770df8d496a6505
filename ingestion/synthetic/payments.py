"""What happens to the notes of last month inside one window.

Settlement, early repayment, instalments, arrears, cures, write-offs and sales; interest and classes follow in
:mod:`ingestion.synthetic.accrual`.

Flow: notes with an opening balance, window -> :class:`Moves`, one entry per note.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.synthetic.calendar import Ints, add_months, due_day, month_of
from ingestion.synthetic.columns import Columns
from ingestion.synthetic.notes import AGREED, ANNUITY, BILL, EQUAL, HALF_YEARLY, MONTHLY, QUARTERLY, REVOLVING

REPAY_KINDS = np.array(
    ["", "ARREARS", "INSTALMENT", "PARTIAL_EARLY", "FULL_EARLY", "SETTLEMENT", "GUARANTOR", "ASSET_DISPOSAL", "COURT"],
    dtype=object,
)
ARREARS, INSTALMENT, PARTIAL, FULL, SETTLEMENT, GUARANTOR, ASSET, COURT = range(1, 9)
NORMAL, SPECIAL_MENTION, SUBSTANDARD, DOUBTFUL, LOSS = range(5)
BAD_AT_MATURITY, LATE_AT_MATURITY, EXTENDED, RENEWED = 0.085, 0.05, 0.04, 0.02
MISSED_DUE = 0.004
CURE_EDGES, CURE_RATES = (60, 180, 360), (0.40, 0.16, 0.08, 0.05)
WRITE_OFF_AFTER, WRITE_OFF_RATE, WRITE_OFF_DECEMBER = 400, 0.06, 0.30
SALE_AFTER, SALE_RATE = 180, 0.004
YUAN = 100
AMORTISING = (ANNUITY, EQUAL, AGREED)
YEAR = {0: 360, 1: 365}


@dataclass
class Moves:
    """One entry per note: the day of its event (0 none), what was paid, and what else became of it."""

    day: Ints
    principal: Ints
    kind: Ints
    pays_interest: np.ndarray
    is_written_off: np.ndarray
    is_sold: np.ndarray
    is_renewed: np.ndarray
    penalty_from: Ints

    @classmethod
    def none(cls, count: int) -> Moves:
        """Nothing happens."""
        flags = [np.zeros(count, dtype=bool) for _ in range(4)]
        whole = [np.zeros(count, dtype=np.int64) for _ in range(4)]
        return cls(whole[0], whole[1], whole[2], flags[0], flags[1], flags[2], flags[3], whole[3])


@dataclass(frozen=True)
class Window:
    """The window of every note (opened, closed], and how eager people are to repay early in this season."""

    opened: Ints
    closed: Ints
    eagerness: float
    is_december: bool


def interest(balance: Ints, rate: Ints, days: Ints, day_count: Ints) -> Ints:
    """Return the interest in fen on actual days; ``rate`` in 1/100 000 %."""
    year = np.where(day_count == 1, YEAR[1], YEAR[0])
    return np.rint(balance.astype(np.float64) * rate * days / (1e7 * year)).astype(np.int64)


def move(notes: Columns, trouble: np.ndarray, window: Window, draw: np.random.Generator) -> Moves:
    """Decide the fate of every note in the window; changes arrears, maturities and flags of ``notes`` in place."""
    moves = Moves.none(len(notes))
    matures = (notes["maturity"] > window.opened) & (notes["maturity"] <= window.closed)
    ails = (notes["principal_since"] > 0) | (notes["interest_since"] > 0)
    due, instalment = _due(notes, window)
    _mature(notes, moves, matures & ~ails, trouble, window, draw)
    early = _repay_early(notes, moves, ~matures & ~ails, window, draw)
    _pay_due(notes, moves, (due > 0) & ~matures & ~ails & ~early, due, instalment, trouble, draw)
    _worsen(notes, ails, matures, due, instalment)
    _resolve(notes, moves, ails, matures, trouble, window, draw)
    notes["last_due"] = np.where((due > 0) & ~matures, due, notes["last_due"])
    return moves


def _due(notes: Columns, window: Window) -> tuple[Ints, Ints]:
    """Return the settlement day inside the window (0 when none counts) and the principal then due."""
    method = notes["method"]
    due = due_day(notes["settlement_day"], window.opened, window.closed)
    month = month_of(due) % 12
    quarter = month % 3 == 2
    counts = (method == MONTHLY) | (method == ANNUITY) | (method == EQUAL) | (method == REVOLVING)
    counts |= ((method == QUARTERLY) | (method == AGREED)) & quarter
    counts |= (method == HALF_YEARLY) & (month % 6 == 5)
    due = np.where(counts & (due > notes["start"]) & (due < notes["maturity"]), due, 0)
    left = np.maximum(month_of(notes["maturity"]) - month_of(due) + 1, 1)
    monthly = notes["rate"] / 1.2e8
    growth = np.power(1 + monthly, left) - 1
    share = np.where(method == ANNUITY, monthly / np.maximum(growth, 1e-9), 1 / left)
    share = np.where(method == AGREED, 1 / np.maximum(left // 3 + 1, 1), share)
    principal = (notes["opening"] * np.minimum(share, 1)).astype(np.int64) // YUAN * YUAN
    return due, np.where(np.isin(method, AMORTISING) & (due > 0), principal, 0)


def _between(low: Ints, high: Ints, draw: np.random.Generator) -> Ints:
    """Return a random day in (low, high]."""
    return low + 1 + (draw.random(len(low)) * (high - low)).astype(np.int64)


def _mature(
    notes: Columns, moves: Moves, mask: np.ndarray, trouble: np.ndarray, window: Window, draw: np.random.Generator
) -> None:
    rows = np.flatnonzero(mask)
    maturity, closed = notes["maturity"][rows], window.closed[rows]
    chance = draw.random(len(rows))
    bad_edge = np.minimum(BAD_AT_MATURITY * trouble[rows], 0.8)
    is_bill = notes["product"][rows] == BILL
    before_close = (maturity < closed) & ~is_bill
    bad = before_close & (chance < bad_edge)
    late = before_close & ~bad & (chance < bad_edge + LATE_AT_MATURITY)
    rest = ~bad & ~late & ~is_bill
    extended = rest & (chance > 1 - EXTENDED) & (notes["extensions"][rows] == 0)
    renewed = rest & ~extended & (chance > 1 - EXTENDED - RENEWED)
    paid = ~bad & ~extended
    notes["principal_since"][rows[bad]] = maturity[bad]
    notes["interest_since"][rows[bad]] = maturity[bad]
    notes["overdue_principal"][rows[bad]] = notes["opening"][rows[bad]]
    moves.day[rows] = np.where(bad, 0, np.where(late, _between(maturity, closed, draw), maturity))
    moves.principal[rows] = np.where(paid, notes["opening"][rows], 0)
    moves.kind[rows] = np.where(late, ARREARS, np.where(extended, INSTALMENT, SETTLEMENT))
    moves.penalty_from[rows] = np.where(late, maturity, 0)
    moves.pays_interest[rows] = ~bad
    moves.is_renewed[rows] = renewed
    longer = np.minimum(notes["term"][rows], 6)
    notes["maturity"][rows] = np.where(extended, add_months(maturity, longer), maturity)
    notes["extensions"][rows] += extended


def _repay_early(
    notes: Columns, moves: Moves, mask: np.ndarray, window: Window, draw: np.random.Generator
) -> np.ndarray:
    revolving = notes["method"] == REVOLVING
    chance = draw.random(len(notes))
    full_rate = np.where(revolving, 0.08, 0.022) * window.eagerness
    partial_rate = np.where(revolving, 0.15, 0.012)
    able = mask & (notes["product"] != BILL)
    full = able & (chance < full_rate)
    share = draw.choice([0.1, 0.2, 0.3, 0.5], len(notes))
    part = (notes["opening"] * share).astype(np.int64) // (1_000 * YUAN) * (1_000 * YUAN)
    partial = able & ~full & (chance < full_rate + partial_rate) & (part > 0)
    early = full | partial
    moves.day[early] = _between(window.opened, window.closed, draw)[early]
    moves.principal[early] = np.where(full, notes["opening"], part)[early]
    moves.kind[early] = np.where(full, FULL, PARTIAL)[early]
    moves.pays_interest[early] = True
    return early


def _pay_due(
    notes: Columns,
    moves: Moves,
    mask: np.ndarray,
    due: Ints,
    instalment: Ints,
    trouble: np.ndarray,
    draw: np.random.Generator,
) -> None:
    missed = mask & (draw.random(len(notes)) < MISSED_DUE * trouble)
    paid = mask & ~missed
    moves.day[paid] = due[paid]
    moves.principal[paid] = instalment[paid]
    moves.kind[paid] = INSTALMENT
    moves.pays_interest[paid] = True
    _miss(notes, missed, due, instalment)


def _miss(notes: Columns, missed: np.ndarray, due: Ints, instalment: Ints) -> None:
    """Note an unpaid due day: the oldest one stands, unpaid principal adds up."""
    notes["interest_since"] = np.where(missed & (notes["interest_since"] == 0), due, notes["interest_since"])
    fresh = missed & (instalment > 0) & (notes["principal_since"] == 0)
    notes["principal_since"] = np.where(fresh, due, notes["principal_since"])
    more = np.minimum(notes["overdue_principal"] + np.where(missed, instalment, 0), notes["opening"])
    notes["overdue_principal"] = np.where(missed, more, notes["overdue_principal"])


def _worsen(notes: Columns, ails: np.ndarray, matures: np.ndarray, due: Ints, instalment: Ints) -> None:
    """Arrears go on: further instalments fall due unpaid, at maturity the whole balance does."""
    _miss(notes, ails & ~matures & (due > 0), due, instalment)
    whole = ails & matures
    for name in ("principal_since", "interest_since"):
        notes[name] = np.where(whole & (notes[name] == 0), notes["maturity"], notes[name])
    notes["overdue_principal"] = np.where(whole, notes["opening"], notes["overdue_principal"])


def days_overdue(notes: Columns, closed: Ints) -> Ints:
    """Return the days of the oldest unpaid principal or interest (domain sheet 3.3)."""
    principal = np.where(notes["principal_since"] > 0, closed - notes["principal_since"], 0)
    unpaid = np.where(notes["interest_since"] > 0, closed - notes["interest_since"], 0)
    return np.maximum(np.maximum(principal, unpaid), 0)


def _resolve(
    notes: Columns,
    moves: Moves,
    ails: np.ndarray,
    matures: np.ndarray,
    trouble: np.ndarray,
    window: Window,
    draw: np.random.Generator,
) -> None:
    rows = np.flatnonzero(ails)
    days = days_overdue(notes, window.closed)[rows]
    chance, other = draw.random(len(rows)), draw.random(len(rows))
    is_over = notes["maturity"][rows] <= window.closed[rows]
    low = np.maximum(window.opened[rows], np.where(matures[rows], notes["maturity"][rows], 0))
    cured = chance < np.array(CURE_RATES)[np.searchsorted(CURE_EDGES, days)] / trouble[rows] ** 0.3
    cured &= low < window.closed[rows]
    write_off_rate = WRITE_OFF_DECEMBER if window.is_december else WRITE_OFF_RATE
    lost = ~cured & (days > WRITE_OFF_AFTER) & (notes["class5"][rows] == LOSS) & (other < write_off_rate)
    sold = ~cured & ~lost & (days > SALE_AFTER) & (notes["class5"][rows] >= SUBSTANDARD) & (other > 1 - SALE_RATE)
    slow = ~cured & ~lost & ~sold & is_over & ~matures[rows] & (other > 0.9)
    whole = cured & (is_over | (days > 90)) | lost | sold
    part = notes["opening"][rows] // 5 // (YUAN * YUAN) * (YUAN * YUAN)
    touched = cured | lost | sold | (slow & (part > 0))
    paid = np.where(whole, notes["opening"][rows], np.where(slow, part, notes["overdue_principal"][rows]))
    hit = rows[touched]
    moves.day[hit] = _between(low, window.closed[rows], draw)[touched]
    moves.principal[hit] = paid[touched]
    moves.kind[hit] = _ways_out(notes, rows, whole & cured, other)[touched]
    moves.pays_interest[hit] = cured[touched]
    moves.penalty_from[hit] = np.where(cured, notes["principal_since"][rows], 0)[touched]
    moves.is_written_off[rows] = lost
    moves.is_sold[rows] = sold
    healed = rows[cured]
    notes["is_restructured"][rows[cured & ~whole & (notes["class5"][rows] >= SUBSTANDARD)]] = True
    for name in ("principal_since", "interest_since"):
        notes[name][healed] = 0
    notes["overdue_principal"][healed] = 0


def _ways_out(notes: Columns, rows: Ints, whole: np.ndarray, chance: np.ndarray) -> Ints:
    """Return how an overdue note came in: by itself, from its guarantor, from its collateral, through the court."""
    security = notes["security"][rows]
    way = np.where(whole & (chance < 0.12), COURT, ARREARS)
    way = np.where(whole & (security == 1) & (chance > 0.7), GUARANTOR, way)
    return np.where(whole & (security == 2) & (chance > 0.85), ASSET, way)
