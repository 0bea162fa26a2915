"""What machines earn at the most when each task that they do in time pays a price: compiled."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.bounding.offers import Floats, Longs, Offers
from scheduler.search.kernel import kernel, lean, wide

NOBODY = -1
NOTHING = -1e300
MOST_STEPS = 4_096
"""Members times room up to which a batch is filled exactly; beyond, the last member may be cut."""


class Desk(NamedTuple):
    """Room for reckoning, made once."""

    worth: Floats
    """Cell -> what its best batch earns."""
    value: Floats
    """(time, family) -> the most that is earned until then."""
    cell: Longs
    """The same -> the cell of the batch that ends there, or nobody where the machine waits."""
    came: Longs
    """The same -> the family before that batch."""
    best: Floats
    """Room -> worth, of one batch being filled."""
    taken: NDArray[np.uint8]
    order: Longs
    density: Floats
    amount: Floats
    """Member of the cell at hand -> how much of it is in the batch."""
    share: Floats
    """Task -> how often it is done."""


def desk(offers: Offers) -> Desk:
    """Make room."""
    nodes = int(offers.node_ptr[-1])
    most = int(np.diff(offers.cell_ptr).max(initial=1))
    return Desk(
        worth=np.zeros(len(offers.cell_kind)),
        value=np.zeros(nodes),
        cell=np.zeros(nodes, np.int64),
        came=np.zeros(nodes, np.int64),
        best=np.zeros(MOST_STEPS + 1),
        taken=np.zeros(2 * MOST_STEPS + 1, np.uint8),
        order=np.zeros(most, np.int64),
        density=np.zeros(most),
        amount=np.zeros(most),
        share=np.zeros(offers.tasks),
    )


@kernel
def least_sum(offers: Offers, prices: Floats, room: Desk) -> float:
    """Return what all work costs at least at these prices, and note how often each task is done.

    Whatever the prices are, no plan costs less: a plan pays its batches in time, which are a way
    through each machine's time, and for each other task at least its price.
    Source: Geoffrion 1974 (Mathematical Programming Study 2, Lagrangean relaxation), section 2.
    """
    for cell in range(len(offers.cell_kind)):
        room.worth[cell] = fill(offers, prices, room, cell)
    total: float = 0.0
    for task in range(offers.tasks):
        total += prices[task]
        room.share[task] = 0.0
    for kind in range(len(offers.copies)):
        earned, node = forward(offers, room, kind)
        total -= earned * offers.copies[kind]
        _note(offers, prices, room, kind, node)
    return total


@lean
def fill(offers: Offers, prices: Floats, room: Desk, cell: int) -> float:
    """Return what the best batch of a cell earns, and note its members."""
    a, b = offers.cell_ptr[cell], offers.cell_ptr[cell + 1]
    rate, space = offers.cell_rate[cell], offers.cell_room[cell]
    kept = 0
    for at in range(a, b):
        size = offers.size[at]
        worth = prices[offers.member[at]] - rate * size
        room.amount[at - a] = 0.0
        if worth > 0.0 and size <= space:
            room.density[at - a] = worth / max(size, 1e-9)
            place = kept
            while place > 0 and room.density[room.order[place - 1]] < room.density[at - a]:
                room.order[place] = room.order[place - 1]
                place -= 1
            room.order[place] = at - a
            kept += 1
    earned: float = 0.0
    left = space
    for place in range(kept):
        x = room.order[place]
        size = offers.size[a + x]
        if size > left:
            if (kept - place) * space <= MOST_STEPS and kept * (space + 1) <= 2 * MOST_STEPS:
                return _exactly(offers, prices, room, cell, kept)
            room.amount[x] = left / size
            earned += room.density[x] * left
            return earned
        room.amount[x] = 1.0
        earned += prices[offers.member[a + x]] - rate * size
        left -= size
    return earned


@lean
def _exactly(offers: Offers, prices: Floats, room: Desk, cell: int, kept: int) -> float:
    """Fill a batch as well as whole members allow."""
    a = offers.cell_ptr[cell]
    rate, space = offers.cell_rate[cell], offers.cell_room[cell]
    for left in range(space + 1):
        room.best[left] = 0.0
    for place in range(kept):
        x = room.order[place]
        size = offers.size[a + x]
        worth = prices[offers.member[a + x]] - rate * size
        row = place * (space + 1)
        for left in range(space, -1, -1):
            better = left >= size and room.best[left - size] + worth > room.best[left]
            room.taken[row + left] = 1 if better else 0
            if better:
                room.best[left] = room.best[left - size] + worth
    left = space
    for place in range(kept - 1, -1, -1):
        x = room.order[place]
        room.amount[x] = 0.0
        if room.taken[place * (space + 1) + left] == 1:
            room.amount[x] = 1.0
            left -= offers.size[a + x]
    return float(room.best[space])


@lean
def forward(offers: Offers, room: Desk, kind: int) -> tuple[float, int]:
    """Return the most that one machine of a kind can earn, and where that ends."""
    families, horizon = offers.families[kind], offers.horizon[kind]
    nodes = offers.node_ptr[kind]
    for node in range(nodes, nodes + (horizon + 1) * families):
        room.value[node] = NOTHING
        room.cell[node] = NOBODY
    room.value[nodes + offers.first[kind]] = 0.0
    for time in range(horizon + 1):
        here = nodes + time * families
        for family in range(families):
            if time > 0 and room.value[here - families + family] >= room.value[here + family]:
                room.value[here + family] = room.value[here - families + family]
                room.cell[here + family] = NOBODY
        _offer_all(offers, room, kind, time)
    last = nodes + horizon * families
    best = wide(last)
    for family in range(families):
        if room.value[last + family] > room.value[best]:
            best = wide(last + family)
    return room.value[best], best


@lean
def _offer_all(offers: Offers, room: Desk, kind: int, time: int) -> None:
    """Look at all batches that can begin at a time."""
    families = offers.families[kind]
    nodes, at = offers.node_ptr[kind], offers.time_ptr[kind] + time
    known, most, source = NOBODY, NOTHING, 0
    for place in range(offers.start_ptr[at], offers.start_ptr[at + 1]):
        cell = offers.start[place]
        if room.worth[cell] <= 0.0:
            continue
        if offers.cell_family[cell] != known:
            known = wide(offers.cell_family[cell])
            most, source = _best_before(offers, room, kind, time, known)
        node = nodes + (time + offers.cell_takes[cell]) * families + known
        if most > NOTHING / 2 and most + room.worth[cell] > room.value[node]:
            room.value[node] = most + room.worth[cell]
            room.cell[node] = cell
            room.came[node] = source


@lean
def _best_before(
    offers: Offers, room: Desk, kind: int, time: int, family: int
) -> tuple[float, int]:
    """Return the most that is earned when a batch of a family begins at a time, and the family before."""
    families, nodes = offers.families[kind], offers.node_ptr[kind]
    most, source = NOTHING, wide(0)
    for before in range(families):
        pair = offers.setup_ptr[kind] + before * families + family
        when = time - offers.setup[pair]
        if when >= 0:
            value = room.value[nodes + when * families + before] - offers.extra[pair]
            if value > most:
                most, source = value, wide(before)
    return most, source


@lean
def _note(offers: Offers, prices: Floats, room: Desk, kind: int, node: int) -> None:
    """Note who is done on the way to a node, once for each machine of the kind."""
    families, nodes = offers.families[kind], offers.node_ptr[kind]
    while node >= nodes:
        cell = room.cell[node]
        if cell == NOBODY:
            node -= families
            continue
        fill(offers, prices, room, cell)
        a = offers.cell_ptr[cell]
        for x in range(offers.cell_ptr[cell + 1] - a):
            room.share[offers.member[a + x]] += room.amount[x] * offers.copies[kind]
        time = (node - nodes) // families - offers.cell_takes[cell]
        before, family = room.came[node], offers.cell_family[cell]
        time -= offers.setup[offers.setup_ptr[kind] + before * families + family]
        node = nodes + time * families + before
