"""A machine behind OPC UA that speaks ISA-95 Job Control v2.

Where the machine refuses repeated ids a job order goes out in one phase (StoreAndStart); elsewhere
it is stored, read back, compared and started (R11). Nothing is ever sent twice. An answer that does
not come makes the outcome unknown: the connection is given up, and `look_up` asks on a new one.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import assert_never

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
from drivers.isa95 import ReturnStatus
from drivers.link import PATIENT, Link, Patience
from drivers.opcua_session import (
    Live,
    NotExecutedError,
    Seen,
    Session,
    open_session,
    sayable,
)
from drivers.recipe import recipe_digest
from drivers.states import over, reachable
from plant_config import Evidence, OpcUa, Plant

_log = logging.getLogger(__name__)

_LINK_WITHIN_S = 1.0
"""Waiting for a link and then for an answer stays near the contract's two seconds."""

_DRAINED_S = 0.5
"""Real seconds after which a request on an older connection, ours or that of a controller which was
killed, can be carried out no more. No look-up is answered sooner (R6)."""

_REFUSALS: Mapping[ReturnStatus, str] = {
    ReturnStatus.REPEATED: "It has this job order already.",
    ReturnStatus.NEEDS_CLEAR: "It is not cleared.",
    ReturnStatus.RECIPE: "The recipe is not what its digest says.",
    ReturnStatus.STALE_BOOT: "It was switched off since then.",
    ReturnStatus.FENCED: "Another controller is in charge.",
    ReturnStatus.LIMIT: "A value is beyond its limits.",
    ReturnStatus.UNKNOWN_JOB_ORDER: "It has no such job order.",
    ReturnStatus.INVALID_STATE: "The job order's state does not allow it.",
    ReturnStatus.INVALID_COMMAND: "It does not know the command.",
    ReturnStatus.INVALID_REQUEST: "It does not understand the job order.",
    ReturnStatus.UNABLE_TO_ACCEPT: "It cannot accept the job order.",
}
"""What a refusal says when the machine has no words of its own; the first set bit counts."""


