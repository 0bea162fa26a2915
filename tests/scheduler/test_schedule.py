"""`violations` against hand-made faults."""

from dataclasses import replace
from time import process_time

import pytest

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


def test_a_plate_may_be_full_to_the_brim():
    problem = shop(task("o/1"), task("o/2"), task("o/3", size=2))
    assert faults(problem, slot(100, 150, "o/1", "o/2", "o/3")) == []
    problem = shop(task("o/1"), task("o/2"), task("o/3", size=3))
    assert "has size 11, but" in only(problem, slot(100, 150, "o/1", "o/2", "o/3"))


def test_batches_of_no_length_at_one_second_stand_in_the_order_of_their_setups():
    problem = shop(*(task(f"o/{n}", modes=(Mode("M1", 0),)) for n in "12"))
    early, late = slot(150, 150, "o/1", setup_start_s=120), slot(150, 150, "o/2")
    assert faults(problem, early, late) == faults(problem, late, early) == []


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


def test_of_two_modes_on_one_machine_the_faster_counts():
    problem = shop(task("o/1", modes=(Mode("M1", 50), Mode("M1", 40), Mode("M1", 70))))
    assert faults(problem, slot(100, 140, "o/1")) == []
    assert "is given 50 s, but takes 40 s" in only(problem, slot(100, 150, "o/1"))


def test_a_hundred_thousand_operations_are_judged_in_about_a_second():
    tasks = [task(f"o/{n}", modes=(Mode("M1", 1), Mode("M2", 1))) for n in range(100_000)]
    problem = shop(*tasks)
    machine = replace(problem.resources["M1"], capacity=0, windows=((0, 300), (300, 1 << 40)))
    machines = {"M1": machine, "M2": replace(machine, id="M2", free_s=5)}
    running = tuple(slot(n, n + 1, f"r/{n}", machine="M2") for n in range(3_000))
    problem = replace(problem, resources=machines, frozen=Frozen(running=running))
    slots = [slot(3_000 + n, 3_001 + n, each.id) for n, each in enumerate(tasks)]
    schedule = Schedule(tuple(slots))
    begun_s = process_time()
    assert list(violations(problem, schedule)) == []
    assert process_time() - begun_s < 4, "a second on a usual machine; minutes if it were quadratic"
