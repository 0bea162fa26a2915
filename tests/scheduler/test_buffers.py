"""What lies in a buffer is never more than there is room for: plans, the judge, proofs and refusals."""

from dataclasses import replace
from itertools import chain, repeat
from random import Random

import pytest
from brute_force import least_cost
from shops import counting
from small_plants import small_plant, with_buffers

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
    UnplannableError,
    construct,
    decode,
    solve,
    violations,
    why_late,
)
from scheduler.anneal.build import to_floor
from scheduler.decode import sequences_of, to_schedule
from scheduler.exact_gaps import why_not_exact
from scheduler.explain import Waits
from scheduler.held import without_held
from scheduler.indexed import index
from scheduler.replan import repair
from scheduler.search.shop import why_not_plain
from scheduler.sound import faults
from scheduler.times import decode_rows

LONG = ((0, 100_000),)


def drawn(seed, *, judged=True):
    rng = Random(f"buffers {seed}")
    return without_held(with_buffers(replace(small_plant(seed, judged=judged), buffers={}), rng))


def second_by_second(problem, schedule):
    """Count what lies in each buffer at each second in which anything ends; frozen work alone may be too
    much. Slow, and written from the words of `Problem.buffers`."""
    slot_of = {name: slot for slot in schedule.slots for name in slot.operations}
    runs = {name: slot for slot in problem.frozen.running for name in slot.operations}
    where = dict(problem.frozen.lies)
    for name, slot in slot_of.items():
        where[name] = problem.resources[slot.machine].buffer
    takers = {
        name: [slot_of[t.id].start_s for t in problem.tasks.values() if name in t.after]
        for name in where
    }
    ends = {slot.end_s for slot in (*schedule.slots, *problem.frozen.running)}
    for buffer, places in problem.buffers.items():
        for at_s in ends:
            lies = set()
            for name in (name for name, other in where.items() if other == buffer):
                made = slot_of.get(name) or runs.get(name)
                has_come = made is None or made.end_s <= at_s
                forgotten = not takers[name] and name not in slot_of
                if has_come and (forgotten or any(start >= at_s for start in takers[name])):
                    lies.add(name)
            if len(lies) > places and lies & slot_of.keys():
                return False
    return True


def test_plans_keep_to_the_room_that_there_is():
    tight = 0
    for seed in range(120):
        problem = drawn(seed, judged=seed % 2 == 0)
        answer = solve(problem, counting(150), seed)
        assert answer.schedule is not None or "buffer" in answer.why, (seed, answer.why)
        assert not any("wrong plan" in note for note in answer.tiers), (seed, answer.tiers)
        if answer.schedule is not None:
            assert not list(violations(problem, answer.schedule)), seed
            assert second_by_second(problem, answer.schedule), seed
            loose = construct(replace(problem, buffers=dict.fromkeys(problem.buffers, 99)))
            tight += not second_by_second(problem, loose)
    assert tight > 10, "Some of them would run over otherwise."


def test_the_judge_tells_whatever_is_too_much_and_nothing_else():
    told = 0
    for seed in range(300):
        problem = drawn(seed, judged=False)
        schedule = construct(replace(problem, buffers=dict.fromkeys(problem.buffers, 99)))
        over = any("there is room for" in each for each in violations(problem, schedule))
        assert over != second_by_second(problem, schedule), seed
        told += over
    assert told > 20


def test_sequences_of_the_cheapest_plan_are_decoded_to_what_brute_force_says():
    """Of all orders in which results may come, the decoder's is mostly the best; here it always is."""
    tight = 0
    for seed in range(150):
        problem = replace(drawn(seed), crews={})
        found = least_cost(problem, 10**9) if problem.tasks else None
        if found is None:
            continue
        best = Schedule(found[1])
        assert not list(violations(problem, best)), seed
        schedule = decode(problem, sequences_of(best))
        assert schedule is not None, seed
        assert not list(violations(problem, schedule)), seed
        loose = decode(replace(problem, buffers={"rack": 99, "shelf": 99}), sequences_of(best))
        tight += not second_by_second(problem, loose)
    assert tight > 5


def line(places, *, takes=(10, 50), parts=3, **changes):
    """Parts go over a rack from one machine to the other, in the order of their numbers."""
    tasks = {}
    for n in range(parts):
        make = Task(id=f"{n}/a", order=str(n), modes=(Mode("A", takes[0]),))
        take = Task(id=f"{n}/b", order=str(n), modes=(Mode("B", takes[1]),), after=(make.id,))
        tasks |= {make.id: make, take.id: take}
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            "A": Resource(id="A", group="a", windows=LONG, buffer="rack"),
            "B": Resource(id="B", group="b", windows=LONG),
        },
        setups={},
        buffers={"rack": places},
        dues={str(n): Due(order=str(n), due_s=9_000) for n in range(parts)},
        **changes,
    )


