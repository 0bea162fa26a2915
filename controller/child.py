"""Runs a function in a child process that can be killed, so that no computation holds up the plant.

A child is a fresh fork of a server that has the slow imports behind it (0.2 s; 3 s without). It ends
with its work, at its time limit, when its caller is cancelled, and when its parent is gone. A warm
child has prepared itself and waits: it takes one piece of work after the other, and none is lost to
starting.
"""

import asyncio
import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Literal, ParamSpec, TypeAlias, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
Tell: TypeAlias = Callable[[object], None]
Message: TypeAlias = tuple[Literal["said", "done", "gone"], object]

Work: TypeAlias = tuple[Callable[..., object], tuple[object, ...]]

PRELOAD = (
    *("scheduler.bounds", "scheduler.exact", "controller.planning"),
    *("controller.cli", "controller.forked"),
)
"""What the fork server imports once; `cli` is what children import because our main module does, and
`forked` loads compiled kernels."""

_NICENESS = 10
"""Dispatch goes first when a solver wants every core (reliability.md, fault 30)."""

_GONE_WITHIN_S = 2.0
"""A killed child is gone after some 10 ms; this is how long its end is waited for."""

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(list(PRELOAD))


class ChildError(Exception):
    """A child gave no result: it was too slow or it broke; its caller goes on without it."""


async def run_in_child(
    function: Callable[..., T],
    *args: object,
    timeout: float,  # noqa: ASYNC109 it ends a process, which a cancelled task would not
) -> T:
    """Return what an importable function returns for picklable arguments. Raises ChildError."""
    return await _converse(_quiet, (function, *args), timeout, _ignore)


async def stream_from_child(
    function: Callable[..., T],
    *args: object,
    timeout: float,  # noqa: ASYNC109
    heard: Tell,
) -> T:
    """The same for a function whose first argument tells what it has so far, heard on this loop."""
    return await _converse(function, args, timeout, heard)


async def warm_up(within_s: float = 30.0) -> None:
    """Start the fork server and its imports ahead of the first question. Raises ChildError."""
    await run_in_child(os.getpid, timeout=within_s)


async def _converse(
    function: Callable[..., T], args: tuple[object, ...], limit_s: float, heard: Tell
) -> T:
    loop = asyncio.get_running_loop()
    results: list[object] = []

    def take(message: Message) -> None:
        kind, value = message
        results.append(value) if kind == "done" else heard(value)

    child = _Child(function, args)
    reading = loop.run_in_executor(
        None, child.converse, lambda message: loop.call_soon_threadsafe(take, message)
    )
    try:
        async with asyncio.timeout(limit_s):
            await asyncio.shield(reading)
    except TimeoutError:
        raise ChildError(f"It took longer than {limit_s:g} s and was ended.") from None
    finally:
        child.kill()
        await asyncio.wait([reading], timeout=_GONE_WITHIN_S)
    if not results:
        raise ChildError(f"It ended without a result (exit code {child.exit_code}).")
    return cast("T", results[0])


class _Child:
    """Owns one process and our end of the pipe to it."""

    def __init__(self, function: Callable[..., object], args: tuple[object, ...]) -> None:
        self._ours, self._theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(
            target=_work, args=(self._theirs, function, args), daemon=True
        )
        self._killed = False
        self.exit_code: int | None = None

    def converse(self, post: Callable[[Message], object]) -> None:
        """Start the process and pass on what it says until it ends; blocks, so it has a thread."""
        try:
            if not self._killed:
                self._process.start()
            self._theirs.close()
            if self._killed:
                self.kill()
            # A loop that is closed by now (RuntimeError) has no use for the rest.
            with contextlib.suppress(EOFError, OSError, RuntimeError):
                while True:
                    post(self._ours.recv())
        finally:
            self._ours.close()
            if self._process.pid is not None:
                self._process.join()
                self.exit_code = self._process.exitcode

    def kill(self) -> None:
        """End the process now, or as soon as it has started; harmless when it has ended."""
        self._killed = True
        if self._process.pid is not None:
            self._process.kill()


