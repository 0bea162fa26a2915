"""Work spread over machines so that the most loaded has least, and what that proves in whole numbers."""

import numpy as np
from numpy.typing import NDArray

from scheduler.search.kernel import dice, fraction, kernel
from scheduler.search.paths import paths_into, paths_out, shortest_takes
from scheduler.search.shop import Shop

STAGES = 10
"""The loads are measured by their norms of 2, 4, ... 2 ** STAGES, the last all but the largest."""
SWEEPS = 30
"""Most rounds over all tasks at one norm; two or three are usual."""
FINE = 30
"""Bits of the largest machine weight of a certificate, if the sums leave room for them."""


def balance(shop: Shop, seed: int = 0, noise: float = 0.0) -> tuple[NDArray[np.uint32], int]:
    """Return a machine for each task, and a second before which no plan can end.

    `noise` stretches each duration at random by up to that part of it, for another assignment as good.
    """
    takes = shop.mode_takes.astype(np.float64)
    if noise > 0.0:
        _stretch(takes, noise, dice(seed))
    aside = set_aside(shop)
    machine, prices = _level(shop, takes, aside)
    return machine, max(
        (certified(shop, whole(shop, row, aside), aside) for row in prices), default=0
    )


def set_aside(shop: Shop) -> NDArray[np.int64]:
    """Return for each machine the seconds of any plan in which it cannot work: before it is free or
    its first task can have arrived, and after its last. Nothing where no plan need be as long."""
    takes = shortest_takes(shop)
    heads, tails = paths_into(shop, takes), paths_out(shop, takes, own=False)
    path = int((heads + takes + tails).max(initial=0))
    idle = _idle(shop, heads, tails)
    idle[idle > path] = 0
    return idle


def whole(shop: Shop, price: NDArray[np.float64], aside: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return prices as weights so small that no sum of weighted seconds leaves 62 bits."""
    seconds = int(shop.mode_takes.sum(dtype=np.int64)) + int(aside.sum()) + 1
    bits = max(0, min(FINE, 61 - seconds.bit_length()))
    top = float(price.max(initial=0.0))
    if top <= 0.0:
        return np.ones(shop.machines, np.int64)
    return np.floor(price / top * float(1 << bits)).astype(np.int64)


@kernel
def certified(shop: Shop, weight: NDArray[np.int64], aside: NDArray[np.int64]) -> int:
    """Return the seconds that machines weighted so must work on average, rounded up.

    Each load is at most the makespan less what is set aside, so is their average by any weights; and
    a task adds at least its least weighted duration, whichever machine it goes to. Weak duality: the
    weights are the dual variables of the load balancing program, and none can prove too much.
    """
    total, weights = 0, 0
    for k in range(len(weight)):
        weights += weight[k]
        total += weight[k] * aside[k]
    if weights == 0:
        return 0
    for x in range(len(shop.release)):
        first = shop.mode_ptr[x]
        least = weight[shop.mode_machine[first]] * shop.mode_takes[first]
        for mode in range(first + 1, shop.mode_ptr[x + 1]):
            least = min(least, weight[shop.mode_machine[mode]] * shop.mode_takes[mode])
        total += least
    return int((total + weights - 1) // weights)


@kernel
def _idle(shop: Shop, heads: NDArray[np.int64], tails: NDArray[np.int64]) -> NDArray[np.int64]:
    machines = len(shop.free)
    first = np.full(machines, -1, np.int64)
    last = np.full(machines, -1, np.int64)
    for x in range(len(shop.release)):
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            k = shop.mode_machine[mode]
            if first[k] < 0 or heads[x] < first[k]:
                first[k] = heads[x]
            if last[k] < 0 or tails[x] < last[k]:
                last[k] = tails[x]
    idle = np.zeros(machines, np.int64)
    for k in range(machines):
        if first[k] >= 0:
            idle[k] = max(first[k], np.int64(shop.free[k])) + last[k]
    return idle


@kernel
def _stretch(takes: NDArray[np.float64], noise: float, state: NDArray[np.uint64]) -> None:
    for mode in range(len(takes)):
        takes[mode] *= 1.0 + noise * fraction(state)


@kernel
def _level(
    shop: Shop, takes: NDArray[np.float64], aside: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """Spread the work: each task in turn goes where the norm of the loads grows least, at ever higher
    norms; return machines, and the prices of a second on each machine at every norm.

    Best responses to a power of the load as price, the potential of Plotkin, Shmoys and Tardos 1995
    (Mathematics of Operations Research 20, fractional packing) with a power for their exponential.
    """
    load = aside.astype(np.float64)
    mode_of = _greedy(shop, takes, load)
    prices = np.zeros((STAGES, len(load)))
    for stage in range(STAGES):
        for _ in range(SWEEPS):
            if 1000 * _sweep(shop, takes, load, mode_of, stage + 1) <= len(mode_of):
                break
        top = max(1.0, load.max()) if len(load) else 1.0
        for k in range(len(load)):
            share = load[k] / top
            prices[stage, k] = _power(share, stage + 1) / max(share, 1e-9)
    machine = np.zeros(len(mode_of), np.uint32)
    for x in range(len(mode_of)):
        machine[x] = shop.mode_machine[mode_of[x]]
    return machine, prices


@kernel
def _greedy(shop: Shop, takes: NDArray[np.float64], load: NDArray[np.float64]) -> NDArray[np.int64]:
    tasks = len(shop.release)
    mode_of = np.zeros(tasks, np.int64)
    for x in range(tasks):
        best = int(shop.mode_ptr[x])
        for mode in range(best + 1, shop.mode_ptr[x + 1]):
            there, here = load[shop.mode_machine[mode]], load[shop.mode_machine[best]]
            if there + takes[mode] < here + takes[best]:
                best = mode
        mode_of[x] = best
        load[shop.mode_machine[best]] += takes[best]
    return mode_of


@kernel
def _sweep(
    shop: Shop,
    takes: NDArray[np.float64],
    load: NDArray[np.float64],
    mode_of: NDArray[np.int64],
    doublings: int,
) -> int:
    """Let every task go once where the norm is least; return how many went."""
    top = max(1.0, load.max()) if len(load) else 1.0
    power = np.zeros(len(load))
    for k in range(len(load)):
        power[k] = _power(load[k] / top, doublings)
    went = 0
    for x in range(len(mode_of)):
        own = mode_of[x]
        k = shop.mode_machine[own]
        without = _power((load[k] - takes[own]) / top, doublings)
        best, least, reached = own, (power[k] - without) * (1.0 - 1e-9), power[k]
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            there = shop.mode_machine[mode]
            if mode == own:
                continue
            grown = _power((load[there] + takes[mode]) / top, doublings)
            if grown - power[there] < least:
                best, least, reached = mode, grown - power[there], grown
        if best != own:
            there = shop.mode_machine[best]
            load[k] -= takes[own]
            load[there] += takes[best]
            power[k], power[there] = without, reached
            mode_of[x] = best
            went += 1
    return went


@kernel
def _power(base: float, doublings: int) -> float:
    """Return base to the power of 2 ** doublings."""
    for _ in range(doublings):
        base *= base
    return base