def in_turn(problem):
    rows = {"A": [], "B": []}
    for name, task in problem.tasks.items():
        rows[task.modes[0].machine].append([name])
    return decode(problem, rows)


def test_what_finds_no_room_starts_later_and_blocks_nobody():
    """The second part ends in the second after the first was taken, 61 after the second was, and so on."""
    schedule = in_turn(line(1))
    assert [(s.start_s, s.end_s) for s in schedule.by_machine["A"]] == [(0, 10), (10, 20), (51, 61)]
    assert [s.start_s for s in schedule.by_machine["B"]] == [10, 60, 110]
    assert [s.end_s for s in in_turn(line(2)).by_machine["A"]] == [10, 20, 30]
    assert list(violations(line(1), in_turn(line(2)))) == [
        "2/a comes to rack at 30 s, where 2 results lie then, and there is room for 1."
    ]


def test_a_place_is_free_in_the_second_after_it_was_left():
    schedule = in_turn(line(1, takes=(50, 10)))
    assert [s.end_s for s in schedule.by_machine["A"]] == [50, 100, 150]
    taken_late = tuple(
        replace(s, setup_start_s=100, start_s=100, end_s=110) if s.operations == ("0/b",) else s
        for s in schedule.slots
    )
    told = list(violations(line(1, takes=(50, 10)), Schedule(taken_late)))
    assert "1/a comes to rack at 100 s, where 2 results lie then, and there is room for 1." in told


def test_rests_are_spent_in_the_buffer():
    problem = line(1, parts=2)
    tasks = {**problem.tasks, "0/a": replace(problem.tasks["0/a"], rest_s=300)}
    schedule = in_turn(replace(problem, tasks=tasks))
    assert schedule.end_of["1/a"] == 311


def two_kits(places):
    """Two orders of two parts each, which machines would make crosswise."""
    tasks = {}
    for order in "pq":
        parts = [f"{order}/1", f"{order}/2"]
        takes = {"1": ("M", 10), "2": ("N", 25)}
        for name in parts:
            machine, takes_s = takes[name[-1]]
            tasks[name] = Task(id=name, order=order, modes=(Mode(machine, takes_s),))
        tasks[f"{order}/join"] = Task(
            id=f"{order}/join", order=order, modes=(Mode("J", 10),), after=tuple(parts)
        )
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(id=name, group=name, windows=LONG, buffer="" if name == "J" else "rack")
            for name in "MNJ"
        },
        setups={},
        buffers={"rack": places},
        dues={order: Due(order=order, due_s=100) for order in "pq"},
    )


def test_what_fills_a_kit_goes_before_what_begins_another():
    """At 20 s the second kit's first part would take the last place, and nothing would ever leave."""
    rows = {"M": [["p/1"], ["q/1"]], "N": [["p/2"], ["q/2"]], "J": [["p/join"], ["q/join"]]}
    schedule = decode(two_kits(2), rows)
    assert schedule.end_of["q/1"] == 26
    assert not list(violations(two_kits(2), schedule))
    assert decode(two_kits(3), rows).end_of["q/1"] == 20


def test_sequences_that_end_with_full_buffers_are_none():
    rows = {"M": [["p/1"], ["q/1"]], "N": [["q/2"], ["p/2"]], "J": [["p/join"], ["q/join"]]}
    assert decode(two_kits(2), rows) is None
    assert decode(two_kits(3), rows) is not None


def test_a_start_is_found_where_the_usual_ones_get_stuck():
    """Forty kits of four parts with room for five parts."""
    rng = Random("kits")
    tasks = {}
    for n in range(40):
        parts = [f"{n}/{k}" for k in range(4)]
        for name in parts:
            machines = rng.sample("ABC", 2)
            modes = tuple(Mode(each, rng.randint(20, 200)) for each in machines)
            family = rng.choice("xyz")
            tasks[name] = Task(id=name, order=str(n), modes=modes, family=family, size=3)
        name = f"{n}/join"
        tasks[name] = Task(id=name, order=str(n), modes=(Mode("J", 60),), after=tuple(parts))
    resources = {
        name: Resource(id=name, group="print", windows=LONG, capacity=10, base_s=90, buffer="rack")
        for name in "ABC"
    }
    problem = Problem(
        now_s=0,
        tasks=tasks,
        resources=resources | {"J": Resource(id="J", group="join", windows=LONG)},
        setups={("print", a, b): Setup(30) for a in "xyz" for b in "xyz" if a != b},
        buffers={"rack": 5},
        dues={str(n): Due(order=str(n), due_s=50_000) for n in range(40)},
    )
    schedule = construct(problem)
    assert not list(violations(problem, schedule))
    assert second_by_second(problem, schedule)


