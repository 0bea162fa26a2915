"""A simulated machine as a driver in the same process, for whole days in simulated time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from drivers import (
    Answer,
    Command,
    Finding,
    JobOrder,
    JobState,
    Knowledge,
    LinkChange,
    LinkError,
    Notice,
    Report,
    Submit,
    over,
)
from plant_config import Evidence
from simulators.machine import Said, Twin


class TwinDriver:
    """Fulfils `drivers.Driver` with what the machine's evidence tier lets a driver know.

    `now_s` returns plant seconds and `sleep` waits for some; both run on the loop's time. The link
    behaves as a real one: cut, nothing can be sent; an answer that is lost on its way takes the
    connection with it, and a new one comes up.
    """

    def __init__(
        self, twin: Twin, now_s: Callable[[], int], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self.twin = twin
        self._now_s, self._sleep = now_s, sleep
        self._notices: asyncio.Queue[Notice] = asyncio.Queue()
        self._turn = asyncio.Event()
        self._mine = ""
        """The job order that this driver knows to be in the works, where the machine has no ids."""
        self._up = False
        self._boot = twin.boot
        self._life: asyncio.Task[None] | None = None

    @property
    def machine(self) -> str:
        """Return the id of the machine."""
        return self.twin.id

    async def submit(self, job: JobOrder) -> Answer:
        """Have it made: in one phase where repeats are refused, else stored, seen and started."""
        await self._reach()
        self._compare_counter(job)
        if self.twin.group.dedupes:
            answer = self._answer(self.twin.store_and_start(job, self._now_s()))
        else:
            answer = await self._store_and_verify(job)
            if answer.outcome is Submit.ACCEPTED:
                answer = self._answer(self.twin.start(job.id, self._now_s()))
        if answer.outcome in {Submit.ACCEPTED, Submit.DUPLICATE}:
            self._mine = job.id
        self._turn.set()
        return answer

    async def look_up(self, job: JobOrder) -> Finding:
        """Ask what became of a job order; says as much as the evidence proves."""
        await self._reach()
        self.twin.go_to(self._now_s())
        match self.twin.evidence:
            case Evidence.LEDGER:
                return self._from_ledger(job)
            case Evidence.COUNTER:
                return self._from_counter(job)
            case _:
                return self._from_nothing(job)

    async def held(self) -> tuple[Report, ...] | None:
        """Return everything it holds; None where it has no ids."""
        await self._reach()
        if self.twin.evidence is not Evidence.LEDGER:
            return None
        self.twin.go_to(self._now_s())
        return self.twin.reports()

    async def command(self, command: Command, job_order: str, comment: str) -> Answer:
        """Pass a command on."""
        await self._reach()
        answer = self._answer(self.twin.command(command, job_order, self._now_s()))
        self._turn.set()
        return answer

    async def notices(self) -> AsyncIterator[Notice]:
        """Yield every change, a LinkChange first."""
        if self._life is None:
            self._life = asyncio.create_task(self._live())
        while True:
            yield await self._notices.get()

    async def close(self) -> None:
        """Let go; the machine goes on."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
            self._life = None

    async def _reach(self) -> None:
        await self._sleep(0)
        self.twin.go_to(self._now_s())
        if not self.twin.reachable:
            raise LinkError(f"{self.machine}: no link; nothing was sent.")

    def _compare_counter(self, job: JobOrder) -> None:
        """An intent formed on another count proves nothing; the count is told again (R6)."""
        if self.twin.evidence is Evidence.COUNTER and job.count_before != self.twin.count:
            why = f"it has started {self.twin.count}, not {job.count_before}"
            self._lose_link(why)
            raise LinkError(f"{self.machine}: {why}; nothing was sent.")

    async def _store_and_verify(self, job: JobOrder) -> Answer:
        """Store is harmless when it is lost or repeated, so the machine may be told it again."""
        stored = self._answer(self.twin.store(job, self._now_s()))
        if stored.outcome is not Submit.ACCEPTED:
            return stored
        await self._reach()
        if self.twin.job(job.id) != job:
            return Answer(Submit.REJECTED, "It holds another recipe than it was told.")
        return stored

    def _answer(self, said: Said) -> Answer:
        if self.twin.swallow_reply():
            self._lose_link("the connection closed before the answer came")
            return Answer(Submit.UNKNOWN, "The connection closed before the answer came.")
        if said.ok:
            return Answer(Submit.ACCEPTED)
        outcome = Submit.DUPLICATE if said.code == "repeated" else Submit.REJECTED
        return Answer(outcome, said.detail)

    def _from_ledger(self, job: JobOrder) -> Finding:
        report, boot = self.twin.report(job.id), self.twin.boot
        if report is None:
            return Finding(knowledge=Knowledge.NEVER_SEEN, boot=boot, detail="It has no record.")
        knowledge = Knowledge.OVER if over(report.state) else Knowledge.HELD
        return Finding(knowledge=knowledge, report=report, boot=boot)

    def _from_counter(self, job: JobOrder) -> Finding:
        twin, before = self.twin, job.count_before
        if job.expected_boot != twin.boot or before is None:
            detail = "It was switched off since then"
            return Finding(knowledge=Knowledge.UNPROVABLE, boot=twin.boot, detail=detail)
        if twin.count == before:
            detail = f"It has started {before} before and after"
            return Finding(knowledge=Knowledge.NEVER_SEEN, boot=twin.boot, detail=detail)
        report = twin.report(job.id) if twin.count == before + 1 else None
        if report is None:
            detail = f"It has started {twin.count - before} since then"
            return Finding(knowledge=Knowledge.UNPROVABLE, boot=twin.boot, detail=detail)
        self._mine = job.id
        knowledge = Knowledge.OVER if over(report.state) else Knowledge.HELD
        return Finding(knowledge=knowledge, report=report, boot=twin.boot)

    def _from_nothing(self, job: JobOrder) -> Finding:
        report = self.twin.report(job.id) if self._mine == job.id else None
        if report is None:
            detail = f"{self.machine} cannot tell what it made"
            return Finding(knowledge=Knowledge.UNPROVABLE, detail=detail)
        knowledge = Knowledge.OVER if over(report.state) else Knowledge.HELD
        return Finding(knowledge=knowledge, report=report)

    async def _live(self) -> None:
        """Let time move the machine, and tell what the link lets through."""
        while True:
            changes = self.twin.advance(self._now_s())
            self._follow_link()
            for change in changes if self._up else ():
                if not isinstance(change, Report) or self._knows(change):
                    self._notices.put_nowait(change)
            await self._until_change()

    def _follow_link(self) -> None:
        if self._up and self._boot != self.twin.boot:
            self._lose_link("it was switched off")
        if self._up and not self.twin.reachable:
            self._lose_link("no answer")
        if not self._up and self.twin.reachable:
            self._up, self._boot = True, self.twin.boot
            none = self.twin.evidence is Evidence.NONE
            self._notices.put_nowait(
                LinkChange(
                    machine=self.machine,
                    up=True,
                    boot=None if none else self.twin.boot,
                    count=None if none else self.twin.count,
                )
            )

    def _lose_link(self, why: str) -> None:
        if self._up:
            self._up = False
            if self.twin.evidence is not Evidence.LEDGER:
                self._mine = ""
            self._notices.put_nowait(LinkChange(machine=self.machine, up=False, detail=why))
        self._turn.set()

    def _knows(self, report: Report) -> bool:
        """Without ids it says 'running' and 'done'; only who started it knows what that is."""
        stored = report.state is JobState.NOT_ALLOWED_TO_START
        return self.twin.evidence is Evidence.LEDGER or (
            report.job_order == self._mine and not stored
        )

    async def _until_change(self) -> None:
        next_s = self.twin.next_s(self._now_s())
        turn = asyncio.ensure_future(self._turn.wait())
        waits: set[asyncio.Future[None] | asyncio.Task[bool]] = {turn}
        if next_s is not None:
            waits.add(asyncio.ensure_future(self._sleep(max(1, next_s - self._now_s()))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        self._turn.clear()
