"""One supervisor keeps the link to one machine: opens, listens for its heart, backs off, reopens.

It never sends a command and never repeats one. A driver hands it `opens`, a coroutine function that
returns a connection which is ready for use (connected, identified, subscribed), and asks it for

    connection = await link.current(within_s=2.0)            # or LinkError
    connection = await link.since(moment_s, within_s=2.0)    # opened after that moment of the loop
    link.drop(connection, "the reply is missing")            # the outcome is unknown: start afresh

`changed(connection, why)` is called once when the link is up and once, with None, when it is lost;
a machine that cannot be reached is said once, not at every attempt. `opens` and `beat` may raise
LinkError, ProtocolError or OSError and are cut off in time; whatever else they raise is a defect
and comes out of the next call of `current`. All times are real seconds of the event loop (R9).
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from drivers.driver import LinkError, ProtocolError

_log = logging.getLogger(__name__)


class Connection(Protocol):
    """What the supervisor needs of a protocol's connection."""

    async def beat(self) -> None:
        """Return when the machine has answered a harmless question on this connection."""
        ...

    async def close(self) -> None:
        """Let the socket go; nothing is sent on it afterwards. Must not raise."""
        ...


C = TypeVar("C", bound=Connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the supervisor waits for what, in real seconds."""

    open_s: float = 5.0
    beat_every_s: float = 0.5
    beat_within_s: float = 2.0
    waits_s: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
    """Before each further attempt; the last repeats. Bounded and without jitter: one socket a
    machine makes no stampede, and a test knows what comes."""
    steady_s: float = 10.0
    """A link that held this long starts the waits anew."""


PATIENT = Patience()


class Happened(StrEnum):
    """What the supervisor saw."""

    OPENED = "opened"
    REFUSED = "refused"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Watch:
    """What the supervisor remembers between two looks."""

    failures: int = 0
    said: bool | None = None
    """Whether the link was last said to be up; None before the first word."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: wait so long, and say whether the link is up, or say nothing (None)."""

    wait_s: float
    say: bool | None


def decide(
    watch: Watch, happened: Happened, held_s: float, patience: Patience
) -> tuple[Watch, Step]:
    """Return what to remember and what to do after something happened; pure."""
    if happened is Happened.OPENED:
        return Watch(watch.failures, said=True), Step(0.0, say=None if watch.said else True)
    before = 0 if held_s >= patience.steady_s else watch.failures
    wait_s = patience.waits_s[min(before, len(patience.waits_s) - 1)]
    return Watch(before + 1, said=False), Step(wait_s, say=None if watch.said is False else False)


class Link(Generic[C]):
    """Owns the task that keeps the connection to one machine."""

    def __init__(
        self,
        machine: str,
        opens: Callable[[], Awaitable[C]],
        changed: Callable[[C | None, str], None],
        patience: Patience = PATIENT,
    ) -> None:
        self._machine = machine
        self._opens = opens
        self._changed = changed
        self._patience = patience
        self._connection: C | None = None
        self._opened_s = 0.0
        self._heard_s = 0.0
        self._why = "not connected yet"
        self._turn = asyncio.Event()
        """Replaced whenever a connection comes, so that waiters wake once."""
        self._dropped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep the link; needs a running loop. A second call does nothing."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep())

    @property
    def up(self) -> bool:
        """Tell whether there is a connection that nobody has given up."""
        return self._connection is not None

    @property
    def silent_s(self) -> float:
        """Return how long ago the machine last answered a heartbeat or a connect."""
        return asyncio.get_running_loop().time() - self._heard_s

    async def current(self, within_s: float) -> C:
        """Return the connection, waiting for one if need be. Raises LinkError."""
        return await self.since(float("-inf"), within_s)

    async def since(self, moment_s: float, within_s: float) -> C:
        """Return a connection opened after a moment of the loop's time. Raises LinkError."""
        self.start()
        if self._connection is not None and self._opened_s <= moment_s:
            self.drop(self._connection, "a fresh connection is needed")
        try:
            async with asyncio.timeout(within_s):
                while self._connection is None:
                    self._raise_defect()
                    await self._turn.wait()
        except TimeoutError:
            raise LinkError(
                f"{self._machine}: no link within {within_s:g} s: {self._why}."
            ) from None
        return self._connection

    def drop(self, connection: C, why: str) -> None:
        """Give a connection up: nothing more is sent on it, and the supervisor opens another."""
        if connection is self._connection:
            self._connection = None
            self._turn.clear()
            self._why = why
            self._dropped.set()

    async def close(self) -> None:
        """Stop keeping the link and let go of the connection."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._why = "closed"

    def _raise_defect(self) -> None:
        if self._task is None:
            raise LinkError(f"{self._machine}: the link is closed.")
        if self._task.done() and not self._task.cancelled():
            self._task.result()

    async def _keep(self) -> None:
        watch = Watch()
        loop = asyncio.get_running_loop()
        try:
            while True:
                held_s = 0.0
                happened = Happened.REFUSED
                connection = await self._open()
                if connection is not None:
                    self._opened_s = self._heard_s = loop.time()
                    watch, step = decide(watch, Happened.OPENED, 0.0, self._patience)
                    self._say(step, connection)
                    await self._hold(connection)
                    held_s, happened = loop.time() - self._opened_s, Happened.LOST
                watch, step = decide(watch, happened, held_s, self._patience)
                self._say(step, None)
                await asyncio.sleep(step.wait_s)
        finally:
            self._turn.set()  # whoever waits sees that the task has ended

    async def _open(self) -> C | None:
        try:
            async with asyncio.timeout(self._patience.open_s):
                return await self._opens()
        except TimeoutError:
            self._why = f"no answer within {self._patience.open_s:g} s"
        except (LinkError, ProtocolError, OSError) as error:
            self._why = str(error) or type(error).__name__
        return None

    async def _hold(self, connection: C) -> None:
        """Return when the connection is dropped or its heart has stopped; it is closed then."""
        self._dropped.clear()
        self._connection = connection
        self._turn.set()
        beats = asyncio.ensure_future(self._beats(connection))
        dropped = asyncio.ensure_future(self._dropped.wait())
        try:
            await asyncio.wait((beats, dropped), return_when=asyncio.FIRST_COMPLETED)
            if beats.done():
                self.drop(connection, beats.result())
        finally:
            self._connection = None
            self._turn.clear()
            for task in (beats, dropped):
                task.cancel()
            await asyncio.gather(beats, dropped, return_exceptions=True)
            await connection.close()

    async def _beats(self, connection: C) -> str:
        """Listen for the machine's heart and return why it can be heard no more."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._patience.beat_every_s)
            try:
                async with asyncio.timeout(self._patience.beat_within_s):
                    await connection.beat()
            except TimeoutError:
                return f"no heartbeat within {self._patience.beat_within_s:g} s"
            except (LinkError, ProtocolError, OSError) as error:
                return str(error) or type(error).__name__
            self._heard_s = loop.time()

    def _say(self, step: Step, connection: C | None) -> None:
        if step.say is None:
            return
        if connection is None:
            _log.warning("%s: link lost: %s", self._machine, self._why)
        else:
            _log.info("%s: link up", self._machine)
        self._changed(connection, "" if connection is not None else self._why)
