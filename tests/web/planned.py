"""A desk with a real plan of the small shoe plant, which answers wishes as the loop does."""

import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from shoes import PLANT, SmallDesk, the_desk

from controller import events as e
from controller.frozen import frozen_of
from controller.planning import InlinePlanner, adopt
from controller.proposal import Proposal
from controller.requests import Refusal, Reply, Taken
from controller.wanted.proposing import (
    Open,
    accept,
    compare,
    plan_question,
    question_of,
    refused_wish,
)
from controller.wanted.terms import terms_of
from scheduler import wishes

STEPS = 20


@dataclass
class PlannedDesk(SmallDesk):
    """The small desk with a planner of a few steps."""

    planner: InlinePlanner = field(default_factory=lambda: InlinePlanner(PLANT, STEPS))
    open: dict[int, Open] = field(default_factory=dict)
    proposed: int = 11
    served: Any = None
    """The application that a test built over it."""

    async def plan(self, why: str = "the morning") -> None:
        """Publish a plan of what is open now."""
        terms = terms_of(self.state)
        asked = plan_question(
            self.state, why, self.at_s, stamp=self.state.demand, budget_s=1, terms=terms
        )
        answer = await self.planner.ask(asked)
        plan = adopt(self.state, answer, frozen_of(self.state, self.at_s), self.at_s, terms)
        assert plan is not None, answer.why
        self.record(plan)

    async def propose(self, wish: wishes.Wish, *, actor: str) -> Proposal | Refusal:
        why = refused_wish(self.state, wish, self.at_s)
        if why is not None:
            return Refusal(kind="wrong", why=why)
        answer = await self.planner.propose(question_of(self.state, wish, self.at_s))
        self.proposed += 1
        made = compare(self.state, answer, wish, number=self.proposed, by=actor, now_s=self.at_s)
        if isinstance(made, Refusal):
            return made
        self.open[made.proposal.number] = made
        self.tell(frozenset({"proposals"}))
        return made.proposal

    def proposals(self) -> tuple[Proposal, ...]:
        return tuple(each.proposal for each in self.open.values())

    def _settled(self, number: int, accepted: bool, actor: str) -> Reply:
        opened = self.open.pop(number, None)
        if opened is None:
            return Refusal(kind="unknown", why=f"Proposal {number} is no longer open.")
        self.tell(frozenset({"proposals"}))
        if accepted:
            judged = accept(self.state, opened, self.at_s)
            if isinstance(judged, Refusal):
                return judged
            for fact in judged.facts:
                self.record(fact, actor)
        return Taken(seq=self.state.seq)


def the_planned_desk() -> PlannedDesk:
    """Return a fresh desk at 11:42 with a plan that follows from its facts."""
    small = the_desk()
    desk = PlannedDesk(
        small.state, small.journal, small.live, people=small.people, refusals=small.refusals
    )
    desk.record(e.LinkRestored(machine="C1", boot=1, count=0))
    at_once(desk.plan())
    return desk


def at_once(work: Coroutine[Any, Any, None]) -> None:
    """Run what waits for nothing, also where a loop runs already."""
    with contextlib.suppress(StopIteration):
        work.send(None)
        raise AssertionError("it waits for something")
