"""Tabu search for the makespan: tasks of a critical path go elsewhere, to where the path through them
is shortest by an estimate in constant time.

Where a task v may go on a machine: L holds the tasks there that end after v could start, R those whose
rest is longer than v's tail. Behind all of R without L and before all of L without R no cycle closes,
and the best place is among these. Sources: Mastrolilli and Gambardella 2000, Effective neighbourhood
functions for the flexible job shop problem (neighbourhoods Nopt1 and Nopt2); Balas and Vazacopoulos
1998, Guided local search with shifting bottleneck (estimates by heads and tails); Taillard 1994,
Parallel taboo search techniques for the job shop (random tenure).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.search.critical import path_to
from scheduler.search.graph import Graph, build, keep, makespan_of, move
from scheduler.search.kernel import dice, inlined, lean, roll, wide
from scheduler.search.shop import Plan, Shop

NOTHING = 1 << 40
VALUE, TIES, TASK, MODE, PLACE, SPARE_TIES, SPARE_TASK, SPARE_MODE, SPARE_PLACE = range(9)
"""Fields of a choice: the best move so far, and any forbidden one for want of others."""
PAIRS = 1 << 22
"""At most as many pairs are remembered apart; in a larger shop some share a place."""
SPREAD = 0x9E3779B1
"""An odd factor, so that different pairs stay apart where there is room for all."""


class Memory(NamedTuple):
    """What the search remembers over all its runs; owned by one process."""

    pair_until: NDArray[np.int32]
    """By hash of (a, b): until which move a may not come before b again."""
    mode_until: NDArray[np.int32]
    """By mode: until which move its task may not go there again."""
    dice: NDArray[np.uint64]
    counts: NDArray[np.int64]
    """Moves, estimates, moves that would have closed a cycle."""
    choice: NDArray[np.int64]
    critical: NDArray[np.uint32]
    best: Plan
    """The best plan of the last run."""


def new_memory(shop: Shop, seed: int) -> Memory:
    """Allocate an empty memory."""
    size = 1 << min(PAIRS.bit_length() - 1, max(1, (shop.tasks**2 - 1).bit_length()))
    tasks = shop.tasks
    return Memory(
        pair_until=np.zeros(size, np.int32),
        mode_until=np.zeros(len(shop.mode_machine), np.int32),
        dice=dice(seed),
        counts=np.zeros(3, np.int64),
        choice=np.zeros(9, np.int64),
        critical=np.zeros(tasks, np.uint32),
        best=Plan(np.zeros(tasks, np.uint32), np.zeros(tasks, np.uint32)),
    )


class Limits(NamedTuple):
    """When a run ends, and how long a move is forbidden."""

    moves: int
    idle: int
    """Moves without a better plan."""
    target: int
    """A makespan that is good enough."""
    tenure: int
    spread: int
    """The tenure is drawn from tenure to tenure + spread - 1."""


@lean
def tabu(shop: Shop, plan: Plan, graph: Graph, memory: Memory, limits: Limits) -> int:
    """Search from a plan; returns the best makespan and leaves that plan in `memory.best`."""
    build(shop, plan, graph)
    current = makespan_of(graph)
    best = current
    keep(graph, memory.best)
    idle = moves = 0
    while moves < limits.moves and idle < limits.idle and best > limits.target:
        moves += 1
        idle += 1
        memory.counts[0] += 1
        count = _critical_path(shop, graph, memory, current)
        memory.choice[VALUE] = NOTHING
        memory.choice[TASK] = memory.choice[SPARE_TASK] = -1
        memory.choice[SPARE_TIES] = 0
        for n in range(count):
            _look(shop, graph, memory, wide(memory.critical[n]), best)
        chosen = TASK if memory.choice[TASK] >= 0 else SPARE_TASK
        if memory.choice[chosen] < 0:
            break
        _go(shop, graph, memory, limits, chosen)
        current = makespan_of(graph)
        if current < best:
            best = current
            keep(graph, memory.best)
            idle = 0
    return best


@inlined
def _critical_path(shop: Shop, graph: Graph, memory: Memory, makespan: int) -> int:
    """Write one longest path, drawn at random where several end last; returns its length."""
    tasks = len(shop.release)
    last, ties = tasks, 0
    for x in range(tasks):
        if graph.end[x] == makespan:
            ties += 1
            if roll(memory.dice, ties) == 0:
                last = x
    return path_to(shop, graph, memory.dice, last, memory.critical)


@inlined
def _look(shop: Shop, graph: Graph, memory: Memory, v: int, best: int) -> None:
    """Offer every place where a critical task may go."""
    here = graph.mode[v]
    first, until = shop.mode_ptr[v], shop.mode_ptr[v + 1]
    alone = graph.length[graph.machine[v]] == 1
    if alone and until - first == 1:
        return
    least = graph.ready[v] + graph.tail[v]
    if not alone and least + graph.takes[v] <= memory.choice[VALUE]:
        _look_left(shop, graph, memory, v, best)
        _look_right(shop, graph, memory, v, best)
    for mode in range(first, until):
        if mode != here and least + shop.mode_takes[mode] <= memory.choice[VALUE]:
            _look_there(shop, graph, memory, v, mode, best)


@inlined
def _look_left(shop: Shop, graph: Graph, memory: Memory, v: int, best: int) -> None:
    """Offer earlier places on v's own machine; rests there become what they are without v."""
    row, end = graph.row, graph.end
    tasks, mode = len(graph.place), graph.mode[v]
    ready, tail, takes = graph.ready[v], graph.tail[v], graph.takes[v]
    at = wide(graph.place[v])
    rest = graph.rest[row[at + 1]]
    at -= 1
    x = row[at]
    forbidden = False
    while x < tasks:
        rest = max(graph.tail[x], rest) + graph.takes[x]
        # Further on the path only grows.
        if (end[x] <= ready and rest > tail) or ready + takes + rest > memory.choice[VALUE]:
            break
        forbidden = forbidden or _is_tabu(memory, tasks, v, wide(x))
        y = row[at - 1]
        if y >= tasks or end[y] <= ready or max(graph.tail[y], rest) + graph.takes[y] > tail:
            value = max(ready, end[y]) + takes + max(tail, rest)
            _offer(memory, value, forbidden, best, v, mode, at)
        at -= 1
        x = y


