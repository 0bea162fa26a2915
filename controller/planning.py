"""Planners that answer questions: in killable children, or in line in virtual time.

A quick question is one that machines wait for. It ends a longer search at once, and finds a child that
waits for it, prepared; it is never ended itself, so that there is always an answer soon.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from controller.adopting import adopt, what_is_left
from controller.child import ChildError, WarmChild, run_in_child
from controller.question import BUDGET_S, QUICK_S, Answer, Question, nothing
from controller.solving import (
    Limits,
    Solver,
    construct_in_child,
    prepared,
    rebase,
    rebase_in_child,
    solve_in_child,
    solve_question,
)
from plant_config import Order, Plant

__all__ = [
    "BUDGET_S",
    "QUICK_S",
    "Answer",
    "InlinePlanner",
    "PlannerPort",
    "ProcessPlanner",
    "Question",
    "adopt",
    "counting_stop",
    "rebase",
]

GRACE_S = 5.0
"""A child starts, and writes down what it has, within this; then it is killed."""

CONSTRUCT_S = 10.0
"""The fallback takes milliseconds; a busy machine may need its time to start it."""

REBASE_S = 2.0
"""Real seconds for moving an answer onto what is frozen now; otherwise the loop does it."""

REBASES = 2
"""Times that a child moves an answer on; what happens in the milliseconds after that is little."""

HURRY_S = 0.8
"""Real seconds after which machines wait no longer for the end of a quick search, if it has a plan."""

WARM = 2
"""Children that are kept ready: one may be ended, and the next question still finds one."""

REPLAYS = 40
"""Replays in line, where nothing takes time."""


class PlannerPort(Protocol):
    """Answers questions; never raises for a solver that broke or was too slow."""

    async def ask(self, question: Question, again: Callable[[], Question] | None = None) -> Answer:
        """Return an answer; a question that waits is given up when a newer one comes.

        With `again`, which says how the question stands now, the answer is already moved onto that.
        """
        ...

    async def propose(self, question: Question) -> Answer:
        """Answer what somebody asks for, beside the plan that counts; the wish is the last of the
        terms. The answer says what it changes."""
        ...


class ProcessPlanner:
    """Solves in children of its own, and has a plan even when they die."""

    def __init__(self, plant: Plant, *, seed: int = 1) -> None:
        self._plant = plant
        self._seed = seed
        self._numbers = itertools.count(1)
        self._newest = 0
        self._turn, self._aside = asyncio.Lock(), asyncio.Lock()
        self._idle: list[WarmChild] = []
        self._known: tuple[Order, ...] = ()
        """The orders of the last question, which new children get to know ahead of the next."""
        self._improving: WarmChild | None = None
        """The child of a longer search, which a newer question ends."""

    async def ask(self, question: Question, again: Callable[[], Question] | None = None) -> Answer:
        """Solve it, or construct a plan, or say why there is none."""
        self._newest = mine = next(self._numbers)
        if self._improving is not None:
            self._improving.kill()
        async with self._turn:
            if mine != self._newest:
                return _gave_way(question)
            loop = asyncio.get_running_loop()
            begun_s = loop.time()
            answer = await self._solved(question, lambda: mine != self._newest)
            if again is not None:
                answer = await self._moved_on(answer, again)
            return replace(answer, took_ms=round((loop.time() - begun_s) * 1000))

    async def propose(self, question: Question) -> Answer:
        """Solve it beside the main plan; a second proposal waits for the first."""
        async with self._aside:
            loop = asyncio.get_running_loop()
            begun_s = loop.time()
            answer = await self._solved(question, None)
            return replace(answer, took_ms=round((loop.time() - begun_s) * 1000))

    def warm(self) -> None:
        """Have children ready for the next questions."""
        self._idle = [child for child in self._idle if child.usable]
        while len(self._idle) < WARM:
            self._idle.append(WarmChild(prepared, self._plant, self._seed, self._known))

    def close(self) -> None:
        """End all children."""
        for child in self._idle:
            child.kill()
        self._idle.clear()

    async def _solved(self, question: Question, gives_way: Callable[[], bool] | None) -> Answer:
        """Solve in a warm child; a question of the main plan may have to give way to a newer one."""
        self._known = question.orders
        latest: list[Answer] = []
        told = asyncio.Event()

        def heard(said: object) -> None:
            assert isinstance(said, Answer)
            latest[:] = [said]
            told.set()

        child = self._take()
        if gives_way is not None and not question.quick:
            self._improving = child
        hurry = asyncio.ensure_future(_end_when_told(child, told)) if question.quick else None
        try:
            answer = await child.stream(
                solve_in_child,
                question,
                gives_way is None,
                time.monotonic(),
                timeout=question.budget_s + GRACE_S,
                heard=heard,
            )
        except ChildError as error:
            if not question.quick and gives_way is not None and gives_way():
                return _gave_way(question)
            if latest:
                ended = hurry is not None and hurry.done()
                why = question.why if ended else f"{question.why}; the solver stopped: {error}"
                return replace(latest[0], why=why, asked=question)
            return await self._constructed(question, error)
        finally:
            if hurry is not None:
                hurry.cancel()
            if self._improving is child:
                # It stepped back for its long search, and nothing that is in a hurry may do so.
                self._improving = None
                child.kill()
            self._idle.append(child)
        return replace(answer, asked=question)

    async def _moved_on(self, answer: Answer, again: Callable[[], Question]) -> Answer:
        """Move an answer onto what is frozen now, in a child, unless all went as it says anyway."""
        for _ in range(REBASES):
            now = again()
            orders = {order.id for order in now.orders}
            left = what_is_left(answer, now.frozen, now.now_s, orders, now.terms)
            if answer.slots is None or left is not None:
                break
            child = self._take()
            known = replace(now, orders=tuple(o for o in now.orders if o.id in answer.orders))
            bare = replace(answer, asked=None)
            try:
                moved = await child.stream(
                    rebase_in_child, known, bare, timeout=REBASE_S, heard=_ignore
                )
            except ChildError:
                break
            finally:
                self._idle.append(child)
            if moved is None:
                break
            answer = replace(moved, asked=known)
        return answer

    def _take(self) -> WarmChild:
        self.warm()
        child = self._idle.pop(0)
        self.warm()
        return child

    async def _constructed(self, question: Question, failed: ChildError) -> Answer:
        try:
            answer = await run_in_child(
                construct_in_child, self._plant, question, timeout=CONSTRUCT_S
            )
        except ChildError as error:
            return nothing(question, f"The solver stopped: {failed} So did the fallback: {error}")
        why = (
            answer.why if answer.slots is None else f"{question.why}; without the solver: {failed}"
        )
        return replace(answer, why=why, asked=question)


class InlinePlanner:
    """Solves in line with a fixed number of steps, so that equal questions have equal answers."""

    def __init__(self, plant: Plant, steps: int, *, seed: int = 1) -> None:
        self._solver = Solver(plant, seed)
        self._steps = steps

    async def ask(self, question: Question, again: Callable[[], Question] | None = None) -> Answer:
        """Solve it before anything else happens; it takes no virtual time."""
        return self._solved(question, compared=False)

    async def propose(self, question: Question) -> Answer:
        """The same, and say what it changes."""
        return self._solved(question, compared=True)

    def _solved(self, question: Question, *, compared: bool) -> Answer:
        steps = itertools.count(1)
        limits = Limits(
            search=lambda: next(steps) >= self._steps,
            share=None,
            replays=counting_stop(REPLAYS),
            at_ms=lambda: 0,
        )
        answer = solve_question(self._solver, question, limits, _ignore, compared=compared)
        return replace(answer, asked=question)


async def _end_when_told(child: WarmChild, told: asyncio.Event) -> None:
    """On a busy machine, take the first plan that a child told of instead of its last one."""
    await asyncio.sleep(HURRY_S)
    await told.wait()
    child.kill()


def counting_stop(steps: int) -> Callable[[], bool]:
    """Return a stop that says yes from its `steps`-th call on."""
    count = itertools.count(1)
    return lambda: next(count) >= steps


def _gave_way(question: Question) -> Answer:
    return nothing(question, "A newer question took its place.", gave_way=True)


def _ignore(_said: object) -> None:
    pass
