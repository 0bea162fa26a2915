"""Due dates of an instance's jobs: one line a job, due time and weight."""

from dataclasses import replace

from scheduler.formats.text import Text
from scheduler.problem import Aim, Due, Problem
from scheduler.search.shop import LONGEST_S

MOST_WEIGHT = 1_000_000


def with_dues(problem: Problem, text: str) -> Problem:
    """Return the same work with due times; the weighted sum of lateness is to be made small."""
    lines = Text(text)
    jobs = len({task.order for task in problem.tasks.values()})
    dues: dict[str, Due] = {}
    for job in range(jobs):
        line = lines.line(f"due time and weight of job {job + 1} of {jobs}")
        due, weight = line.pair(f"due time and weight of job {job + 1} and no more")
        if not 0 <= due < LONGEST_S:
            line.fault(0, f"a due time from 0 to {LONGEST_S - 1}")
        if not 0 <= weight <= MOST_WEIGHT:
            line.fault(1, f"a weight from 0 to {MOST_WEIGHT}")
        dues[str(job)] = Due(order=str(job), due_s=due, weight=weight)
    lines.end(f"the end of the file after {jobs} jobs")
    return replace(problem, dues=dues, aim=Aim.TARDINESS)
