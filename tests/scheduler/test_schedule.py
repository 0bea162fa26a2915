"""`violations` against hand-made faults, and against schedules changed at random."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shops import LASTING, problems

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

OPEN = ((100, 1_000), (2_000, 3_000))


def task(name, **values):
    given_values = {"modes": (Mode("M1", 50), Mode("M2", 60)), "family": "a", "size": 4}
    return Task(id=name, order=name.split("/")[0], **{**given_values, **values})


def shop(*tasks, frozen=None, crews=None, **values):
    resource = Resource(id="M1", group="g", capacity=10, windows=OPEN, family="a", **values)
    return Problem(
        now_s=100,
        tasks={each.id: each for each in tasks},
        resources={"M1": resource, "M2": replace(resource, id="M2")},
        setups={("g", "a", "b"): Setup(30, 5), ("g", "b", "a"): Setup(40, 6)},
        crews=crews or {},
        dues={"o": Due(order="o", due_s=500, late_cents=100)},
        frozen=frozen or Frozen(),
    )


def slot(start_s, end_s, *names, machine="M1", family="a", setup_start_s=None):
    setup_start_s = start_s if setup_start_s is None else setup_start_s
    return Slot(
        machine=machine,
        operations=names,
        family=family,
        setup_start_s=setup_start_s,
        start_s=start_s,
        end_s=end_s,
    )


def faults(problem, *slots):
    return list(violations(problem, Schedule(tuple(slots))))


def only(problem, *slots):
    found = faults(problem, *slots)
    assert len(found) == 1, found
    return found[0]


def test_a_right_schedule_is_passed_in_silence():
    problem = shop(task("o/1"), task("o/2", after=("o/1",), family="b"))
    good = (slot(100, 150, "o/1"), slot(180, 230, "o/2", family="b", setup_start_s=150))
    assert faults(problem, *good) == []


def test_a_task_that_is_left_out_is_named():
    assert only(shop(task("o/1"))) == "o/1 is not scheduled."


def test_a_task_that_runs_twice_is_named():
    problem = shop(task("o/1"))
    assert (
        only(problem, slot(100, 150, "o/1"), slot(150, 200, "o/1")) == "o/1 is scheduled 2 times."
    )


def test_work_that_nobody_asked_for_is_named():
    assert "is not a task" in only(shop(), slot(100, 150, "o/9"))


@pytest.mark.parametrize(
    ("frozen", "word"),
    [
        (Frozen(done={"o/1": 90}), "finished"),
        (Frozen(running=(slot(80, 110, "o/1", machine="M2"),)), "running"),
    ],
)
def test_finished_and_running_work_may_not_be_planned_again(frozen, word):
    problem = shop(frozen=frozen)
    assert f"o/1 is {word} already" in faults(problem, slot(200, 250, "o/1"))[0]


def test_a_machine_that_is_not_there_is_named():
    problem = shop(task("o/1"))
    assert "machine that the plant does not have" in only(
        problem, slot(100, 150, "o/1", machine="X")
    )


def test_a_machine_that_cannot_do_it_is_named():
    problem = shop(task("o/1", modes=(Mode("M2", 50),)))
    assert only(problem, slot(100, 150, "o/1")) == "o/1 cannot be made on M1."


def test_a_batch_takes_exactly_what_the_rule_says():
    rule = {"base_s": 7, "per_work_ms": 1_500, "per_height_ms": 700}
    problem = shop(task("o/1", work=1, height=3), task("o/2", work=2, height=5), **rule)
    assert faults(problem, slot(100, 100 + 7 + 4 + 3 + 50, "o/1", "o/2")) == []
    said = only(problem, slot(100, 165, "o/1", "o/2"))
    assert said == "The batch of o/1, o/2 on M1 is given 65 s, but takes 64 s."


def test_a_batch_of_two_families_is_refused():
    problem = shop(task("o/1"), task("o/2", family="b"))
    assert "'b'" in only(problem, slot(100, 150, "o/1", "o/2"))


def test_a_batch_larger_than_the_plate_is_refused():
    problem = shop(*(task(f"o/{n}") for n in range(3)))
    assert "has size 12, but the machine holds 10" in only(
        problem, slot(100, 150, "o/0", "o/1", "o/2")
    )


def test_a_batch_with_too_many_members_is_refused():
    problem = shop(*(task(f"o/{n}", size=1) for n in range(3)), max_members=2)
    assert "has 3 members, but the machine takes 2" in only(
        problem, slot(100, 150, "o/0", "o/1", "o/2")
    )


def test_a_machine_for_one_task_takes_one():
    problem = shop(task("o/1"), task("o/2"))
    single = replace(problem.resources["M1"], capacity=0)
    problem = replace(problem, resources={**problem.resources, "M1": single})
    assert "takes one at a time" in only(problem, slot(100, 150, "o/1", "o/2"))


def test_two_batches_may_not_overlap():
    problem = shop(task("o/1"), task("o/2"))
    said = only(problem, slot(100, 150, "o/1"), slot(140, 190, "o/2"))
    assert "begins ('o/2',) 10 s before ('o/1',) has ended" in said


def test_a_setup_may_not_overlap_the_batch_before():
    problem = shop(task("o/1"), task("o/2", family="b"))
    after = slot(180, 230, "o/2", family="b", setup_start_s=145)
    assert "5 s before ('o/1',)" in only(problem, slot(100, 150, "o/1"), after)


def test_a_setup_needs_its_full_time():
    problem = shop(task("o/1"), task("o/2", family="b"))
    after = slot(175, 225, "o/2", family="b", setup_start_s=150)
    assert "has 25 s before ('o/2',)" in only(problem, slot(100, 150, "o/1"), after)


def test_the_first_setup_is_from_what_the_machine_stands_at():
    problem = shop(task("o/1", family="b"))
    assert "takes 30 s" in only(problem, slot(110, 160, "o/1", family="b", setup_start_s=100))


def test_the_first_setup_is_from_what_runs_now():
    running = slot(50, 200, "o/9", family="b")
    problem = shop(task("o/1"), frozen=Frozen(running=(running,)))
    assert "to change from 'b' to 'a', which takes 40 s" in only(problem, slot(200, 250, "o/1"))
    assert faults(problem, slot(240, 290, "o/1", setup_start_s=200)) == []


def test_setup_and_batch_lie_inside_one_window():
    problem = shop(task("o/1", family="b"))
    astride = slot(2_000, 2_050, "o/1", family="b", setup_start_s=900)
    assert "does not lie inside one working window" in only(problem, astride)
    assert "one working window" in only(shop(task("o/1")), slot(980, 1_030, "o/1"))


def test_parts_end_before_what_is_made_of_them_begins():
    problem = shop(task("o/1"), task("o/2", after=("o/1",)))
    said = only(problem, slot(100, 150, "o/1"), slot(130, 190, "o/2", machine="M2"))
    assert said == "o/2 starts 20 s before o/1 has ended."


@pytest.mark.parametrize(
    "frozen", [Frozen(done={"o/0": 300}), Frozen(running=(slot(90, 300, "o/0", machine="M2"),))]
)
def test_finished_and_running_parts_count_too(frozen):
    problem = shop(task("o/1", after=("o/0",)), frozen=frozen)
    assert only(problem, slot(250, 300, "o/1")) == "o/1 starts 50 s before o/0 has ended."


def test_a_part_that_nobody_makes_is_named():
    problem = shop(task("o/1", after=("o/0",)))
    assert "waits for o/0, which is neither open" in only(problem, slot(100, 150, "o/1"))


def test_nothing_starts_before_its_release():
    problem = shop(task("o/1", release_s=120))
    assert only(problem, slot(100, 150, "o/1")) == "o/1 starts 20 s before its release."


def test_nothing_starts_before_now():
    problem = replace(shop(task("o/1")), now_s=130)
    assert "begins 30 s before the machine is free" in only(problem, slot(100, 150, "o/1"))


@pytest.mark.parametrize(
    "values",
    [
        {"free_s": 160},
        {"frozen": Frozen(down_until={"M1": 160})},
        {"frozen": Frozen(running=(slot(90, 160, "o/9"),))},
    ],
)
def test_nothing_starts_before_the_machine_is_free(values):
    said = faults(shop(task("o/1"), **values), slot(100, 150, "o/1"))[0]
    assert "begins 60 s before the machine is free" in said


def test_a_crew_sets_up_one_machine_at_a_time():
    problem = shop(task("o/1", family="b"), task("o/2", family="b"), crews={"g": 1})
    one = slot(130, 180, "o/1", family="b", setup_start_s=100)
    other = slot(150, 210, "o/2", machine="M2", family="b", setup_start_s=120)
    assert "which has a crew of 1" in only(problem, one, other)
    later = slot(160, 220, "o/2", machine="M2", family="b", setup_start_s=130)
    assert faults(problem, one, later) == []
    assert faults(replace(problem, crews={"g": 2}), one, other) == []


def test_a_running_setup_keeps_its_crew():
    running = slot(140, 200, "o/9", machine="M2", family="b", setup_start_s=90)
    problem = shop(task("o/1", family="b"), crews={"g": 1}, frozen=Frozen(running=(running,)))
    early = slot(150, 200, "o/1", family="b", setup_start_s=110)
    assert "crew of 1" in only(problem, early)
    assert faults(problem, slot(170, 220, "o/1", family="b", setup_start_s=140)) == []


def test_a_slot_with_its_times_turned_round_is_refused():
    problem = shop(task("o/1"))
    assert any("wrong order" in said for said in faults(problem, slot(150, 100, "o/1")))


@given(problem=problems(), seed=st.integers(0, 10**6))
@settings(LASTING, max_examples=80)
def test_a_schedule_changed_at_random_is_reported_unless_it_is_still_right(problem, seed):
    schedule = construct(problem)
    changed = mutated(problem, schedule, Random(seed))
    said = list(violations(problem, changed))
    assert bool(said) == (not stands(problem, changed)), said


def mutated(problem, schedule, rng):
    """Change one slot: its times, its machine, its members."""
    slots = list(schedule.slots)
    at = rng.randrange(len(slots))
    chosen = slots[at]
    shift = rng.choice((-30, -7, -1, 1, 13))
    other = rng.choice(slots)
    match rng.randrange(7):
        case 0:
            slots[at] = replace(
                chosen,
                setup_start_s=chosen.setup_start_s + shift,
                start_s=chosen.start_s + shift,
                end_s=chosen.end_s + shift,
            )
        case 1:
            slots[at] = replace(chosen, end_s=chosen.end_s + shift)
        case 2:
            slots[at] = replace(chosen, setup_start_s=chosen.setup_start_s + shift)
        case 3:
            slots[at] = replace(chosen, machine=rng.choice(sorted(problem.resources)))
        case 4:
            del slots[at]
        case 5:
            slots[at] = replace(chosen, operations=(*chosen.operations, other.operations[0]))
        case _:
            slots[at] = replace(chosen, family=rng.choice(("", "yarn=blue", "yarn=red")))
    return Schedule(tuple(slots))


def stands(problem, schedule):
    """Judge a schedule second by second: slow, simple, and written without a look at the engine."""
    made = [name for each in schedule.slots for name in each.operations]
    if sorted(made) != sorted(problem.tasks):
        return False
    end_of = {**problem.frozen.done}
    for each in (*problem.frozen.running, *schedule.slots):
        end_of.update(dict.fromkeys(each.operations, each.end_s))
    return (
        all(stands_alone(problem, each, end_of) for each in schedule.slots)
        and all(machine_stands(problem, name, schedule) for name in problem.resources)
        and crews_stand(problem, schedule)
    )


def stands_alone(problem, each, end_of):
    resource = problem.resources[each.machine]
    tasks = [problem.tasks[name] for name in each.operations]
    takes = [{m.machine: m.takes_s for m in t.modes}.get(resource.id) for t in tasks]
    if None in takes or {t.family for t in tasks} != {each.family}:
        return False
    if len(tasks) > (resource.max_members or (99 if resource.capacity else 1)):
        return False
    if resource.capacity and sum(t.size for t in tasks) > resource.capacity:
        return False
    seconds = resource.base_s + max(takes)
    seconds += sum(t.work for t in tasks) * resource.per_work_ms // 1000
    seconds += max(t.height for t in tasks) * resource.per_height_ms // 1000
    ready = max(max([t.release_s, *(end_of[name] for name in t.after)]) for t in tasks)
    inside = [1 for a, b in resource.windows if a <= each.setup_start_s and each.end_s <= b]
    return (
        each.end_s - each.start_s == seconds
        and each.start_s >= max(ready, each.setup_start_s)
        and each.setup_start_s >= max(problem.now_s, resource.free_s)
        and each.setup_start_s >= problem.frozen.down_until.get(resource.id, 0)
        and bool(inside)
    )


def machine_stands(problem, name, schedule):
    resource = problem.resources[name]
    family, free_s = resource.family, 0
    running = [each for each in problem.frozen.running if each.machine == name]
    own = [each for each in schedule.slots if each.machine == name]
    for number, each in enumerate(running + sorted(own, key=lambda s: (s.start_s, s.end_s))):
        if number >= len(running):
            setup = problem.setups.get((resource.group, family, each.family), Setup(0))
            if each.setup_start_s < free_s or each.start_s < each.setup_start_s + setup.takes_s:
                return False
        family, free_s = each.family, each.end_s
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
        if any((busy + asked).count(second) > people for second in set(asked)):
            return False
    return True
