"""A numbered problem becomes arrays."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain

import numpy as np

from scheduler.anneal.areas import Area, areas_of
from scheduler.anneal.floor import (
    AFTER,
    ALONE,
    AREA,
    AREA_COLUMNS,
    BEFORE,
    BUSY,
    CREW,
    CUTS,
    EACH_SECOND,
    EARLIEST,
    EVEN_SHARES,
    FAMILY,
    FIRST_FAMILY,
    FORESEEN,
    GROUP,
    GROUP_COLUMNS,
    HALL,
    HEIGHT,
    KEY_BITS,
    KINDS,
    LAST,
    LATE,
    LEAST,
    LINE,
    MACHINE_COLUMNS,
    MATES,
    MATES_END,
    MODES,
    MOST,
    NEVER_S,
    NONE,
    ORDER,
    ORDER_COLUMNS,
    PRICES,
    RAN_ALREADY,
    REST,
    SCALE,
    SETUPS,
    SHARES,
    SIZE,
    TASK_COLUMNS,
    TEAM,
    TIE,
    TWIN,
    WAS_MACHINE,
    WAS_START,
    WINDOWS,
    WORK,
    Floor,
    Ints,
)
from scheduler.anneal.state import PACE
from scheduler.indexed import NEVER_S as FOR_EVER_S
from scheduler.indexed import Indexed, facts_of
from scheduler.objectives import HOUR_S, MOVED_S, risk_per_s
from scheduler.price import LATE_SCALE_S, LEANING, LEANING_SHARE
from scheduler.problem import Aim
from scheduler.runs import has_limit
from scheduler.wanted import MISSED, MOVE_LATER_PRICE, MOVE_PRICE, SOON_S


def to_floor(indexed: Indexed, latest_s: int = 0) -> Floor | None:
    """Return the arrays; `latest_s` is about when all work ends, where that counts. None where the
    search does not know the problem: machines that share a crew feed each other, machines need one of a
    pool, results need a place in a buffer, or there are more tasks than the keys of lines can tell apart."""
    if indexed.pools.are_used or indexed.buffers.are_used:
        return None
    if len(indexed.task_ids) > 1 << KEY_BITS:
        return None
    areas = areas_of(indexed)
    if any(indexed.crews[indexed.group_of[k]] for a in areas if a.is_circle for k in a.machines):
        return None
    links = _Links()
    tasks = _tasks(indexed, areas, links)
    takes = _takes(indexed)
    machines = _machines(indexed, takes)
    kind, groups, setups = _setups(indexed, links)
    area_table = _areas(indexed, areas, links)
    orders = _orders(indexed, links)
    shares = EVEN_SHARES if indexed.aim is Aim.MAKESPAN else SHARES
    orders[:, FORESEEN] = links.add(_foreseen(indexed, areas, orders))
    return Floor(
        task=tasks,
        takes=takes,
        machine=machines,
        window=_pairs(
            pair
            for opens, closes in zip(indexed.opens, indexed.closes, strict=True)
            for pair in zip(opens, closes, strict=True)
        ),
        group=groups,
        kind=kind,
        setup=setups,
        busy=_pairs(pair for row in indexed.crew_busy for pair in row),
        area=area_table,
        order=orders,
        link=_ints(links.all),
        movable=_ints(sorted(t for area in areas if not area.is_line for t in area.tasks)),
        keeps=_ints(indexed.keeps),
        holdable=_ints(_holdable(indexed, areas)),
        kit=_kits(indexed),
        queued=_ints(
            sorted(
                (t for area in areas if area.is_line for t in area.tasks),
                key=lambda t: (tasks[t, AREA], tasks[t, TIE]),
            )
        ),
        price=np.concatenate((_prices(indexed, latest_s), _ints(shares))),
        width=1 + max((len(area.tasks) for area in areas if not area.is_line), default=0),
    )


class _Links:
    """Collects lists, one behind the other."""

    def __init__(self) -> None:
        self.all: list[int] = []

    def add(self, rows: Iterable[Iterable[int]]) -> list[int]:
        """Add some lists; return where each begins, and where the last ends."""
        begins = []
        for row in rows:
            begins.append(len(self.all))
            self.all.extend(row)
        return [*begins, len(self.all)]


def _pairs(pairs: Iterable[tuple[int, int]]) -> Ints:
    return np.array(list(pairs), np.int64).reshape(-1, 2)


def _summed(lengths: Iterable[int]) -> list[int]:
    """Return where lists of these lengths begin one behind the other, and where the last ends."""
    return [0, *accumulate(lengths)]


def _ints(values: Iterable[int] | Iterable[Sequence[int]]) -> Ints:
    return np.array(list(values), np.int64)


def _takes(indexed: Indexed) -> Ints:
    takes = np.full((len(indexed.task_ids), len(indexed.machine_ids)), NONE, np.int64)
    tasks = np.repeat(np.arange(len(takes)), [len(own) for own in indexed.takes])
    machines = np.fromiter(chain.from_iterable(indexed.takes), np.int64, len(tasks))
    seconds = (own.values() for own in indexed.takes)
    takes[tasks, machines] = np.fromiter(chain.from_iterable(seconds), np.int64, len(tasks))
    return takes


def _tasks(indexed: Indexed, areas: Sequence[Area], links: _Links) -> Ints:
    count = len(indexed.task_ids)
    table = np.zeros((count + 1, TASK_COLUMNS), np.int64)
    due = np.array([indexed.due_s[order] for order in indexed.order_of], np.int64)
    tie = np.empty(count, np.int64)
    tie[np.lexsort((np.arange(count), due))] = np.arange(count)
    columns: dict[int, Sequence[int] | Ints] = {
        ORDER: [0] * count if indexed.aim is Aim.MAKESPAN else indexed.order_of,
        FAMILY: indexed.family_of,
        SIZE: indexed.size,
        WORK: indexed.work,
        HEIGHT: indexed.height,
        EARLIEST: indexed.earliest,
        MOST: indexed.most,
        REST: indexed.rest,
        AREA: _area_of(areas, count),
        TIE: tie,
        WAS_MACHINE: [NONE if place is None else place[0] for place in indexed.was]
        or [NONE] * count,
        WAS_START: [NONE if place is None else place[1] for place in indexed.was] or [NONE] * count,
    }
    for column, values in columns.items():
        table[:-1, column] = values
    table[:, MODES] = links.add(indexed.takes)
    table[:, BEFORE] = links.add(indexed.before)
    table[:, AFTER] = links.add(indexed.after)
    _find_mates(indexed, areas, links, table)
    for area in areas:
        for task in area.tasks if area.is_line else ():
            table[task, ALONE] = facts_of(indexed, area.machines[0], (task,))[1]
    return table


def _area_of(areas: Sequence[Area], tasks: int) -> list[int]:
    area_of = [0] * tasks
    for n, area in enumerate(areas):
        for task in area.tasks:
            area_of[task] = n
    return area_of


def _find_mates(indexed: Indexed, areas: Sequence[Area], links: _Links, table: Ints) -> None:
    """List the tasks of each family in each area."""
    lists: dict[tuple[int, int], list[int]] = {}
    for n, area in enumerate(areas):
        for task in area.tasks:
            lists.setdefault((n, indexed.family_of[task]), []).append(task)
    begins = links.add(lists.values())
    for n, row in enumerate(lists.values()):
        table[row, MATES] = begins[n]
        table[row, MATES_END] = begins[n + 1]


def _machines(indexed: Indexed, takes: Ints) -> Ints:
    table = np.zeros((len(indexed.machine_ids) + 1, MACHINE_COLUMNS), np.int64)
    for k, resource in enumerate(indexed.resources):
        table[k, :WINDOWS] = (
            indexed.group_of[k],
            resource.capacity,
            resource.max_members,
            resource.base_s,
            resource.per_work_ms,
            resource.per_height_ms,
            indexed.cycle_cost[k],
            indexed.run_cost[k],
            indexed.first_family[k],
            0,
            has_limit(resource) or resource.resumable,
            resource.least_size,
            resource.most_run_s or resource.most_run_size,
            bool(resource.most_run_size),
            resource.ran,
            resource.resumable,
            k,
        )
    _find_twins(table, takes)
    table[:, WINDOWS] = _summed(len(row) for row in indexed.opens)
    return table


def _find_twins(table: Ints, takes: Ints) -> None:
    """Note of each machine the first one that takes what it takes, for as long and for as much."""
    columns = [*range(GROUP, FIRST_FAMILY), *range(LEAST, RAN_ALREADY)]
    first: dict[bytes, int] = {}
    for k in range(len(table) - 1):
        key = table[k, columns].tobytes() + takes[:, k].tobytes()
        table[k, TWIN] = first.setdefault(key, k)


def _setups(indexed: Indexed, links: _Links) -> tuple[Ints, Ints, Ints]:
    """Give each group a table over the families that its machines meet; return kinds, groups, setups."""
    met: list[dict[int, int]] = [{} for _ in indexed.crews]
    for k, family in enumerate(indexed.first_family):
        own = met[indexed.group_of[k]]
        own.setdefault(family, len(own))
    able = zip(indexed.family_of, indexed.takes, strict=True)
    for family, machines in dict.fromkeys((family, tuple(takes)) for family, takes in able):
        for k in machines:
            own = met[indexed.group_of[k]]
            own.setdefault(family, len(own))
    kind = np.zeros((len(met), len(indexed.family_names)), np.int64)
    seconds: list[Ints] = []
    costs: list[Ints] = []
    for g, own in enumerate(met):
        kind[g, list(own)] = list(own.values())
        cells = np.ix_(list(own), list(own))
        if any(any(row) for row in indexed.setup_s[g]) or any(
            any(r) for r in indexed.setup_cost[g]
        ):
            seconds.append(np.array(indexed.setup_s[g], np.int64)[cells].ravel())
            costs.append(np.array(indexed.setup_cost[g], np.int64)[cells].ravel())
        else:
            kind[g] = 0
            seconds.append(np.zeros(1, np.int64))
            costs.append(np.zeros(1, np.int64))
    sizes = [len(each) for each in seconds]
    table = np.zeros((len(met) + 1, GROUP_COLUMNS), np.int64)
    table[:-1, KINDS] = np.sqrt(np.array(sizes)).round()
    table[:, SETUPS] = _summed(sizes)
    table[:-1, CREW] = indexed.crews
    table[:, BUSY] = _summed(len(row) for row in indexed.crew_busy)
    teams: list[list[int]] = [[] for _ in met]
    for k, g in enumerate(indexed.group_of):
        teams[g].append(k)
    table[:, TEAM] = links.add(teams)
    return kind, table, np.stack((np.concatenate(seconds), np.concatenate(costs)), axis=1)


def _open_first(indexed: Indexed, area: Area) -> list[int]:
    """Name a line's station with the longest hours first: the others differ only in when they begin."""
    if not area.is_line:
        return list(area.machines)
    return sorted(area.machines, key=lambda k: (-len(indexed.opens[k]), indexed.opens[k], k))


