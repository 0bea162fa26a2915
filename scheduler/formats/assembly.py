"""`fajsp`: operations, arcs, machines; a line for each arc, then modes for each operation, all from 0.

Source: Birgin, Feofiloff, Fernandes, de Melo, Oshiro, Ronconi 2014, A MILP model for an extended
version of the flexible job shop problem (its instances).
"""

from graphlib import CycleError, TopologicalSorter

from scheduler.formats.build import (
    MOST_MACHINES,
    Builder,
    Pairs,
    check_length,
    check_modes,
    counted,
)
from scheduler.formats.text import Line, Text
from scheduler.problem import Problem

HEADER = "the numbers of operations, arcs and machines"
MOST = 10_000_000


def read_assembly(text: str) -> Problem:
    """Read an instance. Its jobs are the connected parts of the graph, by their first operation."""
    lines = Text(text)
    header = lines.header(3, HEADER)
    count, machines = (
        counted(header, 0, "operations", MOST),
        counted(header, 2, "machines", MOST_MACHINES),
    )
    if not 0 <= header.numbers[1] <= MOST:
        header.fault(1, "the number of arcs")
    arcs: dict[tuple[int, int], Line] = {}
    for at in range(header.numbers[1]):
        line = lines.line(f"arc {at + 1} of {header.numbers[1]}")
        arcs.setdefault(_arc(line, count), line)
    rows: list[tuple[Line, Pairs]] = []
    for at in range(count):
        line = lines.line(f"the line of operation {at}; the last one is {count - 1}")
        rows.append((line, _modes(line, at, machines)))
    lines.end(f"the end of the file after {count} operations")
    before: list[list[int]] = [[] for _ in range(count)]
    for first, second in arcs:
        before[second].append(first)
    _check_order(before, arcs, rows)
    return _build(before, [pairs for _, pairs in rows], machines)


def jobs_of(before: list[list[int]]) -> list[int]:
    """Return the number of each operation's job."""
    root = list(range(len(before)))

    def find(x: int) -> int:
        while root[x] != x:
            root[x] = root[root[x]]
            x = root[x]
        return x

    for second, row in enumerate(before):
        for first in row:
            a, b = sorted((find(first), find(second)))
            root[b] = a
    roots = [find(x) for x in range(len(before))]
    number = {r: job for job, r in enumerate(dict.fromkeys(roots))}
    return [number[r] for r in roots]


def _arc(line: Line, count: int) -> tuple[int, int]:
    first, second = line.pair("two operations, of which the first comes before the second")
    for at, operation in enumerate(line.numbers):
        if not 0 <= operation < count:
            line.fault(at, f"an operation from 0 to {count - 1}")
    if first == second:
        line.fault(1, "another operation: none comes before itself")
    return first, second


def _modes(line: Line, operation: int, machines: int) -> Pairs:
    count = line.numbers[0]
    if count < 1:
        line.fault(0, f"at least one machine for operation {operation}")
    pairs = line.numbers[1 : 1 + 2 * count]
    if len(pairs) < 2 * count:
        line.fault(len(line.numbers), f"{count} pairs of machine and duration")
    if len(line.numbers) > 1 + 2 * count:
        line.fault(
            1 + 2 * count, f"the end of the line after {count} pairs of machine and duration"
        )
    check_modes(line, 1, pairs, 0, machines - 1)
    return pairs


def _check_order(
    before: list[list[int]], arcs: dict[tuple[int, int], Line], rows: list[tuple[Line, Pairs]]
) -> None:
    try:
        order = list(TopologicalSorter(dict(enumerate(before))).static_order())
    except CycleError as error:
        circle: list[int] = error.args[1]
        names = " -> ".join(map(str, circle))
        arcs[circle[-2], circle[-1]].fault(0, f"no arc that closes the circle {names}")
    end = [0] * len(before)
    for x in order:
        line, pairs = rows[x]
        end[x] = min(pairs[1::2]) + max((end[first] for first in before[x]), default=0)
        check_length(line, end[x], x)


def _build(before: list[list[int]], rows: list[Pairs], machines: int) -> Problem:
    names: list[str] = []
    jobs = jobs_of(before)
    sizes: dict[int, int] = {}
    for job in jobs:
        names.append(f"{job}/{sizes.get(job, 0)}")
        sizes[job] = sizes.get(job, 0) + 1
    builder = Builder()
    for x, pairs in enumerate(rows):
        after = tuple(names[first] for first in before[x])
        builder.task(names[x], str(jobs[x]), pairs, after)
    return builder.problem(machines)
