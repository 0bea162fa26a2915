"""Construct and search against first come, first served, on random days of shoes.

Run: python benchmarks/bench_construct.py [seconds of search] [number of seeds]
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "scheduler")]

from shops import day_shop  # noqa: E402

from scheduler import (  # noqa: E402
    Problem,
    Schedule,
    construct,
    first_come,
    measure_levels,
    order_ends,
    solve,
    violations,
)

SIZES = (("320 operations, a day", 40, 1, 1), ("3,200 operations, five days", 400, 5, 2))


class Figure(NamedTuple):
    """One plan: its cost, its late orders, and CPU seconds to find it."""

    cents: int
    late: int
    seconds: float


def judged(problem: Problem, schedule: Schedule, seconds: float) -> Figure:
    """Check and measure a plan."""
    assert next(violations(problem, schedule), None) is None
    ends = order_ends(problem, schedule)
    late = sum(end_s > problem.dues[order].due_s for order, end_s in ends.items())
    return Figure(dict(measure_levels(problem, schedule))["cents"], late, seconds)


def figures(problem: Problem, search_s: float) -> Iterator[tuple[str, Figure]]:
    """Plan one problem in three ways."""
    for name, plan in (("first come", first_come), ("construct", construct)):
        begun_s = process_time()
        schedule = plan(problem)
        yield name, judged(problem, schedule, process_time() - begun_s)
    begun_s = process_time()
    solution = solve(problem, lambda: process_time() - begun_s >= search_s)
    assert solution.schedule is not None
    yield "solve", judged(problem, solution.schedule, process_time() - begun_s)


def main(search_s: float, seeds: int) -> None:
    """Print medians over seeds, and the ratio to first come, first served."""
    for size, pairs, days, scale in SIZES:
        found: dict[str, list[Figure]] = {}
        ratios: dict[str, list[float]] = {}
        for seed in range(1, seeds + 1):
            problem = day_shop(seed, pairs=pairs, days=days, scale=scale)
            for name, figure in figures(problem, search_s):
                found.setdefault(name, []).append(figure)
                ratios.setdefault(name, []).append(figure.cents / found["first come"][-1].cents)
        print(f"{size}: medians of {seeds} seeds, CPU seconds, {search_s:g} s of search")
        for name, row in found.items():
            print(
                f"  {name:<11}{median(f.cents for f in row) / 100:>10.2f}"
                f"{median(f.late for f in row):>6g} late"
                f"{median(f.seconds for f in row):>9.3f} s"
                f"{100 * median(ratios[name]):>8.1f} % of first come"
            )


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        float(arguments[0]) if arguments else 1.0,
        int(arguments[1]) if arguments[1:] else 3,
    )
