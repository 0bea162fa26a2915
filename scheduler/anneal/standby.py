"""A plan that is kept decoded, so that the failure of a machine is answered within a millisecond.

What has begun stays; the batch that was on the machine is made again. All else keeps its place in its
sequence and moves to later: that is the answer. A search from there on may then change it, at a price
for each task that is done on another machine than people were told.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scheduler.anneal.fill import decode_all
from scheduler.anneal.floor import (
    FIXED,
    IMPOSSIBLE,
    LATE_FIRST,
    MOVED,
    MOVED_AFTER,
    MOVED_LATER,
    NEVER_S,
    NONE,
    NOW,
    SAME_MACHINE,
    TAKES,
    WINDOWS,
    Floor,
    Ints,
)
from scheduler.anneal.load import advances, load, recall, to_rows
from scheduler.anneal.loop import Memory, anneal, snapshot
from scheduler.anneal.search import floor_and_memory, heats
from scheduler.anneal.state import BEGIN, END, ENDS, IN, MONEY, ON, START, State
from scheduler.anneal.step import cell_of
from scheduler.decode import to_schedule
from scheduler.indexed import Indexed, index
from scheduler.problem import Problem
from scheduler.replan import kept
from scheduler.schedule import Schedule
from scheduler.search.kernel import lean
from scheduler.times import decode_rows

WARM = 0.03
"""The heat at the begin of the search after a failure, as a share of the usual one. Source: own trials."""
CHUNK = 500
"""Moves between two looks at the clock: some milliseconds."""
LATE_PER_CENT, SAME_PER_CENT = 60, 50
"""How often a move begins at what holds up a late order, and stays on its machine."""


@lean
def started(floor: Floor, state: State, now: int, failed: int, fixed: Ints) -> None:
    """Count the batches of each machine that have begun: their setup, or they themselves. On the machine
    that failed only those that have ended."""
    for k in range(len(fixed)):
        count = 0
        for place in range(state.length[k]):
            b = state.row[k, place]
            begun = state.batch[b, START] < now or (
                floor.setup[cell_of(floor, state, k, place), TAKES] > 0
                and state.batch[b, BEGIN] < now
            )
            if k == failed:
                begun = state.batch[b, END] <= now
            if not begun:
                break
            count += 1
        fixed[k] = count


@dataclass(slots=True)
class Standby:
    """Owns a plan in the arrays of the search. After a failure it has the repaired plan."""

    indexed: Indexed
    floor: Floor
    memory: Memory
    state: State

    def fail(self, machine: str, now_s: int, until_s: int) -> bool:
        """Have a machine fail until a second, and move all that cannot be as planned to later. False if
        that leads to no plan, or would move what has begun: then the plan is of no use any more."""
        failed = self.indexed.machine_ids.index(machine)
        if self._is_station(failed):
            return False
        fixed = np.zeros(self.floor.machines, np.int64)
        started(self.floor, self.state, now_s, failed, fixed)
        ends = self.state.task[:, ENDS].copy()
        held = self._held(fixed)
        free = [
            int(self.state.batch[self.state.row[k, count - 1], END]) if count else 0
            for k, count in enumerate(fixed.tolist())
        ]
        windows = [
            self._hours(k, free[k], until_s if k == failed else now_s)
            for k in range(self.floor.machines)
        ]
        self.floor = _with_windows(self.floor, windows, fixed, held)
        self.floor.price[NOW] = now_s
        if not decode_all(self.floor, self.state, self.memory):
            return False
        self.indexed = replace(
            self.indexed,
            opens=tuple(tuple(a for a, _ in row) for row in windows),
            closes=tuple(tuple(b for _, b in row) for row in windows),
        )
        held |= (self.state.task[:, IN] == NONE) & (ends <= now_s)
        return bool((self.state.task[held, ENDS] == ends[held]).all())

    def improve(self, share: Callable[[], float], cents: int) -> int:
        """Search while the share of the budget that is used is below 1; each task that is done on another
        machine costs `cents`. Returns how many moves were drawn."""
        floor, memory = self.floor, self.memory
        floor.price[[MOVED, MOVED_LATER, MOVED_AFTER]] = cents * 3600, cents * 3600, NEVER_S
        floor.price[[LATE_FIRST, SAME_MACHINE]] = LATE_PER_CENT, SAME_PER_CENT
        assert decode_all(floor, self.state, memory), "The plan could be run before."
        memory.best.money[0] = IMPOSSIBLE
        snapshot(self.state, memory.best)
        hot, cold = heats(self.indexed, 0)
        hot, used, moves = max(cold, hot * WARM), 0.0, 0
        while len(floor.movable) and used < 1.0:
            heat = hot * (cold / hot) ** used
            anneal(floor, self.state, memory, CHUNK, heat, heat)
            moves, used = moves + CHUNK, share()
        self.state = recall(floor, memory)
        return moves

    @property
    def money(self) -> int:
        """Return what the plan costs, with what was asked for changes of machines."""
        return int(self.state.total[MONEY])

    def schedule(self) -> Schedule:
        """Return the plan, with what has begun."""
        rows = to_rows(self.floor, self.state)
        times = decode_rows(self.indexed, rows, held=self.state.hold.tolist())
        assert times is not None, "What the search keeps can be run."
        return to_schedule(self.indexed, rows, times)

    def _is_station(self, k: int) -> bool:
        """Say whether a machine belongs to a line, whose stations must keep the same hours."""
        return bool(self.state.length[k] == 0)

    def _held(self, fixed: Ints) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Say which tasks are in batches that stay where they are."""
        b = self.state.task[:, IN]
        batch = self.state.batch
        held: np.ndarray[tuple[int], np.dtype[np.bool_]] = (b != NONE) & (
            self.state.place[b] < fixed[batch[b, ON]]
        )
        return held

    def _hours(self, k: int, free_s: int, since_s: int) -> list[tuple[int, int]]:
        """Return a machine's windows until what has begun on it ends, and those from a second on."""
        pairs = list(zip(self.indexed.opens[k], self.indexed.closes[k], strict=True))
        if self._is_station(k):
            return pairs
        since_s = max(since_s, free_s)
        return [
            *((a, min(b, free_s)) for a, b in pairs if a < free_s),
            *((max(a, since_s), b) for a, b in pairs if b > since_s),
        ]


