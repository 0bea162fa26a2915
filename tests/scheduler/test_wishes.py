"""Wishes are kept by every plan that can keep them; one that cannot be kept is said, never silent."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shops import LASTING, counting, every_schedule, problems

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
    measure_levels,
    order_ends,
    solve,
    unkept,
    violations,
)
from scheduler.decode import rows_of, sequences_of
from scheduler.indexed import index
from scheduler.narrow import narrow, open_hours
from scheduler.times import decode_rows
from scheduler.wanted import long_waits, missed, move_price
from scheduler.wishes import (
    CloseMachine,
    Expedite,
    LevelOrder,
    NotBefore,
    OnMachine,
    Pin,
    PlateWait,
    Terms,
)


def with_terms(problem, *wishes, **terms):
    return narrow(replace(problem, terms=Terms(wishes=tuple(wishes), **terms)))


def machine_shop(tasks, machines=("M", "N"), capacity=10, **changes):
    """Make a shop of like machines with one long window."""
    values = {
        "now_s": 0,
        "tasks": {task.id: task for task in tasks},
        "resources": {
            name: Resource(
                id=name, group="g", capacity=capacity, base_s=60, windows=((0, 100_000),)
            )
            for name in machines
        },
        "setups": {},
        "dues": {task.order: Due(order=task.order, due_s=50_000, late_cents=100) for task in tasks},
        "rates": {"g": 3600},
    }
    return Problem(**(values | changes))


def task(name, takes_s=600, machines=("M", "N"), **changes):
    modes = tuple(Mode(machine, takes_s) for machine in machines)
    return Task(id=name, order=name.partition("/")[0], modes=modes, size=2, **changes)


def slot_of(schedule, name):
    return next(slot for slot in schedule.slots if name in slot.operations)


@st.composite
def wished(draw, most_tasks=7):
    """Draw a shop and terms for it, sensible or not."""
    problem = slowed(draw(problems(most_tasks=most_tasks)))
    rng = Random(draw(st.integers(0, 10**9)))
    return problem, random_terms(rng, problem)


def slowed(problem, by=20):
    """Let work take so long that pins can be missed by more than anybody forgives."""

    def slower(mode):
        return Mode(mode.machine, by * mode.takes_s)

    return replace(
        problem,
        tasks={
            name: replace(each, modes=tuple(map(slower, each.modes)))
            for name, each in problem.tasks.items()
        },
        resources={
            name: replace(each, windows=tuple((by * a, by * b) for a, b in each.windows))
            for name, each in problem.resources.items()
        },
        dues={name: replace(due, due_s=by * due.due_s) for name, due in problem.dues.items()},
    )


def likely_plate(rng, problem):
    """Draw tasks that one machine takes together, if there are such, and the machine."""
    machine = rng.choice(sorted(problem.resources))
    able = [
        each
        for each in problem.tasks.values()
        if any(mode.machine == machine for mode in each.modes)
    ]
    if not able or not problem.resources[machine].capacity:
        return (rng.choice(sorted(problem.tasks)),), machine
    family = rng.choice(able).family
    like = [each.id for each in able if each.family == family]
    return tuple(rng.sample(like, min(len(like), 2))), machine


def random_terms(rng, problem):
    names, machines = sorted(problem.tasks), sorted(problem.resources)
    wishes = []
    for _ in range(rng.randint(1, 4)):
        some = tuple(rng.sample(names, rng.randint(1, min(3, len(names)))))
        at_s = rng.choice((0, rng.randint(0, 400), rng.randint(0, 4_000)))
        plate, machine = likely_plate(rng, problem)
        wishes.append(
            rng.choice(
                (
                    Pin(operations=some, machine=rng.choice(machines), start_s=at_s),
                    Pin(operations=plate, machine=machine, start_s=at_s),
                    Pin(operations=plate, machine=machine, start_s=0),
                    OnMachine(operations=some, machine=rng.choice(machines)),
                    NotBefore(order=some[0].partition("/")[0], at_s=at_s),
                    NotBefore(order="o0", at_s=at_s, operations=some),
                    Expedite(order=rng.choice(("o0", "o1", "o9"))),
                    CloseMachine(
                        machine=rng.choice(machines),
                        begin_s=at_s,
                        end_s=at_s + rng.randint(1, 3_000),
                    ),
                    PlateWait(wait_s=rng.choice((0, 100, 600))),
                    LevelOrder(first=rng.choice(("money", "stability"))),
                )
            )
        )
    at_hand = {name: rng.randint(0, 300) for name in names if rng.random() < 0.2}
    return Terms(wishes=tuple(wishes), at_hand_s=at_hand)


# Whatever is asked, the plan is right.


@given(drawn=wished())
@settings(LASTING, max_examples=150)
def test_every_plan_keeps_every_wish_that_was_not_dropped(drawn):
    problem, terms = drawn
    asked = narrow(replace(problem, terms=terms))
    schedule = construct(asked)
    assert list(violations(asked, schedule)) == []
    solution = solve(asked, counting(60))
    assert list(violations(asked, solution.schedule)) == []
    assert solution.levels <= measure_levels(asked, schedule)
    assert not any(tier.startswith("dropped a wrong plan") for tier in solution.tiers)
    assert len(asked.dropped) + len(asked.terms.wishes) == len(terms.wishes)


@given(drawn=wished())
@settings(LASTING, max_examples=100)
def test_a_plan_that_did_not_know_of_wishes_is_repaired_to_keep_them(drawn):
    problem, terms = drawn
    before = construct(problem)
    asked = narrow(replace(problem, terms=terms))
    schedule = construct(asked, before)
    assert list(violations(asked, schedule)) == []
    assert {name for slot in schedule.slots for name in slot.operations} == set(asked.tasks)


@given(drawn=wished(most_tasks=4))
@settings(LASTING, max_examples=60)
def test_a_wish_is_missed_only_where_that_cannot_be_helped_by_much(drawn):
    """The oracle decodes every plan; search may be a wish short of the best, never all over."""
    problem, terms = drawn
    asked = narrow(replace(problem, terms=terms))
    assume(asked.terms.wishes)
    right = [each for each in every_schedule(asked) if not list(violations(asked, each))]
    least = min(measure_levels(asked, each)[0][1] for each in right)
    found = solve(asked, counting(400))
    assert found.levels[0] == ("broken_rules", least)
    assert sum(tier.startswith("missed: ") for tier in found.tiers) == least


@given(drawn=wished())
@settings(LASTING, max_examples=80)
def test_the_search_counts_missed_wishes_as_the_judge_does(drawn):
    problem, terms = drawn
    asked = narrow(replace(problem, terms=terms))
    indexed, schedule = index(asked), construct(asked)
    task_of = indexed.task_of
    rows = [
        [tuple(sorted(task_of[n] for n in names)) for names in sequences_of(schedule).get(m, ())]
        for m in indexed.machine_ids
    ]
    times = decode_rows(indexed, rows)
    count = missed(indexed, times)[0] // missed_unit()
    assert count == len(list(unkept(asked, schedule)))


def missed_unit():
    from scheduler.wanted import MISSED

    return MISSED


# Each wish by itself.


def test_a_pinned_batch_starts_where_and_when_it_was_pinned():
    shop = machine_shop([task(f"{n}/t") for n in range(6)])
    pin = Pin(operations=("1/t", "4/t"), machine="N", start_s=2_000)
    asked = with_terms(shop, pin)
    for found in (construct(asked), solve(asked, counting(200)).schedule):
        slot = slot_of(found, "1/t")
        assert (slot.machine, set(slot.operations), slot.start_s) == ("N", {"1/t", "4/t"}, 2_000)


def test_what_leads_to_a_pin_is_made_in_time_for_it():
    parts = [task("9/a", machines=("M",)), task("9/b", machines=("M",), after=("9/a",))]
    others = [task(f"{n}/t", machines=("M",)) for n in range(8)]
    dues = {t.order: Due(order=t.order, due_s=100, late_cents=100) for t in others}
    shop = machine_shop([*others, *parts], capacity=0, dues=dues)
    found = construct(with_terms(shop, Pin(operations=("9/b",), machine="M", start_s=700)))
    assert slot_of(found, "9/b").start_s == 700


def test_a_repaired_plan_moves_little_more_than_what_is_pinned():
    shop = machine_shop([task(f"{n}/t") for n in range(12)], capacity=0)
    before = construct(shop)
    last = max(before.slots, key=lambda slot: slot.start_s)
    other = "M" if last.machine == "N" else "N"
    asked = with_terms(shop, Pin(operations=last.operations, machine=other, start_s=5_000))
    after = construct(asked, before)
    stays = [slot for slot in before.slots if slot in after.slots]
    assert slot_of(after, last.operations[0]).start_s == 5_000
    assert len(stays) == len(before.slots) - 1


def test_a_pin_that_comes_too_late_counts_as_a_broken_rule_and_is_said():
    running = Slot(
        machine="M", operations=("0/r",), family="", setup_start_s=0, start_s=0, end_s=3_000
    )
    shop = machine_shop([task("1/t")], frozen=Frozen(running=(running,)))
    pin = Pin(operations=("1/t",), machine="M", start_s=1_000)
    found = solve(with_terms(shop, pin), counting(50))
    assert found.levels[0] == ("broken_rules", 1)
    assert any("starts 33 min after it was pinned" in tier for tier in found.tiers)
    on_time = with_terms(shop, replace(pin, start_s=2_800))
    assert solve(on_time, counting(50)).levels[0] == ("broken_rules", 0)


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        (Pin(operations=("1/t",), machine="X", start_s=0), "There is no machine X"),
        (Pin(operations=("9/t",), machine="N", start_s=0), "N cannot do 9/t"),
        (Pin(operations=tuple(f"{n}/t" for n in range(6)), machine="M", start_s=0), "size 12"),
        (Pin(operations=("1/t", "8/t"), machine="M", start_s=0), "8/t waits for 1/t"),
        (Pin(operations=("1/t", "7/t"), machine="M", start_s=0), "different settings"),
    ],
)
def test_a_pin_that_no_plan_keeps_is_dropped_and_said(pin, why):
    tasks = [task(f"{n}/t") for n in range(6)]
    tasks += [task("7/t", family="red"), task("8/t", after=("0/t", "6/t"))]
    tasks += [task("6/t", after=("1/t",)), task("9/t", machines=("M",))]
    asked = with_terms(machine_shop(tasks), pin)
    assert asked.terms.wishes == ()
    found = solve(asked, counting(20))
    assert found.schedule is not None
    assert any(tier.startswith("dropped: ") and why in tier for tier in found.tiers)


def test_pins_that_wait_for_each_other_fall_apart():
    pairs = [task("1/a"), task("1/b", after=("1/a",)), task("2/a"), task("2/b", after=("2/a",))]
    pins = (
        Pin(operations=("1/a", "2/b"), machine="M", start_s=0),
        Pin(operations=("2/a", "1/b"), machine="N", start_s=0),
    )
    found = solve(with_terms(machine_shop(pairs), *pins), counting(20))
    assert found.schedule is not None
    assert sum("cannot be pinned" in tier for tier in found.tiers) == 2


def test_of_two_wishes_about_an_operation_the_later_one_counts():
    shop = machine_shop([task("1/t"), task("2/t")])
    first = OnMachine(operations=("1/t", "2/t"), machine="M")
    asked = with_terms(shop, first, OnMachine(operations=("2/t",), machine="N"))
    found = construct(asked)
    assert (slot_of(found, "1/t").machine, slot_of(found, "2/t").machine) == ("M", "N")


def test_nothing_of_an_order_starts_before_what_was_asked():
    shop = machine_shop([task("1/t"), task("2/a"), task("2/b")], capacity=0)
    found = construct(with_terms(shop, NotBefore(order="2", at_s=4_000)))
    assert slot_of(found, "2/a").start_s >= 4_000 > slot_of(found, "1/t").start_s
    part = with_terms(shop, NotBefore(order="2", at_s=4_000, operations=("2/a",)))
    assert slot_of(construct(part), "2/b").start_s < 4_000


def test_an_expedited_order_goes_before_others_where_not_all_can_be_in_time():
    tasks = [task(f"{n}/t", machines=("M",)) for n in range(5)]
    dues = {t.order: Due(order=t.order, due_s=1_500, late_cents=100) for t in tasks}
    shop = machine_shop(tasks, capacity=0, dues=dues)
    for order in ("3", "4"):
        asked = with_terms(shop, Expedite(order=order))
        assert asked.dues[order].weight == 10
        for found in (construct(asked), solve(asked, counting(100)).schedule):
            assert order_ends(asked, found)[order] <= 1_500


def test_nothing_runs_on_a_closed_machine():
    shop = machine_shop([task(f"{n}/t") for n in range(8)], capacity=0)
    asked = with_terms(
        shop,
        CloseMachine(machine="N", begin_s=0, end_s=50_000),
        CloseMachine(machine="M", begin_s=1_000, end_s=3_000),
    )
    found = construct(asked)
    assert {slot.machine for slot in found.slots} == {"M"}
    assert all(slot.end_s <= 1_000 or slot.setup_start_s >= 3_000 for slot in found.slots)


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        ([(0, 5)], ((10, 20), (30, 40))),
        ([(12, 15)], ((10, 12), (15, 20), (30, 40))),
        ([(5, 35)], ((35, 40),)),
        ([(15, 32), (31, 36)], ((10, 15), (36, 40))),
        ([(0, 50)], ()),
        ([(20, 30)], ((10, 20), (30, 40))),
    ],
)
def test_closings_are_cut_out_of_working_windows(closed, left):
    assert open_hours(((10, 20), (30, 40)), closed) == left


def test_a_batch_does_not_wait_longer_than_allowed_for_members_that_would_share_it():
    early, late = task("1/t", 60, machines=("M",)), task("2/t", 60, ("M",), release_s=2_000)
    shop = machine_shop([early, late], setups={}, rates={"g": 360_000})
    together = solve(shop, counting(200)).schedule
    assert len(together.slots) == 1, "a cycle costs more than waiting"
    for wait_s, batches in ((600, 2), (2_000, 1)):
        asked = with_terms(shop, PlateWait(wait_s=wait_s))
        for found in (construct(asked, together), solve(asked, counting(200)).schedule):
            assert len(found.slots) == batches
            assert list(unkept(asked, found)) == []
    says = list(unkept(with_terms(shop, PlateWait(wait_s=600)), together))
    assert says == [
        "The batch of 1/t, 2/t on M waits 33 min for its last members; 10 min were allowed."
    ]


def test_waiting_for_the_machine_or_its_setup_is_no_waiting_for_members():
    tasks = [task("1/t", machines=("M",)), task("2/t", machines=("M",))]
    tasks = [replace(each, family="red") for each in tasks]
    shop = machine_shop(tasks, setups={("g", "", "red"): Setup(1_200)})
    asked = with_terms(shop, PlateWait(wait_s=0))
    found = construct(asked)
    assert [slot.start_s for slot in found.slots] == [1_200]
    assert list(long_waits(index(asked), decode_rows(index(asked), [[(0, 1)], []]))) == []


def test_stability_first_keeps_a_plan_that_money_first_would_change():
    tasks = [task(f"{n}/t", 60, family=("red", "blue")[n % 2]) for n in range(8)]
    setups = {("g", a, b): Setup(60, 500) for a in ("", "red", "blue") for b in ("red", "blue")}
    setups = {key: each for key, each in setups.items() if key[1] != key[2]}
    shop = machine_shop(tasks, machines=("M",), capacity=0, setups=setups)
    shop = replace(
        shop, tasks={n: replace(t, modes=(Mode("M", 1_000),)) for n, t in shop.tasks.items()}
    )
    start_s, slots, family = 0, [], ""
    for each in tasks:
        setup_s = 60 if each.family != family else 0
        begin_s = start_s + setup_s
        end_s = begin_s + 1_060
        slots.append(
            Slot(
                machine="M",
                operations=(each.id,),
                family=each.family,
                setup_start_s=start_s if setup_s else begin_s,
                start_s=begin_s,
                end_s=end_s,
            )
        )
        start_s, family = end_s, each.family
    dear = Schedule(tuple(slots))
    cheap = solve(shop, counting(400), hint=dear)
    steady = solve(with_terms(shop, LevelOrder(first="stability")), counting(400), hint=dear)
    assert [name for name, _ in steady.levels] == ["broken_rules", "moves", "cents"]
    assert dict(steady.levels)["moves"] == 0 < dict(cheap.levels)["moves"]
    assert dict(cheap.levels)["cents"] < dict(steady.levels)["cents"]


def test_to_move_what_begins_within_the_hour_has_to_save_most():
    shop = machine_shop([task(f"{n}/t", machines=("M",)) for n in range(8)], capacity=0)
    shop = replace(shop, now_s=7_200)
    now = construct(shop)
    told = Schedule(tuple(replace(slot, start_s=slot.start_s + 900) for slot in now.slots))
    indexed = index(shop, told)
    times = decode_rows(indexed, rows_of(indexed, sequences_of(now)))
    soon = sum(slot.start_s + 900 < 7_200 + 3_600 for slot in now.slots)
    assert 0 < soon < 8
    assert move_price(indexed, times) == (soon * 30 + (8 - soon) * 2) * 3_600
    same = index(shop, Schedule(tuple(replace(s, start_s=s.start_s - 899) for s in told.slots)))
    assert move_price(same, times) == 0


def test_work_starts_no_earlier_than_its_material_is_there():
    shop = machine_shop([task("1/t"), task("2/t")])
    found = construct(with_terms(shop, at_hand_s={"2/t": 7_000}))
    assert slot_of(found, "2/t").start_s == 7_000
    assert slot_of(found, "1/t").start_s < 7_000


def test_late_material_does_not_hold_up_what_stands_behind_it():
    shop = machine_shop([task(f"{n}/t", machines=("M",)) for n in range(6)], capacity=0)
    before = construct(shop)
    first = min(before.slots, key=lambda slot: slot.start_s).operations[0]
    after = construct(with_terms(shop, at_hand_s={first: 20_000}), before)
    assert slot_of(after, first).start_s == 20_000
    assert all(slot.end_s < 20_000 for slot in after.slots if first not in slot.operations)


def test_work_of_a_closed_machine_goes_elsewhere_and_the_rest_stays():
    tasks = [task(f"{n}/t") for n in range(8)]
    dues = {t.order: Due(order=t.order, due_s=9_000, late_cents=10_000) for t in tasks}
    shop = machine_shop(tasks, capacity=0, dues=dues)
    before = construct(shop)
    asked = with_terms(shop, CloseMachine(machine="M", begin_s=0, end_s=20_000))
    after = construct(asked, before)
    assert {slot.machine for slot in after.slots} == {"N"}
    stays = [slot.operations for slot in before.slots if slot.machine == "N"]
    assert [slot.operations for slot in after.slots if slot.operations in stays] == stays
    assert dict(measure_levels(asked, after, before))["moves"] < len(tasks)


# The judge, who knows nothing of the engine.


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (OnMachine(operations=("1/t",), machine="N"), "1/t is on M, but was put on N"),
        (Pin(operations=("1/t",), machine="M", start_s=0), "run together"),
        (Pin(operations=("1/t", "2/t"), machine="M", start_s=500), "before they are pinned"),
        (NotBefore(order="1", at_s=100), "1/t starts at 0 s, but not before 100 s"),
        (NotBefore(order="2", at_s=100, operations=("2/t",)), "2/t starts at 0 s"),
        (CloseMachine(machine="M", begin_s=600, end_s=601), "is closed from 600 s"),
    ],
)
def test_a_schedule_that_breaks_a_wish_is_wrong(wish, says):
    shop = machine_shop([task("1/t"), task("2/t")])
    slot = Slot(
        machine="M", operations=("1/t", "2/t"), family="", setup_start_s=0, start_s=0, end_s=660
    )
    schedule = Schedule((slot,))
    assert list(violations(shop, schedule)) == []
    asked = replace(shop, terms=Terms(wishes=(wish,)))
    assert any(says in fault for fault in violations(asked, schedule))


def test_material_that_is_not_there_makes_a_schedule_wrong():
    shop = machine_shop([task("1/t")])
    schedule = construct(shop)
    for terms, says in (
        (Terms(at_hand_s={"1/t": 50}), "50 s before its material"),
        (Terms(without=frozenset({"1/t"})), "nobody knows when its material comes"),
    ):
        faults = list(violations(replace(shop, terms=terms), schedule))
        assert any(says in fault for fault in faults)
