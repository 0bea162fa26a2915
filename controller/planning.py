"""Questions to the planner and its answers: solved in killable children, or in line in virtual time.

An answer is late by the time it took: `adopt` moves it onto what is frozen now and checks it again.
"""

import asyncio
import itertools
import pickle
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from controller.child import ChildError, Tell, run_in_child, stream_from_child
from controller.events import PlanPublished
from controller.state import State
from plant_config import Order, Plant
from scheduler import (
    Frozen,
    Problem,
    Schedule,
    Slot,
    Solution,
    UnplannableError,
    construct,
    decode,
    measure_levels,
    pose,
    solve,
    violations,
)

BUDGET_S = 4.0
"""Real seconds for a plan of a day; the demo's day passes in two minutes."""

QUICK_S = 0.4
"""Real seconds for a plan that machines wait for."""

GRACE_S = 5.0
"""A child starts, and writes down what it has, within this; then it is killed."""

CONSTRUCT_S = 10.0
"""The fallback takes milliseconds; a busy machine may need its time to start it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be planned, as it stood at `now_s`."""

    stamp: int
    """Sequence number up to which it knows what is wanted."""
    why: str = ""
    orders: tuple[Order, ...]
    frozen: Frozen
    now_s: int
    hint: tuple[Slot, ...] = ()
    """The present plan, to start from and to stay close to."""
    budget_s: float = BUDGET_S
    """Real seconds; in virtual time a count of steps takes its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the planner found; `slots` is None when it found nothing, and `why` says the reason then."""

    stamp: int
    orders: tuple[str, ...]
    """The orders that the question knew."""
    slots: tuple[Slot, ...] | None
    levels: tuple[tuple[str, int], ...] = ()
    bound: int | None = None
    tiers: tuple[str, ...] = ()
    took_ms: int = 0
    why: str = ""


class PlannerPort(Protocol):
    """Answers questions; never raises for a solver that broke or was too slow."""

    async def ask(self, question: Question) -> Answer:
        """Return an answer; a question that waits is given up when a newer one comes."""
        ...


class ProcessPlanner:
    """Solves one question at a time in a child of its own, and has a plan even when that child dies."""

    def __init__(self, plant: Plant, *, seed: int = 1) -> None:
        self._plant = pickle.dumps(plant)
        self._seed = seed
        self._numbers = itertools.count(1)
        self._newest = 0
        self._turn = asyncio.Lock()

    async def ask(self, question: Question) -> Answer:
        """Solve it, or construct a plan, or say why there is none."""
        self._newest = mine = next(self._numbers)
        async with self._turn:
            if mine != self._newest:
                return _nothing(question, "A newer question took its place.")
            loop = asyncio.get_running_loop()
            begun_s = loop.time()
            answer = await self._solved(question)
            return replace(answer, took_ms=round((loop.time() - begun_s) * 1000))

    async def _solved(self, question: Question) -> Answer:
        latest: list[Answer] = []

        def heard(said: object) -> None:
            assert isinstance(said, Answer)
            latest[:] = [said]

        limit_s = question.budget_s + GRACE_S
        try:
            return await stream_from_child(
                solve_pickled, self._plant, question, self._seed, timeout=limit_s, heard=heard
            )
        except ChildError as error:
            if latest:
                return replace(latest[0], why=f"{question.why}; the solver stopped: {error}")
            return await self._constructed(question, error)

    async def _constructed(self, question: Question, failed: ChildError) -> Answer:
        try:
            answer = await run_in_child(
                construct_pickled, self._plant, question, timeout=CONSTRUCT_S
            )
        except ChildError as error:
            return _nothing(question, f"The solver stopped: {failed} So did the fallback: {error}")
        return replace(answer, why=f"{question.why}; without the solver: {failed}")


class InlinePlanner:
    """Solves in line with a fixed number of steps, so that equal questions have equal answers."""

    def __init__(self, plant: Plant, steps: int, *, seed: int = 1) -> None:
        self._plant = plant
        self._steps = steps
        self._seed = seed

    async def ask(self, question: Question) -> Answer:
        """Solve it before anything else happens; it takes no virtual time."""
        return solve_question(
            self._plant, question, self._seed, counting_stop(self._steps), _ignore
        )


