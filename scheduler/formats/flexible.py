"""`fjs`: jobs, machines; a line for each job: operations, and for each its modes (machine duration)."""

from dataclasses import dataclass
from itertools import chain
from typing import NoReturn

from scheduler.formats.build import (
    Builder,
    Pairs,
    are_durations,
    check_length,
    check_modes,
    jobs_and_machines,
)
from scheduler.formats.text import Line, Text
from scheduler.problem import Problem


@dataclass(slots=True)
class _Ids:
    """Where the lowest and the highest id of a machine were seen that only one way to count has."""

    zero: tuple[Line, int] | None = None
    last: tuple[Line, int] | None = None


def read_flexible(text: str) -> Problem:
    """Read an instance; machine ids begin at 1, or at 0 if the id 0 occurs."""
    lines = Text(text)
    problem = read_jobs(lines)
    lines.end(
        f"the end of the file after {len({task.order for task in problem.tasks.values()})} jobs"
    )
    return problem


def read_jobs(lines: Text) -> Problem:
    """Read the jobs, and leave what stands behind them."""
    jobs, machines = jobs_and_machines(lines)
    ids = _Ids()
    rows: list[list[Pairs]] = []
    for job in range(jobs):
        line = lines.line(f"the line of job {job + 1} of {jobs}")
        rows.append(_operations(line, job, machines, ids))
    builder = Builder(_base(ids, machines))
    for job, row in enumerate(rows):
        builder.job(job, row)
    return builder.problem(machines)


def fits(numbers: list[int]) -> bool:
    """Say whether a line's counts add up to its length."""
    if not numbers:
        return False
    at = 1
    for _ in range(min(numbers[0], len(numbers))):
        if at >= len(numbers) or numbers[at] < 1:
            return False
        at += 1 + 2 * numbers[at]
    return at == len(numbers) and numbers[0] > 0


def _operations(line: Line, job: int, machines: int, ids: _Ids) -> list[Pairs]:
    numbers, at = line.numbers, 1
    if numbers[0] < 1:
        line.fault(0, f"at least one operation of job {job + 1}")
    rows: list[Pairs] = []
    longest = 0
    for operation in range(numbers[0]):
        count = numbers[at] if at < len(numbers) else 0
        end = at + 1 + 2 * count
        if count < 1 or end > len(numbers):
            _cut_short(line, at, f"operation {operation + 1} of {numbers[0]} of job {job + 1}")
        longest += min(numbers[at + 2 : end : 2])
        rows.append(numbers[at + 1 : end])
        at = end
    if at < len(numbers):
        line.fault(at, f"the end of the line after {numbers[0]} operations of job {job + 1}")
    _note(line, rows, machines, ids)
    check_length(line, longest, job + 1)
    return rows


def _cut_short(line: Line, at: int, what: str) -> NoReturn:
    if at >= len(line.numbers):
        line.fault(at, f"the number of machines for {what}")
    count = line.numbers[at]
    if count < 1:
        line.fault(at, f"at least one machine for {what}")
    line.fault(len(line.numbers), f"{count} pairs of machine and duration for {what}")


def _note(line: Line, rows: list[Pairs], machines: int, ids: _Ids) -> None:
    """Check all modes of a job, and where ids are met that only one way to count has."""
    flat = list(chain.from_iterable(rows))
    used = flat[::2]
    if min(used) <= 0 or max(used) >= machines or not are_durations(flat[1::2]):
        at = 2
        for pairs in rows:
            check_modes(line, at, pairs, 0, machines)
            if ids.zero is None and 0 in pairs[::2]:
                ids.zero = line, at + 2 * pairs[::2].index(0)
            if ids.last is None and machines in pairs[::2]:
                ids.last = line, at + 2 * pairs[::2].index(machines)
            at += 1 + len(pairs)


def _base(ids: _Ids, machines: int) -> int:
    """Return the id of the first machine."""
    if ids.zero is None:
        return 1
    if ids.last is not None:
        line, at = ids.last
        where = f"machine 0 stands in line {ids.zero[0].number}"
        line.fault(at, f"a machine from 0 to {machines - 1}, because {where}")
    return 0
