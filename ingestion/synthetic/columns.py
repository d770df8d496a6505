"""A growing set of equally long columns, and running numbers inside groups."""

from __future__ import annotations

import numpy as np

from ingestion.synthetic.calendar import Ints


class Columns:
    """Named arrays of one length; rows are appended and dropped together."""

    def __init__(self) -> None:
        self.data: dict[str, np.ndarray] = {}

    def __len__(self) -> int:
        return len(next(iter(self.data.values()))) if self.data else 0

    def __getitem__(self, name: str) -> np.ndarray:
        return self.data[name]

    def __setitem__(self, name: str, values: np.ndarray) -> None:
        self.data[name] = values

    def append(self, rows: dict[str, np.ndarray]) -> None:
        """Add rows; the first ones decide the columns."""
        if not self.data:
            self.data = {name: np.array(values) for name, values in rows.items()}
            return
        for name, values in self.data.items():
            self.data[name] = np.concatenate([values, rows[name]])

    def keep(self, mask: np.ndarray) -> None:
        """Drop the rows outside the mask."""
        self.data = {name: values[mask] for name, values in self.data.items()}


def running_numbers(group: Ints, groups: int) -> tuple[Ints, Ints]:
    """Return each row's number (from 0, in order) inside its group, and the size of every group."""
    counts = np.bincount(group, minlength=groups).astype(np.int64)
    order = np.argsort(group, kind="stable")
    starts = np.cumsum(counts) - counts
    numbers = np.empty(len(group), dtype=np.int64)
    numbers[order] = np.arange(len(group)) - starts[group[order]]
    return numbers, counts


def sums(group: Ints, values: Ints, groups: int) -> Ints:
    """Return the exact sum of whole numbers by group (each total stays below 2**53)."""
    return np.rint(np.bincount(group, weights=values.astype(np.float64), minlength=groups)).astype(np.int64)
