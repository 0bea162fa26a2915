"""The least cost of a small plant: every assignment, batch, sequence and order of setups is tried.

Written from the definitions in `violations` and `objectives`, and shares no code with the engine. Each
machine's batches are given in order, for a limited crew the order in which its setups begin, and for a
buffer that is too small the order in which results come to it (brute_buffers.py). Then
everything starts at the least time that satisfies all rules: such times exist because an earlier end of one
batch never makes another later (a least fixed point), and no schedule with these orders has any end
earlier. Costs only grow with ends, so one of the schedules tried is cheapest.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product
from operator import itemgetter
from typing import NamedTuple

from brute_buffers import EVER, behind, ends_at_least, orders

from scheduler import Slot

HOUR_S = 3600
NEVER = 1 << 40


class TooManyError(Exception):
    """There are more schedules than anyone wants to wait for."""


class Cycle(NamedTuple):
    """A batch as it stands in a sequence."""

    machine: str
    tasks: tuple[str, ...]
    family: str
    takes_s: int
    setup_s: int
    ready_s: int
    after: frozenset[str]


class Row(NamedTuple):
    """A machine's sequence, and what its setups and cycles cost."""

    cost: Fraction
    cycles: tuple[Cycle, ...]


@dataclass
class _World:
    """What the problem says, looked up once."""

    problem: object
    free_s: dict
    family: dict
    settled: dict
    """Finished or running task -> when what waits for it may start."""
    crew_busy: dict
    fixed_ends: dict
    """Order -> end of what runs of it."""
    best: Fraction = Fraction(0)
    """What a schedule has to be cheaper than."""


def least_cost(problem, below, most=30_000):
    """Return (cost in cents as a fraction, slots) of a cheapest schedule below `below`, or None where
    there is none. Raises TooManyError after `most` schedules have been timed."""
    world = _world(problem)
    world.best, slots, timed = below, None, 0
    for choice in _choices(problem):
        rows = [
            sorted(_rows(world, machine, names), key=itemgetter(0))
            for machine, names in choice.items()
        ]
        for cost, cycles in _below(world, rows):
            if cost >= world.best:
                continue
            for agenda in _crew_orders(world, cycles):
                for found in _timed(world, cycles, agenda):
                    timed += 1
                    if timed > most:
                        raise TooManyError
                    if found is None:
                        continue
                    ends, setups = found
                    total = cost + _lateness(world, ends)
                    if total < world.best:
                        world.best, slots = total, _slots(cycles, ends, setups)
    return None if slots is None else (world.best, slots)


def cost_of(problem, slots):
    """Return what a schedule costs, in cents as a fraction."""
    world = _world(problem)
    total, ends = Fraction(0), {}
    for machine in problem.resources:
        state = (world.family[machine], problem.resources[machine].ran)
        for slot in sorted(
            (s for s in slots if s.machine == machine), key=lambda s: (s.start_s, s.end_s)
        ):
            size = sum(problem.tasks[name].size for name in slot.operations)
            amounts = (slot.end_s - slot.start_s, size)
            setup, state = _change(problem, machine, state, slot.family, amounts)
            total += _change_cost(problem, machine, setup)
            ends |= dict.fromkeys(slot.operations, slot.end_s)
    return total + _lateness(world, ends)


def _world(problem):
    free, family, crew_busy, fixed_ends = {}, {}, {}, {}
    settled = dict(problem.frozen.done)
    for name, resource in problem.resources.items():
        down_s = problem.frozen.down_until.get(name, 0)
        free[name] = max(problem.now_s, resource.free_s, down_s)
        family[name] = resource.family
    last = {}
    for slot in problem.frozen.running:
        free[slot.machine] = max(free[slot.machine], slot.end_s)
        if slot.end_s >= last.get(slot.machine, -1):
            last[slot.machine], family[slot.machine] = slot.end_s, slot.family
        group = problem.resources[slot.machine].group
        if slot.start_s > slot.setup_start_s:
            crew_busy.setdefault(group, []).append((slot.setup_start_s, slot.start_s))
        for name in slot.operations:
            settled[name] = slot.end_s
            order = name.partition("/")[0]
            fixed_ends[order] = max(slot.end_s, fixed_ends.get(order, slot.end_s))
    for name, rest_s in problem.frozen.rest_s.items():
        settled[name] += rest_s
    return _World(problem, free, family, settled, crew_busy, fixed_ends)


