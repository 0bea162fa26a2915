"""Jobs as numbers become a problem with named tasks and machines."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from scheduler.formats.text import Line, Text
from scheduler.problem import Aim, Mode, Problem, Resource, Task
from scheduler.search.shop import LONGEST_S

Pairs: TypeAlias = Sequence[int]
"""Machine, duration, machine, duration and so on, of one operation."""
MOST_MACHINES = 1_000_000
MOST_JOBS = 10_000_000
A_DURATION = f"a duration from 0 to {LONGEST_S - 1}"


class _Modes(dict[tuple[int, int], Mode]):
    """The mode for a machine's id in the file and a duration; tasks share equal ones."""

    def __init__(self, base: int) -> None:
        super().__init__()
        self._base = base

    def __missing__(self, key: tuple[int, int]) -> Mode:
        mode = self[key] = Mode(str(key[0] - self._base), key[1])
        return mode


class Builder:
    """Collects tasks; machine ids begin at `base` in the file and at 0 here."""

    def __init__(self, base: int = 0) -> None:
        self._tasks: dict[str, Task] = {}
        self._modes = _Modes(base)

    def job(self, job: int, rows: Iterable[Pairs]) -> None:
        """Add a job whose operations follow each other."""
        order = str(job)
        after: tuple[str, ...] = ()
        for operation, pairs in enumerate(rows):
            after = (self.task(f"{order}/{operation}", order, pairs, after),)

    def task(self, name: str, order: str, pairs: Pairs, after: tuple[str, ...]) -> str:
        """Add an operation and return its name; of two durations on one machine the shorter counts."""
        modes = tuple(map(self._modes.__getitem__, zip(pairs[::2], pairs[1::2], strict=True)))
        if len(modes) > 1 and len(set(pairs[::2])) < len(modes):
            slowest_first = sorted(modes, key=lambda mode: -mode.takes_s)
            modes = tuple({mode.machine: mode for mode in slowest_first}.values())
        self._tasks[name] = Task(id=name, order=order, modes=modes, after=after)
        return name

    def problem(self, machines: int) -> Problem:
        """Return the problem of finishing all that was added as soon as possible."""
        always = ((0, LONGEST_S),)
        names = [str(machine) for machine in range(machines)]
        return Problem(
            now_s=0,
            tasks=self._tasks,
            resources={name: Resource(id=name, group="", windows=always) for name in names},
            setups={},
            dues={},
            aim=Aim.MAKESPAN,
        )


def jobs_and_machines(lines: Text) -> tuple[int, int]:
    """Read the first line of a job shop."""
    header = lines.header(2, "the number of jobs and the number of machines")
    jobs = counted(header, 0, "jobs", MOST_JOBS)
    return jobs, counted(header, 1, "machines", MOST_MACHINES)


def counted(line: Line, at: int, what: str, most: int) -> int:
    """Return a header's number of something."""
    count = line.numbers[at]
    if not 1 <= count <= most:
        line.fault(at, f"the number of {what}, 1 to {most}")
    return count


def are_durations(numbers: Sequence[int]) -> bool:
    """Say whether all numbers are durations that times can hold."""
    return min(numbers) >= 0 and max(numbers) < LONGEST_S


def check_modes(line: Line, at: int, pairs: Pairs, low: int, high: int) -> None:
    """Raise unless all machines of the pairs that begin at an index exist and durations are sane."""
    if min(pairs[::2]) >= low and max(pairs[::2]) <= high and are_durations(pairs[1::2]):
        return
    for step in range(0, len(pairs), 2):
        if not low <= pairs[step] <= high:
            line.fault(at + step, f"a machine from {low} to {high}")
        if not 0 <= pairs[step + 1] < LONGEST_S:
            line.fault(at + step + 1, A_DURATION)


def check_length(line: Line, longest: int, job: int) -> None:
    """Raise if a job alone takes longer than times can say."""
    if longest >= LONGEST_S:
        line.fault(0, f"a job that can end before {LONGEST_S}; job {job} takes {longest}")