def lying(place="rack", **running):
    """Something finished lies in the rack, and something runs that will; both are packed later."""
    slot = Slot(
        machine="A", operations=("r/a",), family="", setup_start_s=0, start_s=0, end_s=40, **running
    )
    lies = {"f/a": place, "r/a": place}
    frozen = Frozen(done={"f/a": 0}, running=(slot,), lies=lies)
    problem = line(2, parts=1, frozen=frozen)
    tasks = dict(problem.tasks)
    for order in "fr":
        name = f"{order}/b"
        tasks[name] = Task(id=name, order=order, modes=(Mode("B", 50),), after=(f"{order}/a",))
    return replace(problem, tasks=tasks)


def test_what_lies_there_and_what_will_takes_its_places():
    problem = lying()
    first = {"A": [["0/a"]], "B": [["f/b"], ["r/b"], ["0/b"]]}
    assert decode(problem, first).end_of["0/a"] == 50
    last = {"A": [["0/a"]], "B": [["r/b"], ["f/b"], ["0/b"]]}
    assert decode(problem, last).end_of["0/a"] == 50
    full = replace(problem, buffers={"rack": 1})
    assert decode(full, first).end_of["0/a"] == 51
    assert decode(full, last) is not None, "What runs comes, whether there is room or not."


def test_running_work_is_not_crowded_out_by_what_could_wait():
    """The rack would be empty at 30 s, but what comes then would still lie there at 40 s."""
    problem = lying()
    other = Resource(id="C", group="c", windows=LONG, buffer="rack")
    tasks = dict(problem.tasks)
    tasks["0/a"] = replace(tasks["0/a"], modes=(Mode("C", 20),))
    problem = replace(
        problem,
        tasks=tasks,
        resources={**problem.resources, "C": other},
        buffers={"rack": 1},
        frozen=replace(problem.frozen, done={}, lies={"r/a": "rack"}),
    )
    tasks.pop("f/b")
    schedule = decode(problem, {"C": [["0/a"]], "B": [["r/b"], ["0/b"]]})
    assert schedule.end_of["0/a"] == 41
    early = replace(
        schedule,
        slots=tuple(
            replace(s, setup_start_s=0, start_s=0, end_s=20) if s.machine == "C" else s
            for s in schedule.slots
        ),
    )
    assert list(violations(problem, early)) == [
        "r/a comes to rack at 40 s, where 2 results lie then, and there is room for 1."
    ]
    quick = decode(problem, {"C": [["0/a"]], "B": [["0/b"], ["r/b"]]})
    assert quick.end_of["0/a"] == 20, "It is taken before the other one comes."


def test_what_is_held_back_until_it_would_crowd_out_running_work_comes_behind_that():
    """Where it were alone, the new part would come at 20 s and leave at 30 s, before the running one."""
    problem = lying()
    machines = {
        name: Resource(id=name, group=name, windows=LONG, buffer="rack" * (name == "C"))
        for name in "CD"
    }
    tasks = dict(problem.tasks)
    tasks["f/b"] = replace(tasks["f/b"], release_s=35)
    tasks["0/a"] = replace(tasks["0/a"], modes=(Mode("C", 20),), rest_s=10)
    tasks["0/b"] = replace(tasks["0/b"], modes=(Mode("D", 5),))
    problem = replace(
        problem,
        tasks=tasks,
        resources=problem.resources | machines,
        buffers={"rack": 1},
    )
    schedule = decode(problem, {"B": [["f/b"], ["r/b"]], "C": [["0/a"]], "D": [["0/b"]]})
    assert schedule.end_of["0/a"] == 86
    assert not list(violations(problem, schedule))


def test_the_exact_solver_knows_buffers():
    assert why_not_exact(index(line(1))) == ""
    for seed in range(60):
        problem = drawn(seed)
        answer = solve(problem, counting(2_000), seed)
        assert not any("wrong plan" in note for note in answer.tiers)
    crosswise = solve(two_kits(2), counting(3_000))
    assert crosswise.proven
    assert not list(violations(two_kits(2), crosswise.schedule))


def test_searches_that_do_not_know_buffers_leave_them_alone():
    assert to_floor(index(line(1))) is None
    assert "room" in why_not_plain(line(1))
    too_full = Frozen(done={"f/a": 0, "g/a": 0}, lies={"f/a": "rack", "g/a": "rack"})
    assert why_not_exact(index(line(1, frozen=too_full))) == "buffers that are full already"
    answer = solve(line(1), share=chain([0.5], repeat(1.0)).__next__)
    assert not list(violations(line(1), answer.schedule))


