"""The front door: a problem becomes the best plan that the given time allows, verified and bounded."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from scheduler.ahead import brought_forward
from scheduler.construct import best_start, lawful
from scheduler.decode import rows_of, sequences_of, to_schedule
from scheduler.exact_gaps import why_not_exact
from scheduler.improve import improve
from scheduler.indexed import NEVER_S, Indexed, Rows, index
from scheduler.narrow import unpinned
from scheduler.objectives import Levels, measure_levels
from scheduler.parted import by_size, laid, parted, within_size
from scheduler.placing import UnplannableError
from scheduler.price import price
from scheduler.problem import Aim, Problem
from scheduler.replan import repair
from scheduler.schedule import Schedule, violations
from scheduler.search.shop import is_path_problem
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
EXACT_SHARE = 0.3
"""Of the budget that the exact solver has before the compiled search; a slice it has begun it ends."""
MANY = 1_000
"""Tasks from which a compiled start is taken as it is, and a bound is worked out only if time is left
behind the search: another start, and a bound, take seconds."""
SHORT_SHARE = 0.1
"""Where the first two starts took more than this of the budget, all that is left of it is the compiled
search's."""
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
    def value(self) -> int:
        """Return what the best schedule costs, or what another aim counts."""
        return dict(self.solution.levels)[self.problem.aim.value]

    def worth(self, value: int) -> str:
        """Say a value of the aim."""
        return _money(value) if self.problem.aim is Aim.CENTS else str(value)


def solve(
    problem: Problem,
    stop: Callable[[], bool] | None = None,
    seed: int = 0,
    hint: Schedule | None = None,
    progress: Callable[[Solution], None] | None = None,
    visitor: Callable[[], Schedule | None] | None = None,
    share: Callable[[], float] | None = None,
) -> Solution:
    """Construct, bound, solve exactly where that is possible, and search until `stop()` says yes.

    `hint` is the plan so far: a second start, and what moves are counted against. `progress` hears
    of each better plan. With the same seed and a `stop` that counts, the answer is the same. `visitor`
    gives what a search beside this one has found, once; only problems with a single aim ask for it.
    `share` says how much of the budget is used, 1 is all: with it the compiled search is asked, which
    cools down towards the end.
    """
    stop = _counting(USUAL_MOVES) if stop is None else stop
    wrong = faults(problem)
    # What is wrong only together with pins is tried without them below.
    if wrong and not any(isinstance(wish, Pin) for wish in problem.terms.wishes):
        return Solution(schedule=None, why=" ".join(wrong))
    if is_path_problem(problem):
        # Compiled kernels take half a second to load, and a plant's problems do not need them.
        from scheduler.plain import solve_plain  # noqa: PLC0415

        return solve_plain(problem, stop, seed, hint, progress, visitor)
    search = _Search(problem, index(problem, hint), hint, progress, Solution(schedule=None))
    _note_left_out(search)
    try:
        rows = _start(search, hint, share)
    except UnplannableError as error:
        if search.indexed.pins:
            return solve(unpinned(problem), stop, seed, hint, progress, share=share)
        return Solution(schedule=None, why=str(error))
    if search.solution.schedule is None:
        rows = _mended(search, rows, stop, seed)
    if rows is None:
        fault = search.solution.tiers[-1] if search.solution.tiers else ""
        return replace(search.solution, why=f"No plan that was tried is a right one; {fault}.")
    _work(search, rows, stop, seed, share)
    _bring_forward(search)
    _compare_with_bound(search)
    assert search.solution.schedule is not None, "The start was a right plan."
    for clause in unkept(problem, search.solution.schedule):
        search.note(f"missed: {clause.rstrip('.')}")
    return search.solution


def _note_left_out(search: _Search) -> None:
    """Say what the problem itself leaves out."""
    for clause in search.problem.dropped:
        search.note(f"dropped: {clause.rstrip('.')}")
    for clause in search.problem.held.values():
        search.note(f"held: {clause.rstrip('.')}")


