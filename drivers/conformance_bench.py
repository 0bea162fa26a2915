"""A machine on the test bench, and one run of the suite over it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from drivers.driver import (
    Answer,
    Command,
    Driver,
    Finding,
    JobOrder,
    JobState,
    LinkChange,
    LinkError,
    Notice,
    Report,
    Submit,
)
from drivers.states import over
from plant_config import Evidence


class ConformanceError(Exception):
    """The machine or its driver does not do what the contract says; its maker can act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A machine under test and what can be done to it from outside the driver."""

    driver: Driver
    evidence: Evidence
    dedupes: bool
    order: Callable[[int], JobOrder]
    """The n-th distinct job order that it can make; boot and count are filled in here."""
    after: Callable[[int], Awaitable[None]]
    """Let plant seconds pass."""
    empty: Callable[[], Awaitable[None]]
    """Take out what lies in it, as a person does."""
    made: Callable[[str], int] | None = None
    """How often a job order was really made."""
    lose_next_reply: Callable[[], None] | None = None
    """Have the next start carried out but its answer lost."""
    restart: Callable[[], Awaitable[None]] | None = None
    """Switch it off and on."""
    patience_s: float = 8.0
    """Real seconds that a notice or a link may take to come."""


class Trial:
    """One run of the suite: listens to the driver and numbers the job orders."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.driver = bench.driver
        self.boot: int | None = None
        self.count: int | None = None
        self.reports: dict[str, Report] = {}
        self._first: Notice | None = None
        self._links: list[bool] = []
        self._number = 0
        self._heard = asyncio.Condition()

    async def listen(self) -> None:
        """Follow the driver's notices until it is closed."""
        async for notice in self.driver.notices():
            async with self._heard:
                self._first = self._first or notice
                if isinstance(notice, LinkChange):
                    self._links.append(notice.up)
                    if notice.up:
                        self.boot, self.count = notice.boot, notice.count
                elif isinstance(notice, Report):
                    self.reports[notice.job_order] = notice
                    self.count = self.count if notice.count is None else notice.count
                self._heard.notify_all()

    def fresh(self) -> JobOrder:
        """Return a job order that the machine has never seen, formed on its present counters."""
        self._number += 1
        job = self.bench.order(self._number)
        return replace(job, expected_boot=self.boot, count_before=self.count)

    async def linked(self, ups: int = 1) -> None:
        """Wait until the link has come up so often."""
        await self._until(lambda: self._links.count(True) >= ups, "The link does not come up")
        expect(isinstance(self._first, LinkChange), "The first notice is not about the link.")

    @property
    def ups(self) -> int:
        """Return how often the link has come up so far."""
        return self._links.count(True)

    async def reported(self, job: JobOrder, *states: JobState) -> Report:
        """Wait for one of these states."""
        wanted = " or ".join(state.value for state in states)
        await self._until(
            lambda: job.id in self.reports and self.reports[job.id].state in states,
            f"No report says {wanted}",
        )
        return self.reports[job.id]

    async def accepted(self, job: JobOrder) -> None:
        """Submit and insist on a yes."""
        answer = await self.driver.submit(job)
        expect(answer.outcome is Submit.ACCEPTED, f"A good job order is {said(answer)}.")

    async def finish(self, job: JobOrder) -> Report:
        """Let it run to its end, whatever setup it needs."""
        for _ in range(4):
            await self.bench.after(max(60, job.takes_s))
            if job.id in self.reports and over(self.reports[job.id].state):
                break
        return await self.reported(job, JobState.ENDED, JobState.ABORTED)

    async def clear(self, job: JobOrder) -> None:
        """Empty the machine and let it forget the job order."""
        await self.bench.empty()
        answer = await self.driver.command(Command.CLEAR, job.id, "conformance")
        expect(answer.outcome is Submit.ACCEPTED, f"Clear after the end is {said(answer)}.")

    async def look_up(self, job: JobOrder) -> Finding:
        """Look up, waiting out a link that is coming back."""
        async with asyncio.timeout(self.bench.patience_s):
            while True:
                try:
                    return await self.driver.look_up(job)
                except LinkError:
                    await asyncio.sleep(0.05)

    async def _until(self, true: Callable[[], bool], otherwise: str) -> None:
        try:
            async with asyncio.timeout(self.bench.patience_s), self._heard:
                await self._heard.wait_for(true)
        except TimeoutError:
            raise ConformanceError(f"{otherwise} within {self.bench.patience_s:g} s.") from None


def expect(true: bool, otherwise: str) -> None:
    """Raise ConformanceError with the words when something is not so."""
    if not true:
        raise ConformanceError(otherwise)


def said(answer: Answer) -> str:
    """Put an answer into a sentence."""
    detail = f" ({answer.detail.rstrip('.')})" if answer.detail else ""
    return f"{answer.outcome.value}{detail}"
