"""A planner that takes its time in virtual time, and keeps the real one's promises meanwhile."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from controller.planning import Answer, InlinePlanner, Question
from controller.question import nothing


@dataclass
class PatientPlanner:
    """A quick question is never ended and waits for no better plan; a longer search gives way to any
    newer question. Answers are as old as they took."""

    inline: InlinePlanner
    quick_s: float
    better_s: float
    asked: list[tuple[float, bool]] = field(default_factory=list)
    """(loop second, quick) of each question that was begun."""
    _newest: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _newer: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, question: Question, again: Callable[[], Question] | None = None) -> Answer:
        """Answer after a while, or give way."""
        self._newest += 1
        mine, self._newer, before = self._newest, asyncio.Event(), self._newer
        before.set()
        async with self._turn:
            if mine != self._newest:
                return nothing(question, "A newer question took its place.", gave_way=True)
            self.asked.append((asyncio.get_running_loop().time(), question.quick))
            answer = await self.inline.ask(question, again)
            if question.quick:
                await asyncio.sleep(self.quick_s)
                return answer
            try:
                async with asyncio.timeout(self.better_s):
                    await self._newer.wait()
            except TimeoutError:
                return answer
            return nothing(question, "A newer question took its place.", gave_way=True)

    async def propose(self, question: Question) -> Answer:
        """Answer beside the main plan, after a while."""
        answer = await self.inline.propose(question)
        await asyncio.sleep(self.quick_s)
        return answer
