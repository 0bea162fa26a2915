"""What the planner's children do: pose, solve, compare and rebase, with routings kept in between."""

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from controller import loaded
from controller.child import Tell, step_back
from controller.patience import Waits, patience_of, waits_and_ends
from controller.question import Answer, Question, nothing
from plant_config import Order, Plant, Routing, route
from scheduler import (
    Problem,
    Schedule,
    Slot,
    Solution,
    UnplannableError,
    construct,
    decode,
    late_ends,
    measure_levels,
    objectives,
    order_ends,
    pose,
    solve,
    unkept,
    unpinned,
    violations,
    wishes,
)
from scheduler import difference as changes

REPLAYS_S = 0.15
"""Real seconds for replays after a search; and after a quick one, which machines wait for."""
QUICK_REPLAYS_S = 0.05

DEARER_PERCENT = 5
"""An answer that costs so much more as things stand now is searched once more. Assumed."""
MEND_S, MEND_ROUNDS = 0.3, 10
"""Real seconds for that where no kernels are loaded; with them rounds of some two thousand moves."""


@dataclass(frozen=True, slots=True)
class Solver:
    """A plant, and the routings of the orders that were asked about last."""

    plant: Plant
    seed: int
    routings: dict[str, tuple[Order, Routing]] = field(
        default_factory=dict[str, tuple[Order, Routing]]
    )

    def pose(self, question: Question, terms: wishes.Terms | None = None) -> Problem:
        """Pose a question; routings are worked out once an order."""
        self.learn(question.orders)
        return pose(
            question.orders,
            self.plant,
            question.frozen,
            question.now_s,
            {name: routing for name, (_, routing) in self.routings.items()},
            question.terms if terms is None else terms,
        )

    def learn(self, orders: Iterable[Order]) -> None:
        """Work out the routings of these orders, and forget all others."""
        known = {
            order.id: self.routings[order.id]
            if order.id in self.routings and self.routings[order.id][0] == order
            else (order, route(order, self.plant))
            for order in orders
        }
        self.routings.clear()
        self.routings.update(known)


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop, by a clock or by counting."""

    search: Callable[[], bool]
    share: Callable[[], float] | None
    """How much of the search's budget is used, for the compiled search; None to do without it."""
    replays: Callable[[], bool]
    at_ms: Callable[[], int]
    """How far the search has come."""


def prepared(plant: Plant, seed: int, orders: tuple[Order, ...]) -> Solver:
    """Make a warm child ready for a question about more or less these orders."""
    loaded.load()
    solver = Solver(plant, seed)
    solver.learn(orders)
    return solver


def solve_in_child(
    tell: Tell, solver: Solver, question: Question, compared: bool, begun_s: float
) -> Answer:
    """Solve within the question's budget, counted from when it was asked: a busy machine has less of
    it for the search. Source: Linux clock_gettime(2), the monotonic clock is one for all processes."""
    if not (question.quick or compared):
        step_back()
    ends_s = begun_s + question.budget_s
    replays_s = QUICK_REPLAYS_S if question.quick else REPLAYS_S
    begins_s = time.monotonic()
    limits = Limits(
        search=lambda: time.monotonic() >= ends_s,
        share=None
        if not loaded.are_loaded()
        else lambda: (time.monotonic() - begins_s) / max(0.001, ends_s - begins_s),
        replays=lambda: time.monotonic() >= ends_s + replays_s,
        at_ms=lambda: round((time.monotonic() - begun_s) * 1000),
    )
    return solve_question(solver, question, limits, tell, compared=compared)


def solve_question(
    solver: Solver, question: Question, limits: Limits, tell: Tell, *, compared: bool = False
) -> Answer:
    """Pose and solve a question, telling each better answer on the way."""
    problem = solver.pose(question)
    curve: list[tuple[int, int]] = []

    def better(found: Solution) -> None:
        curve.append((limits.at_ms(), dict(found.levels)["cents"]))
        tell(_answer(solver.plant, question, problem, found, curve))

    hint = _hint(question)
    solution = solve(problem, limits.search, solver.seed, hint, better, share=limits.share)
    answer = _answer(solver.plant, question, problem, solution, curve)
    if solution.schedule is None:
        return answer
    settled = as_planned(problem, solution.schedule)
    late = late_ends(settled, solution.schedule, solver.seed, limits.replays)
    difference = _compare(solver, question, solution.schedule) if compared else None
    # A replay knows nothing of batches that wait for more parts.
    ends = dict(answer.ends)
    late_or_waited = tuple((name, max(at_s, ends[name])) for name, at_s in late.items())
    return replace(answer, late_ends=late_or_waited, difference=difference)


def construct_in_child(plant: Plant, question: Question) -> Answer:
    """Construct a plan without search."""
    problem = Solver(plant, 0).pose(question)
    try:
        schedule = construct(problem, _hint(question))
    except UnplannableError as error:
        return nothing(question, str(error))
    fault = next(violations(as_planned(problem, schedule), schedule), None)
    if fault is not None:
        return nothing(question, fault)
    waits, ends = _waits_and_ends(plant, problem, schedule)
    return replace(
        nothing(question, question.why),
        slots=schedule.slots,
        levels=measure_levels(problem, schedule),
        tiers=("constructed without search",),
        ends=ends,
        waits=waits,
        unkept=tuple(unkept(problem, schedule)),
    )


