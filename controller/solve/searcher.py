"""A search in a process of its own: it tells what it finds, hears what others found, and ends in time."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Literal, TypeAlias

from controller.kernels import Kernels
from controller.solve.compact import Compact, Numbering
from scheduler import Problem, Schedule, Solution, proof, solve

Order: TypeAlias = tuple[Literal["visitor"], Compact] | tuple[Literal["stop"]]
Word: TypeAlias = (
    tuple[Literal["found"], int, float, Compact]
    | tuple[Literal["bound"], int]
    | tuple[Literal["done"], tuple[str, ...]]
)
"""found: value, when, what; done: what each tier contributed."""

MOST_BYTES = 2 << 30
"""Memory that a search may write to; beyond, it ends with what it has told."""
ERRORS = "errors.log"
LARGE = 2_000
"""Tasks from which a schedule is told only when telling the last one is ten times its cost ago."""
REST = 10
PROOF_AFTER_S, PAUSE_S = 1.0, 0.02
"""A proof waits this long for a plan to begin with, and looks for one this often."""
EAGER_S, NICENESS = 4.0, 5
"""When a proof steps back, and how far: to a third of what a search gets. Source: Linux sched(7)."""
_PR_SET_PDEATHSIG = 1
"""Source: Linux prctl(2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one process searches."""

    problem: Problem
    seed: int
    until_s: float | None
    """By the monotonic clock."""
    steps: int | None
    """Questions whether to stop that are answered with no."""
    proves: bool = False
    """It looks for a proof instead of a plan."""


def be_searcher(line: "Connection[Word, Order]", work: Work) -> None:
    """Search, as the rest of the life of a process."""
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, most))
    talk = _Talk(line, work)
    threading.Thread(target=talk.listen, daemon=True).start()
    if work.proves:
        proof.load(work.problem)
        hint = talk.first_visitor(PROOF_AFTER_S)
        patience = threading.Timer(EAGER_S, _step_back)
        patience.daemon = True
        patience.start()
        solution = proof.prove(
            work.problem,
            talk.stop,
            work.seed,
            hint,
            talk.found,
            talk.visitor,
            patience.cancel,
            talk.next_visitor,
        )
    else:
        solution = solve(
            work.problem, talk.stop, work.seed, None, talk.found, talk.visitor, talk.share
        )
    talk.found(solution)
    talk.end(solution)


def _step_back() -> None:
    """Leave the processors to the searches: what was not proven soon seldom is, and a third of their
    time is better spent on better plans. An exact solver with a good chance is spared."""
    os.setpriority(os.PRIO_PROCESS, os.getpid(), NICENESS)


class _Talk:
    """Owns this process's end of the pipe."""

    def __init__(self, line: "Connection[Word, Order]", work: Work) -> None:
        self._line, self._work = line, work
        self._numbering = Numbering(work.problem)
        self._asked = 0
        self._began_s = time.monotonic()
        self._stopped = False
        self._told: int | None = None
        self._bound = 0
        self._waiting: Solution | None = None
        self._not_before_s = 0.0
        self._visitor: Compact | None = None

    def stop(self) -> bool:
        """Say whether to stop; asked again and again."""
        self._tell_waiting()
        self._asked += 1
        if self._work.steps is not None and self._asked > self._work.steps:
            return True
        until_s = self._work.until_s
        return self._stopped or (until_s is not None and time.monotonic() >= until_s)

    def share(self) -> float:
        """Say how much of the budget is used; 1 is all of it."""
        if self.stop():
            return 1.0
        if self._work.steps is not None:
            return self._asked / (self._work.steps + 1)
        if self._work.until_s is None:
            return 0.5
        return (time.monotonic() - self._began_s) / (self._work.until_s - self._began_s)

    def visitor(self) -> Schedule | None:
        """Return once what another process found last."""
        visitor, self._visitor = self._visitor, None
        return None if visitor is None else self._numbering.unpack(visitor)

    def first_visitor(self, within_s: float) -> Schedule | None:
        """Wait for what another process finds first."""
        until_s = time.monotonic() + within_s
        while self._visitor is None and time.monotonic() < until_s:
            time.sleep(PAUSE_S)
        return self.visitor()

    def next_visitor(self) -> Schedule | None:
        """Wait for what another process finds next; None at the end."""
        while self._visitor is None and not self.stop():
            time.sleep(PAUSE_S)
        return self.visitor()

    def found(self, solution: Solution) -> None:
        """Tell of a better schedule, now or soon."""
        if solution.bound is not None and solution.bound > self._bound:
            self._bound = solution.bound
            self._line.send(("bound", self._bound))
        if solution.schedule is not None:
            self._waiting = solution
            self._tell_waiting()

    def end(self, solution: Solution) -> None:
        """Tell what is left to tell."""
        self._not_before_s = 0.0
        self._tell_waiting()
        self._line.send(("done", solution.tiers))

    def listen(self) -> None:
        """Take orders until the parent's end of the pipe is gone; has a thread."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                match self._line.recv():
                    case ("visitor", compact):
                        self._visitor = compact
                    case _:
                        self._stopped = True
        os._exit(1)

    def _tell_waiting(self) -> None:
        solution, now_s = self._waiting, time.monotonic()
        if solution is None or solution.schedule is None or now_s < self._not_before_s:
            return
        self._waiting = None
        value = dict(solution.levels)[self._work.problem.aim.value]
        if self._told is not None and value >= self._told:
            return
        self._told = value
        compact = self._numbering.pack(solution.schedule)
        self._line.send(("found", value, now_s, compact))
        if len(self._work.problem.tasks) > LARGE:
            self._not_before_s = time.monotonic() + REST * (time.monotonic() - now_s)


def end_with_parent() -> None:
    """Let the kernel end this process when its parent is gone, even in the middle of a computation."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def write_errors_to(kernels: Kernels) -> None:
    """Keep a traceback out of the terminal, and out of nowhere."""
    path = os.devnull if kernels.folder is None else kernels.folder / ERRORS
    with contextlib.suppress(OSError):
        errors = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(errors, sys.stderr.fileno())
        os.close(errors)