def _choices(problem):
    """Yield machine -> tasks, in all ways."""
    names = list(problem.tasks)
    able = [sorted({mode.machine for mode in problem.tasks[name].modes}) for name in names]
    for machines in product(*able):
        on = {}
        for name, machine in zip(names, machines, strict=True):
            on.setdefault(machine, []).append(name)
        yield on


def _rows(world, machine, names):
    resource = world.problem.resources[machine]
    groups = _partitions(names) if resource.capacity else [[[name] for name in names]]
    for parts in groups:
        if not all(_allowed(world, machine, part) for part in parts):
            continue
        for order in permutations(parts):
            row = _row(world, machine, order)
            if row is not None:
                yield row


def _partitions(names):
    if not names:
        yield []
        return
    first, *others = names
    for parts in _partitions(others):
        yield [[first], *parts]
        for number, part in enumerate(parts):
            yield [*parts[:number], [first, *part], *parts[number + 1 :]]


def _allowed(world, machine, part):
    resource = world.problem.resources[machine]
    tasks = [world.problem.tasks[name] for name in part]
    if len({task.family for task in tasks}) > 1:
        return False
    size = sum(task.size for task in tasks)
    if resource.capacity and not resource.least_size <= size <= resource.capacity:
        return False
    if resource.most_run_size and size > resource.most_run_size:
        return False
    if resource.max_members and len(tasks) > resource.max_members:
        return False
    takes_s = _seconds(world, machine, part)
    if resource.most_run_s and takes_s > resource.most_run_s:
        return False
    return all(not task.most_s or takes_s <= task.most_s for task in tasks)


def _seconds(world, machine, part):
    resource = world.problem.resources[machine]
    tasks = [world.problem.tasks[name] for name in part]
    own = [min(m.takes_s for m in t.modes if m.machine == machine) for t in tasks]
    by_work = sum(t.work for t in tasks) * resource.per_work_ms // 1000
    by_height = max(t.height for t in tasks) * resource.per_height_ms // 1000
    return resource.base_s + by_work + by_height + max(own)


def _row(world, machine, order):
    problem = world.problem
    state = (world.family[machine], problem.resources[machine].ran)
    cost, cycles = Fraction(0), []
    for part in order:
        tasks = [problem.tasks[name] for name in part]
        after = {name for task in tasks for name in task.after}
        family, takes_s = tasks[0].family, _seconds(world, machine, part)
        size = sum(task.size for task in tasks)
        setup, state = _change(problem, machine, state, family, (takes_s, size))
        if setup is not None and setup.forbidden:
            return None
        cost += _change_cost(problem, machine, setup)
        ready = [world.settled[name] for name in after if name in world.settled]
        cycles.append(
            Cycle(
                machine=machine,
                tasks=tuple(part),
                family=family,
                takes_s=takes_s,
                setup_s=setup.takes_s if setup else 0,
                ready_s=max(problem.now_s, *(task.release_s for task in tasks), *ready),
                after=frozenset(after - world.settled.keys()),
            )
        )
    return Row(cost, tuple(cycles))


def _change(problem, machine, state, after, amounts):
    """Return the setup, and (family, how much of it has run): within a campaign nothing is set up."""
    (before, ran), resource = state, problem.resources[machine]
    most = resource.most_run_s or resource.most_run_size
    amount = amounts[0] if resource.most_run_s else amounts[1]
    if most and before == after and ran + amount <= most:
        return None, (after, ran + amount)
    return problem.setups.get((resource.group, before, after)), (after, amount)


def _change_cost(problem, machine, setup):
    """A setup costs its cents and its time; a shared cycle costs its base time."""
    resource = problem.resources[machine]
    paid_s = (setup.takes_s if setup else 0) + (resource.base_s if resource.capacity else 0)
    paid = Fraction(paid_s * problem.rates.get(resource.group, 0), HOUR_S)
    return paid + (setup.cents if setup else 0)


def _below(world, rows, cost=Fraction(0), chosen=()):
    """Yield the sequences of all machines whose setups and cycles do not cost too much already."""
    if not rows:
        yield cost, chosen
        return
    for row in rows[0]:
        if cost + row.cost >= world.best:
            break
        yield from _below(world, rows[1:], cost + row.cost, (*chosen, row.cycles))


def _crew_orders(world, cycles):
    """Yield group -> its setups as (machine, position) in the order in which they begin."""
    groups = {}
    for row in cycles:
        machine = row[0].machine
        group = world.problem.resources[machine].group
        asks = [(machine, at) for at, cycle in enumerate(row) if cycle.setup_s]
        machines = sum(each.group == group for each in world.problem.resources.values())
        if world.problem.crews.get(group, machines) < machines and asks:
            groups.setdefault(group, []).append(asks)
    merged = [list(_merges(rows)) for rows in groups.values()]
    for chosen in product(*merged):
        yield dict(zip(groups, chosen, strict=True))


