"""A desk that takes orders: the real judge, fold and journal, without machines and without a loop."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import gloves

from controller import events as e
from controller.fold import apply
from controller.journal import Draft, InlineJournal, Memory
from controller.judge import judge
from controller.orders.intake import Intake
from controller.outbox.exchange import Exchange
from controller.requests import Refusal, Taken
from controller.state import State

WALL = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@dataclass
class TakingDesk:
    """Answers requests as the loop does; `asked` keeps them."""

    memory: Memory = field(default_factory=Memory)
    at_s: int = 0
    asked: list = field(default_factory=list)

    def __post_init__(self):
        self.journal = InlineJournal(self.memory)
        self.state = State(gloves.PLANT)
        for stamped in asyncio.run(self.journal.read()):
            apply(self.state, stamped)
        if not self.state.seq:
            opened = e.PlantOpened(plant="g", digest="d", origin_utc=gloves.ORIGIN.isoformat())
            asyncio.run(self.record([opened]))

    def now_s(self):
        return self.at_s

    async def record(self, facts, actor="test"):
        drafts = [Draft(event=f, at_s=self.at_s, utc=WALL.isoformat(), actor=actor) for f in facts]
        for stamped in await self.journal.append(drafts):
            apply(self.state, stamped)

    async def ask(self, request, *, actor, station, key="", expected=None):
        self.asked.append((request, actor))
        judged = judge(self.state, request, now_s=self.at_s, utc=WALL)
        if isinstance(judged, Refusal):
            return judged
        for order, person in judged.people.items():
            await self.journal.remember_person(order, person)
        if judged.refused:
            file = judged.refused[0][0]
            await self.journal.remember_refusals(file, [row for _, row in judged.refused])
        await self.record(judged.facts, actor)
        return judged.reply or Taken(seq=self.state.seq, says=judged.says)

    def person(self, order):
        return self.journal.person(order)

    def refused_rows(self):
        return self.journal.refusals()

    def facts(self, kind):
        """Return the recorded facts of a kind."""
        found = asyncio.run(self.journal.read())
        return [stamped.event for stamped in found if isinstance(stamped.event, kind)]


def intake(desk=None):
    """Return an intake over a desk, whose maps and answers survive with the desk's memory."""
    desk = desk or TakingDesk()
    return Intake(desk, Exchange(desk.journal, lambda: WALL))