@inlined
def _look_right(shop: Shop, graph: Graph, memory: Memory, v: int, best: int) -> None:
    """Offer later places on v's own machine; ends there become what they are without v."""
    row, rest = graph.row, graph.rest
    tasks, mode = len(graph.place), graph.mode[v]
    ready, tail, takes = graph.ready[v], graph.tail[v], graph.takes[v]
    at = wide(graph.place[v])
    end = graph.end[row[at - 1]]
    at += 1
    x = row[at]
    forbidden = False
    while x < tasks:
        end = max(graph.ready[x], end) + graph.takes[x]
        if (rest[x] <= tail and end > ready) or end + takes + tail > memory.choice[VALUE]:
            break
        forbidden = forbidden or _is_tabu(memory, tasks, wide(x), v)
        y = row[at + 1]
        if y >= tasks or rest[y] <= tail or max(graph.ready[y], end) + graph.takes[y] > ready:
            value = max(ready, end) + takes + max(tail, rest[y])
            _offer(memory, value, forbidden, best, v, mode, at)
        at += 1
        x = y


@inlined
def _look_there(shop: Shop, graph: Graph, memory: Memory, v: int, mode: int, best: int) -> None:
    """Offer places on another machine. Where L and R are apart, all places between are alike: one is
    drawn, and both borders are found by halving."""
    row, end, rest = graph.row, graph.end, graph.rest
    k = shop.mode_machine[mode]
    base = wide(shop.row_ptr[k]) + 1
    clear = end[row[base - 1]]
    ready, tail, takes = graph.ready[v], graph.tail[v], shop.mode_takes[mode]
    forbidden = memory.mode_until[mode] > memory.counts[0]
    length = wide(graph.length[k])
    ended = _first_ending_after(graph, base, 0, length, ready)
    waiting = _first_resting_within(graph, base, 0, length, tail)
    if waiting <= ended:
        at = base + waiting + roll(memory.dice, ended - waiting + 1)
        value = max(ready, clear) + takes + tail
        _offer(memory, value, forbidden, best, v, mode, at)
        return
    room = memory.choice[VALUE] - takes
    first = _first_resting_within(graph, base, ended, waiting, room - ready)
    last = _first_ending_after(graph, base, ended, waiting, room - tail)
    for at in range(base + first, base + last + 1):
        early = end[row[at - 1]]
        late = rest[row[at]]
        value = max(ready, early) + takes + max(tail, late)
        _offer(memory, value, forbidden, best, v, mode, at)