def _merges(rows):
    rows = [row for row in rows if row]
    if not rows:
        yield ()
        return
    for number, row in enumerate(rows):
        left = [*rows[:number], row[1:], *rows[number + 1 :]]
        for rest in _merges(left):
            yield (row[0], *rest)


def _timed(world, cycles, agenda):
    """Yield the times for all orders in which results come to buffers, None where there are none."""
    free = _times(world, cycles, agenda, {})
    if free is None or world.problem.buffers == {}:
        yield free
        return
    if cycles and _lateness(world, free[0]) >= world.best:
        return  # with less room nothing ends earlier
    for queue in orders(world, cycles, free, _merges):
        yield _times(world, cycles, agenda, queue)


def _times(world, cycles, agenda, queue):
    """Return the end of each task at its earliest, or None where these orders contradict each other."""
    ends, setups, room = {}, {}, {}
    rounds = sum(map(len, cycles)) + 2 + (60 if queue else 0)
    later = behind(world.problem, cycles) if queue else {}
    for number in range(rounds):
        if queue and number:
            room = ends_at_least(world, cycles, queue, ends, later)
            if room is None or max(room.values(), default=0) >= EVER:
                return None
        before = (dict(ends), dict(setups))
        crew = {group: _crew(world, group, order, setups) for group, order in agenda.items()}
        for row in cycles:
            if not _run(world, row, ends, setups, crew, room):
                return None
        if before == (ends, setups):
            return ends, setups
    return None


def _crew(world, group, order, setups):
    """Return (machine, position) -> when its crew can begin, at the earliest."""
    people = world.problem.crews[group]
    begins, busy, since = {}, [end for _, end in world.crew_busy.get(group, ())], 0
    for key in order:
        taken = sorted(busy, reverse=True)
        begins[key] = max(since, taken[people - 1] if len(taken) >= people else 0)
        if key not in setups:
            break
        since, until = setups[key]
        busy.append(until)
    return begins


def _run(world, row, ends, setups, crew, room):
    machine = row[0].machine
    resource = world.problem.resources[machine]
    begins = crew.get(resource.group, {})
    free = world.free_s[machine]
    for at, cycle in enumerate(row):
        ready = cycle.ready_s
        for name in cycle.after:
            if name in ends:
                ready = max(ready, ends[name] + world.problem.tasks[name].rest_s)
        crew_s = begins.get((machine, at), 0) if cycle.setup_s else 0
        ready = max(ready, room.get((machine, at), 0) - cycle.takes_s)
        for opens, closes in resource.windows:
            begin = max(free, opens, crew_s)
            start = max(begin + cycle.setup_s, ready)
            if start + cycle.takes_s <= closes:
                break
        else:
            return False
        free = start + cycle.takes_s
        setups[machine, at] = (begin, begin + cycle.setup_s)
        ends |= dict.fromkeys(cycle.tasks, free)
    return True


def _lateness(world, ends):
    """Missed cut-offs, and the margin at risk of what ends closer to its due time than the reserve."""
    problem, last = world.problem, dict(world.fixed_ends)
    for name, end_s in ends.items():
        order = problem.tasks[name].order
        last[order] = max(end_s, last.get(order, end_s))
    cents = Fraction(0)
    for order, due in problem.dues.items():
        if order not in last:
            continue
        end_s, price = last[order], due.late_cents * due.weight
        if end_s > due.due_s:
            cents += price * (1 + sum(end_s > cut_s for cut_s in due.again_s))
        elif problem.reserve_s:
            missing_s = max(0, problem.reserve_s - (due.due_s - end_s))
            cents += Fraction(price * missing_s, 2 * problem.reserve_s)
    return cents


def _slots(cycles, ends, setups):
    found = []
    for row in cycles:
        for at, cycle in enumerate(row):
            end_s = ends[cycle.tasks[0]]
            start_s = end_s - cycle.takes_s
            found.append(
                Slot(
                    machine=cycle.machine,
                    operations=cycle.tasks,
                    family=cycle.family,
                    setup_start_s=setups[cycle.machine, at][0] if cycle.setup_s else start_s,
                    start_s=start_s,
                    end_s=end_s,
                )
            )
    return tuple(found)
