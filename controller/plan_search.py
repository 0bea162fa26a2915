"""A plan of a file of orders by two searches beside each other; the better one is kept."""

import gc
import time

from controller.kernels import Kernels
from controller.solve.contest import Contest
from controller.solve.race import Race
from controller.solve.searcher import Work
from scheduler import Problem, Solution, measure_levels, solve

SEARCHES = 2
TICK_S = 0.1
LATEST_S = 0.5
"""How long after the end a search's last word is waited for."""
LAST_WORDS_S, LAST_WORDS_S_A_TASK = 0.1, 60e-6
"""What it takes to tell and verify a plan at the end. Measured, and rounded up."""
SHORTEST_S = 1.0
"""With less time than this left, starting processes and loading their kernels would take it all."""


def search_plan(problem: Problem, kernels: Kernels, seconds: float, seed: int = 0) -> Solution:
    """Return the best plan of two searches, verified; of one where kernels are not ready, or there is
    hardly any time."""
    if kernels.folder is None or not kernels.are_ready or seconds < SHORTEST_S:
        return _alone(problem, kernels, seconds, seed)
    return race_plan(problem, kernels, seconds, seed)


def _alone(problem: Problem, kernels: Kernels, seconds: float, seed: int) -> Solution:
    """Search in this process, compiled where that goes."""
    began_s = time.monotonic()
    if kernels.folder is None or not kernels.are_ready:
        return solve(problem, lambda: time.monotonic() >= began_s + seconds, seed)
    kernels.use()
    return solve(
        problem,
        lambda: time.monotonic() >= began_s + seconds,
        seed,
        share=lambda: (time.monotonic() - began_s) / max(0.001, seconds),
    )


def race_plan(problem: Problem, kernels: Kernels, seconds: float, seed: int = 0) -> Solution:
    """Return the better plan of two searches in processes of their own, with what its search said."""
    began_s = time.monotonic()
    until_s = began_s + seconds
    contest = Contest(problem, began_s, heard=lambda _: None)
    race = Race(contest, kernels, exchanges=False)
    last_words_s = LAST_WORDS_S + LAST_WORDS_S_A_TASK * len(problem.tasks)
    gc.freeze()  # what is there now is no garbage, and stays shared with forked processes
    works = tuple(
        Work(
            problem=problem,
            seed=SEARCHES * seed + number,
            until_s=until_s - last_words_s,
            steps=None,
        )
        for number in range(SEARCHES)
    )
    try:
        race.start(works, "fork")
        while time.monotonic() < until_s and not race.is_over and not contest.is_proven:
            race.listen(min(TICK_S, max(0.0, until_s - time.monotonic())))
        race.stop(max(until_s, time.monotonic()) + LATEST_S)
    finally:
        race.kill()
    if contest.best is None:
        # Neither found a plan: the search in this process says why.
        return solve(problem, lambda: True, seed)
    return _told(problem, contest, race)


def _told(problem: Problem, contest: Contest, race: Race) -> Solution:
    """Say what came of it as one search would."""
    assert contest.best is not None, "There is a best plan."
    schedule = contest.best.schedule
    tiers = next((each.tiers for each in race.searches if each.name == contest.best.source), None)
    return Solution(
        schedule=schedule,
        levels=measure_levels(problem, schedule),
        bound=contest.bound or None,
        proven=contest.is_proven,
        tiers=(*(tiers or ()), f"found by {contest.best.source} of {SEARCHES}", *contest.notes),
    )
