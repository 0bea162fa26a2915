"""Flexible job shops with setups between operations, and unrelated parallel machines with setups.

`sdst`: a flexible job shop, then for each machine a matrix over all operations, numbered job by job:
setup[machine][previous][next]; none before the first. Source: the Fattahi instances with setups.
`parallel`: jobs, machines, and a line a job with (machine, duration) pairs, then SSD and a matrix for
each machine. Source: Vallada and Ruiz 2011, EJOR 211, section 5, and the files of its instances.
"""

from dataclasses import replace

from scheduler.formats.build import A_DURATION, MOST_JOBS, MOST_MACHINES, are_durations
from scheduler.formats.flexible import read_jobs
from scheduler.formats.text import FormatError, Text, said
from scheduler.problem import Aim, Mode, Problem, Resource, Task
from scheduler.search.shop import LONGEST_S
from scheduler.tables import SetupTables

MATRICES = "SSD"


def read_setups(text: str) -> Problem:
    """Read a flexible job shop with setups. Raises FormatError."""
    lines = Text(text)
    problem = read_jobs(lines)
    names = list(problem.tasks)
    tasks = {name: replace(task, family=name) for name, task in problem.tasks.items()}
    resources = {k: replace(each, group=k) for k, each in problem.resources.items()}
    able = {k: [False] * len(names) for k in resources}
    for number, task in enumerate(tasks.values()):
        for mode in task.modes:
            able[mode.machine][number] = True
    tables = {k: _matrix(lines, k, able[k]) for k in resources}
    lines.end("the end, after a matrix of setups for each machine")
    setups = SetupTables(names, tables)
    return replace(problem, tasks=tasks, resources=resources, setups=setups)


def _matrix(lines: Text, machine: str, able: list[bool]) -> list[list[int]]:
    """Read the setups of a machine; what stands for tasks that it cannot do does not count."""
    expected = f"a row of {len(able)} setups on machine {machine}"
    rows: list[list[int]] = []
    for before, can in enumerate(able):
        line = lines.line(expected)
        numbers = line.numbers
        if len(numbers) != len(able):
            line.fault(min(len(numbers), len(able)), expected)
        numbers[before] = 0
        for after, seconds in enumerate(numbers):
            if not (can and able[after]):
                numbers[after] = 0
            elif not 0 <= seconds < LONGEST_S:
                line.fault(after, A_DURATION)
        rows.append(numbers)
    return rows


def is_parallel(text: str) -> bool:
    """Say whether a text looks like parallel machines with setups."""
    return any(line.strip() == MATRICES for _, line in said(text))


def read_parallel(text: str) -> Problem:
    """Read parallel machines with setups. Raises FormatError."""
    head, found, tail = _parted(text)
    if not found:
        number = text.count("\n") + 1
        raise FormatError(number, 1, "", f"a line {MATRICES} before the setups")
    lines = Text(head)
    header = lines.header(2, "the number of jobs and the number of machines")
    jobs, machines = header.numbers[:2]
    if not 1 <= jobs <= MOST_JOBS:
        header.fault(0, f"the number of jobs, 1 to {MOST_JOBS}")
    if not 1 <= machines <= MOST_MACHINES:
        header.fault(1, f"the number of machines, 1 to {MOST_MACHINES}")
    lines.line("the number of machines again")
    names = [f"{job}/0" for job in range(jobs)]
    tasks: dict[str, Task] = {}
    for job, name in enumerate(names):
        line = lines.line(f"machine and duration for each of {machines} machines")
        pairs = line.numbers
        if len(pairs) != 2 * machines or sorted(pairs[::2]) != list(range(machines)):
            line.fault(min(len(pairs), 2 * machines), f"{machines} machines with durations")
        if not are_durations(pairs[1::2]):
            line.fault(1, A_DURATION)
        modes = zip(pairs[::2], pairs[1::2], strict=True)
        ways = tuple(Mode(str(k), takes_s) for k, takes_s in modes)
        tasks[name] = Task(id=name, order=str(job), modes=ways, family=name)
    lines.end(f"{MATRICES}")
    matrices = Text(tail)
    tables = {str(k): _matrix(matrices, str(k), [True] * jobs) for k in range(machines)}
    matrices.end("the end, after a matrix of setups for each machine")
    always = ((0, LONGEST_S),)
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            str(k): Resource(id=str(k), group=str(k), windows=always) for k in range(machines)
        },
        setups=SetupTables(names, tables),
        dues={},
        aim=Aim.MAKESPAN,
    )


def _parted(text: str) -> tuple[str, bool, str]:
    """Part a text at its matrices; blank lines keep the numbers of lines, and names of machines go."""
    rows = text.splitlines()
    at = next((n for n, row in enumerate(rows) if row.strip() == MATRICES), None)
    if at is None:
        return text, False, ""
    kept = ["" if row.strip()[:1] in {"M", ""} else row for row in rows[at + 1 :]]
    return "\n".join(rows[:at]), True, "\n".join([""] * (at + 1) + kept)