def _areas(indexed: Indexed, areas: Sequence[Area], links: _Links) -> Ints:
    table = np.zeros((len(areas) + 1, AREA_COLUMNS), np.int64)
    rents = 0
    for n, area in enumerate(areas):
        stations = len(area.machines) if area.is_line else 0
        table[n, :HALL] = (area.is_line, stations, area.waits, rents, area.is_circle)
        rents += stations * (len(area.tasks) // PACE + 1)
    table[:, HALL] = links.add(_open_first(indexed, area) for area in areas)
    table[:, LINE] = _summed(len(area.tasks) if area.is_line else 0 for area in areas)
    return table


def _last_of(indexed: Indexed) -> Sequence[Sequence[int]]:
    """All work is one order where its latest end is what counts."""
    if indexed.aim is Aim.MAKESPAN:
        return [[task for task, row in enumerate(indexed.after) if not row]]
    return indexed.last_of


def _orders(indexed: Indexed, links: _Links) -> Ints:
    last = _last_of(indexed)
    table = np.zeros((len(last) + 1, ORDER_COLUMNS), np.int64)
    again: Sequence[Sequence[int]] = indexed.again if indexed.aim is Aim.CENTS else [()] * len(last)
    if indexed.aim is Aim.MAKESPAN:
        table[0, SCALE] = table[0, EACH_SECOND] = 1
    else:
        for order, due_s in enumerate(indexed.due_s):
            scale = min([LATE_SCALE_S, *(cut_s - due_s for cut_s in again[order][:1])])
            cost, each_s = indexed.late_cost[order], indexed.overdue_cost[order]
            table[order, :LAST] = (due_s, cost, indexed.floor_end[order], scale, each_s)
    table[:, LAST] = links.add(last)
    rows = zip(again, indexed.due_s, strict=False)
    table[:, CUTS] = links.add([cut_s - due_s for cut_s in row] for row, due_s in rows)
    return table


def _holdable(indexed: Indexed, areas: Sequence[Area]) -> list[int]:
    """List the tasks that something gains from being held back; those of lines follow from others."""
    parts = {t for n, cost in enumerate(indexed.kit_cost) if cost for t in indexed.before[n]}
    parts |= {t for t, keeps_s in enumerate(indexed.keeps) if keeps_s < FOR_EVER_S}
    return sorted(t for area in areas if not area.is_line for t in area.tasks if t in parts)


def _kits(indexed: Indexed) -> Ints:
    table = np.zeros((len(indexed.kit_cost), 3), np.int64)
    for task, cost in enumerate(indexed.kit_cost):
        table[task] = (cost, *indexed.kit_settled.get(task, (NEVER_S, -NEVER_S)))
    return table


def _foreseen(indexed: Indexed, areas: Sequence[Area], orders: Ints) -> list[list[int]]:
    """List, order by order, the tasks after which only lines of the same order come, or nothing."""
    rows: list[list[int]] = [[] for _ in orders[:-1]]
    if indexed.aim is Aim.MAKESPAN:
        return rows
    lined = {task for area in areas if area.is_line for task in area.tasks}
    counts = (orders[:, LATE] > 0) | (orders[:, EACH_SECOND] > 0)
    for task, order in enumerate(indexed.order_of):
        follow = indexed.after[task]
        if (
            task not in lined
            and counts[order]
            and all(each in lined and indexed.order_of[each] == order for each in follow)
        ):
            rows[order].append(task)
    return rows


def _prices(indexed: Indexed, latest_s: int) -> Ints:
    price = np.zeros(PRICES, np.int64)
    # In the search's own measure one that is kept too long is as bad as the dearest order missed: plans
    # on the way may have it, the best one has not.
    stale_step = max(indexed.late_cost, default=0) or 1_000 * HOUR_S
    has_steps = indexed.aim is Aim.SCORE
    price[:] = (
        100 if has_steps else 100 // LEANING_SHARE,
        not has_steps,
        indexed.reserve_s,
        risk_per_s(indexed.reserve_s),
        LEANING * indexed.reserve_s,
        LEANING_SHARE,
        MOVE_PRICE if indexed.was else 0,
        MOVE_LATER_PRICE if indexed.was else 0,
        indexed.now_s + SOON_S,
        MOVED_S,
        max(1, latest_s) if indexed.aim is Aim.MAKESPAN else 0,
        any(has_limit(resource) for resource in indexed.resources),
        MISSED,
        stale_step,
        max(1, stale_step // HOUR_S),
        indexed.now_s,
    )
    return price
