"""The front door: a problem becomes the best plan that the given time allows, verified and bounded."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from scheduler.construct import best_start
from scheduler.decode import to_schedule
from scheduler.improve import improve
from scheduler.indexed import NEVER_S, Indexed, Rows, index
from scheduler.narrow import unpinned
from scheduler.objectives import Levels, measure_levels
from scheduler.placing import UnplannableError
from scheduler.price import price
from scheduler.problem import Aim, Problem
from scheduler.replan import repair
from scheduler.schedule import Schedule, violations
from scheduler.solution import Solution
from scheduler.sound import faults
from scheduler.times import Times, decode_rows
from scheduler.unkept import unkept
from scheduler.wanted import without_long_waits
from scheduler.wishes import Pin

USUAL_MOVES = 2_000
"""Moves of the local search where the caller sets no limit: about two seconds for a day's orders."""
SMALL = 40
"""Tasks up to which the exact solver is asked: beyond, it seldom ends in seconds. Source: trial."""
WARM_MOVES = 300
"""Moves before the exact solver is asked: it profits from a good start."""
TELL_EVERY = 100
"""Calls of `stop` between two reports of progress within the search."""


@dataclass(slots=True)
class _Search:
    """What is known so far about a problem; the best schedule is always a verified one."""

    problem: Problem
    indexed: Indexed
    previous: Schedule | None
    progress: Callable[[Solution], None] | None
    solution: Solution

    def offer(self, schedule: Schedule) -> bool:
        """Keep a schedule if it is right and better than the best one."""
        fault = next(violations(self.problem, schedule), None)
        if fault is not None:
            self.note(f"dropped a wrong plan: {fault}")
            return False
        levels = measure_levels(self.problem, schedule, self.previous)
        if self.solution.schedule is not None and _values(levels) >= _values(self.solution.levels):
            return False
        self.solution = replace(self.solution, schedule=schedule, levels=levels)
        if self.progress is not None:
            self.progress(self.solution)
        return True

    def note(self, clause: str) -> None:
        """Say what a step contributed."""
        self.solution = replace(self.solution, tiers=(*self.solution.tiers, clause))

    @property
    def cents(self) -> int:
        """Return what the best schedule costs."""
        return dict(self.solution.levels)["cents"]


def solve(
    problem: Problem,
    stop: Callable[[], bool] | None = None,
    seed: int = 0,
    hint: Schedule | None = None,
    progress: Callable[[Solution], None] | None = None,
    visitor: Callable[[], Schedule | None] | None = None,
) -> Solution:
    """Construct, bound, solve exactly where that is possible, and search until `stop()` says yes.

    `hint` is the plan so far: a second start, and what moves are counted against. `progress` hears
    of each better plan. With the same seed and a `stop` that counts, the answer is the same. `visitor`
    gives what a search beside this one has found, once; only problems with a single aim ask for it.
    """
    stop = _counting(USUAL_MOVES) if stop is None else stop
    wrong = faults(problem)
    # What is wrong only together with pins is tried without them below.
    if wrong and not any(isinstance(wish, Pin) for wish in problem.terms.wishes):
        return Solution(schedule=None, why=" ".join(wrong))
    if problem.aim is not Aim.CENTS:
        # Compiled kernels take half a second to load, and a plant's problems do not need them.
        from scheduler.plain import solve_plain  # noqa: PLC0415

        return solve_plain(problem, stop, seed, hint, progress, visitor)
    search = _Search(problem, index(problem, hint), hint, progress, Solution(schedule=None))
    for clause in problem.dropped:
        search.note(f"dropped: {clause.rstrip('.')}")
    try:
        rows = _start(search, hint)
    except UnplannableError as error:
        if search.indexed.pins:
            return solve(unpinned(problem), stop, seed, hint, progress)
        return Solution(schedule=None, why=str(error))
    if rows is None:
        return replace(search.solution, why="No start of the search was a right plan.")
    _bound(search)
    if not search.solution.proven and len(problem.tasks) <= SMALL and _is_plain(search.indexed):
        rows = _search(search, rows, _first(WARM_MOVES, stop), seed)
        _exactly(search, rows, stop, seed)
    if not search.solution.proven:
        _search(search, rows, stop, seed)
    _compare_with_bound(search)
    assert search.solution.schedule is not None, "The start was a right plan."
    for clause in unkept(problem, search.solution.schedule):
        search.note(f"missed: {clause.rstrip('.')}")
    return search.solution