class OpcUaDriver:
    """Fulfils `drivers.Driver`; owns the link to one machine."""

    def __init__(self, plant: Plant, machine: str, patience: Patience = PATIENT) -> None:
        link, group = plant.machines[machine].link, plant.group_of(machine)
        if not isinstance(link, OpcUa):
            raise TypeError(f"{machine} is not reached over OPC UA but over {link.kind!r}.")
        self._machine = machine
        self._reach = link
        self._evidence = plant.machines[machine].evidence or group.evidence
        self._dedupes = group.dedupes
        self._link: Link[Session] = Link(machine, self._open, self._changed, patience)
        self._turn = asyncio.Lock()
        self._doubts: dict[str, float] = {}
        """Job order -> the loop's time at which its outcome became unknown."""
        self._told: dict[str, Report] = {}
        self._live: dict[str, object] = {}
        self._session: Session | None = None
        self._waiting: deque[Notice] = deque()
        self._read = False
        self._news = asyncio.Event()
        self._closed = False

    @property
    def machine(self) -> str:
        """Return the id of the machine."""
        return self._machine

    async def submit(self, job: JobOrder) -> Answer:
        """Hand the job order over and have it start. Raises LinkError when nothing was sent."""
        async with self._turn:
            session = await self._link.current(_LINK_WITHIN_S)
            if None not in (job.expected_boot, session.boot) and job.expected_boot != session.boot:
                # R4, also where the machine cannot check it itself.
                raise LinkError(
                    f"{self._machine}: it was switched off since then. Nothing was sent."
                )
            unfit = self._unfit(session, job)
            if unfit:
                return Answer(Submit.REJECTED, unfit)
            if self._one_phase(session):
                return await self._give(session, "StoreAndStart", job.id, job, job.label)
            return await self._store_and_start(session, job)

    async def look_up(self, job: JobOrder) -> Finding:
        """Ask on a connection opened after the doubt arose. Raises LinkError when it cannot ask."""
        async with self._turn:
            since_s = self._doubts.get(job.id, float("-inf"))
            session = await self._link.since(since_s, _LINK_WITHIN_S)
            await asyncio.sleep(max(0.0, session.opened_s + _DRAINED_S - _now_s()))
            try:
                boot, count = await session.counters()
                report = await session.response(job.id)
                if report is None:
                    held = {held.job_order: held for held in await session.reports()}
                    report = held.get(job.id)
            except LinkError as error:
                self._link.drop(session, str(error))
                raise
            except (ProtocolError, NotExecutedError) as error:
                return Finding(knowledge=Knowledge.UNPROVABLE, detail=str(error))
            return judge(job, self._evidence, report, boot, count)

    async def held(self) -> tuple[Report, ...] | None:
        """Return everything in its lists; None when they make no sense. Raises LinkError."""
        async with self._turn:
            session = await self._link.current(_LINK_WITHIN_S)
            try:
                return await session.reports()
            except LinkError as error:
                self._link.drop(session, str(error))
                raise
            except ProtocolError as error:
                _log.warning("%s: its lists make no sense: %s", self._machine, error)
                return None

    async def command(self, command: Command, job_order: str, comment: str) -> Answer:
        """Give a command about a job order. Raises LinkError when nothing was sent."""
        async with self._turn:
            session = await self._link.current(_LINK_WITHIN_S)
            if command.value not in session.offers:
                return Answer(Submit.REJECTED, f"It does not know {command.value}.")
            answer = await self._give(session, command.value, job_order, job_order, comment)
            if command is Command.CLEAR and answer.outcome is Submit.ACCEPTED:
                self._told.pop(job_order, None)
                self._doubts.pop(job_order, None)
            return answer

    async def notices(self) -> AsyncIterator[Notice]:
        """Yield every change until the driver is closed, a LinkChange first."""
        self._link.start()
        while not self._closed:
            while self._waiting:
                yield self._waiting.popleft()
            if self._read:
                self._read = False
                yield self._reading()
                continue
            self._news.clear()
            await self._news.wait()

    async def close(self) -> None:
        """Let go of the machine; it goes on with what it does."""
        self._closed = True
        self._news.set()
        await self._link.close()

    def _unfit(self, session: Session, job: JobOrder) -> str:
        """Say why a job order must not be sent at all."""
        if not self._one_phase(session) and not {"Store", "Start"} <= session.offers:
            return "It offers no safe way to be told."
        return sayable(job)

    def _one_phase(self, session: Session) -> bool:
        return self._dedupes and "StoreAndStart" in session.offers

    async def _store_and_start(self, session: Session, job: JobOrder) -> Answer:
        answer = await self._give(session, "Store", job.id, job, job.label)
        if answer.outcome is not Submit.ACCEPTED:
            return answer
        try:
            stored = await session.stored(job.id)
        except (LinkError, ProtocolError) as error:
            return self._doubt(session, job.id, str(error))
        if stored is None or _digest(stored) != job.recipe_digest:
            await self._cancel(session, job.id, "recipe differs")
            return Answer(Submit.REJECTED, "It holds another recipe than it was told.")
        answer = await self._give(session, Command.START.value, job.id, job.id, job.label)
        if answer.outcome is Submit.REJECTED:
            await self._cancel(session, job.id, "start refused")
        return answer

    async def _cancel(self, session: Session, job_order: str, why: str) -> None:
        """Take back a stored job order, so that it cannot be started by hand later."""
        if Command.CANCEL.value in session.offers:
            await self._give(session, Command.CANCEL.value, job_order, job_order, why)

    async def _give(
        self, session: Session, method: str, job_order: str, about: str | JobOrder, comment: str
    ) -> Answer:
        """Call a method once; whatever prevents the answer makes the outcome unknown."""
        try:
            status = await session.command(method, about, comment)
        except NotExecutedError as error:
            return Answer(Submit.REJECTED, str(error))
        except (LinkError, ProtocolError) as error:
            return self._doubt(session, job_order, str(error))
        except asyncio.CancelledError:
            self._doubt(session, job_order, "the call was given up")
            raise
        if status & ReturnStatus.NO_ERROR:
            return Answer(Submit.ACCEPTED)
        repeated = status & ReturnStatus.REPEATED and await self._knows(session, job_order)
        outcome = Submit.DUPLICATE if repeated else Submit.REJECTED
        return Answer(outcome, await self._words(session, status))

    async def _knows(self, session: Session, job_order: str) -> bool:
        """Tell whether the machine has this very job order; a counter says 'repeated' for others too."""
        try:
            return await session.response(job_order) is not None
        except (LinkError, ProtocolError, NotExecutedError):
            return False

    async def _words(self, session: Session, status: ReturnStatus) -> str:
        """Return the machine's own words for its refusal, or ours for its bits."""
        try:
            said = await session.live("LastRefusal")
        except (LinkError, ProtocolError):
            said = None
        if isinstance(said, str) and said:
            return said
        known = (words for bit, words in _REFUSALS.items() if status & bit)
        return next(known, f"It refuses with status {int(status):#x}.")

    def _doubt(self, session: Session, job_order: str, why: str) -> Answer:
        self._doubts[job_order] = _now_s()
        self._link.drop(session, why)
        return Answer(Submit.UNKNOWN, why)

    async def _open(self) -> Session:
        def lost(error: BaseException) -> None:
            if self._session is not None:
                self._link.drop(self._session, str(error) or type(error).__name__)

        return await open_session(self._machine, self._reach.endpoint, self._reach.object, lost)

    def _changed(self, session: Session | None, why: str) -> None:
        self._session = session
        if session is None:
            self._live.clear()
            self._say(LinkChange(machine=self._machine, up=False, detail=why))
            return
        up = LinkChange(machine=self._machine, up=True, boot=session.boot, count=session.count)
        self._say(up)
        self._told = {}
        for report in session.held:
            self._hear(report)
        session.listen(
            lambda seen: self._see(session, seen),
            lambda error: self._link.drop(session, str(error)),
        )

    def _see(self, session: Session, seen: Seen) -> None:
        match seen:
            case Report():
                self._hear(seen)
            case Live(name="BootCounter", value=None):
                self._link.drop(session, "the gateway has no communication with the machine")
            case Live(name="BootCounter", value=boot) if boot != session.boot:
                self._link.drop(session, "the machine was switched off and on")
            case Live(name="StartCounter", value=int(count)):
                session.count = count
            case Live(name=name, value=value):
                self._live[name] = value
                self._read = name != "BootCounter" or self._read
                self._news.set()

    def _hear(self, report: Report) -> None:
        """Pass a report on unless it is known, or older than what is known: a late event."""
        known = self._told.get(report.job_order)
        if known == report or (known and not reachable(known.state, report.state)):
            return
        self._told[report.job_order] = report
        self._say(report)

    def _say(self, notice: Notice) -> None:
        self._waiting.append(notice)
        self._news.set()

    def _reading(self) -> Reading:
        def text(name: str) -> str:
            value = self._live.get(name)
            return value if isinstance(value, str) else ""

        def whole(name: str) -> int:
            value = self._live.get(name)
            return value if isinstance(value, int) else 0

        listed = self._live.get("Signals")
        signals = [str(s).partition("=") for s in listed] if isinstance(listed, list) else []
        remaining_s = whole("RemainingSeconds") if "RemainingSeconds" in self._live else -1
        return Reading(
            machine=self._machine,
            activity=text("Activity") or "idle",
            job_order=text("JobOrderID"),
            progress=whole("Progress"),
            remaining_s=None if remaining_s < 0 else remaining_s,
            doing=text("Doing"),
            signals=tuple((name, value) for name, _, value in signals),
        )