def _work(
    search: _Search,
    rows: Rows,
    stop: Callable[[], bool],
    seed: int,
    share: Callable[[], float] | None,
) -> None:
    """Bound, solve exactly where that is possible, and search."""
    bounds_last = share is not None and (len(search.problem.tasks) > MANY or share() > SHORT_SHARE)
    if not bounds_last:
        _bound(search)
    is_small = len(search.problem.tasks) <= SMALL
    if not search.solution.proven and is_small and _is_exact(search.indexed):
        rows = _search(search, rows, _first(WARM_MOVES, stop), seed)
        # Its slices count work, not time: on a busy machine they would leave the search nothing.
        _exactly(search, rows, _until(share, EXACT_SHARE, stop), seed)
    if not search.solution.proven and not (share and _anneal(search, rows, share, seed)):
        _search(search, rows, stop, seed)
    if bounds_last and not stop():
        _bound(search)


def _bring_forward(search: _Search) -> None:
    """Give orders more to spare where that costs nothing."""
    schedule, indexed = search.solution.schedule, search.indexed
    if search.problem.aim is not Aim.CENTS or schedule is None or len(indexed.task_ids) > MANY:
        return
    worst = _values(search.solution.levels)

    def keeps(rows: Rows, times: Times) -> bool:
        tried = to_schedule(indexed, rows, times)
        return _values(measure_levels(search.problem, tried, search.previous)) <= worst

    rows = rows_of(indexed, sequences_of(schedule))
    found = None if rows is None else brought_forward(indexed, rows, keeps)
    if found is not None:
        better = to_schedule(indexed, *found)
        levels = measure_levels(search.problem, better, search.previous)
        search.solution = replace(search.solution, schedule=better, levels=levels)
        search.note("brought forward what may run earlier for the same money")


def _is_plain(indexed: Indexed) -> bool:
    """Say whether nothing is asked of a plan that only the search without kernels knows."""
    return not (indexed.pins or indexed.moves_first or indexed.wait_s < NEVER_S)


def _is_exact(indexed: Indexed) -> bool:
    """Say whether the exact solver knows everything that is asked of a plan."""
    return _is_plain(indexed) and not why_not_exact(indexed)


def _start(
    search: _Search, hint: Schedule | None, share: Callable[[], float] | None
) -> Rows | None:
    """Take the cheapest of a fresh start and the repaired hint; with equal cost the hint."""
    indexed = search.indexed
    kept = _repaired(search, hint)
    quick = None if share is None else _quick_start(search)
    rows, times = _fresh(indexed, quick, is_short=share is not None and share() > SHORT_SHARE)
    if kept is not None and price(indexed, kept[1]) <= price(indexed, times):
        return kept[0]
    if quick is not None and rows is quick[0]:
        return rows
    if search.offer(to_schedule(indexed, rows, times)):
        search.note(f"start: {search.worth(search.value)}")
    elif kept is not None:
        return kept[0]
    return rows


def _mended(search: _Search, rows: Rows | None, stop: Callable[[], bool], seed: int) -> Rows | None:
    """Search from a plan that breaks a rule for one that breaks none: what weighs more than any money
    are rules."""
    if rows is None:
        return None
    rows, _ = improve(search.indexed, rows, _first(WARM_MOVES, stop), seed)
    times = decode_rows(search.indexed, rows)
    assert times is not None, "What the search returns can be run."
    return rows if search.offer(to_schedule(search.indexed, rows, times)) else None


def _quick_start(search: _Search) -> tuple[Rows, Times] | None:
    """Have a compiled start, and offer it at once: whoever waits for any plan has one then."""
    if not _is_plain(search.indexed):
        return None
    # Compiled kernels take half a second to load, and small steps do without.
    from scheduler.anneal.search import first_rows  # noqa: PLC0415

    rows = first_rows(by_size(search.indexed))
    times = None if rows is None else decode_rows(search.indexed, rows)
    start = None if rows is None or times is None else laid(search.indexed, rows, times)
    if start is None or not search.offer(to_schedule(search.indexed, *start)):
        return None
    search.note(f"compiled start: {search.worth(search.value)}")
    return start


def _fresh(
    indexed: Indexed, quick: tuple[Rows, Times] | None, *, is_short: bool
) -> tuple[Rows, Times]:
    """Take the cheaper of a quick start and a list heuristic, which is left out where it takes long.
    Raises UnplannableError."""
    if quick is None:
        return best_start(indexed)
    if is_short or len(indexed.task_ids) > MANY:
        return quick
    try:
        return min(quick, best_start(indexed), key=lambda start: price(indexed, start[1]))
    except UnplannableError:
        return quick


