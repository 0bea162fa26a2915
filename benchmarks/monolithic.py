"""One CP-SAT model of a whole random plant, as a peer: what a solver does with everything at once.

The model is the one that proves small problems (scheduler/exact.py), with a complete plan to begin at. It has
as much time to be built as to be solved, both cores, and a limit of memory.
"""

import multiprocessing
import os
import resource
import threading
import time
from multiprocessing.connection import Connection

from ortools.sat.python import cp_model
from plants import plant_set, to_problem

from scheduler import measure_levels, violations
from scheduler.construct import best_start
from scheduler.exact import schedule_of, whole_model
from scheduler.indexed import index

WORKERS = 2
MOST_BYTES = 8 << 30
BEYOND_S = 10.0
"""A solver that is told to end still puts its memory in order."""


def solved_whole(size: int, seed: int, seconds: float) -> int | str:
    """Return the cents of the plan that is found in this time, or why there is none."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_solve, args=(theirs, size, seed, seconds), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(2 * seconds + BEYOND_S):
            return "not built in time"
        said = ours.recv()
    except EOFError:
        return "out of memory"
    finally:
        child.kill()
        child.join()
    assert isinstance(said, int | str)
    return said


def _end_with(parent: int) -> None:
    """A benchmark that is killed leaves no child behind."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _solve(tell: Connection, size: int, seed: int, seconds: float) -> None:
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    begun_s = time.monotonic()
    problem = to_problem(plant_set(size, seed))
    try:
        model = whole_model(problem, *best_start(index(problem)))
    except MemoryError:
        tell.send("out of memory")
        return
    if time.monotonic() - begun_s > seconds:
        tell.send("not built in time")
        return
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        tell.send("nothing found")
        return
    schedule = schedule_of(model, solver)
    assert not list(violations(problem, schedule)), "A wrong plan counts for nothing."
    tell.send(dict(measure_levels(problem, schedule))["cents"])
