"""A pool of good plans that differ: two are blended, the blend is searched, and replaces a worse one.

Source: Peng, Lü and Cheng 2015, A tabu search/path relinking algorithm for the job shop (pool of local
optima, new starts between two of them). The blend of ranks here takes the place of a path of swaps: a
weighted sum of two topological ranks is one again, whatever the partial order.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.search.dispatch import dispatch
from scheduler.search.graph import Graph, build, empty_graph
from scheduler.search.kernel import fraction, roll
from scheduler.search.path import Limits, Memory, new_memory, tabu
from scheduler.search.rules import Rule
from scheduler.search.shop import Plan, Shop
from scheduler.search.spread import balance

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


USUAL = Settings(members=12, idle=1_000, tenure=10, spread=10)
LOOSE = Settings(members=5, idle=5_000, tenure=20, spread=20)
"""For large shops with much choice: with short tenures they walk in circles. Source: own trials."""
LARGE = 400
"""Tasks from which a shop with choice is large."""


class Member(NamedTuple):
    """A plan, its makespan, and what each task follows on its machine."""

    makespan: int
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
    memory: Memory
    settings: Settings
    target: int


def settings_of(shop: Shop, seed: int) -> Settings:
    """Return how to search a shop; of two streams with neighbouring seeds one is more patient where
    it is not clear what suits."""
    del seed
    return LOOSE if shop.is_flexible and shop.tasks >= LARGE else USUAL


def evolve(
    shop: Shop, start: Plan, settings: Settings, target: int, seed: int, ports: Ports
) -> None:
    """Search until it is told to stop or reaches `target`."""
    line = Line(shop, empty_graph(shop), new_memory(shop, seed), settings, target)
    best = _searched(line, start)
    ports.found(best.plan, best.makespan)
    kept: list[Member] = [best]
    rounds = 0
    while best.makespan > target and not ports.stop():
        best = _generation(line, kept, best, ports, NOISE if rounds == 0 else STALE_NOISE)
        rounds += 1
        # Every second time the pool is emptied, its best plan stays.
        kept = [best] if rounds % 2 else []


def _generation(line: Line, pool: list[Member], best: Member, ports: Ports, noise: float) -> Member:
    """Fill a pool and blend its members until nothing new comes of it; returns the best plan."""
    stale = 0
    while stale < 2 * line.settings.members and best.makespan > line.target and not ports.stop():
        visitor = ports.visitor()
        if visitor is not None:
            child = _searched(line, visitor)
        elif len(pool) < line.settings.members:
            child = _searched(line, _start(line, noise))
        else:
            child = _searched(line, _blend(line, pool))
        stale = 0 if _take_in(line, pool, child) else stale + 1
        if child.makespan < best.makespan:
            best = child
            ports.found(best.plan, best.makespan)
    return best


def _start(line: Line, noise: float) -> Plan:
    """Dispatch at random, on machines where tasks end first, or take least, or that balance."""
    dice, shop = line.memory.dice, line.shop
    seed = roll(dice, 1 << 30)
    patience = fraction(dice)
    kind = roll(dice, 3) if shop.is_flexible else 0
    if kind == 0:
        return dispatch(shop, Rule.PATH, noise, seed, None, patience)
    machine = quickest(shop, seed) if kind == 1 else balance(shop, seed, SPREAD)[0]
    return dispatch(shop, Rule.PATH, noise, seed, machine)


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


def _searched(line: Line, start: Plan) -> Member:
    settings = line.settings
    limits = Limits(1 << 40, settings.idle, line.target, settings.tenure, settings.spread)
    makespan = tabu(line.shop, start, line.graph, line.memory, limits)
    found = Plan(line.memory.best.machine.copy(), line.memory.best.order.copy())
    return Member(int(makespan), found, _leaders(line, found))


def _leaders(line: Line, plan: Plan) -> NDArray[np.uint32]:
    build(line.shop, plan, line.graph)
    return line.graph.row[line.graph.place - 1]


def _blend(line: Line, pool: list[Member]) -> Plan:
    """Order all tasks between two members, and take each machine from one of them."""
    dice = line.memory.dice
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
    if len(pool) < line.settings.members:
        pool.append(child)
        return True
    apart = [int(np.count_nonzero(each.leader != child.leader)) for each in pool]
    nearest = int(np.argmin(apart))
    if apart[nearest] < ALIKE:
        if child.makespan < pool[nearest].makespan:
            pool[nearest] = child
        return False
    worst = max(range(len(pool)), key=lambda n: (pool[n].makespan, -apart[n]))
    if child.makespan <= pool[worst].makespan:
        pool[worst] = child
    return True