def stand_by(problem: Problem, plan: Schedule, seed: int = 0) -> Standby | None:
    """Load a plan of a problem and all that answering a failure needs; None where the compiled search
    does not know the problem, or would not serve the plan's lines as it says: then what has begun there
    could not be told from what has not."""
    indexed = index(problem, plan)
    ready = floor_and_memory(indexed, seed)
    if ready is None:
        return None
    floor, memory = ready
    rows = [[batch for batch, _ in row] for row in kept(indexed, plan)]
    times = decode_rows(indexed, rows)
    if times is None:
        return None
    floor.price[[MOVED, MOVED_LATER]] = 0
    state = load(floor, memory, rows, advances(indexed, floor, times), times.held)
    if state is None or to_rows(floor, state) != rows:
        return None
    return Standby(indexed, floor, memory, state)


def _with_windows(
    floor: Floor,
    windows: list[list[tuple[int, int]]],
    fixed: Ints,
    held: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> Floor:
    """Return a floor with other hours, on which some batches and their tasks stay where they are."""
    machine = floor.machine.copy()
    machine[:-1, FIXED] = fixed
    machine[1:, WINDOWS] = np.cumsum([len(row) for row in windows])
    pairs = [pair for row in windows for pair in row]
    window = np.array(pairs, np.int64).reshape(-1, 2)
    return floor._replace(
        machine=machine, window=window, movable=floor.movable[~held[floor.movable]]
    )
