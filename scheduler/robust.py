"""By when orders are packed in nine of ten replays of a plan with random durations and rare scrap.

A replay keeps the plan's sequences, as dispatch does: each batch starts as soon as machine, parts and
shift allow, and may run over the end of a shift by what it is slower. Setups wait for their people no
less than in the plan. Assumed: durations from 98 to 104 % of planned, one batch in a hundred has a part
that is spoilt and made again at once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from scheduler.chance import draws
from scheduler.problem import Problem
from scheduler.schedule import Schedule, free_from, rested_ends, setups_in

REPLAYS = 100
FEWEST = 20
"""Fewer replays say nothing about one in ten."""
SLOWEST, FASTEST = 1_040, 980
"""Per mille of the planned seconds."""
SPOILT_IN = 100
TENTHS = 9


@dataclass(frozen=True, slots=True)
class _Run:
    """A batch as it is replayed."""

    machine: int
    setup_s: int
    setup_from_s: int
    takes_s: int
    earliest_s: int
    after: tuple[int, ...]
    """Numbers of the members of batches that end first."""
    members: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Script:
    runs: tuple[_Run, ...]
    """In an order in which each comes after what it waits for."""
    free_s: tuple[int, ...]
    rest_s: tuple[int, ...]
    """Task -> seconds after its end before what waits for it may start."""
    orders: Mapping[str, tuple[tuple[int, ...], int]]
    """Order -> its tasks, and the expected end of what runs of it now."""


def late_ends(
    problem: Problem,
    schedule: Schedule,
    seed: int,
    stop: Callable[[], bool],
    replays: int = REPLAYS,
) -> Mapping[str, int]:
    """Return for each order the second by which it ends in nine of ten replays; nothing when `stop()`,
    asked before each replay, leaves too few. The same seed and number of replays say the same."""
    script = _script(problem, schedule)
    chance = draws(seed)
    found: dict[str, list[int]] = {order: [] for order in script.orders}
    count = 0
    while count < replays and not stop():
        count += 1
        ends = _replay(script, chance)
        for order, (tasks, floor_s) in script.orders.items():
            found[order].append(max([floor_s, *(ends[task] for task in tasks)]))
    if count < FEWEST:
        return {}
    place = -(-TENTHS * count // 10) - 1
    return {order: sorted(row)[place] for order, row in found.items()}


def _script(problem: Problem, schedule: Schedule) -> _Script:
    number = {name: n for n, name in enumerate(problem.tasks)}
    machines = {name: n for n, name in enumerate(problem.resources)}
    settled = dict(problem.frozen.done)
    settled |= {name: slot.end_s for slot in problem.frozen.running for name in slot.operations}
    rested = rested_ends(problem)
    setups = {slot: setup.takes_s for slot, _, setup in setups_in(problem, schedule)}
    runs: list[_Run] = []
    for slot in sorted(schedule.slots, key=lambda slot: (slot.start_s, slot.end_s)):
        tasks = [problem.tasks[name] for name in slot.operations]
        before = {earlier for task in tasks for earlier in task.after}
        runs.append(
            _Run(
                machine=machines[slot.machine],
                setup_s=setups[slot],
                setup_from_s=slot.setup_start_s if setups[slot] else 0,
                takes_s=slot.end_s - slot.start_s,
                earliest_s=max(
                    problem.now_s,
                    *(task.release_s for task in tasks),
                    *(rested.get(name, 0) for name in before),
                ),
                after=tuple(number[name] for name in sorted(before) if name in number),
                members=tuple(number[name] for name in slot.operations),
                windows=problem.resources[slot.machine].windows,
            )
        )
    free_s = tuple(free_from(problem, resource) for resource in problem.resources.values())
    rest_s = tuple(task.rest_s for task in problem.tasks.values())
    return _Script(tuple(runs), free_s, rest_s, _orders(problem, number, settled))


def _orders(
    problem: Problem, number: Mapping[str, int], settled: Mapping[str, int]
) -> dict[str, tuple[tuple[int, ...], int]]:
    tasks: dict[str, list[int]] = {}
    for task in problem.tasks.values():
        if task.order in problem.dues:
            tasks.setdefault(task.order, []).append(number[task.id])
    floor: dict[str, int] = {}
    for name, end_s in settled.items():
        order = name.partition("/")[0]
        floor[order] = max(end_s, floor.get(order, 0))
    return {order: (tuple(row), floor.get(order, 0)) for order, row in tasks.items()}


def _replay(script: _Script, chance: Iterator[int]) -> list[int]:
    """Return when each task ends once everything takes a little more or less."""
    ends, free = [0] * len(script.rest_s), list(script.free_s)
    spread = SLOWEST - FASTEST + 1
    for run in script.runs:
        draw = next(chance)
        ready = run.earliest_s
        for earlier in run.after:
            ready = max(ready, ends[earlier] + script.rest_s[earlier])
        begin = max(free[run.machine], run.setup_from_s) + run.setup_s
        start = _in_shift(run.windows, begin if begin > ready else ready)
        takes_s = run.takes_s * (FASTEST + draw % spread) // 1_000
        end = start + takes_s
        for task in run.members:
            ends[task] = end
        if draw // spread % SPOILT_IN == 0:
            end += takes_s
            ends[run.members[draw // (spread * SPOILT_IN) % len(run.members)]] = end
        free[run.machine] = end
    return ends


def _in_shift(windows: tuple[tuple[int, int], ...], at_s: int) -> int:
    for opens, closes in windows:
        if at_s < closes:
            return at_s if at_s > opens else opens
    return at_s
