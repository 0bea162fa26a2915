"""A pool of good plans that differ: two are blended, the blend is searched, and replaces a worse one.

Source: Peng, Lü and Cheng 2015, A tabu search/path relinking algorithm for the job shop (pool of local
optima, new starts between two of them). The blend of ranks here takes the place of a path of swaps: a
weighted sum of two topological ranks is one again, whatever the partial order.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Aim
from scheduler.search.dispatch import dispatch
from scheduler.search.graph import Graph, build, empty_graph
from scheduler.search.kernel import fraction, roll
from scheduler.search.path import Limits, new_memory, tabu
from scheduler.search.rules import Rule
from scheduler.search.shop import Plan, Shop, copied
from scheduler.search.spread import balance
from scheduler.search.tardy import Cooling, new_tardy_memory, tardy

ALIKE = 5
"""Two plans are the same to the pool when fewer tasks than this follow another one."""
NOISE = 0.4
"""Of urgencies in starts after the first; more once the pool has gone stale."""
STALE_NOISE = 0.6
SPREAD = 0.1
"""By how much durations are stretched at random when machines are chosen by them."""
SHARES = (0.3, 0.7)
"""How much of the second parent a blend has."""


class Settings(NamedTuple):
    """How one process searches."""

    members: int
    idle: int
    tenure: int
    spread: int


TIGHT = Settings(members=16, idle=4_000, tenure=10, spread=10)
"""For shops with little choice, whose sequences decide: a run is followed far."""
FREE = (
    Settings(members=8, idle=300, tenure=8, spread=8),
    Settings(members=12, idle=300, tenure=8, spread=8),
)
"""For shops with much choice, one for each of two streams: what blends bring together is worth more
than a long run, and what one pool settles on too soon, the other may still find."""
LOOSE = (
    Settings(members=5, idle=1_500, tenure=20, spread=20),
    Settings(members=5, idle=600, tenure=14, spread=14),
)
"""For large shops with much choice: with short tenures they walk in circles. Source of all: own
trials of 4 s on 27 instances of 100 to 500 operations."""
CHOICE = 1.5
"""Machines for a task, on average, from which there is much choice."""
LARGE = 400
"""Tasks from which a shop with much choice is large."""
LATE_MEMBERS = 6
STEPS_PER_TASK = 100
MOST_STEPS = 200_000
HOT, WARM, COLD = 3.0, 1.5, 0.1
"""For weighted tardiness: the pool, steps of a run at first, its heat when it begins (from a fresh plan,
from a blend) and when it ends. Source: own trials of 4 s on ten instances of 100 to 500 operations."""


class Member(NamedTuple):
    """A plan, what its aim makes small, and what each task follows on its machine."""

    value: int
    plan: Plan
    leader: NDArray[np.uint32]


class Ports(NamedTuple):
    """How a search hears of its end and of others, and tells what it finds."""

    stop: Callable[[], bool]
    """Asked between two runs."""
    found: Callable[[Plan, int], None]
    """Told of each plan that is better than all before."""
    visitor: Callable[[], Plan | None]
    """A plan that another process found, once."""


class Line(NamedTuple):
    """What one process needs to search one shop."""

    shop: Shop
    graph: Graph
    dice: NDArray[np.uint64]
    members: int
    target: int
    rule: Rule
    """By which starts are dispatched."""
    search: Callable[[Plan, bool, int], int]
    """Searches from a plan, in an early round or a later one, and returns the value of what it leaves
    in `best`; a fresh plan may be left further behind than a blend."""
    best: Plan


def settings_of(shop: Shop, seed: int) -> Settings:
    """Return how to search a shop; two streams with neighbouring seeds may differ."""
    if len(shop.mode_machine) < CHOICE * shop.tasks:
        return TIGHT
    return (LOOSE if shop.tasks >= LARGE else FREE)[seed % 2]


def evolve(
    shop: Shop,
    start: Plan,
    settings: Settings,
    target: int,
    seed: int,
    ports: Ports,
    aim: Aim = Aim.MAKESPAN,
) -> None:
    """Search until it is told to stop or reaches `target`."""
    posed = _late_line if aim is Aim.TARDINESS else _line
    line = posed(shop, settings, target, seed, ports.stop)
    best = _searched(line, start, fresh=False, rounds=0)
    ports.found(best.plan, best.value)
    kept: list[Member] = [best]
    rounds = 0
    while best.value > target and not ports.stop():
        best = _generation(line, kept, best, ports, rounds)
        rounds += 1
        # Every second time the pool is emptied, its best plan stays.
        kept = [best] if rounds % 2 else []


def _line(shop: Shop, settings: Settings, target: int, seed: int, stop: Callable[[], bool]) -> Line:
    """Return what a search for the makespan needs; it is so short that it is not stopped."""
    del stop
    graph, memory = empty_graph(shop), new_memory(shop, seed)
    limits = Limits(1 << 40, settings.idle, target, settings.tenure, settings.spread)

    def search(plan: Plan, fresh: bool, rounds: int) -> int:
        del fresh, rounds
        return int(tabu(shop, plan, graph, memory, limits))

    return Line(shop, graph, memory.dice, settings.members, target, Rule.PATH, search, memory.best)


def _late_line(
    shop: Shop, settings: Settings, target: int, seed: int, stop: Callable[[], bool]
) -> Line:
    """Return what a search for weighted tardiness needs. Each round cools more slowly."""
    del settings
    graph, memory = empty_graph(shop), new_tardy_memory(shop, seed)

    def search(plan: Plan, fresh: bool, rounds: int) -> int:
        wanted = STEPS_PER_TASK * max(1, shop.tasks)
        steps = min(wanted << min(rounds, 10), MOST_STEPS)
        # With too few steps for its tasks a plan does not recover from as much heat.
        heat = (HOT if fresh else WARM) * min(1.0, max(steps / wanted, COLD))
        cooling = Cooling(steps, heat, min(COLD, heat / 3), target)
        return tardy(shop, plan, graph, memory, cooling, stop)

    return Line(shop, graph, memory.dice, LATE_MEMBERS, target, Rule.COST, search, memory.best)


def _generation(line: Line, pool: list[Member], best: Member, ports: Ports, rounds: int) -> Member:
    """Fill a pool and blend its members until nothing new comes of it; returns the best plan."""
    stale, noise = 0, STALE_NOISE if rounds else NOISE
    while stale < 2 * line.members and best.value > line.target and not ports.stop():
        visitor = ports.visitor()
        if visitor is not None:
            child = _searched(line, visitor, False, rounds)
        elif len(pool) < line.members:
            child = _searched(line, _start(line, noise), True, rounds)
        else:
            child = _searched(line, _blend(line, pool), False, rounds)
        stale = 0 if _take_in(line, pool, child) else stale + 1
        if child.value < best.value:
            best = child
            ports.found(best.plan, best.value)
    return best


def _start(line: Line, noise: float) -> Plan:
    """Dispatch at random, on machines where tasks end first, or take least, or that balance."""
    dice, shop, rule = line.dice, line.shop, line.rule
    seed = roll(dice, 1 << 30)
    patience = fraction(dice)
    kind = roll(dice, 3) if shop.is_flexible else 0
    if kind == 0:
        return dispatch(shop, rule, noise, seed, None, patience)
    machine = quickest(shop, seed) if kind == 1 else balance(shop, seed, SPREAD)[0]
    return dispatch(shop, rule, noise, seed, machine)


def quickest(shop: Shop, seed: int) -> NDArray[np.uint32]:
    """Return for each task a machine on which it takes least, as far as one can tell."""
    stretched = shop.mode_takes * (
        1.0 + SPREAD * np.random.default_rng(seed).random(len(shop.mode_takes))
    )
    least = np.minimum.reduceat(stretched, shop.mode_ptr[:-1])
    here = np.flatnonzero(stretched == np.repeat(least, np.diff(shop.mode_ptr)))
    _, first = np.unique(
        np.repeat(np.arange(shop.tasks), np.diff(shop.mode_ptr))[here], return_index=True
    )
    return shop.mode_machine[here[first]]


def _searched(line: Line, start: Plan, fresh: bool, rounds: int) -> Member:
    value = line.search(start, fresh, rounds)
    found = copied(line.best)
    return Member(value, found, _leaders(line, found))


def _leaders(line: Line, plan: Plan) -> NDArray[np.uint32]:
    build(line.shop, plan, line.graph)
    return line.graph.row[line.graph.place - 1]


def _blend(line: Line, pool: list[Member]) -> Plan:
    """Order all tasks between two members, and take each machine from one of them."""
    dice = line.dice
    one = roll(dice, len(pool))
    other = (one + 1 + roll(dice, len(pool) - 1)) % len(pool)
    share = SHARES[0] + (SHARES[1] - SHARES[0]) * fraction(dice)
    a, b = pool[one].plan, pool[other].plan
    ranks = np.arange(line.shop.tasks)
    key = np.empty(line.shop.tasks)
    key[a.order] = (1 - share) * ranks
    key[b.order] += share * ranks
    draw = np.random.default_rng(roll(dice, 1 << 30)).random(line.shop.tasks)
    machine = np.where(draw < share, b.machine, a.machine)
    return Plan(machine, np.argsort(key, kind="stable").astype(np.uint32))


def _take_in(line: Line, pool: list[Member], child: Member) -> bool:
    """Let a child replace its like or the worst member; False if it is like one that is there."""
    if len(pool) < line.members:
        pool.append(child)
        return True
    apart = [int(np.count_nonzero(each.leader != child.leader)) for each in pool]
    nearest = int(np.argmin(apart))
    if apart[nearest] < ALIKE:
        if child.value < pool[nearest].value:
            pool[nearest] = child
        return False
    worst = max(range(len(pool)), key=lambda n: (pool[n].value, -apart[n]))
    if child.value <= pool[worst].value:
        pool[worst] = child
    return True
