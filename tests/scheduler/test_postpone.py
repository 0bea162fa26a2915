"""Half-full plates wait for more parts, and nothing is late because of it."""

import contextlib
from dataclasses import replace

import pytest
from small_plants import small_plant

from scheduler import Due, Mode, Problem, Resource, Setup, Task, construct, measure_levels
from scheduler.narrow import narrow
from scheduler.placing import UnplannableError
from scheduler.postpone import Patience, Wait, latest_begins, postponed, says, waits
from scheduler.rollout import Part, Pool, cost, tuned
from scheduler.schedule import violations
from scheduler.unkept import unkept
from scheduler.wishes import Pin, PlateWait, Terms

HOUR = 3_600
GROUPS = ("print", "mix")


def patient(fill=100, spare_s=0):
    return dict.fromkeys(GROUPS, Patience(fill=fill, spare_s=spare_s))


FULL = patient()


def cents(problem, schedule):
    return dict(measure_levels(problem, schedule))["cents"]


def constructed(plants):
    """A list heuristic does not always fill batches up to a least size."""
    for problem in plants:
        with contextlib.suppress(UnplannableError):
            yield problem, construct(problem)


@pytest.mark.parametrize("spare_s", [0, 1_800])
def test_nothing_is_late_or_wrong_because_plates_wait(spare_s):
    waited = 0
    for problem, schedule in constructed(small_plant(seed) for seed in range(250)):
        held = waits(problem, schedule, patient(spare_s=spare_s))
        later = postponed(problem, schedule, held)
        assert list(violations(problem, later)) == []
        assert cents(problem, later) <= cents(problem, schedule)
        at = {slot.operations: slot.setup_start_s for slot in later.slots}
        for wait in held:
            assert at[wait.slot.operations] == wait.until_s > wait.slot.setup_start_s
        waited += len(held)
    assert waited > 40


def test_every_batch_may_begin_at_its_latest():
    """Not the plates alone: with all of them at their latest at once no end costs more."""
    moved = 0
    plants = (replace(small_plant(seed), crews={}) for seed in range(250))
    # Where results lie somewhere with little room, `waits` looks whether they still find it.
    plants = (plant for plant in plants if not plant.buffers)
    for problem, schedule in constructed(plants):
        latest = latest_begins(problem, schedule, problem.reserve_s)
        held = tuple(
            Wait(slot=slot, until_s=at_s, more=1, spare_s=0) for slot, at_s in latest.items()
        )
        later = postponed(problem, schedule, held)
        assert list(violations(problem, later)) == []
        assert cents(problem, later) <= cents(problem, schedule)
        moved += sum(wait.until_s > wait.slot.setup_start_s for wait in held)
    assert moved > 300


def test_without_patience_and_with_a_full_plate_nothing_waits():
    problem = shop([6, 4])
    schedule = construct(problem)
    assert waits(problem, schedule, {}) == ()
    assert waits(problem, schedule, patient(fill=0)) == ()
    assert waits(problem, schedule, FULL) == ()
    assert waits(shop([3, 3]), construct(shop([3, 3])), patient(fill=60)) == ()


def test_a_worked_example():
    """Printing takes 15 min of setup and 1 h, cooling half an hour, packing 10 min; due after 4 h. With
    half an hour in reserve the setup begins after 4:00 - 0:30 - 0:10 - 0:10 - 0:30 - 1:15 = 1:25,
    because there are two orders to pack."""
    problem = shop([3, 3])
    [wait] = waits(problem, construct(problem), patient(spare_s=1_800))
    assert wait.until_s == 1 * HOUR + 25 * 60
    assert wait.more == 2
    assert wait.spare_s == 85 * 60
    assert says("1:25", wait.more, "1 h 25") == (
        "Starts 1:25 at the latest: waits for 2 more parts, 1 h 25 to spare."
    )


def test_what_is_late_already_is_not_made_later():
    problem = shop([3, 3], due_s=600)
    assert waits(problem, construct(problem), FULL) == ()


def test_what_is_late_makes_the_next_cut_off():
    problem = shop([3, 3], due_s=600, again_s=(4 * HOUR,))
    [wait] = waits(problem, construct(problem), FULL)
    assert wait.until_s == 1 * HOUR + 55 * 60


def test_a_plate_waits_no_longer_than_its_shift():
    problem = shop([3, 3], due_s=100 * HOUR)
    printer = replace(problem.resources["printer"], windows=((0, 2 * HOUR), (3 * HOUR, 99 * HOUR)))
    problem = replace(problem, resources=problem.resources | {"printer": printer})
    [wait] = waits(problem, construct(problem), FULL)
    assert wait.until_s == 45 * 60
    [wait] = waits(problem, construct(problem), patient(spare_s=1_800))
    assert wait.until_s == 15 * 60


