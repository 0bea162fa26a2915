"""A machine behind Modbus/TCP that speaks the job map.

The recipe is written in chunks and read back before one write rings the doorbell. Nothing is sent
twice: an answer that does not come makes the outcome unknown, and `look_up` asks on a connection of
its own after it has used up a sequence number, so that whatever is still under way is refused.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import assert_never

from drivers import jobmap
from drivers.driver import (
    Answer,
    Command,
    Finding,
    JobOrder,
    Knowledge,
    LinkChange,
    LinkError,
    Notice,
    ProtocolError,
    Reading,
    Report,
    Submit,
)
from drivers.jobmap import Entry, Order, Status
from drivers.link import Link, Patience
from drivers.modbus_session import RefusedError, Session, UnknownOutcomeError
from drivers.states import over
from plant_config import Evidence, Modbus, Plant

POLLING = Patience(open_s=2.0, beat_every_s=0.1, beat_within_s=4.0)
_LINK_WITHIN_S = 1.0
_READINGS_EVERY = 5
"""Polls between two looks at the process values."""
_REMEMBERED = 32
"""Job orders whose members the driver keeps, to read their verdicts."""

_REFUSALS = {
    "repeated": "It has this job order already.",
    "unknown": "It has no such job order.",
    "invalid_state": "The job order's state does not allow it.",
    "busy": "It works on another job order.",
    "needs_clear": "It is not cleared.",
    "recipe": "The recipe is not what its digest says.",
    "stale_boot": "It was switched off since then.",
    "fenced": "Another controller is in charge.",
    "limit": "A value is beyond its limits.",
}


@dataclass(frozen=True, slots=True)
class _Own:
    """The job order that this driver started on a machine without ids, and the start's number."""

    job: JobOrder
    starts: int