@inlined
def _first_ending_after(graph: Graph, base: int, low: int, high: int, limit: int) -> int:
    """Return the first of a sequence's tasks from low to high that ends after a limit, else high."""
    while low < high:
        middle = (low + high) >> 1
        if graph.end[graph.row[base + middle]] > limit:
            high = middle
        else:
            low = middle + 1
    return low


@inlined
def _first_resting_within(graph: Graph, base: int, low: int, high: int, limit: int) -> int:
    """Return the first of a sequence's tasks from low to high with at most so much rest, else high."""
    while low < high:
        middle = (low + high) >> 1
        if graph.rest[graph.row[base + middle]] > limit:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def _pair(tasks: int, a: int, b: int, size: int) -> int:
    return (((a * tasks + b) * SPREAD) & 0xFFFFFFFFFF) & (size - 1)


@inlined
def _is_tabu(memory: Memory, tasks: int, a: int, b: int) -> bool:
    """Say whether a may not come before b."""
    until = memory.pair_until[_pair(tasks, a, b, len(memory.pair_until))]
    return bool(until > memory.counts[0])


@inlined
def _offer(
    memory: Memory, value: int, forbidden: bool, best: int, v: int, mode: int, place: int
) -> None:
    """Take a move if it is the best so far; among equals each is as likely. A forbidden one counts
    only if it leads below the best makespan."""
    choice = memory.choice
    memory.counts[1] += 1
    if forbidden and value >= best:
        choice[SPARE_TIES] += 1
        if roll(memory.dice, choice[SPARE_TIES]) == 0:
            choice[SPARE_TASK] = v
            choice[SPARE_MODE] = mode
            choice[SPARE_PLACE] = place
    elif value <= choice[VALUE]:
        if value < choice[VALUE]:
            choice[VALUE] = value
            choice[TIES] = 0
        choice[TIES] += 1
        if roll(memory.dice, choice[TIES]) == 0:
            choice[TASK] = v
            choice[MODE] = mode
            choice[PLACE] = place


@inlined
def _go(shop: Shop, graph: Graph, memory: Memory, limits: Limits, chosen: int) -> None:
    """Make the chosen move, and forbid its way back; forbid itself where it would close a cycle."""
    v, mode, to = memory.choice[chosen], memory.choice[chosen + 1], memory.choice[chosen + 2]
    until = memory.counts[0] + limits.tenure + roll(memory.dice, limits.spread)
    old_mode, at = graph.mode[v], wide(graph.place[v])
    if mode == old_mode:
        step = 1 if to > at else -1
        while at != to:
            at += step
            x = wide(graph.row[at])
            a, b = (v, x) if step > 0 else (x, v)
            memory.pair_until[_pair(len(graph.place), a, b, len(memory.pair_until))] = until
    else:
        memory.mode_until[old_mode] = until
    if not move(shop, graph, v, mode, to):
        memory.counts[2] += 1
        memory.mode_until[mode] = until