def test_a_wait_that_no_plan_allows_is_left_out():
    """The machine behind is wanted by somebody else: a plan in which the plate waits would be wrong."""
    problem = shop([3, 3])
    schedule = construct(problem)
    closed = replace(problem.resources["printer"], windows=((0, 75 * 60),))
    shorter = replace(problem, resources=problem.resources | {"printer": closed})
    assert waits(shorter, schedule, FULL) == ()


def test_a_plate_waits_no_longer_than_planners_allow():
    problem = replace(shop([3, 3]), terms=Terms(wishes=(PlateWait(wait_s=600),)))
    [wait] = waits(problem, construct(problem), FULL)
    assert (wait.until_s, wait.spare_s) == (600, 600)


def test_what_is_pinned_waits_for_nothing_and_nobody():
    names = ("0/print", "1/print")
    problem = shop([3, 3])
    pinned = replace(
        problem, terms=Terms(wishes=(Pin(operations=names, machine="printer", start_s=900),))
    )
    assert waits(pinned, construct(problem), FULL) == ()
    packed = Pin(operations=("0/pack",), machine="pack", start_s=3 * HOUR)
    later = replace(problem, terms=Terms(wishes=(packed,)))
    schedule = construct(narrow(later))
    [wait] = waits(narrow(later), schedule, FULL)
    pushed = postponed(narrow(later), schedule, (wait,))
    assert list(unkept(narrow(later), pushed)) == []


def shop(sizes, due_s=4 * HOUR, again_s=()):
    forever = ((0, 1_000_000),)
    tasks = {}
    for number, size in enumerate(sizes):
        order = str(number)
        tasks[f"{order}/print"] = Task(
            id=f"{order}/print",
            order=order,
            modes=(Mode("printer", HOUR),),
            family="pla",
            size=size,
            rest_s=1_800,
        )
        tasks[f"{order}/pack"] = Task(
            id=f"{order}/pack", order=order, modes=(Mode("pack", 600),), after=(f"{order}/print",)
        )
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            "printer": Resource(id="printer", group="print", capacity=10, windows=forever),
            "pack": Resource(id="pack", group="pack", windows=forever),
        },
        setups={("print", "", "pla"): Setup(900)},
        dues={
            str(n): Due(order=str(n), due_s=due_s, late_cents=100, again_s=again_s)
            for n in range(len(sizes))
        },
        reserve_s=0,
    )


def pool(machines=1):
    resource = Resource(id="p", group="print", capacity=10, base_s=HOUR, windows=((0, 10**8),))
    return Pool(
        resource=resource, machines=machines, rate_cents=600, setups={("", "a"): Setup(900, 30)}
    )


def part(at_h, latest_h, size=3, late_cents=1_000):
    at_s, latest_s = at_h * HOUR, latest_h * HOUR
    return Part(at_s=at_s, latest_s=latest_s, family="a", size=size, late_cents=late_cents)


def test_a_day_is_reckoned_as_it_is_played():
    """At once: two plates of 6.00 and a setup of 15 min and 30 cents, 1.80. With patience: one plate,
    and the setup ends a quarter of an hour after the plate's latest start, unless it has a reserve."""
    day = [part(0, 4), part(3, 8)]
    assert cost(pool(), day, Patience()) == (2 * 600 + 150 + 30) * HOUR
    assert cost(pool(), day, Patience(fill=60)) == (600 + 150 + 30) * HOUR
    assert cost(pool(), day, Patience(fill=80)) == (600 + 150 + 30 + 2_000 // 2) * HOUR
    assert cost(pool(), day, Patience(fill=80, spare_s=900)) == (600 + 150 + 30) * HOUR


def test_parts_of_different_families_share_no_plate():
    other = replace(part(0, 9), family="b")
    apart = cost(pool(2), [part(0, 9), other], Patience(fill=100, spare_s=HOUR))
    assert apart == (2 * 600 + 180) * HOUR


def test_patience_is_worth_it_where_parts_come_close_together():
    seen = [part(hour, hour + 8) for hour in range(12)]
    patience = tuned(pool(2), seen, seed=1)
    assert patience.fill >= 40


def test_nothing_waits_where_no_part_comes_in_time():
    seen = [part(10 * day, 10 * day + 2) for day in range(6)]
    assert tuned(pool(), seen, seed=1) == Patience()
    assert tuned(pool(), seen[:1], seed=1) == Patience()
    assert tuned(pool(), [], seed=1) == Patience()


def test_the_same_seed_tunes_the_same():
    seen = [part(hour, hour + 5 + hour % 3, size=1 + hour % 6) for hour in range(20)]
    assert tuned(pool(2), seen, seed=3) == tuned(pool(2), seen, seed=3)