def counting_stop(steps: int) -> Callable[[], bool]:
    """Return a stop that says yes from its `steps`-th call on."""
    count = itertools.count(1)
    return lambda: next(count) >= steps


def rebase(slots: Iterable[Slot], problem: Problem) -> Schedule | None:
    """Run the slots' batches in their order on today's frozen work; None when that is no schedule.

    What is finished, running or no longer wanted is left out.
    """
    sequences: dict[str, list[tuple[str, ...]]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.start_s, slot.machine)):
        members = tuple(name for name in slot.operations if name in problem.tasks)
        if members:
            sequences.setdefault(slot.machine, []).append(members)
    schedule = decode(problem, sequences)
    if schedule is None or next(violations(problem, schedule), None) is not None:
        return None
    return schedule


def adopt(state: State, answer: Answer, frozen: Frozen, now_s: int) -> PlanPublished | None:
    """Return the plan that an answer has become by now; None when it has become none.

    Orders that the question did not know wait for the next one. Where the answer has become worse
    on the way, it is held against the present plan, and that one goes on, under a new number, if it
    is the better of the two.
    """
    if answer.slots is None:
        return None
    known = {
        name: opened
        for name in answer.orders
        if (opened := state.orders.get(name)) is not None and opened.cancelled is None
    }
    problem = pose(
        (order.order for order in known.values()),
        state.plant,
        frozen,
        now_s,
        {name: order.routing for name, order in known.items()},
    )
    new = rebase(answer.slots, problem)
    if new is None:
        return None
    present = Schedule(state.plan.slots) if state.plan is not None else None
    levels, why = measure_levels(problem, new, present), answer.why
    if present is not None and levels > answer.levels:
        old = rebase(present.slots, problem)
        if old is not None and (stays := measure_levels(problem, old, present)) < levels:
            new, levels, why = old, stays, f"{answer.why}; the present plan stays the better one"
    return PlanPublished(
        number=1 if state.plan is None else state.plan.number + 1,
        why=why,
        slots=new.slots,
        levels=levels,
        bound=answer.bound,
        tiers=answer.tiers,
        took_ms=answer.took_ms,
        answers=answer.stamp,
    )


def solve_question(
    plant: Plant, question: Question, seed: int, stop: Callable[[], bool], tell: Tell
) -> Answer:
    """Pose and solve a question, telling each better answer on the way."""
    problem = pose(question.orders, plant, question.frozen, question.now_s)
    solution = solve(
        problem,
        stop=stop,
        seed=seed,
        hint=_hint(question),
        progress=lambda better: tell(_answer(question, better)),
    )
    return _answer(question, solution)


def solve_pickled(tell: Tell, plant: bytes, question: Question, seed: int) -> Answer:
    """Solve within the question's budget, counted from here; runs in a child."""
    until_s = time.monotonic() + question.budget_s
    return solve_question(
        pickle.loads(plant),  # noqa: S301 our own process wrote it
        question,
        seed,
        lambda: time.monotonic() >= until_s,
        tell,
    )


def construct_pickled(plant: bytes, question: Question) -> Answer:
    """Construct a plan without search; runs in a child."""
    loaded = pickle.loads(plant)  # noqa: S301 our own process wrote it
    problem = pose(question.orders, loaded, question.frozen, question.now_s)
    try:
        schedule = construct(problem, _hint(question))
    except UnplannableError as error:
        return _nothing(question, str(error))
    return replace(
        _nothing(question, question.why),
        slots=schedule.slots,
        levels=measure_levels(problem, schedule),
        tiers=("constructed without search",),
    )


def _answer(question: Question, solution: Solution) -> Answer:
    if solution.schedule is None:
        return _nothing(question, solution.why)
    return replace(
        _nothing(question, question.why),
        slots=solution.schedule.slots,
        levels=solution.levels,
        bound=solution.bound,
        tiers=solution.tiers,
    )


def _hint(question: Question) -> Schedule | None:
    return Schedule(question.hint) if question.hint else None


def _ignore(_said: object) -> None:
    pass


def _nothing(question: Question, why: str) -> Answer:
    return Answer(
        stamp=question.stamp,
        orders=tuple(order.id for order in question.orders),
        slots=None,
        why=why,
    )
