"""A plan in milliseconds: time runs, and whenever a machine is free it takes the most urgent task.

A task that has a choice goes to the machine where it would end first behind all that waits there.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Aim
from scheduler.search.kernel import kernel, lean
from scheduler.search.paths import shortest_takes
from scheduler.search.queues import Queues, put, take
from scheduler.search.rules import Rule, Urgency, urgency
from scheduler.search.shop import NO_DUE_S, Plan, Shop, durations

SCANNED = 63
"""How many waiting tasks a cost that changes with time is asked of: six levels of the heap."""


class Day(NamedTuple):
    """What is known while time runs."""

    coming: Queues
    """Per machine, tasks whose time of arrival is known, by that time."""
    waiting: Queues
    """Per machine, tasks that could start, by urgency."""
    next: Queues
    """One heap: when each machine could start something next; older entries are skipped."""
    takes: NDArray[np.int64]
    machine: NDArray[np.uint32]
    end: NDArray[np.int64]
    missing: NDArray[np.int64]
    clear: NDArray[np.int64]
    queued: NDArray[np.int64]
    """Per machine, seconds of all that was sent there and has not started."""
    upcoming: NDArray[np.int64]
    """Per machine, when it could start something next; -1: nothing is there."""


def dispatch(
    shop: Shop,
    rule: Rule = Rule.PATH,
    noise: float = 0.0,
    seed: int = 0,
    machine: NDArray[np.uint32] | None = None,
    patience: float = 0.0,
) -> Plan:
    """Return a plan by one rule, on given machines or on those where tasks end first.

    `patience` above 0 lets a machine wait for a more urgent task for up to that part of what it would
    start else.
    """
    takes = shortest_takes(shop) if machine is None else durations(shop, machine)
    return dispatch_by(shop, urgency(shop, takes, rule, noise, seed), machine, patience)


def dispatch_by(
    shop: Shop,
    wish: Urgency,
    machine: NDArray[np.uint32] | None = None,
    patience: float = 0.0,
) -> Plan:
    """Return a plan in which waiting tasks start in the order of their keys."""
    fixed = np.full(shop.tasks, shop.machines, np.uint32) if machine is None else machine
    chosen, order = _run(shop, fixed, wish, patience)
    return Plan(chosen, order)


def worth(shop: Shop, aim: Aim, ends: NDArray[np.int32]) -> int:
    """Return what an aim makes small, for the ends of all tasks."""
    if aim is Aim.MAKESPAN:
        return max(int(ends.max(initial=0)), int(shop.floor.max(initial=0)))
    done = shop.floor.astype(np.int64)
    np.maximum.at(done, shop.order_of, ends)
    return int((shop.weight.astype(np.int64) * np.maximum(0, done - shop.due)).sum())


def mirrored(shop: Shop, due: NDArray[np.int64] | None = None) -> Shop:
    """Return the shop in which time runs backwards: an order is released at its due time, by those
    given or its own; without one it is there from the start."""
    wanted = shop.due.astype(np.int64) if due is None else due
    real = wanted[wanted < NO_DUE_S]
    release = np.maximum(0, (int(real.max()) if len(real) else 0) - wanted)
    return shop._replace(
        before_ptr=shop.after_ptr,
        before=shop.after,
        after_ptr=shop.before_ptr,
        after=shop.before,
        release=release[shop.order_of].astype(np.int32),
        free=np.zeros_like(shop.free),
        due=np.full_like(shop.due, NO_DUE_S),
    )


def turned(plan: Plan) -> Plan:
    """Return a mirrored shop's plan as one of the shop itself."""
    return Plan(plan.machine, plan.order[::-1].copy())


@kernel
def _heaps(base: NDArray[np.int64], heaps: int, room: int) -> Queues:
    return Queues(base, np.zeros(heaps, np.int64), np.zeros(room), np.zeros(room, np.int64))


@kernel
def _morning(shop: Shop, machine: NDArray[np.uint32]) -> Day:
    """Return the state before anything has started, with all that waits for no other task sent off."""
    tasks, machines = len(shop.release), len(shop.free)
    base, room = shop.row_ptr.astype(np.int64), int(shop.row_ptr[machines])
    day = Day(
        _heaps(base, machines, room),
        _heaps(base, machines, room),
        _heaps(np.zeros(1, np.int64), 1, 2 * tasks + machines + 1),
        np.zeros(tasks, np.int64),
        machine.copy(),
        np.zeros(tasks, np.int64),
        np.zeros(tasks, np.int64),
        shop.free.astype(np.int64),
        np.zeros(machines, np.int64),
        np.full(machines, -1, np.int64),
    )
    for x in range(tasks):
        day.missing[x] = shop.before_ptr[x + 1] - shop.before_ptr[x]
    return day


