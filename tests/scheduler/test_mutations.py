"""Any right schedule changed at random is reported, unless a slow second opinion finds it right still."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shops import LASTING, SMALL_S, problems, random_problem

from scheduler import (
    Due,
    Frozen,
    Mode,
    Problem,
    Resource,
    Schedule,
    Setup,
    Slot,
    Task,
    construct,
    violations,
)

SEEDS = st.integers(0, 10**9)


@given(seed=SEEDS)
@settings(LASTING, max_examples=300)
@example(seed=0)
def test_a_shop_schedule_changed_at_random_is_reported_unless_it_is_right(seed):
    rng = Random(seed)
    problem = random_shop(rng)
    schedule = run_at_random(rng, problem)
    assert stands(problem, schedule)
    judged_alike(problem, schedule, rng)


@given(problem=problems(), seed=SEEDS)
@settings(LASTING, max_examples=150)
def test_a_plant_schedule_changed_at_random_is_reported_unless_it_is_right(problem, seed):
    if seed % 2:
        problem = replace(problem, crews={"left": 1})
    schedule = construct(problem)
    assert stands(problem, schedule)
    judged_alike(problem, schedule, Random(seed))


def judged_alike(problem, schedule, rng):
    assert list(violations(problem, schedule)) == []
    for change in CHANGES:
        slots = list(schedule.slots)
        for _ in range(rng.choice((1, 1, 2))):
            if slots:
                change(problem, slots, rng)
        changed = Schedule(tuple(slots))
        said = list(violations(problem, changed))
        assert bool(said) == (not stands(problem, changed)), (change.__name__, said, slots)


@pytest.mark.parametrize("tight", [True, False])
def test_changes_are_of_both_kinds(tight):
    """A test that only ever sees wrong schedules would not notice a judge who refuses all."""
    rng, right, wrong = Random(7), Counter(), Counter()
    for _ in range(150):
        problem = random_shop(rng)
        schedule = run_at_random(rng, problem)
        if tight:
            problem = random_problem(rng, 5)
            schedule = construct(problem)
        for change in CHANGES:
            slots = list(schedule.slots)
            change(problem, slots, rng)
            good = stands(problem, Schedule(tuple(slots)))
            (right if good else wrong)[change.__name__] += 1
    assert set(wrong) == {change.__name__ for change in CHANGES}
    assert set(right) >= {"shifted_by_a_second", "moved", "swapped", "on_another_machine"}


def random_shop(rng):
    """Pose a plain shop: any partial order, some modes twice, tasks of no length, late machines."""
    machines = [str(k) for k in range(rng.randint(1, 3))]
    names = [f"{rng.randrange(3)}/{number}" for number in range(rng.randint(1, 8))]
    running = Slot(
        machine=rng.choice(machines),
        operations=("9/run",),
        family="",
        setup_start_s=0,
        start_s=0,
        end_s=rng.randint(1, 20),
    )
    has_running = rng.random() < 0.3
    tasks = {}
    for number, name in enumerate(names):
        after = [other for other in names[:number] if rng.random() < 0.25]
        if has_running and rng.random() < 0.3:
            after.append("9/run")
        able = [rng.choice(machines) for _ in range(rng.randint(1, 3))]
        modes = tuple(Mode(machine, rng.choice((0, 1, 2, 9, 17))) for machine in able)
        release_s = rng.choice((0, 0, 12))
        tasks[name] = Task(
            id=name, order=name[0], modes=modes, after=tuple(after), release_s=release_s
        )
    return Problem(
        now_s=rng.choice((0, 0, 3)),
        tasks=tasks,
        resources={
            name: Resource(
                id=name, group="", windows=((0, SMALL_S),), free_s=rng.choice((0, 0, 15))
            )
            for name in machines
        },
        setups={},
        dues={"1": Due(order="1", due_s=20)},
        frozen=Frozen(
            running=(running,) if has_running else (),
            down_until={machines[0]: 11} if rng.random() < 0.2 else {},
        ),
    )


def run_at_random(rng, problem):
    """Take any machine for each task in turn, and now and then wait for nothing."""
    running = {slot.machine: slot.end_s for slot in problem.frozen.running}
    free = {
        name: max(
            problem.now_s,
            each.free_s,
            running.get(name, 0),
            problem.frozen.down_until.get(name, 0),
        )
        for name, each in problem.resources.items()
    }
    end = {"9/run": max(running.values(), default=0)}
    slots = []
    for task in problem.tasks.values():
        machine = rng.choice([mode.machine for mode in task.modes])
        takes_s = min(mode.takes_s for mode in task.modes if mode.machine == machine)
        start_s = max(free[machine], task.release_s, *(end[name] for name in task.after), 0)
        start_s += rng.choice((0, 0, 0, 1, 5))
        free[machine] = end[task.id] = start_s + takes_s
        slots.append(slot(machine, (task.id,), start_s, start_s + takes_s))
    rng.shuffle(slots)
    return Schedule(tuple(slots))


def slot(machine, operations, start_s, end_s):
    return Slot(
        machine=machine,
        operations=operations,
        family="",
        setup_start_s=start_s,
        start_s=start_s,
        end_s=end_s,
    )


def later(each, seconds):
    return replace(
        each,
        setup_start_s=each.setup_start_s + seconds,
        start_s=each.start_s + seconds,
        end_s=each.end_s + seconds,
    )


def shifted_by_a_second(problem, slots, rng):
    at = rng.randrange(len(slots))
    slots[at] = later(slots[at], rng.choice((-1, 1)))


def moved(problem, slots, rng):
    at = rng.randrange(len(slots))
    slots[at] = later(slots[at], rng.choice((-30, -7, 13, 90)))


def on_another_machine(problem, slots, rng):
    at = rng.randrange(len(slots))
    slots[at] = replace(slots[at], machine=rng.choice(sorted(problem.resources)))


def on_a_machine_with_its_own_time(problem, slots, rng):
    """Only what starts where the machine is busy, or what lies behind it, is wrong then."""
    at = rng.randrange(len(slots))
    task = problem.tasks[slots[at].operations[0]]
    mode = rng.choice(task.modes)
    end_s = slots[at].start_s + mode.takes_s
    slots[at] = replace(slots[at], machine=mode.machine, end_s=end_s)


def swapped(problem, slots, rng):
    """Two batches change places, each with its own length."""
    a, b = rng.randrange(len(slots)), rng.randrange(len(slots))
    one, other = slots[a], slots[b]
    slots[a] = replace(later(one, other.start_s - one.start_s), machine=other.machine)
    slots[b] = replace(later(other, one.start_s - other.start_s), machine=one.machine)


def members_swapped(problem, slots, rng):
    a, b = rng.randrange(len(slots)), rng.randrange(len(slots))
    one, other = slots[a].operations, slots[b].operations
    slots[a], slots[b] = (
        replace(slots[a], operations=other),
        replace(slots[b], operations=one),
    )


def dropped(problem, slots, rng):
    del slots[rng.randrange(len(slots))]


def doubled(problem, slots, rng):
    slots.append(later(rng.choice(slots), rng.choice((0, 0, 500))))


def longer_or_shorter(problem, slots, rng):
    at = rng.randrange(len(slots))
    slots[at] = replace(slots[at], end_s=slots[at].end_s + rng.choice((-9, -1, 1, 4)))


def set_up_at_another_time(problem, slots, rng):
    at = rng.randrange(len(slots))
    begin_s = slots[at].setup_start_s + rng.choice((-30, -7, -1, 1, 13))
    slots[at] = replace(slots[at], setup_start_s=begin_s)


def set_up_beside_another(problem, slots, rng):
    """Nothing else may be wrong then than that one crew is in two places."""
    at = rng.randrange(len(slots))
    begin_s = rng.choice(slots).setup_start_s + rng.choice((-1, 0, 0, 1))
    slots[at] = replace(slots[at], setup_start_s=min(begin_s, slots[at].start_s))


def together(problem, slots, rng):
    at = rng.randrange(len(slots))
    other = rng.choice(slots)
    both = (*slots[at].operations, other.operations[0])
    slots[at] = replace(slots[at], operations=both)
    if rng.random() < 0.5 and other in slots:
        slots.remove(other)


def on_one_plate(problem, slots, rng):
    """As long as it takes, so that only what does not fit or is not ready is wrong."""
    at = rng.randrange(len(slots))
    others = [each for each in slots if each.machine == slots[at].machine and each != slots[at]]
    if others and all(name in problem.tasks for each in slots for name in each.operations):
        other = rng.choice(others)
        both = (*slots[at].operations, *other.operations)
        seconds = seconds_of(problem, slots[at].machine, both)
        slots[at] = replace(slots[at], operations=both, end_s=slots[at].start_s + (seconds or 0))
        slots.remove(other)


def overlapping(problem, slots, rng):
    """Begin on the same machine in the midst of another batch."""
    at = rng.randrange(len(slots))
    other = rng.choice(slots)
    middle_s = (other.start_s + other.end_s) // 2
    slots[at] = replace(later(slots[at], middle_s - slots[at].start_s), machine=other.machine)


def before_its_release(problem, slots, rng):
    at = rng.randrange(len(slots))
    release_s = max(problem.tasks[name].release_s for name in slots[at].operations)
    slots[at] = later(slots[at], release_s - 1 - slots[at].start_s)


def before_what_it_waits_for(problem, slots, rng):
    at = rng.randrange(len(slots))
    ends = {name: each.end_s for each in slots for name in each.operations}
    after = [ends.get(n, 0) for name in slots[at].operations for n in problem.tasks[name].after]
    slots[at] = later(slots[at], max(after, default=0) - 1 - slots[at].start_s)


def before_the_machine_is_free(problem, slots, rng):
    at = rng.randrange(len(slots))
    free_s = max(problem.resources[slots[at].machine].free_s, problem.now_s)
    slots[at] = later(slots[at], free_s - rng.choice((0, 1)) - slots[at].setup_start_s)


def of_another_family(problem, slots, rng):
    at = rng.randrange(len(slots))
    slots[at] = replace(slots[at], family=rng.choice(("", "yarn=blue", "yarn=red")))


def unheard_of(problem, slots, rng):
    at = rng.randrange(len(slots))
    name = rng.choice(("9/run", "nothing", slots[at].operations[0]))
    machine = rng.choice(("nowhere", slots[at].machine))
    slots[at] = replace(slots[at], operations=(name,), machine=machine)


CHANGES = (
    shifted_by_a_second,
    moved,
    on_another_machine,
    on_a_machine_with_its_own_time,
    swapped,
    members_swapped,
    dropped,
    doubled,
    longer_or_shorter,
    set_up_at_another_time,
    set_up_beside_another,
    together,
    on_one_plate,
    overlapping,
    before_its_release,
    before_what_it_waits_for,
    before_the_machine_is_free,
    of_another_family,
    unheard_of,
)


def stands(problem, schedule):
    """Judge a schedule pair by pair and second by second: slow, simple, and written without a look at
    the engine."""
    made = [name for each in schedule.slots for name in each.operations]
    if sorted(made) != sorted(problem.tasks):
        return False
    if any(each.machine not in problem.resources for each in schedule.slots):
        return False
    end_of = {**problem.frozen.done}
    for each in (*problem.frozen.running, *schedule.slots):
        end_of.update(dict.fromkeys(each.operations, each.end_s))
    for name in end_of:
        rest_s = problem.tasks[name].rest_s if name in problem.tasks else 0
        end_of[name] += problem.frozen.rest_s.get(name, rest_s)
    return (
        all(stands_alone(problem, each, end_of) for each in schedule.slots)
        and all(machine_stands(problem, name, schedule) for name in problem.resources)
        and crews_stand(problem, schedule)
    )


def stands_alone(problem, each, end_of):
    resource = problem.resources[each.machine]
    tasks = [problem.tasks[name] for name in each.operations]
    seconds = seconds_of(problem, each.machine, each.operations)
    if seconds is None or {t.family for t in tasks} != {each.family}:
        return False
    if len(tasks) > (resource.max_members or (99 if resource.capacity else 1)):
        return False
    if resource.capacity and sum(t.size for t in tasks) > resource.capacity:
        return False
    ready = max(max([t.release_s, *(end_of[name] for name in t.after)]) for t in tasks)
    inside = [1 for a, b in resource.windows if a <= each.setup_start_s and each.end_s <= b]
    return (
        each.end_s - each.start_s == seconds
        and each.start_s >= max(ready, each.setup_start_s)
        and each.setup_start_s >= max(problem.now_s, resource.free_s)
        and each.setup_start_s >= problem.frozen.down_until.get(resource.id, 0)
        and bool(inside)
    )


def seconds_of(problem, machine, names):
    """Return how long a batch takes; None on a machine that cannot do it."""
    resource = problem.resources[machine]
    tasks = [problem.tasks[name] for name in names]
    takes = [[m.takes_s for m in t.modes if m.machine == machine] for t in tasks]
    if [] in takes:
        return None
    seconds = resource.base_s + max(min(own) for own in takes)
    seconds += sum(t.work for t in tasks) * resource.per_work_ms // 1000
    return seconds + max(t.height for t in tasks) * resource.per_height_ms // 1000


def machine_stands(problem, name, schedule):
    resource = problem.resources[name]
    running = [each for each in problem.frozen.running if each.machine == name]
    own = [each for each in schedule.slots if each.machine == name]
    for a, b in combinations([*running, *own], 2):
        if not (a.end_s <= b.setup_start_s or b.end_s <= a.setup_start_s):
            return False
    if any(each.setup_start_s < other.end_s for each in own for other in running):
        return False
    family = running[-1].family if running else resource.family
    for each in sorted(own, key=lambda s: (s.start_s, s.end_s, s.setup_start_s)):
        setup = problem.setups.get((resource.group, family, each.family), Setup(0))
        if each.start_s < each.setup_start_s + setup.takes_s:
            return False
        family = each.family
    return True


def crews_stand(problem, schedule):
    for group, people in problem.crews.items():
        busy, asked = [], []
        for each in problem.frozen.running:
            if problem.resources[each.machine].group == group:
                busy += range(each.setup_start_s, each.start_s)
        for name, resource in problem.resources.items():
            if resource.group != group:
                continue
            running = [each.family for each in problem.frozen.running if each.machine == name]
            family = running[-1] if running else resource.family
            for each in schedule.by_machine.get(name, ()):
                setup = problem.setups.get((group, family, each.family), Setup(0))
                asked += range(each.setup_start_s, each.setup_start_s + setup.takes_s)
                family = each.family
        counted = Counter(busy + asked)
        if any(counted[second] > people for second in set(asked)):
            return False
    return True