class ModbusDriver:
    """Fulfils `drivers.Driver`; owns the link to one machine."""

    def __init__(self, plant: Plant, machine: str, *, patience: Patience = POLLING) -> None:
        known = plant.machines[machine]
        assert isinstance(known.link, Modbus)
        self._machine, self._to = machine, known.link
        self._profile = plant.profiles[known.link.profile]
        self._evidence = known.evidence or plant.group_of(machine).evidence
        self._link: Link[Session] = Link(machine, self._open, self._changed, patience)
        self._turn = asyncio.Lock()
        self._notices: asyncio.Queue[Notice | None] = asyncio.Queue()
        self._jobs: dict[str, JobOrder] = {}
        self._own: _Own | None = None
        self._told: dict[str, Report] = {}
        self._changes: int | None = None
        self._reading: Reading | None = None
        self._polls = 0
        self._signals: tuple[tuple[str, str], ...] = ()

    @property
    def machine(self) -> str:
        """Return the id of the machine."""
        return self._machine

    async def submit(self, job: JobOrder) -> Answer:
        """Hand the job order over and have it start. Raises LinkError when nothing was started."""
        async with self._turn:
            session = await self._link.current(_LINK_WITHIN_S)
            status = await self._status(session)
            self._compare(session, job, status)
            try:
                recipe = await session.put_recipe(job)
            except ProtocolError as error:
                return Answer(Submit.REJECTED, str(error))
            order = Order(
                opcode="StoreAndStart",
                job_order=job.id,
                sequence=status.ack_sequence + 1,
                epoch=job.epoch,
                expected_boot=job.expected_boot if status.boot else None,
                count_before=job.count_before if status.starts or status.boot else None,
                recipe=recipe,
            )
            self._remember(job)
            answer = await self._give(session, order)
            if answer.outcome is Submit.ACCEPTED:
                self._own = _Own(job, status.starts + 1)
            return answer

    async def look_up(self, job: JobOrder) -> Finding:
        """Ask on a connection of its own. Raises LinkError when it cannot ask."""
        async with self._turn:
            session = Session(self._machine, self._to, self._profile, self._evidence)
            try:
                async with asyncio.timeout(POLLING.open_s):
                    await session.open()
                    status = await self._use_up(session)
                    return await self._find(session, job, status)
            except ProtocolError as error:
                return Finding(knowledge=Knowledge.UNPROVABLE, detail=str(error))
            except (OSError, TimeoutError) as error:
                raise LinkError(f"{self._machine}: {error or 'no answer'}") from None
            finally:
                await session.close()

    async def held(self) -> tuple[Report, ...] | None:
        """Return what it holds; None where it has no ids. Raises LinkError. What is over and of
        unknown members is left out: `look_up` knows them."""
        if self._evidence is not Evidence.LEDGER:
            return None
        session = await self._link.current(_LINK_WITHIN_S)
        try:
            await self._learn_members(session)
            status, entries = await session.status(), await session.ledger()
        except ProtocolError:
            return None
        reports = (self._told_by(e, status) for e in entries if not e.cleared)
        return tuple(report for report in reports if report is not None)

    async def command(self, command: Command, job_order: str, comment: str) -> Answer:
        """Give a command about a job order. Raises LinkError when nothing was sent."""
        async with self._turn:
            session = await self._link.current(_LINK_WITHIN_S)
            status = await self._status(session)
            sequence = status.ack_sequence + 1
            order = Order(opcode=command.value, job_order=job_order, sequence=sequence)
            return await self._give(session, order)

    async def notices(self) -> AsyncIterator[Notice]:
        """Yield every change until the driver is closed, a LinkChange first."""
        self._link.start()
        while True:
            notice = await self._notices.get()
            if notice is None:
                return
            yield notice

    async def close(self) -> None:
        """Let go of the machine; it goes on with what it does."""
        await self._link.close()
        self._notices.put_nowait(None)

    async def _open(self) -> Session:
        session = Session(self._machine, self._to, self._profile, self._evidence)
        opened = False
        try:
            await session.open()
            opened = True
        finally:
            if not opened:
                await session.close()
        return session

    def _changed(self, session: Session | None, why: str) -> None:
        if session is None or session.opened_with is None:
            if self._evidence is not Evidence.LEDGER:
                self._own = None  # it may have been switched off meanwhile: only a look-up can tell
            self._say(LinkChange(machine=self._machine, up=False, detail=why))
            return
        born = session.opened_with
        none = self._evidence is Evidence.NONE
        self._say(
            LinkChange(
                machine=self._machine,
                up=True,
                boot=None if none else born.boot,
                count=None if none else born.starts,
            )
        )
        self._told, self._changes, self._reading = {}, None, None
        session.listen = lambda status: self._see(session, status)

    async def _see(self, session: Session, status: Status) -> None:
        """Take in a status: what changed is read and told."""
        born = session.opened_with
        if born is not None and status.boot != born.boot:
            raise LinkError(f"{self._machine}: it was switched off and on.")
        if status.changes != self._changes and not self._turn.locked():
            # Not beside a submit: results read before it would be taken for its own.
            async with self._turn:
                await self._hear(session, status)
        await self._look(session, status)

    async def _hear(self, session: Session, status: Status) -> None:
        entry = await session.results()
        report = None if entry is None else self._told_by(entry, status)
        self._changes = status.changes
        if report is None or entry is None or entry.cleared:
            return
        if self._told.get(report.job_order) != report:
            self._told = {report.job_order: report}
            self._say(report)

    async def _look(self, session: Session, status: Status) -> None:
        if self._polls % _READINGS_EVERY == 0:
            self._signals = await session.readings()
        self._polls += 1
        own = self._own.job.id if self._own is not None and status.activity != "idle" else ""
        has_ids = status.job_order != jobmap.NO_JOB_ORDER
        reading = Reading(
            machine=self._machine,
            activity=status.activity or "idle",
            job_order=status.job_order if has_ids else own,
            progress=status.progress,
            remaining_s=None if status.remaining_s < 0 else status.remaining_s,
            doing=status.doing,
            signals=self._signals if status.activity == "running" else (),
        )
        if reading != self._reading:
            self._reading = reading
            self._say(reading)

    def _told_by(self, entry: Entry, status: Status) -> Report | None:
        """Return what an entry means for a job order; None when nobody can say for which."""
        count = None if self._evidence is Evidence.NONE else status.starts
        if self._evidence is not Evidence.LEDGER:
            own = self._own
            if own is None or (self._evidence is Evidence.COUNTER and entry.starts != own.starts):
                return None
            return jobmap.report_of(entry, own.job, count)
        job = self._jobs.get(entry.job_order)
        if job is not None:
            return jobmap.report_of(entry, job, count)
        if over(entry.state):
            return None
        return Report(
            machine=self._machine, job_order=entry.job_order, state=entry.state, count=count
        )

    async def _status(self, session: Session) -> Status:
        try:
            return await session.status()
        except LinkError as error:
            self._link.drop(session, str(error))
            raise

    def _compare(self, session: Session, job: JobOrder, status: Status) -> None:
        """An intent formed on another boot or count proves nothing (R4, R6): start afresh, which
        tells the present ones. Raises LinkError."""
        why = ""
        if self._evidence is not Evidence.NONE and job.expected_boot not in (None, status.boot):
            why = "It was switched off since then."
        if self._evidence is Evidence.COUNTER and job.count_before != status.starts:
            why = f"It has started {status.starts}, not {job.count_before}."
        if why:
            self._link.drop(session, why)
            raise LinkError(f"{self._machine}: {why} Nothing was sent.")

    async def _give(self, session: Session, order: Order) -> Answer:
        try:
            code = await session.order(order)
        except RefusedError as error:
            return Answer(Submit.REJECTED, str(error))
        except UnknownOutcomeError as error:
            self._link.drop(session, str(error))
            return Answer(Submit.UNKNOWN, str(error))
        except asyncio.CancelledError:
            self._link.drop(session, "the call was given up")
            raise
        if code == "ok":
            return Answer(Submit.ACCEPTED)
        repeated = code == "repeated" and self._evidence is Evidence.LEDGER
        said = _REFUSALS.get(code, f"It refuses with {code!r}.")
        return Answer(Submit.DUPLICATE if repeated else Submit.REJECTED, said)

    async def _use_up(self, session: Session) -> Status:
        """Use up a sequence number, so that no older command can be carried out from here on."""
        status = await session.status()
        order = Order(
            opcode="Noop", job_order=jobmap.NO_JOB_ORDER, sequence=status.ack_sequence + 1
        )
        try:
            await session.order(order)
        except (RefusedError, UnknownOutcomeError) as error:
            raise LinkError(f"{self._machine}: {error}") from None
        return await session.status()

    async def _find(self, session: Session, job: JobOrder, status: Status) -> Finding:
        """Say what the machine's evidence proves about a job order."""
        match self._evidence:
            case Evidence.LEDGER:
                entries = await session.ledger()
                entry = next((e for e in entries if e.job_order == job.id), None)
            case Evidence.COUNTER:
                entry = await session.results() if _started_next(job, status) else None
                self._own = None if entry is None else _Own(job, status.starts)
            case Evidence.NONE:
                mine = self._own is not None and self._own.job.id == job.id
                entry = await session.results() if mine else None
            case _:
                assert_never(self._evidence)
        self._remember(job)
        self._changes = None
        report = None if entry is None else self._told_by(entry, status)
        if report is not None:
            knowledge = Knowledge.OVER if over(report.state) else Knowledge.HELD
            return Finding(knowledge=knowledge, report=report, boot=status.boot or None)
        proven, why = unmade(job, self._evidence, status)
        knowledge = Knowledge.NEVER_SEEN if proven else Knowledge.UNPROVABLE
        return Finding(
            knowledge=knowledge, boot=status.boot or None, detail=f"{self._machine} {why}"
        )

    async def _learn_members(self, session: Session) -> None:
        job = await session.read_recipe()
        if job is not None and job.id not in self._jobs:
            self._remember(job)

    def _remember(self, job: JobOrder) -> None:
        self._jobs[job.id] = job
        for oldest in list(self._jobs)[:-_REMEMBERED]:
            del self._jobs[oldest]

    def _say(self, notice: Notice) -> None:
        self._notices.put_nowait(notice)


def unmade(job: JobOrder, evidence: Evidence, status: Status) -> tuple[bool, str]:
    """Tell whether a machine that shows no trace of a job order proves that it never started it,
    and what it does instead, to be said after its name (R5, R6)."""
    match evidence:
        case Evidence.LEDGER:
            older = status.boot < (job.expected_boot or 0) or status.starts < (
                job.count_before or 0
            )
            return not older, "has counters that went back" if older else "has no record of it"
        case Evidence.COUNTER:
            if job.expected_boot != status.boot or job.count_before is None:
                return False, "was switched off since then"
            same = status.starts == job.count_before
            return same, f"counts {status.starts} starts, {job.count_before} before"
        case Evidence.NONE:
            return False, "keeps no record of what it made"
        case _:
            assert_never(evidence)


def _started_next(job: JobOrder, status: Status) -> bool:
    before = job.count_before
    return before is not None and job.expected_boot == status.boot and status.starts == before + 1