@kernel
def _run(
    shop: Shop, machine: NDArray[np.uint32], wish: Urgency, patience: float
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    order = np.zeros(len(shop.release), np.uint32)
    day = _morning(shop, machine)
    _pass(shop, day, wish, patience, order)
    return day.machine, order


@lean
def _pass(shop: Shop, day: Day, wish: Urgency, patience: float, order: NDArray[np.uint32]) -> None:
    """Let time run. The parameterised active schedules between non-delay and active of Storer, Wu and
    Vaccari 1992 (Management Science 38), by events; a machine with nothing urgent may wait."""
    for x in range(len(order)):
        if day.missing[x] == 0:
            _send(shop, day, x)
    filled = 0
    while day.next.size[0] > 0:
        now = int(day.next.key[0])
        k = take(day.next, 0, 0)
        if now != day.upcoming[k]:
            continue
        x = _pick(day, wish, k, now, patience)
        order[filled] = x
        filled += 1
        start = max(now, int(day.end[x]))
        day.end[x] = start + day.takes[x]
        day.clear[k] = day.end[x]
        day.queued[k] -= day.takes[x]
        day.upcoming[k] = -1
        _look(day, k)
        for at in range(shop.after_ptr[x], shop.after_ptr[x + 1]):
            y = int(shop.after[at])
            day.end[y] = max(day.end[y], day.end[x])
            day.missing[y] -= 1
            if day.missing[y] == 0:
                _send(shop, day, y)


@lean
def _send(shop: Shop, day: Day, x: int) -> None:
    """Send a task whose time of arrival is known to its machine, or to where it would end first.
    Until it starts, `end` holds its arrival."""
    arrives = max(int(day.end[x]), int(shop.release[x]))
    day.end[x] = arrives
    wanted = int(day.machine[x])
    where, soonest, takes = -1, 0, 0
    for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
        k = int(shop.mode_machine[mode])
        if wanted < len(shop.free) and wanted != k:
            continue
        end = max(day.clear[k] + day.queued[k], arrives) + shop.mode_takes[mode]
        if where < 0 or end < soonest:
            where, soonest, takes = k, end, int(shop.mode_takes[mode])
    day.machine[x] = where
    day.takes[x] = takes
    day.queued[where] += takes
    put(day.coming, where, float(arrives), x)
    _look(day, where)


@lean
def _look(day: Day, k: int) -> None:
    """Note when a machine could start something next, if that has changed."""
    soonest = -1
    if day.waiting.size[k] > 0:
        soonest = int(day.clear[k])
    elif day.coming.size[k] > 0:
        soonest = max(int(day.clear[k]), int(day.coming.key[day.coming.base[k]]))
    if soonest >= 0 and soonest != day.upcoming[k]:
        day.upcoming[k] = soonest
        put(day.next, 0, float(soonest), k)


@lean
def _pick(day: Day, wish: Urgency, k: int, now: int, patience: float) -> int:
    """Take the most urgent task that waits, or that arrives while another would be under way."""
    _admit(day, wish, k, now)
    if patience > 0.0:
        top = day.waiting.item[day.waiting.base[k]]
        _admit(day, wish, k, now + int(patience * day.takes[top]))
    place = 0
    if wish.patience > 0.0:
        place = _dearest(day, wish, k, now)
    return take(day.waiting, k, place)


@lean
def _admit(day: Day, wish: Urgency, k: int, until: int) -> None:
    """Let tasks that have arrived until a time wait by urgency."""
    base = day.coming.base[k]
    while day.coming.size[k] > 0 and day.coming.key[base] <= until:
        arrived = day.coming.key[base]
        x = take(day.coming, k, 0)
        put(day.waiting, k, arrived if wish.by_arrival else wish.key[x], x)


@lean
def _dearest(day: Day, wish: Urgency, k: int, now: int) -> int:
    """Return the place of the waiting task whose tardiness costs most for each second of its own.

    Source: apparent tardiness cost, Vepsalainen and Morton 1987 (Management Science 33), section 3;
    its exponential is replaced by 1 / (1 + x)^2, so that compiled and plain runs agree to the bit.
    """
    base = day.waiting.base[k]
    best, most = 0, -1.0
    for place in range(min(SCANNED, day.waiting.size[k])):
        x = day.waiting.item[base + place]
        slack = max(0.0, wish.key[x] - now) / wish.patience
        cost = wish.weight[x] / max(1, day.takes[x]) / ((1.0 + slack) * (1.0 + slack))
        if cost > most:
            best, most = place, cost
    return best