class WarmChild:
    """Owns a process that prepares itself at once and then waits for work; `kill` ends it for good."""

    def __init__(self, prepare: Callable[..., object], *args: object) -> None:
        self._ours, self._theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(
            target=_serve, args=(self._theirs, prepare, args), daemon=True
        )
        self.usable = True
        """It has answered all that it was asked, and was not killed."""
        self._over: asyncio.Future[object] | None = None
        self._started = threading.Thread(target=self._start, daemon=True)
        self._started.start()

    async def stream(
        self,
        function: Callable[..., T],
        *args: object,
        timeout: float,  # noqa: ASYNC109 it ends a process, which a cancelled task would not
        heard: Tell,
    ) -> T:
        """Return what a function returns for (tell, what was prepared, *args); what it tells is heard
        on this loop. Raises ChildError; the child is dead then."""
        loop = asyncio.get_running_loop()
        self._over = over = loop.create_future()

        def take(message: Message) -> None:
            kind, value = message
            if over.done():
                return  # it was killed, and nobody listens any more
            if kind == "said":
                heard(value)
            elif kind == "done":
                over.set_result(value)
            else:
                over.set_exception(ChildError(f"It ended without a result (exit code {value})."))

        talk = threading.Thread(
            target=self._talk,
            args=((function, args), lambda message: loop.call_soon_threadsafe(take, message)),
            daemon=True,
        )
        talk.start()
        try:
            async with asyncio.timeout(timeout):
                return cast("T", await over)
        except TimeoutError:
            raise ChildError(f"It took longer than {timeout:g} s and was ended.") from None
        finally:
            self._over = None
            if not over.done() or over.cancelled() or over.exception() is not None:
                self.kill()

    def kill(self) -> None:
        """End the process now, or as soon as it has started, and tell who waits for it at once;
        harmless when it has ended. Call it where `stream` is awaited."""
        self._end()
        if self._over is not None and not self._over.done():
            self._over.set_exception(ChildError("It was ended."))

    def _end(self) -> None:
        self.usable = False
        if self._process.pid is not None:
            self._process.kill()

    def _start(self) -> None:
        self._process.start()
        self._theirs.close()
        if not self.usable:
            self._end()

    def _talk(self, work: Work, post: Callable[[Message], object]) -> None:
        """Hand over work and pass on what is said until it is done; blocks, so it has a thread."""
        self._started.join()
        # A loop that is closed by now (RuntimeError) has no use for the rest.
        with contextlib.suppress(RuntimeError):
            try:
                self._ours.send(work)
                while True:
                    message = self._ours.recv()
                    post(message)
                    if message[0] == "done":
                        return
            except (EOFError, OSError):
                self.usable = False
                self._process.join()
                post(("gone", self._process.exitcode))


def _serve(
    connection: "Connection[Message, Work]",
    prepare: Callable[..., object],
    args: tuple[object, ...],
) -> None:
    """Be a warm child until the parent's end of the pipe is gone; who waits for it is in a hurry, so
    it steps back only where its work says so."""
    _ignore_interrupts()
    agenda: queue.SimpleQueue[Work] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, agenda), daemon=True).start()
    ready = prepare(*args)
    while True:
        function, given = agenda.get()
        result = function(lambda said: connection.send(("said", said)), ready, *given)
        connection.send(("done", result))


def _listen(connection: "Connection[Message, Work]", agenda: "queue.SimpleQueue[Work]") -> None:
    with contextlib.suppress(EOFError, OSError):
        while True:
            agenda.put(connection.recv())
    os._exit(1)


def step_back() -> None:
    """Let everything else on this machine go first, for good: nobody waits for this process."""
    os.nice(_NICENESS)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business


def _work(
    connection: "Connection[Message, object]",
    function: Callable[..., object],
    args: tuple[object, ...],
) -> None:
    """Be the child: work, and end at once when the parent's end of the pipe is gone."""
    step_back()
    _ignore_interrupts()
    threading.Thread(target=_end_with_parent, args=(connection,), daemon=True).start()
    result = function(lambda said: connection.send(("said", said)), *args)
    connection.send(("done", result))


def _end_with_parent(connection: "Connection[Message, object]") -> None:
    with contextlib.suppress(EOFError, OSError):
        connection.recv()
    os._exit(1)


def _quiet(_tell: Tell, function: Callable[..., T], *args: object) -> T:
    return function(*args)


def _ignore(_said: object) -> None:
    pass
