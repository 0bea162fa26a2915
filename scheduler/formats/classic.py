"""`jsp`: jobs, machines; a line for each job: machine (from 0) and duration of each operation."""

from scheduler.formats.build import (
    Builder,
    Pairs,
    check_length,
    check_modes,
    jobs_and_machines,
)
from scheduler.formats.text import Line, Text
from scheduler.problem import Problem

END_OF_JOB = [-1, -1]
"""Some sets end each job with it. Source: the files of Da Col and Teppan's reentrant shops."""


def read_classic(text: str) -> Problem:
    """Read an instance; a job may visit a machine twice or leave one out."""
    lines = Text(text)
    jobs, machines = jobs_and_machines(lines)
    builder = Builder()
    for job in range(jobs):
        line = lines.line(f"the line of job {job + 1} of {jobs}")
        builder.job(job, _operations(line, job, machines))
    lines.end(f"the end of the file after {jobs} jobs")
    return builder.problem(machines)


def _operations(line: Line, job: int, machines: int) -> list[Pairs]:
    numbers = line.numbers[:-2] if line.numbers[-2:] == END_OF_JOB else line.numbers
    if numbers:
        check_modes(line, 0, numbers[: len(numbers) // 2 * 2] or [0, 0], 0, machines - 1)
    if len(numbers) % 2:
        line.fault(len(numbers), f"the duration of operation {len(numbers) // 2 + 1}")
    check_length(line, sum(numbers[1::2]), job + 1)
    return [numbers[at : at + 2] for at in range(0, len(numbers), 2)]
