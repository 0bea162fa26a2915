"""What prices settle: tasks that are in time, and tasks that are late, in every plan that is better."""

from typing import NamedTuple

import numpy as np

from scheduler.bounding.offers import Floats, Longs, Offers
from scheduler.bounding.walk import NOTHING, desk, least_sum


class Settled(NamedTuple):
    """Of the tasks that speak for their orders."""

    in_time: frozenset[int]
    late: frozenset[int]


def settled(offers: Offers, prices: Floats, most: float) -> Settled:
    """Say which tasks every plan has in time, and which it has late, if it costs no more than `most`.

    A plan that has a task late pays all that it costs instead of its price. One that has it in time
    goes through a batch with it, and so earns no more than the best way through such a batch does.
    Source: Nemhauser and Wolsey 1988 (Integer and Combinatorial Optimization), II.5.2, reduced costs.
    """
    room = desk(offers)
    least = least_sum(offers, prices, room)
    slack = most - least + 1e-6 * max(1.0, abs(most))
    in_time = {t for t in range(offers.tasks) if offers.most[t] - prices[t] > slack}
    loss = np.full(offers.tasks, np.inf)
    for kind in range(len(offers.copies)):
        _through(offers, prices, room.value, kind, loss)
    late = {int(task) for task in np.flatnonzero(loss > slack)}
    return Settled(frozenset(in_time), frozenset(late))


def _through(offers: Offers, prices: Floats, value: Floats, kind: int, loss: Floats) -> None:
    """Lower each task's loss to what one machine of a kind loses that has it in time."""
    families, horizon = int(offers.families[kind]), int(offers.horizon[kind])
    nodes, pairs = int(offers.node_ptr[kind]), int(offers.setup_ptr[kind])
    forth = value[nodes : nodes + (horizon + 1) * families].reshape(horizon + 1, families)
    setup = offers.setup[pairs : pairs + families**2].reshape(families, families)
    extra = offers.extra[pairs : pairs + families**2].reshape(families, families)
    back = np.full((horizon + 1, families), NOTHING)
    back[horizon] = 0.0
    worth = {cell: _worths(offers, prices, cell) for cell in _cells_of(offers, kind)}
    best = float(forth[horizon].max())
    for time in range(horizon, -1, -1):
        if time < horizon:
            back[time] = np.maximum(back[time], back[time + 1])
        at = int(offers.time_ptr[kind]) + time
        for cell in offers.start[offers.start_ptr[at] : offers.start_ptr[at + 1]].tolist():
            family, takes = int(offers.cell_family[cell]), int(offers.cell_takes[cell])
            after = back[time + takes, family]
            whens = time - setup[:, family]
            for before in np.flatnonzero(whens >= 0).tolist():
                when, paid = int(whens[before]), extra[before, family]
                gain = after - paid + worth[cell][0]
                back[when, before] = max(back[when, before], gain)
                way = forth[when, before] + after - paid
                members, with_each = worth[cell][1:]
                loss[members] = np.minimum(loss[members], best - (way + with_each))


def _cells_of(offers: Offers, kind: int) -> list[int]:
    return [int(cell) for cell in np.flatnonzero(offers.cell_kind == kind)]


def _worths(offers: Offers, prices: Floats, cell: int) -> tuple[float, Longs, Floats]:
    """Return what a batch earns at the most, its members, and what it earns with each of them."""
    a, b = offers.cell_ptr[cell], offers.cell_ptr[cell + 1]
    members, sizes = offers.member[a:b], offers.size[a:b].astype(np.float64)
    worths = prices[members] - offers.cell_rate[cell] * sizes
    space = float(offers.cell_room[cell])
    density = np.where(worths > 0, worths / np.maximum(sizes, 1e-9), 0.0)
    ranked = np.argsort(-density, kind="stable")
    whole = _filled(worths[ranked], sizes[ranked], space)
    with_each = np.array(
        [
            worths[x] + _filled(worths[rest], sizes[rest], space - sizes[x])
            if sizes[x] <= space
            else NOTHING
            for x in range(len(members))
            for rest in (ranked[ranked != x],)
        ]
    )
    return whole, members, with_each


def _filled(worths: Floats, sizes: Floats, space: float) -> float:
    """Return what fits in order of density earns, the last of it in part."""
    keep = worths > 0
    before = np.concatenate(([0.0], np.cumsum(sizes[keep])))[:-1]
    part = np.clip((space - before) / np.maximum(sizes[keep], 1e-9), 0.0, 1.0)
    return float((worths[keep] * part).sum())
