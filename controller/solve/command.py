"""The command from the file to the schedule: read, dispatch, search on both cores, write."""

import gc
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from controller.kernels import Kernels, do_without, find_kernels
from controller.solve.asked import Asked
from controller.solve.contest import Contest
from controller.solve.race import Race
from controller.solve.reading import Instance, read_instance
from controller.solve.searcher import Work
from controller.solve.telling import Teller
from controller.solve.writing import Json, solution_json, write_solution
from scheduler import proof

DONE = 0
SEARCHES = 2
TICK_S = 0.1
LAST_WORDS_S = 0.05
LAST_WORDS_S_A_TASK = 15e-6
"""What it takes to tell, verify and write a schedule at the end. Measured, and rounded up."""
LATEST_S = 0.15
"""How long after the end a search's last word is waited for."""
SHORTEST_SEARCH_S = 0.3
"""With less time than this left no search is started: it would not even have its kernels."""


class _Interrupt:
    """Notes Ctrl-C and a polite end; the second time nothing is kept."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.came:
            raise KeyboardInterrupt
        self.came = True


def solve_instance(asked: Asked) -> int:
    """Solve what a file holds and write what was asked for. Raises SolveError."""
    with _interruptible() as interrupt:
        instance = read_instance(asked)
        kernels = find_kernels(asked.state)
        objective = instance.problem.aim.value
        teller = Teller(objective, as_json=asked.as_json)
        contest = Contest(instance.problem, asked.began_s, heard=teller.better)
        run = _Run(asked, kernels, contest, teller, interrupt)
        run.search()
        _end(asked, instance, run)
    return DONE


class _Run:
    """One solve: who searches, and when it is over."""

    def __init__(
        self,
        asked: Asked,
        kernels: Kernels,
        contest: Contest,
        teller: Teller,
        interrupt: _Interrupt,
    ) -> None:
        self.asked, self.contest, self.teller, self.interrupt = asked, contest, teller, interrupt
        self.race = Race(contest, kernels, exchanges=asked.steps is None)
        self.kernels = kernels
        self.end_s = float("inf") if asked.seconds is None else asked.began_s + asked.seconds
        tasks = len(contest.problem.tasks)
        self.last_words_s = LAST_WORDS_S + tasks * LAST_WORDS_S_A_TASK
        self.was_ready = kernels.are_ready

    def search(self) -> None:
        """Search until time is up, nothing better exists, or somebody stops it."""
        gc.freeze()  # what is there now is no garbage, and stays shared with forked processes
        if self.was_ready and self._has_time:
            self._start("fork")
        elif not self.was_ready:
            self.kernels.compile()
        try:
            self._first()
            while not self._is_over:
                if not self.race.searches and self.kernels.are_ready and self._has_time:
                    self._start("spawn")
                self.race.listen(min(TICK_S, max(0.0, self.end_s - time.monotonic())))
                self.teller.tick(self.contest)
            self.race.stop(max(self.end_s, time.monotonic()) + LATEST_S)
            if self.asked.steps is not None and not self.interrupt.came:
                self.race.settle()
        finally:
            self.race.kill()

    @property
    def _has_time(self) -> bool:
        left_s = self.end_s - time.monotonic()
        return left_s > SHORTEST_SEARCH_S + self.last_words_s and self.asked.steps != 0

    @property
    def _is_over(self) -> bool:
        if self.interrupt.came or time.monotonic() >= self.end_s - self.last_words_s / 2:
            return True
        if self.asked.steps is not None:
            return self.asked.steps == 0 or (bool(self.race.searches) and self.race.is_over)
        return self.contest.is_proven or (bool(self.race.searches) and self.race.is_over)

    def _start(self, method: str) -> None:
        until_s = None if self.asked.seconds is None else self.end_s - self.last_words_s
        asked, problem = self.asked, self.contest.problem
        left_s = self.end_s - time.monotonic()
        has_time = asked.steps is None and left_s > SHORTEST_PROOF_S
        proves = has_time and proof.is_worth_it(problem)
        works = tuple(
            Work(
                problem=problem,
                seed=SEARCHES * asked.seed + number,
                until_s=until_s,
                steps=asked.steps,
                proves=number == SEARCHES,
            )
            for number in range(SEARCHES + proves)
        )
        self.race.start(works, "fork" if method == "fork" else "spawn")

    def _first(self) -> None:
        """Answer at once, without compiled kernels where loading them takes longer than the plan."""
        tasks = len(self.contest.problem.tasks)
        if not self.race.searches and self.was_ready and tasks > QUICK:
            self.kernels.use()
        else:
            do_without()
        from scheduler import quick  # noqa: PLC0415 loads kernels, compiled or not, for good

        bound = quick.first_bound(self.contest.problem)
        self.contest.raise_bound(bound, "chains and loads")
        if not self.race.searches or tasks <= QUICK:
            self.contest.offer(quick.first_schedule(self.contest.problem), "dispatch")
            self.teller.tick(self.contest)


SHORTEST_PROOF_S = 2.5
"""With less time than this left no proof is tried: its solver takes a second to load."""
QUICK = 5_000
"""Tasks up to which dispatch without compiled kernels is faster than loading those. Measured."""


def _end(asked: Asked, instance: Instance, run: _Run) -> None:
    """Write and say what came of it."""
    contest, kernels = run.contest, run.kernels
    best = contest.winner()
    about = _about(run)
    if asked.out is not None:
        said = solution_json(instance, contest, instance.problem.aim.value, about)
        write_solution(asked.out, said)
    if asked.gantt is not None:
        from controller.solve.drawing import draw  # noqa: PLC0415 only where it is asked for

        draw(instance, contest, asked.gantt)
    notes = list(contest.notes)
    if kernels.folder is None or not run.was_ready:
        notes.append(_cold(kernels))
    proof = ", proven best" if contest.is_proven else ""
    run.teller.say(
        f"{instance.name}: {run.teller.where(contest)}{proof}; "
        f"found after {best.seconds:.1f} s by {best.source}, ended after {contest.seconds:.1f} s.",
        *notes,
    )


def _about(run: _Run) -> dict[str, Json]:
    tiers: dict[str, Json] = {
        search.name: list(search.tiers) for search in run.race.searches if search.tiers is not None
    }
    return {
        "seed": run.asked.seed,
        "bound_by": run.contest.by,
        "found_by": run.contest.winner().source,
        "tiers": tiers,
        "compile_seconds": run.kernels.compile_seconds,
        "kernels_were_ready": run.was_ready,
        "notes": list(run.contest.notes),
    }


def _cold(kernels: Kernels) -> str:
    seconds = kernels.compile_seconds
    if kernels.folder is None:
        return "Kernels ran as they are written, because nothing is compiled here: that is slow."
    if seconds is None:
        return "The search's kernels are being compiled, once, in the background; ask again later."
    return f"The search's kernels were compiled in the background, in {seconds:.1f} s."


@contextmanager
def _interruptible() -> Iterator[_Interrupt]:
    interrupt = _Interrupt()
    before = {each: signal.signal(each, interrupt) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
