"""A solution as the value of `--out`: a stranger can verify it from this and the instance alone."""

import json
from pathlib import Path
from typing import TypeAlias

from controller.solve.asked import SolveError
from controller.solve.contest import Contest
from controller.solve.reading import Instance
from scheduler import Problem, Schedule

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def solution_json(
    instance: Instance, contest: Contest, objective: str, about: dict[str, Json]
) -> dict[str, Json]:
    """Return everything about a solution, tasks in the order of the instance."""
    best = contest.winner()
    makespan = max((slot.end_s for slot in best.schedule.slots), default=0)
    return {
        "instance": instance.name,
        "format": instance.format,
        "objective": _objective(instance.problem, objective, best.value, makespan),
        "bound": contest.bound,
        "seconds": round(contest.seconds, 3),
        "found_seconds": round(best.seconds, 3),
        "proven": contest.is_proven,
        **about,
        **_batches(instance.problem, best.schedule),
        "tasks": _tasks(instance.problem, best.schedule),
    }


def _objective(problem: Problem, objective: str, value: int, makespan: int) -> "dict[str, Json]":
    """A score is a share of a whole."""
    if problem.score.whole > 1:
        share = value / problem.score.whole
        return {"normalised": round(share, 12), objective: value, "makespan": makespan}
    return {objective: value, "makespan": makespan}


def _batches(problem: Problem, schedule: Schedule) -> "dict[str, Json]":
    """Where machines hold several jobs at once, say which are together."""
    if not any(resource.capacity for resource in problem.resources.values()):
        return {}
    batches: list[Json] = [
        {
            "machine": int(slot.machine),
            "start": slot.start_s,
            "end": slot.end_s,
            "jobs": [int(problem.tasks[name].order) for name in slot.operations],
        }
        for slot in schedule.slots
    ]
    return {"batches": batches}


def write_solution(path: Path, said: dict[str, Json]) -> None:
    """Write it with a line for each task. Raises SolveError."""
    tasks = said["tasks"]
    assert isinstance(tasks, list), "It was made so."
    head = json.dumps({**said, "tasks": []}, indent=1).removesuffix("[]\n}")
    lines = ",\n".join(f"  {json.dumps(task)}" for task in tasks)
    try:
        path.write_text(f"{head}[\n{lines}\n ]\n}}\n", "utf-8")
    except OSError as error:
        raise SolveError(f"{path} cannot be written: {error.strerror or error}.") from error


def _tasks(problem: Problem, schedule: Schedule) -> "list[Json]":
    slot_of = {name: slot for slot in schedule.slots for name in slot.operations}
    tasks: list[Json] = []
    for name in problem.tasks:
        job, _, operation = name.partition("/")
        slot = slot_of[name]
        tasks.append(
            {
                "job": int(job),
                "operation": int(operation),
                "machine": int(slot.machine),
                "start": slot.start_s,
                "end": slot.end_s,
            }
        )
    return tasks
