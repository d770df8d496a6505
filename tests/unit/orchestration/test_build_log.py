from __future__ import annotations

from datetime import date

import pytest

from orchestration.build_log import BuildStep, plan_builds


def month(number: int) -> date:
    return date(2024, number, 1)


@pytest.mark.parametrize(
    ("stale", "closed", "until", "expected"),
    [
        pytest.param([], {1, 2}, 2, [], id="nothing new"),
        pytest.param([("A", 1), ("B", 1)], set(), 1, [((1, 1), ())], id="first month"),
        pytest.param([("A", 3)], {1, 2}, 3, [((3, 3), ())], id="next month"),
        pytest.param([("A", 1), ("A", 3)], set(), 3, [((1, 3), ())], id="several months at once"),
        pytest.param([("A", 2)], {1, 2, 3}, 3, [((2, 3), ("A",))], id="correction carried forward"),
        pytest.param([("A", 2)], {1, 2, 3, 4}, 2, [((2, 4), ("A",))], id="correction reaches later closed months"),
        pytest.param([("B", 1), ("A", 2), ("A", 3)], {1, 2}, 3, [((1, 2), ("A", "B")), ((3, 3), ())], id="both"),
    ],
)
def test_plan_carries_corrections_before_new_months(
    stale: list[tuple[str, int]],
    closed: set[int],
    until: int,
    expected: list[tuple[tuple[int, int], tuple[str, ...]]],
) -> None:
    plan = plan_builds([(code, month(m)) for code, m in stale], {month(m) for m in closed}, month(until))
    assert plan == [BuildStep(month(first), month(last), codes) for (first, last), codes in expected]


@pytest.mark.parametrize(
    ("closed", "anew"),
    [
        pytest.param({1, 2}, True, id="everything"),
        pytest.param({12, 1}, False, id="later months stay"),
        pytest.param(set(), True, id="nothing yet"),
    ],
)
def test_start_month_rebuilds_all_companies(closed: set[int], anew: bool) -> None:
    plan = plan_builds([("A", month(2))], {month(m) for m in closed}, month(3), start=month(1))
    assert plan == [BuildStep(month(1), month(3), anew=anew)]
