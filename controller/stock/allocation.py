"""Who gets which material: stock and announced receipts against what open orders need.

Orders that can be made whole come first, in the order of their cut-offs, those that go first before
the others; what is left is handed to the rest, operation by operation, so that nothing lies reserved
for an order that cannot be finished while another one could be.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from controller.state import JobPhase, OpenOrder, Phase, State
from controller.stock.state import Allocated, Allocation, Expected, Lack
from plant_config import Operation
from scheduler import wishes

__all__ = ["Allocation", "allocate", "hand_out", "issued", "reserved", "wanted_until"]

OVERDUE_S = 1_800
"""A receipt that is overdue is taken to come this much later than now; assumed."""

_STEP = 100
"""Orders to which is handed out in one go."""

_Needs: TypeAlias = dict[str, int]
_Wanted: TypeAlias = tuple[str, tuple[tuple[str, int], ...]]
"""(operation, what it uses), each material once."""
_NOTHING = Allocation()


def allocate(state: State) -> Allocation:
    """Hand out stock to open operations. It stays valid while work goes on as planned, since what an
    operation was given is what it takes along when it starts."""
    for _ in hand_out(state):
        pass
    kept = state.store.allocated
    return _NOTHING if kept is None or not state.store.kept else kept.allocation


def hand_out(state: State) -> Iterator[None]:
    """Do so in steps, between which others may have their turn, if what is kept has become old."""
    store = state.store
    if not store.kept:
        return
    overdue = any(each.at_s <= state.at_s for each in store.expected.values())
    key = (state.demand, store.moved, state.at_s // OVERDUE_S if overdue else -1)
    if store.allocated is None or store.allocated.key != key:
        store.allocated = Allocated(key, (yield from _allocated(state)))


def issued(state: State) -> dict[str, int]:
    """Return what lies at machines for work that they were told and that is not over."""
    out: _Needs = {}
    for job in state.jobs.values():
        if job.phase is not JobPhase.OVER:
            for member in job.intended.job.members:
                _add(out, _operation(state, member.operation).uses)
    return out


def reserved(state: State) -> dict[str, int]:
    """Return what open orders still need, work that machines were told included."""
    needed = issued(state)
    for _, operations in _wanting(state):
        for _, uses in operations:
            _add(needed, uses)
    return needed


def _add(sums: _Needs, uses: Iterable[tuple[str, int]]) -> None:
    for material, quantity in uses:
        sums[material] = sums.get(material, 0) + quantity


def _operation(state: State, name: str) -> Operation:
    return state.orders[name.partition("/")[0]].routing.operations[name]


def _wanting(state: State) -> list[tuple[OpenOrder, list[_Wanted]]]:
    """Return the orders that want material with their operations that wait for it."""
    known, work, kept = state.store.wants, state.work, Phase.OPEN
    if len(known) > 2 * len(state.orders):
        known.clear()
    found: list[tuple[OpenOrder, list[_Wanted]]] = []
    for name, opened in state.orders.items():
        if opened.packed_s is None and opened.cancelled is None:
            wants = known.get(name)
            if wants is None:
                wants = known[name] = _wants(opened)
            found.append((opened, [each for each in wants if work[each[0]].phase is kept]))
    return found


def _wants(opened: OpenOrder) -> tuple[_Wanted, ...]:
    """Sum up what each operation uses; an accent may be of the same yarn as the rest."""
    wanted: list[_Wanted] = []
    for name, operation in opened.routing.operations.items():
        sums: _Needs = {}
        _add(sums, operation.uses)
        if sums:
            wanted.append((name, tuple(sums.items())))
    return tuple(wanted)


@dataclass(slots=True)
class _Pool:
    """What is left of a material: now, and from receipts, the next one last."""

    now: int
    coming: list[list[int]] = field(default_factory=list[list[int]])
    """[second, quantity, number of the receipt]."""
    left: int = 0
    """All of it."""

    def take(self, quantity: int) -> tuple[int, int, int]:
        """Hand out what is left in time; return what was not there now, when it comes, with what."""
        short = max(0, quantity - self.now)
        self.left -= quantity
        self.now -= quantity - short
        at_s, number, missing = 0, -1, short
        while missing:
            at_s, there, number = self.coming[-1]
            taken = min(there, missing)
            missing -= taken
            self.coming[-1][1] -= taken
            if not self.coming[-1][1]:
                self.coming.pop()
        return short, at_s, number


def _allocated(state: State) -> Generator[None, None, Allocation]:
    wanting = _wanting(state)
    yield
    needed: _Needs = {}
    for _, operations in wanting:
        for _, uses in operations:
            for material, quantity in uses:
                needed[material] = needed.get(material, 0) + quantity
    yield
    free = _free(state, needed)
    pools = _scarce(state, needed)
    if not pools:
        return Allocation(free=free)
    first = {w.wish.order for w in state.wishes.values() if isinstance(w.wish, wishes.Expedite)}
    wanting.sort(key=lambda each: (each[0].order.id not in first, each[0].order.due_s))
    yield
    handed_out = yield from _handed_out(state, [operations for _, operations in wanting], pools)
    yield
    waiting = _waiting(handed_out.lacks)
    yield
    return replace(handed_out, free=free, waiting=waiting)


def _waiting(lacks: Mapping[str, tuple[Lack, ...]]) -> dict[str, int]:
    orders: dict[str, set[str]] = {}
    for name, missing in lacks.items():
        for lack in missing:
            if not lack.reference:
                orders.setdefault(lack.material, set()).add(name.partition("/")[0])
    return {material: len(names) for material, names in orders.items()}


def _free(state: State, needed: Mapping[str, int]) -> dict[str, int]:
    free = {name: -needed.get(name, 0) for name in state.plant.materials}
    for name, quantity in issued(state).items():
        free[name] -= quantity
    for lot in state.store.lots.values():
        free[lot.material] += lot.quantity
    for each in state.store.expected.values():
        free[each.material] += each.quantity
    return free


def _scarce(state: State, needed: Mapping[str, int]) -> dict[str, _Pool]:
    """Return what is left of the materials of which there is not enough for everybody now."""
    on_hand: _Needs = {}
    _add(on_hand, ((lot.material, lot.quantity) for lot in state.store.lots.values()))
    out = issued(state)
    now = {name: max(0, on_hand.get(name, 0) - out.get(name, 0)) for name in needed}
    pools = {name: _Pool(now[name]) for name, wanted in needed.items() if wanted > now[name]}
    for number, each in enumerate(state.store.expected.values()):
        if each.material in pools:
            pools[each.material].coming.append([_comes_s(state, each), each.quantity, number])
    for pool in pools.values():
        pool.coming.sort(reverse=True)
        pool.left = pool.now + sum(quantity for _, quantity, _ in pool.coming)
    return pools


def _comes_s(state: State, expected: Expected) -> int:
    return expected.at_s if expected.at_s > state.at_s else state.at_s + OVERDUE_S


@dataclass(slots=True)
class _Found:
    at_hand_s: dict[str, int] = field(default_factory=dict[str, int])
    without: set[str] = field(default_factory=set[str])
    lacks: dict[str, tuple[Lack, ...]] = field(default_factory=dict[str, tuple[Lack, ...]])


def _handed_out(
    state: State, orders: list[list[_Wanted]], pools: dict[str, _Pool]
) -> Generator[None, None, Allocation]:
    references = tuple(state.store.expected)
    found, rest = _Found(), list[_Wanted]()
    for at, operations in enumerate(orders, start=1):
        if at % _STEP == 0:
            yield
        if all(pools[m].left >= quantity for m, quantity in _of_scarce(operations, pools).items()):
            for name, uses in operations:
                _give(found, name, uses, pools, references)
        else:
            rest += operations
    for at, wanted in enumerate(rest, start=1):
        if at % (_STEP * 5) == 0:
            yield
        _give_or_lack(found, wanted, pools, references)
    return Allocation(
        at_hand_s=found.at_hand_s, without=frozenset(found.without), lacks=found.lacks
    )


def _of_scarce(operations: list[_Wanted], pools: Mapping[str, _Pool]) -> _Needs:
    sums: _Needs = {}
    for _, uses in operations:
        for material, quantity in uses:
            if material in pools:
                sums[material] = sums.get(material, 0) + quantity
    return sums


def _give_or_lack(
    found: _Found, wanted: _Wanted, pools: Mapping[str, _Pool], references: tuple[str, ...]
) -> None:
    name, uses = wanted
    missing = [m for m, quantity in uses if m in pools and pools[m].left < quantity]
    if not missing:
        _give(found, name, uses, pools, references)
        return
    found.without.add(name)
    found.lacks[name] = tuple(
        Lack(material, quantity - pools[material].now)
        for material, quantity in uses
        if material in missing
    )


def _give(
    found: _Found,
    name: str,
    uses: Iterable[tuple[str, int]],
    pools: Mapping[str, _Pool],
    references: tuple[str, ...],
) -> None:
    for material, quantity in uses:
        pool = pools.get(material)
        if pool is None:
            continue
        if quantity <= pool.now:  # what most get, at once
            pool.now -= quantity
            pool.left -= quantity
            continue
        short, at_s, number = pool.take(quantity)
        found.at_hand_s[name] = max(at_s, found.at_hand_s.get(name, 0))
        found.lacks[name] = (
            *found.lacks.get(name, ()),
            Lack(material, short, references[number]),
        )


def wanted_until(state: State) -> dict[str, int]:
    """Return for each material that open orders still need the last cut-off among them."""
    last: dict[str, int] = {}
    for opened, operations in _wanting(state):
        due_s = opened.order.due_s
        for _, uses in operations:
            for material, _ in uses:
                if last.get(material, -1) < due_s:
                    last[material] = due_s
    return last