def _is_plain(indexed: Indexed) -> bool:
    """Say whether the exact solver knows everything that is asked of a plan."""
    return not (indexed.pins or indexed.moves_first or indexed.wait_s < NEVER_S)


def _start(search: _Search, hint: Schedule | None) -> Rows | None:
    """Take the cheapest of a fresh start and the repaired hint; with equal cost the hint."""
    indexed = search.indexed
    kept = _repaired(search, hint)
    rows, times = best_start(indexed)
    if kept is not None and price(indexed, kept[1]) <= price(indexed, times):
        return kept[0]
    if search.offer(to_schedule(indexed, rows, times)):
        search.note(f"start: {_money(search.cents)}")
        return rows
    return None if kept is None else kept[0]


def _repaired(search: _Search, hint: Schedule | None) -> tuple[Rows, Times] | None:
    """Repair the plan so far and offer it at once: whoever waits for any plan has one then."""
    rows = None if hint is None else repair(search.indexed, hint)
    times = None if rows is None else decode_rows(search.indexed, rows)
    if rows is None or times is None:
        return None
    rows, times = without_long_waits(search.indexed, rows, times)
    if not search.offer(to_schedule(search.indexed, rows, times)):
        return None
    search.note(f"plan so far, repaired: {_money(search.cents)}")
    return rows, times


def _bound(search: _Search) -> None:
    # Loading the solver costs a third of a second, which users of the values alone need not wait for.
    from scheduler.bounds import least_cents  # noqa: PLC0415

    search.solution = replace(search.solution, bound=least_cents(search.problem))
    search.note(f"bound: {_money(search.solution.bound or 0)}")
    _compare_with_bound(search)


def _compare_with_bound(search: _Search) -> None:
    kept = search.solution.levels[:1] == (("broken_rules", 0),) and not search.indexed.moves_first
    if kept and search.solution.bound is not None and search.cents <= search.solution.bound:
        search.solution = replace(search.solution, proven=True)


def _exactly(search: _Search, rows: Rows, stop: Callable[[], bool], seed: int) -> None:
    # Loading this solver costs a second, and large problems never need it.
    from scheduler.exact import solve_exactly  # noqa: PLC0415

    times = decode_rows(search.indexed, rows)
    assert times is not None, "What the search returns can be run."
    least = search.solution.bound or 0
    answer = solve_exactly(search.problem, rows, times, stop, seed=seed, least=least)
    if answer.schedule is None and answer.bound == least:
        search.note("exact: nothing found in time")
        return
    if answer.schedule is not None:
        search.offer(answer.schedule)
    bound = max(least, min(answer.bound, search.cents))
    search.solution = replace(search.solution, bound=bound, proven=answer.proven)
    _compare_with_bound(search)
    proof = "proven" if search.solution.proven else f"bound {_money(bound)}"
    search.note(f"exact: {_money(search.cents)}, {proof}")


def _search(search: _Search, rows: Rows, stop: Callable[[], bool], seed: int) -> Rows:
    indexed = search.indexed
    waiting: list[tuple[Rows, Times]] = []
    calls = count(1)

    def telling() -> bool:
        if waiting and next(calls) % TELL_EVERY == 0:
            search.offer(to_schedule(indexed, *waiting.pop()))
        return stop()

    def found(better: Rows, times: Times) -> None:
        waiting[:] = [(better, times)]

    best, moves = improve(indexed, rows, telling, seed, found)
    if waiting:
        search.offer(to_schedule(indexed, *waiting.pop()))
    if len(search.problem.tasks) <= SMALL and not _is_plain(indexed):
        search.note("exact: left out, it does not know pins, waits and moves")
    elif len(search.problem.tasks) > SMALL:
        search.note(f"exact: left out, {len(search.problem.tasks)} tasks are more than {SMALL}")
    search.note(f"search: {_money(search.cents)} after {moves} moves")
    return best


def _counting(calls: int) -> Callable[[], bool]:
    """Return a stop that says yes once it has been asked often enough."""
    asked = count(1)
    return lambda: next(asked) > calls


def _first(calls: int, stop: Callable[[], bool]) -> Callable[[], bool]:
    """Return a stop that says yes after some calls, or earlier with the other one."""
    enough = _counting(calls)
    return lambda: enough() or stop()


def _values(levels: Levels) -> tuple[int, ...]:
    return tuple(value for _, value in levels)


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
