"""Searches beside each other, each a process that can be killed; the best of all is kept."""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Literal

from controller.kernels import Kernels
from controller.solve.compact import Compact, Numbering
from controller.solve.contest import Contest
from controller.solve.nursery import be_nursery
from controller.solve.searcher import Order, Word, Work

DEAREST_S = 0.02
"""Verifying a schedule may take this long at any time; what takes longer gets a tenth of the time."""
SHARE = 9
GRACE_S = 0.5
"""After it was told to stop, a search has this long to say its last word."""


class _Mail:
    """Sends the newest of what one search is to hear; a search that computes reads late."""

    def __init__(self, line: "Connection[Order, Word]") -> None:
        self._line = line
        self._newest: list[Order] = []
        self._there = threading.Condition()
        threading.Thread(target=self._send, daemon=True).start()

    def post(self, order: Order) -> None:
        """Send this next instead of what was not sent yet."""
        with self._there:
            if ("stop",) not in self._newest:
                self._newest = [order]
            self._there.notify()

    def _send(self) -> None:
        try:
            while True:
                with self._there:
                    self._there.wait_for(lambda: self._newest)
                    order = self._newest.pop()
                self._line.send(order)
        except OSError:
            return  # the search has ended


@dataclass(slots=True)
class _Search:
    """A process, our end of the pipe to it, and what it said that is not looked at yet."""

    name: str
    line: "Connection[Order, Word]"
    mail: _Mail
    proves: bool
    waiting: tuple[int, float, Compact] | None = None
    last: tuple[int, float, Compact] | None = None
    tiers: tuple[str, ...] | None = None
    """What it says at its end; None while it runs or if it died."""
    is_over: bool = False


@dataclass(slots=True)
class Race:
    """Owns the processes of the searches."""

    contest: Contest
    kernels: Kernels
    exchanges: bool
    """Each search hears of what the others found; not when the answer must be the same every time."""
    searches: list[_Search] = field(default_factory=list[_Search])
    _numbering: Numbering | None = None
    _verify_from_s: float = 0.0
    _nursery: BaseProcess | None = None

    def start(self, works: tuple[Work, ...], method: Literal["fork", "spawn"]) -> None:
        """Start a search for each work: forked while this process has not loaded kernels itself."""
        context = (
            multiprocessing.get_context("fork")
            if method == "fork"
            else multiprocessing.get_context("spawn")
        )
        self._numbering = Numbering(self.contest.problem)
        pairs = [context.Pipe() for _ in works]
        ours, theirs = tuple(each for each, _ in pairs), tuple(each for _, each in pairs)
        given = (theirs, ours if method == "fork" else (), self.kernels, works)
        self._nursery = context.Process(target=be_nursery, args=given)
        self._nursery.start()
        for line in theirs:
            line.close()
        for number, (line, work) in enumerate(zip(ours, works, strict=True), start=1):
            name = "proof" if work.proves else f"search {number}"
            self.searches.append(_Search(name, line, _Mail(line), work.proves))

    @property
    def is_over(self) -> bool:
        """Say whether no search runs any more."""
        return all(search.is_over for search in self.searches)

    def listen(self, timeout_s: float) -> None:
        """Hear what is said within some time, and look at the best of it."""
        running = {each.line: each for each in self.searches if not each.is_over}
        if not running:
            time.sleep(timeout_s)
            return
        for line in wait(list(running), timeout_s):
            self._hear(next(each for key, each in running.items() if key is line))
        self._look(patient=True)

    def stop(self, until_s: float) -> None:
        """End all searches and keep the best that they know; a proof is in the midst of something."""
        for search in self.searches:
            if not search.is_over:
                search.mail.post(("stop",))
        until_s = min(until_s, time.monotonic() + GRACE_S)
        talking = [each for each in self.searches if not each.proves]
        while not all(each.is_over for each in talking) and time.monotonic() < until_s:
            self.listen(max(0.0, until_s - time.monotonic()))
        self.kill()
        self._look(patient=False)

    def kill(self) -> None:
        """End all processes now."""
        nursery, self._nursery = self._nursery, None
        if nursery is None or nursery.pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            # Before it leads a group of its own it has no children yet.
            os.killpg(nursery.pid, signal.SIGKILL)
        nursery.kill()
        nursery.join()
        for search in self.searches:
            search.is_over = True

    def settle(self) -> None:
        """Let the winner not depend on who was faster: of equals the first search's counts."""
        found = self.contest.best
        for search in self.searches:
            if search.last is None or found is None or search.last[0] > found.value:
                continue
            assert self._numbering is not None, "A search has said something."
            self.contest.prefer(self._numbering.unpack(search.last[2]), search.name)
            return

    def _hear(self, search: _Search) -> None:
        try:
            word = search.line.recv()
        except (EOFError, OSError):
            search.is_over = True
            if search.tiers is None:
                self.contest.notes.append(
                    f"{search.name} ended without a last word; others went on."
                )
            return
        match word:
            case ("found", value, at_s, compact):
                search.waiting = search.last = (value, at_s, compact)
            case ("bound", bound):
                self.contest.raise_bound(bound, search.name)
            case ("done", tiers):
                search.tiers, search.is_over = tiers, True

    def _look(self, *, patient: bool) -> None:
        """Verify the best of what was found; wrong ones are dropped, worse ones not even looked at."""
        now_s = time.monotonic()
        if patient and now_s < self._verify_from_s:
            return
        waiting = [each for each in self.searches if each.waiting is not None]
        for search in sorted(waiting, key=lambda each: each.waiting[0] if each.waiting else 0):
            assert search.waiting is not None, "Those that wait were picked."
            (value, at_s, compact), search.waiting = search.waiting, None
            if self.contest.is_better(value):
                assert self._numbering is not None, "A search has said something."
                schedule = self._numbering.unpack(compact)
                if self.contest.offer(schedule, search.name, at_s=at_s):
                    self._pass_on(search, compact)
        cost_s = time.monotonic() - now_s
        if cost_s > DEAREST_S:
            self._verify_from_s = time.monotonic() + SHARE * cost_s

    def _pass_on(self, finder: _Search, compact: Compact) -> None:
        for search in self.searches:
            if self.exchanges and search is not finder:
                search.mail.post(("visitor", compact))
