"""The controller's side of a driver host: starts it, watches it, starts it again, and asks it.

What is unknown stays unknown: a call that was on its way when its host died or fell silent is
UNKNOWN where something may have been made by it. LinkError is raised only when nothing was sent;
the questions look_up and held raise it without an answer too, since asking again is harmless.
"""

import asyncio
import contextlib
import itertools
import logging
import socket
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.driver import (
    Answer,
    Command,
    Driver,
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
from drivers.wire import (
    FRAME_LIMIT,
    Answered,
    Beat,
    Call,
    CallCommand,
    CallHeld,
    CallLookUp,
    CallSubmit,
    Found,
    FrameError,
    FromHost,
    Holds,
    OpenHost,
    Raised,
    Read,
    Relinked,
    Reply,
    Reported,
    read_from_host,
    to_host,
)
from plant_config import Modbus, OpcUa, Station

CALL_S = 3.0
"""Real seconds for a call: the driver's own 2 s and a margin for the way there and back."""

SILENCE_S = 10.0
"""A host beats every second; one that is silent for so long is frozen and is killed."""

STARTING_S = 30.0
"""Until the first beat: imports on a busy machine."""

WAITS_S = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Before each further start; the last repeats."""

STEADY_S = 30.0
"""A host that lived this long starts the waits anew."""

_ENDS_WITHIN_S = 3.0
_ROOT = Path(__file__).resolve().parent.parent
"""Where the packages lie, so that the child imports the same ones."""

_log = logging.getLogger(__name__)


class _UnansweredError(Exception):
    """The call was sent and there is no answer to it."""


@dataclass(frozen=True, slots=True)
class HostPlan:
    """What a host is started with."""

    name: str
    folder: Path
    digest: str
    links: Mapping[str, OpcUa | Modbus | Station]
    memory_mib: int = 0


class Host:
    """Owns one child process and the socket to it, and keeps it alive while any driver is open."""

    def __init__(self, plan: HostPlan) -> None:
        self._plan = plan
        self._drivers = {machine: HostedDriver(machine, self) for machine in plan.links}
        self._open = set(plan.links)
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Reply]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._said_ended = False

    @property
    def pid(self) -> int | None:
        """Return the process id of the host, while there is one."""
        return self._process.pid if self._process is not None else None

    def start(self) -> dict[str, Driver]:
        """Start the child and return its drivers; needs a running loop."""
        self._keeping = asyncio.get_running_loop().create_task(self._keep())
        return dict(self._drivers)

    async def call(self, make: Callable[[int], Call]) -> Reply:
        """Send a call and wait for its reply. Raises LinkError when nothing was sent, and
        _UnansweredError when it may have arrived."""
        writer = self._writer
        if writer is None or writer.is_closing():
            raise LinkError(f"The driver host {self._plan.name!r} is not running.")
        if writer.transport.get_write_buffer_size() > FRAME_LIMIT:
            raise LinkError(f"The driver host {self._plan.name!r} does not take any calls.")
        number = next(self._ids)
        try:
            frame = to_host(make(number))
        except FrameError as error:
            raise LinkError(str(error)) from error
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._pending[number] = future
        try:
            writer.write(frame)
            async with asyncio.timeout(CALL_S):
                return await future
        except TimeoutError:
            raise _UnansweredError(f"The driver did not answer within {CALL_S:g} s.") from None
        finally:
            self._pending.pop(number, None)

    async def release(self, machine: str) -> None:
        """Let go of a machine; the last one ends the host."""
        self._open.discard(machine)
        if self._open or self._keeping is None:
            return
        keeping, self._keeping = self._keeping, None
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            begun_s = loop.time()
            why = await self._live()
            self._mourn(why)
            if loop.time() - begun_s >= STEADY_S:
                failures = 0
            await asyncio.sleep(WAITS_S[min(failures, len(WAITS_S) - 1)])
            failures += 1

    async def _live(self) -> str:
        """Run one child from its start to its end; return why it ended."""
        ours, theirs = socket.socketpair()
        process = self._process = self._spawn(theirs)
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            plan = self._plan
            writer.write(to_host(OpenHost(str(plan.folder), plan.digest, dict(plan.links))))
            why = await self._listen(reader, writer)
            process.kill()  # it may be frozen, or mad
            return why
        finally:
            self._writer = None
            writer.transport.abort()  # a host that works ends by itself now
            await asyncio.shield(asyncio.to_thread(_end, process))
            self._process = None

    def _spawn(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        with theirs:
            return subprocess.Popen(  # noqa: S603 our own module, no shell
                [
                    sys.executable,
                    "-m",
                    "drivers.host",
                    str(theirs.fileno()),
                    str(self._plan.memory_mib),
                ],
                cwd=_ROOT,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the controller's business
            )

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        patience_s = STARTING_S
        while True:
            try:
                async with asyncio.timeout(patience_s):
                    frame = await read_from_host(reader)
            except TimeoutError:
                return f"it was silent for {patience_s:g} s"
            except FrameError as error:
                return str(error)
            if frame is None:
                return "it ended"
            if self._writer is None and isinstance(frame, Beat):
                self._writer, patience_s = writer, SILENCE_S
                self._said_ended = False
            self._take(frame)

    def _take(self, frame: FromHost) -> None:
        match frame:
            case Beat():
                pass
            case Reported(notice) | Read(notice) | Relinked(notice):
                if notice.machine in self._drivers:
                    self._drivers[notice.machine].take(notice)
            case Answered() | Found() | Holds() | Raised():
                future = self._pending.get(frame.id)
                if future is not None and not future.done():
                    future.set_result(frame)

    def _mourn(self, why: str) -> None:
        """Say once that the host is gone; every open call is unanswered."""
        if not self._said_ended:
            self._said_ended = True
            _log.warning("driver host %s: %s; it is started again", self._plan.name, why)
        for future in self._pending.values():
            if not future.done():
                future.set_exception(_UnansweredError(f"The driver host died: {why}."))
        for driver in self._drivers.values():
            driver.lost(f"driver host: {why}")


class HostedDriver:
    """A driver whose machine is spoken to by another process."""

    def __init__(self, machine: str, host: Host) -> None:
        self._machine = machine
        self._host = host
        self._notices: deque[Notice] = deque()
        self._news = asyncio.Event()
        self._up: bool | None = None
        self._closed = False

    @property
    def machine(self) -> str:
        """Return the id of the machine."""
        return self._machine

    async def submit(self, job: JobOrder) -> Answer:
        """Hand the job order over. Raises LinkError only when nothing was sent, by this process or,
        as the driver says, by the host."""
        return await self._answer(lambda number: CallSubmit(number, job))

    async def look_up(self, job: JobOrder) -> Finding:
        """Ask what the machine knows; one that talks nonsense proves nothing. Raises LinkError when
        there is no answer: ask again later."""
        try:
            reply = await self._ask(lambda number: CallLookUp(number, job))
        except ProtocolError as error:
            return Finding(knowledge=Knowledge.UNPROVABLE, detail=str(error))
        assert isinstance(reply, Found), "A host answers a look-up with a finding."
        return reply.finding

    async def held(self) -> tuple[Report, ...] | None:
        """Ask what the machine holds; one that talks nonsense cannot say. Raises LinkError when
        there is no answer: ask again later."""
        try:
            reply = await self._ask(lambda number: CallHeld(number, self._machine))
        except ProtocolError:
            return None
        assert isinstance(reply, Holds), "A host answers a question about holdings with reports."
        return reply.reports

    async def command(self, command: Command, job_order: str, comment: str) -> Answer:
        """Give a command. Raises LinkError only when nothing was sent."""
        return await self._answer(
            lambda number: CallCommand(number, self._machine, command, job_order, comment)
        )

    async def notices(self) -> AsyncIterator[Notice]:
        """Yield every change in order; of readings that nobody fetched in time only the last."""
        while not self._closed:
            await self._news.wait()
            self._news.clear()
            while self._notices:
                yield self._notices.popleft()

    async def close(self) -> None:
        """Let go of the machine."""
        if not self._closed:
            self._closed = True
            self._news.set()
            await self._host.release(self._machine)

    def take(self, notice: Notice) -> None:
        """Queue what the host said."""
        if isinstance(notice, LinkChange):
            self._up = notice.up
        newest = self._notices[-1] if self._notices else None
        if isinstance(notice, Reading) and isinstance(newest, Reading):
            self._notices[-1] = notice
        else:
            self._notices.append(notice)
        self._news.set()

    def lost(self, why: str) -> None:
        """Queue that the machine cannot be reached, unless that is known."""
        if self._up is not False:
            self.take(LinkChange(machine=self._machine, up=False, detail=why))

    async def _answer(self, make: Callable[[int], Call]) -> Answer:
        try:
            reply = _unless_raised(await self._host.call(make))
        except (_UnansweredError, ProtocolError) as error:
            return Answer(Submit.UNKNOWN, str(error))
        assert isinstance(reply, Answered), "A host answers a command with its outcome."
        return reply.answer

    async def _ask(self, make: Callable[[int], Call]) -> Reply:
        try:
            return _unless_raised(await self._host.call(make))
        except _UnansweredError as error:
            raise LinkError(str(error)) from error


def _unless_raised(reply: Reply) -> Reply:
    if isinstance(reply, Raised):
        raise (LinkError if reply.error == "link" else ProtocolError)(reply.detail)
    return reply


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
