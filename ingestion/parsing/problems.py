"""A problem: a finding before it has words. The words are in ``ingestion.reading.catalogue``."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

MOST_OF_A_KIND = 500


class Problem(NamedTuple):
    """One thing wrong: which rule, where, with which value; ``params`` fill the rule's text."""

    rule_id: str
    record: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    params: dict[str, str] = {}  # noqa: RUF012 - never written to


def shorten(problems: list[Problem]) -> list[Problem]:
    """Keep at most 500 problems of one rule and sheet; one without a row says how many were left out."""
    seen: Counter[tuple[str, str | None]] = Counter()
    kept = []
    for problem in problems:
        seen[problem.rule_id, problem.sheet] += 1
        if seen[problem.rule_id, problem.sheet] <= MOST_OF_A_KIND:
            kept.append(problem)
    for (rule_id, sheet), count in seen.items():
        if count > MOST_OF_A_KIND:
            example = next(item for item in kept if (item.rule_id, item.sheet) == (rule_id, sheet))
            params = {**example.params, "more": str(count - MOST_OF_A_KIND)}
            kept.append(Problem(rule_id, example.record, sheet, None, None, None, params))
    return kept