def _repaired(search: _Search, hint: Schedule | None) -> tuple[Rows, Times] | None:
    """Repair the plan so far and offer it at once: whoever waits for any plan has one then."""
    rows = None if hint is None else repair(search.indexed, hint)
    rows = None if rows is None else lawful(search.indexed, rows)
    times = None if rows is None else decode_rows(search.indexed, rows)
    if rows is None or times is None:
        return None
    rows, times = without_long_waits(search.indexed, rows, times)
    if not search.offer(to_schedule(search.indexed, rows, times)):
        return None
    search.note(f"plan so far, repaired: {search.worth(search.value)}")
    return rows, times


def _bound(search: _Search) -> None:
    # Loading the solver costs a third of a second, which users of the values alone need not wait for.
    from scheduler.bounds import least  # noqa: PLC0415

    search.solution = replace(search.solution, bound=least(search.problem))
    search.note(f"bound: {search.worth(search.solution.bound or 0)}")
    _compare_with_bound(search)


def _compare_with_bound(search: _Search) -> None:
    kept = search.solution.levels[:1] == (("broken_rules", 0),) and not search.indexed.moves_first
    if kept and search.solution.bound is not None and search.value <= search.solution.bound:
        search.solution = replace(search.solution, proven=True)


def _until(
    share: Callable[[], float] | None, most: float, stop: Callable[[], bool]
) -> Callable[[], bool]:
    """Return a stop that also says yes once a share of the budget is used."""
    return stop if share is None else lambda: share() >= most or stop()


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
    offered = answer.schedule is None or _offer_laid(search, answer.schedule)
    bound = max(least, min(answer.bound, search.value))
    search.solution = replace(search.solution, bound=bound, proven=answer.proven and offered)
    _compare_with_bound(search)
    proof = "proven" if search.solution.proven else f"bound {search.worth(bound)}"
    search.note(f"exact: {search.worth(search.value)}, {proof}")


def _offer_laid(search: _Search, schedule: Schedule) -> bool:
    """Offer a schedule whose batches were made by size; False if some do not fit on their plates, so
    that what is offered is not what was proven best."""
    if search.indexed.nests is None:
        search.offer(schedule)
        return True
    rows = rows_of(search.indexed, sequences_of(schedule))
    times = None if rows is None else decode_rows(search.indexed, rows)
    fitting = None if rows is None or times is None else laid(search.indexed, rows, times)
    if fitting is None or fitting[0] == rows:
        search.offer(schedule)
        return fitting is not None
    search.offer(to_schedule(search.indexed, *fitting))
    return False


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
    if len(search.problem.tasks) <= SMALL and not _is_exact(indexed):
        unknown = why_not_exact(indexed) or "pins, waits and moves"
        search.note(f"exact: left out, it does not know {unknown}")
    elif len(search.problem.tasks) > SMALL:
        search.note(f"exact: left out, {len(search.problem.tasks)} tasks are more than {SMALL}")
    search.note(f"search: {search.worth(search.value)} after {moves} moves")
    return best


def _anneal(search: _Search, rows: Rows, share: Callable[[], float], seed: int) -> bool:
    """Search with compiled kernels; False if they know no such problem."""
    if not _is_plain(search.indexed):
        return False
    # Compiled kernels take half a second to load, and small steps do without.
    from scheduler.anneal.search import improve as anneal  # noqa: PLC0415

    def found(better: Rows, times: Times) -> None:
        fitting = laid(search.indexed, better, times)
        if fitting is not None:
            search.offer(to_schedule(search.indexed, *fitting))

    usual, start = by_size(search.indexed), rows
    if usual is not search.indexed:
        start = _within(usual, rows)
    answer = anneal(usual, start, share, seed, found)
    if answer is None:
        return False
    search.note(f"search: {search.worth(search.value)} after {answer[1]} moves")
    return True


def _within(usual: Indexed, rows: Rows) -> Rows:
    """Return a start that keeps to the sizes that the search is told."""
    times = decode_rows(usual, rows)
    smaller = None if times is None else parted(usual, rows, times, partial(within_size, usual))
    return rows if smaller is None else smaller[0]


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
