"""One run of PyJobShop in a process of its own: a problem on stdin, a JSON object on the last line.

PyJobShop 0.0.9 on OR-Tools, or on CP Optimizer where docplex and its engine are installed. No hints.
"""

import json
import pickle
import re
import sys
import time
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from scheduler import Problem

IMPROVED = re.compile(r"^#\d+\s+([\d.]+)s\s+best:(\d+)")
"""A new incumbent in the log of CP-SAT."""


def build(problem: Problem) -> tuple[Any, list[tuple[str, str]]]:
    """Return a PyJobShop model, and task and machine of each mode."""
    from pyjobshop import Model  # noqa: PLC0415 its loading is timed

    model = Model()
    machine = {name: model.add_machine(name=name) for name in problem.resources}
    jobs = {}
    for order in dict.fromkeys(task.order for task in problem.tasks.values()):
        due = problem.dues.get(order)
        named = {} if due is None else {"due_date": due.due_s, "weight": due.weight}
        jobs[order] = model.add_job(name=order, **named)
    tasks, modes = {}, []
    for task in problem.tasks.values():
        tasks[task.id] = model.add_task(jobs[task.order], name=task.id)
        for mode in task.modes:
            model.add_mode(tasks[task.id], machine[mode.machine], mode.takes_s)
            modes.append((task.id, mode.machine))
    for task in problem.tasks.values():
        for earlier in task.after:
            model.add_end_before_start(tasks[earlier], tasks[task.id])
    for name, before, after, takes_s in setups_in(problem):
        model.add_setup_time(machine[name], tasks[before], tasks[after], takes_s)
    if problem.dues:
        model.set_objective(weight_total_tardiness=1)
    else:
        model.set_objective(weight_makespan=1)
    return model, modes


def setups_in(problem: Problem) -> Iterator[tuple[str, str, str, int]]:
    """Yield (machine, task before, task after, seconds) of all setups between tasks that it can do."""
    if not problem.setups:
        return
    able: dict[str, list[str]] = {name: [] for name in problem.resources}
    for task in problem.tasks.values():
        for name in dict.fromkeys(mode.machine for mode in task.modes):
            able[name].append(task.id)
    for name, ids in able.items():
        group = problem.resources[name].group
        for before, after in permutations(ids, 2):
            families = (problem.tasks[before].family, problem.tasks[after].family)
            setup = problem.setups.get((group, *families))
            if setup is not None and setup.takes_s:
                yield name, before, after, setup.takes_s


def main() -> None:
    """Solve what is on stdin: problem, solver, seconds, workers, seed."""
    problem, solver, seconds, workers, seed = pickle.load(sys.stdin.buffer)
    begun = time.monotonic()
    import pyjobshop  # noqa: F401, PLC0415 see above

    imported = time.monotonic()
    model, modes = build(problem)
    built = time.monotonic()
    more = {"random_seed": seed} if solver == "ortools" else {"RandomSeed": seed}
    result = model.solve(
        solver=solver, time_limit=seconds, display=True, num_workers=workers, **more
    )
    ended = time.monotonic()
    slots = [
        [task.start, task.end, *modes[task.mode]] for task in result.best.tasks if task.present
    ]
    said = {
        "slots": slots,
        "bound": result.lower_bound if result.lower_bound > 0 else 0,
        "status": result.status.value,
        "import_s": imported - begun,
        "build_s": built - imported,
        "solve_s": ended - built,
    }
    sys.stdout.flush()
    print("\n" + json.dumps(said))


if __name__ == "__main__":
    main()