def rebase_in_child(
    _tell: Tell, solver: Solver, question: Question, answer: Answer
) -> Answer | None:
    """Move an answer onto a question as it stands now; None when that goes no more. What has become
    much dearer on the way is searched a little more: one batch that was begun otherwise than planned
    can hold up a day."""
    problem = solver.pose(question)
    moved = rebased(solver.plant, problem, question, answer)
    if moved is not None and 100 * _cents(moved) <= (100 + DEARER_PERCENT) * _cents(answer):
        return moved
    mended = _mended(solver, problem, question, answer)
    if mended is None or (moved is not None and moved.levels <= mended.levels):
        return moved
    return mended


def _cents(answer: Answer) -> int:
    return dict(answer.levels).get("cents", 0)


def _mended(solver: Solver, problem: Problem, question: Question, answer: Answer) -> Answer | None:
    """Search from an answer's plan, as it can still be run, for a moment."""
    assert answer.slots is not None, "Only plans are moved on."
    ends_s = time.monotonic() + MEND_S
    rounds = itertools.count(1)
    share = (lambda: next(rounds) / MEND_ROUNDS) if loaded.are_loaded() else None
    solution = solve(
        problem,
        lambda: time.monotonic() >= ends_s,
        solver.seed,
        Schedule(answer.slots),
        share=share,
    )
    if solution.schedule is None:
        return None
    levels = measure_levels(problem, solution.schedule, _hint(question))
    return _moved_to(solver.plant, problem, answer, solution.schedule, levels, answer.why)


def rebased(plant: Plant, problem: Problem, question: Question, answer: Answer) -> Answer | None:
    """Run an answer's batches in their order on today's frozen work, and verify what comes of it.

    Where it has become worse on the way, it is held against the present plan (the question's hint),
    and that one goes on if it is the better of the two.
    """
    assert answer.slots is not None, "Only plans are rebased."
    new = rebase(answer.slots, problem)
    if new is None:
        return None
    present = _hint(question)
    levels, why = measure_levels(problem, new, present), answer.why
    if present is not None and levels > answer.levels:
        old = rebase(present.slots, problem)
        if old is not None and (stays := measure_levels(problem, old, present)) < levels:
            new, levels, why = old, stays, f"{answer.why}; the present plan stays the better one"
    return _moved_to(plant, problem, answer, new, levels, why)


def _moved_to(
    plant: Plant,
    problem: Problem,
    answer: Answer,
    new: Schedule,
    levels: objectives.Levels,
    why: str,
) -> Answer:
    waits, ends = _waits_and_ends(plant, problem, new)
    return replace(
        answer,
        slots=new.slots,
        levels=levels,
        why=why,
        ends=ends,
        waits=waits,
        unkept=tuple(unkept(problem, new)),
    )


def rebase(slots: Iterable[Slot], problem: Problem) -> Schedule | None:
    """Run the slots' batches in their order on today's frozen work; None when that is no schedule.

    What is finished, running or no longer wanted is left out. Pins that no plan keeps fall apart.
    """
    sequences: dict[str, list[tuple[str, ...]]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.start_s, slot.machine)):
        members = tuple(name for name in slot.operations if name in problem.tasks)
        if members:
            sequences.setdefault(slot.machine, []).append(members)
    for settled in (problem, unpinned(problem)):
        schedule = decode(settled, sequences)
        if schedule is not None and next(violations(settled, schedule), None) is None:
            return schedule
    return None


def as_planned(problem: Problem, schedule: Schedule) -> Problem:
    """Return the problem that a schedule solves: without pins if these had to fall apart."""
    return problem if next(violations(problem, schedule), None) is None else unpinned(problem)


def _waits_and_ends(
    plant: Plant, problem: Problem, schedule: Schedule
) -> tuple[Waits, tuple[tuple[str, int], ...]]:
    patience = patience_of(plant)
    if not patience:
        # Most plants; a plan that is told on the way is not judged once more for them.
        return (), tuple(order_ends(problem, schedule).items())
    return waits_and_ends(patience, as_planned(problem, schedule), schedule)


def _compare(solver: Solver, question: Question, found: Schedule) -> changes.Difference:
    """Set a plan beside the present one, which does not know the last wish yet; both at what they
    cost without favours for any order."""
    asked = question.terms.wishes
    today = solver.pose(question, replace(question.terms, wishes=asked[:-1]))
    present = rebase(question.hint, today)
    if present is None:
        present = Schedule(tuple(s for s in question.hint if today.tasks.keys() >= {*s.operations}))
    plain = solver.pose(question, replace(question.terms, wishes=()))
    return changes.changed_by(plain, present, found)


def _answer(
    plant: Plant,
    question: Question,
    problem: Problem,
    solution: Solution,
    curve: list[tuple[int, int]],
) -> Answer:
    if solution.schedule is None:
        return nothing(question, solution.why)
    waits, ends = _waits_and_ends(plant, problem, solution.schedule)
    return replace(
        nothing(question, question.why),
        slots=solution.schedule.slots,
        levels=solution.levels,
        bound=solution.bound,
        tiers=solution.tiers,
        curve=tuple(curve),
        ends=ends,
        waits=waits,
        unkept=tuple(unkept(problem, solution.schedule)),
    )


def _hint(question: Question) -> Schedule | None:
    return Schedule(question.hint) if question.hint else None