def test_a_plan_that_is_carried_over_keeps_its_order_and_finds_room():
    problem = line(1, parts=6)
    schedule = in_turn(problem)
    delayed = replace(problem, frozen=Frozen(down_until={"B": 400}))
    indexed = index(delayed, schedule)
    rows = repair(indexed, schedule)
    times = decode_rows(indexed, rows)
    again = to_schedule(indexed, rows, times)
    assert not list(violations(delayed, again))
    assert [s.operations for s in again.by_machine["B"]] == [
        s.operations for s in schedule.by_machine["B"]
    ]


def test_batches_are_no_larger_than_where_they_are_put():
    problem = line(2, parts=3)
    tasks = {name: replace(task, size=1) for name, task in problem.tasks.items()}
    oven = replace(problem.resources["A"], capacity=10)
    problem = replace(problem, tasks=tasks, resources={**problem.resources, "A": oven})
    all_three = {"A": [["0/a", "1/a", "2/a"]], "B": [["0/b"], ["1/b"], ["2/b"]]}
    assert decode(problem, all_three) is None
    assert decode(replace(problem, buffers={"rack": 3}), all_three) is not None
    least = replace(oven, least_size=3)
    held = without_held(replace(problem, resources={**problem.resources, "A": least})).held
    assert next(iter(held.values())).endswith(
        "runs batches of 3 to 10 only, and of 2 parts at most."
    )


def test_what_can_never_lie_together_is_held_and_the_rest_is_planned():
    problem = two_kits(1)
    alone = Task(id="s/1", order="s", modes=(Mode("M", 10),))
    problem = replace(problem, tasks={**problem.tasks, "s/1": alone})
    held = without_held(problem)
    assert held.held == {
        order: f"Order {order} waits: {order}/join takes 2 more out of rack at once, and there is "
        "room for 1."
        for order in "pq"
    }
    assert list(held.tasks) == ["s/1"]
    assert construct(held).end_of == {"s/1": 10}


def test_a_rack_full_of_what_nobody_takes_holds_what_needs_it():
    frozen = Frozen(done={"x/1": 0, "y/1": 0}, lies={"x/1": "rack", "y/1": "rack"})
    held = without_held(line(2, parts=1, frozen=frozen)).held
    assert held == {
        "0": "Order 0 waits: 0/b takes 1 more out of rack at once, where 2 already lie, and there is "
        "room for 2."
    }


def test_buffers_that_are_none_are_faults():
    assert "There is room for 0 in rack" in faults(line(0))[0]
    nowhere = replace(line(1), buffers={"shelf": 3})
    assert faults(nowhere)[0] == "A puts what it makes into rack, and there is no such buffer."
    odd = Frozen(done={"x": 0}, lies={"x": "cellar", "z": "rack"})
    assert [each.rstrip(".") for each in faults(line(1, frozen=odd))] == [
        "x lies in cellar, and there is no such buffer",
        "z lies in rack, and is neither running nor finished",
    ]


def test_a_deadlock_that_is_there_already_is_said():
    """Each of two kits has one part in the rack, which is full; both wait for their other part."""
    problem = two_kits(2)
    frozen = Frozen(done={"p/1": 0, "q/1": 0}, lies={"p/1": "rack", "q/1": "rack"})
    tasks = {name: task for name, task in problem.tasks.items() if not name.endswith("/1")}
    stuck = replace(problem, tasks=tasks, frozen=frozen)
    assert len(without_held(stuck).held) == 2
    with pytest.raises(UnplannableError, match="no buffer stays full"):
        construct(stuck)


def test_why_late_names_the_buffer():
    """The last part would have been made at 30 s, and is fetched as soon as it is."""
    problem = line(1, takes=(10, 50), parts=3)
    resources = {**problem.resources, "C": Resource(id="C", group="c", windows=LONG)}
    tasks = {**problem.tasks, "2/b": replace(problem.tasks["2/b"], modes=(Mode("C", 5),))}
    problem = replace(problem, tasks=tasks, resources=resources)
    rows = {"A": [["0/a"], ["1/a"], ["2/a"]], "B": [["0/b"], ["1/b"]], "C": [["2/b"]]}
    links = why_late(problem, decode(problem, rows), "2")
    assert [(link.waits, link.says) for link in links][:2] == [
        (Waits.PARTS, "2/a was ready at 61 s"),
        (Waits.ROOM, "rack had no room for it before 61 s"),
    ]
    assert links[2].slot.operations == ("1/b",)
