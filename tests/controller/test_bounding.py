"""A bound is reckoned beside a plan, by a process that ends with it."""

import sys
import time
from pathlib import Path

from controller import bounding
from controller.bounding import Bounding
from controller.plan_file import _bounded
from scheduler import Solution, construct, measure_levels

sys.path.insert(0, str(Path(__file__).parent.parent / "scheduler"))

from shops import day_shop

WAIT_S = 60.0


def test_a_bound_is_told_while_a_plan_is_searched_and_its_process_ends():
    problem = day_shop(1, pairs=6)
    with Bounding(problem, time.monotonic() + WAIT_S) as beside:
        until_s, bound = time.monotonic() + WAIT_S, 0
        while not bound and time.monotonic() < until_s:
            beside._line.poll(0.1)
            bound = beside.best()
    assert 0 < bound <= dict(measure_levels(problem, construct(problem)))["cents"]
    assert not beside._process.is_alive()


def test_with_little_time_no_process_is_started(monkeypatch):
    monkeypatch.setattr(bounding, "SHORTEST_S", 1e9)
    with Bounding(day_shop(1, pairs=2), time.monotonic() + 5) as beside:
        assert beside.best() == 0
    assert beside._process.pid is None


def test_a_plan_takes_the_better_bound_that_it_does_not_refute():
    plan = Solution(schedule=None, levels=(("broken_rules", 0), ("cents", 500)), bound=100)
    assert _bounded(plan, 340).bound == 340
    assert _bounded(plan, 340).tiers == ("bound beside the search: 3.40",)
    assert _bounded(plan, 90) == plan
    assert _bounded(plan, 501) == plan
