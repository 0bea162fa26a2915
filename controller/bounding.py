"""What no plan costs less than, reckoned beside the plan by a process that ends with it."""

import multiprocessing
import resource
import time
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from controller.child import step_back
from controller.solve.searcher import MOST_BYTES, end_with_parent
from scheduler import Problem, Solution, proof

SHORTEST_S = 4.0
"""With less time than this none is started: its solvers take a second to load. Source: trial."""


class Bounding:
    """Owns the process while the plan is searched."""

    def __init__(self, problem: Problem, until_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_reckon, args=(theirs, problem, until_s), daemon=True
        )
        self._theirs = theirs
        self._starts = until_s - time.monotonic() >= SHORTEST_S

    def __enter__(self) -> Self:
        if self._starts:
            self._process.start()
        self._theirs.close()
        return self

    def best(self) -> int:
        """Return the best bound that was told; 0 says nothing."""
        least = 0
        try:
            while self._line.poll():
                least = max(least, self._line.recv())
        except EOFError:
            pass  # it has told everything
        return least

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._starts:
            self._process.kill()
            self._process.join()
        self._line.close()


def _reckon(line: "Connection[int, int]", problem: Problem, until_s: float) -> None:
    """Tell better and better bounds, as the whole life of a process; the plan itself goes first."""
    end_with_parent()
    step_back()
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, most))

    def told(solution: Solution) -> None:
        if solution.schedule is None and solution.bound is not None:
            line.send(solution.bound)

    proof.prove(problem, lambda: time.monotonic() >= until_s, progress=told)