def judge(
    job: JobOrder,
    evidence: Evidence,
    report: Report | None,
    boot: int | None,
    count: int | None,
) -> Finding:
    """Say what a machine's answer proves about a job order, by its evidence tier (R5, R6); pure."""
    if report is not None:
        knowledge = Knowledge.OVER if over(report.state) else Knowledge.HELD
        return Finding(knowledge=knowledge, report=report, boot=boot)
    match evidence:
        case Evidence.LEDGER:
            older = _less(boot, job.expected_boot) or _less(count, job.count_before)
            proven, why = not older, "Its counters went back, so its list may be lost."
        case Evidence.COUNTER:
            same = boot is not None and boot == job.expected_boot
            proven = same and count is not None and count == job.count_before
            why = "It has started something since then." if same else "It was switched off since."
        case Evidence.NONE:
            proven, why = False, "It cannot tell what it made."
        case _:
            assert_never(evidence)
    if proven:
        return Finding(knowledge=Knowledge.NEVER_SEEN, boot=boot, detail="It has no record.")
    return Finding(knowledge=Knowledge.UNPROVABLE, boot=boot, detail=why)


def _less(now: int | None, before: int | None) -> bool:
    return now is not None and before is not None and now < before


def _digest(job: JobOrder) -> str:
    return recipe_digest(job.family, job.shared, job.members)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
