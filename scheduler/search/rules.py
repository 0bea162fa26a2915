"""Which of the tasks that wait for a machine goes first: a key for each task, the least first."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Aim
from scheduler.search.kernel import dice, fraction, kernel
from scheduler.search.paths import latest_starts, paths_from, paths_into, paths_out
from scheduler.search.shop import Shop


class Rule(IntEnum):
    """What makes a task urgent."""

    PATH = 0
    """Most work remaining, as the longest path to the end of all work."""
    LOAD = 1
    """The same, where seconds count as much as their machine is loaded."""
    DUE = 2
    """The latest start at which nothing behind it is late."""
    COST = 3
    """Apparent tardiness cost: weight over duration, fading with slack."""
    FIRST = 4
    """First come, first served."""
    SHORT = 5
    """Shortest first."""
    PLACE = 6
    """How far along the longest path through it a task stands: work in step with the whole."""


def rules_for(aim: Aim) -> tuple[Rule, ...]:
    """Return the rules that do well for an aim, the best one first. Source: own trials."""
    if aim is Aim.MAKESPAN:
        return (Rule.PLACE, Rule.PATH)
    return (Rule.COST, Rule.DUE, Rule.PLACE)


class Urgency(NamedTuple):
    """What a dispatch asks about a task: the key by which it queues, and for a cost that changes with
    time (patience above 0) its weight; `by_arrival` puts the time of arrival before all."""

    key: NDArray[np.float64]
    weight: NDArray[np.float64]
    patience: float
    by_arrival: bool


def urgency(
    shop: Shop, takes: NDArray[np.int32], rule: Rule, noise: float = 0.0, seed: int = 0
) -> Urgency:
    """Return the keys of a rule; `takes` holds what each task takes, or may take where it is open."""
    weight = shop.weight[shop.order_of].astype(np.float64)
    patience = 0.0
    match rule:
        case Rule.PATH:
            key = -paths_from(shop, takes.astype(np.float64))
        case Rule.LOAD:
            key = -paths_from(shop, takes * _stress(shop, takes))
        case Rule.DUE:
            key = latest_starts(shop, takes).astype(np.float64)
        case Rule.COST:
            key = latest_starts(shop, takes).astype(np.float64)
            patience = PATIENCE * max(1.0, float(takes.mean()) if len(takes) else 1.0)
        case Rule.FIRST:
            key = np.zeros(len(takes))
        case Rule.SHORT:
            key = takes.astype(np.float64)
        case Rule.PLACE:
            heads, tails = paths_into(shop, takes), paths_out(shop, takes, own=False)
            key = (heads + takes / 2) / np.maximum(1, heads + takes + tails)
    if noise > 0.0:
        _shake(key, noise, dice(seed))
    return Urgency(key, weight, patience, rule is Rule.FIRST)


PATIENCE = 2.0
"""The look-ahead k of apparent tardiness cost, in mean durations."""


@kernel
def _stress(shop: Shop, takes: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how loaded the machines of each task are, against the most loaded; even shares."""
    tasks = len(shop.release)
    load = np.zeros(len(shop.free))
    for x in range(tasks):
        modes = shop.mode_ptr[x + 1] - shop.mode_ptr[x]
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            load[shop.mode_machine[mode]] += takes[x] / modes
    most = 1.0
    for k in range(len(load)):
        most = max(most, load[k])
    stress = np.zeros(tasks)
    for x in range(tasks):
        modes = shop.mode_ptr[x + 1] - shop.mode_ptr[x]
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            stress[x] += load[shop.mode_machine[mode]] / (most * modes)
    return stress


@kernel
def _shake(key: NDArray[np.float64], noise: float, state: NDArray[np.uint64]) -> None:
    """Move each key at random by at most `noise` times the span of the keys, halved to both sides."""
    if len(key) == 0:
        return
    low, high = key[0], key[0]
    for x in range(len(key)):
        low, high = min(low, key[x]), max(high, key[x])
    span = max(high - low, 1.0)
    for x in range(len(key)):
        key[x] += noise * span * (fraction(state) - 0.5)
