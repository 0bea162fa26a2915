"""A plan is always right when it is adopted, and there is one even when the solver is killed."""

import asyncio
import time
from dataclasses import replace

import pytest
from gloves import PLANT, order

from controller import planning
from controller import question as question_of_budget
from controller.adopting import what_is_left
from controller.child import warm_up
from controller.planning import (
    Answer,
    InlinePlanner,
    ProcessPlanner,
    Question,
    adopt,
    counting_stop,
    rebase,
)
from controller.state import OpenOrder, State
from plant_config import route
from scheduler import (
    Frozen,
    Schedule,
    measure_levels,
    order_ends,
    pose,
    violations,
)
from scheduler.wishes import NO_TERMS, CloseMachine, Terms

ORDERS = tuple(
    order(f"41{n:02}", *colours)
    for n, colours in enumerate(
        [("black", "white"), ("moss",), ("white", "moss", "black"), ("black",), ("white",)] * 2
    )
)


def question(orders=ORDERS, **changes):
    return Question(
        **{
            "stamp": 7,
            "why": "new orders",
            "orders": orders,
            "frozen": Frozen(),
            "now_s": 0,
            "budget_s": 0.3,
        }
        | changes
    )


def answered(asked, steps=200):
    return asyncio.run(InlinePlanner(PLANT, steps).ask(asked))


def state_with(orders=ORDERS):
    state = State(PLANT)
    for each in orders:
        state.orders[each.id] = OpenOrder(order=each, routing=route(each, PLANT), accepted_s=0)
    return state


def problem(frozen=None, now_s=0, orders=ORDERS):
    return pose(orders, PLANT, frozen, now_s)


def begun(slots, now_s):
    """Return what is finished and what runs when the slots were followed until a moment."""
    done = {name: slot.end_s for slot in slots for name in slot.operations if slot.end_s <= now_s}
    running = tuple(slot for slot in slots if slot.setup_start_s < now_s < slot.end_s)
    last = {}
    for slot in sorted(slots, key=lambda slot: slot.start_s):
        if slot.end_s <= now_s:
            last[slot.machine] = slot.family
    return Frozen(done=done, running=running, family_of=last)


# Stops.


def test_a_counting_stop_allows_so_many_steps():
    stop = counting_stop(3)
    assert [stop() for _ in range(4)] == [False, False, True, True]


# In line.


def test_equal_questions_have_equal_answers_in_line():
    first, second = answered(question()), answered(question())
    assert first == second
    assert first.slots
    assert (first.stamp, first.why, first.took_ms) == (7, "new orders", 0)
    assert first.orders == tuple(each.id for each in ORDERS)
    assert list(violations(problem(), Schedule(first.slots))) == []


def test_more_steps_do_not_make_a_plan_worse():
    assert answered(question(), 2_000).levels <= answered(question(), 1).levels


# Rebasing.


def test_an_answer_on_an_unchanged_problem_stays_what_it_is():
    answer = answered(question())
    again = rebase(answer.slots, problem())
    assert measure_levels(problem(), again) <= answer.levels


@pytest.mark.parametrize("now_s", [1_000, 4_000, 9_100, 20_000])
def test_what_is_finished_or_running_by_now_is_left_out(now_s):
    answer = answered(question())
    frozen = begun(answer.slots, now_s)
    today = problem(frozen, now_s)
    assert frozen.running
    schedule = rebase(answer.slots, today)
    assert list(violations(today, schedule)) == []
    assert {name for slot in schedule.slots for name in slot.operations} == set(today.tasks)
    assert all(slot.setup_start_s >= now_s for slot in schedule.slots)


def test_an_answer_that_leaves_work_out_cannot_be_rebased():
    answer = answered(question(ORDERS[1:]))
    assert rebase(answer.slots, problem()) is None
    assert rebase(answer.slots, problem(orders=ORDERS[1:])) is not None


def test_work_that_nobody_wants_any_more_is_left_out():
    answer = answered(question())
    fewer = problem(orders=ORDERS[1:])
    schedule = rebase(answer.slots, fewer)
    assert list(violations(fewer, schedule)) == []


def test_an_order_of_batches_that_contradicts_the_process_cannot_be_rebased():
    answer = answered(question())
    packing = max(answer.slots, key=lambda slot: slot.end_s)
    first = replace(packing, setup_start_s=0, start_s=0)
    others = [slot for slot in answer.slots if slot is not packing]
    sewn = [slot for slot in others if slot.machine == packing.machine]
    assert sewn, "packing and sewing share the hand station"
    assert rebase([first, *others], problem()) is None


# Adopting.


def test_an_adopted_answer_becomes_the_next_plan():
    state, answer = state_with(), answered(question())
    first = adopt(state, answer, Frozen(), 0)
    assert (first.number, first.answers, first.why) == (1, 7, "new orders")
    assert (first.levels, first.bound, first.tiers) == (answer.levels, answer.bound, answer.tiers)
    state.plan = first
    assert adopt(state, answer, Frozen(), 60).number == 2


def test_orders_that_came_after_the_question_wait_for_the_next_one():
    state, answer = state_with(), answered(question(ORDERS[:4]), 1)
    plan = adopt(state, answer, Frozen(), 0)
    planned = {name.split("/")[0] for slot in plan.slots for name in slot.operations}
    assert planned == {each.id for each in ORDERS[:4]}


def test_an_order_that_is_gone_since_the_question_does_no_harm():
    state, answer = state_with(ORDERS[1:]), answered(question())
    plan = adopt(state, answer, Frozen(), 0)
    assert list(violations(problem(orders=ORDERS[1:]), Schedule(plan.slots))) == []


def test_no_answer_and_an_answer_that_cannot_be_rebased_are_not_adopted():
    state, answer = state_with(), answered(question())
    assert adopt(state, replace(answer, slots=None), Frozen(), 0) is None
    torn = replace(answer, slots=answer.slots[1:], asked=None)
    assert adopt(state, torn, Frozen(), 0) is None


def test_the_present_plan_goes_on_when_the_answer_has_become_the_worse_one():
    state = state_with()
    good, poor = answered(question(), 3_000), answered(question(), 1)
    assert good.levels < poor.levels
    state.plan = adopt(state, good, Frozen(), 0)
    boast = replace(poor, levels=(("broken_rules", 0), ("cents", 0), ("moves", 0)), asked=None)
    plan = adopt(state, boast, Frozen(), 0)
    assert plan.number == 2
    assert plan.slots == state.plan.slots
    assert "the present plan stays" in plan.why


# In children.


def test_a_child_answers_and_a_waiting_question_gives_way_to_a_newer_one():
    async def scene():
        planner = ProcessPlanner(PLANT)
        asked = [
            asyncio.ensure_future(planner.ask(question(stamp=stamp, budget_s=0.2)))
            for stamp in (1, 2, 3)
        ]
        return await asyncio.gather(*asked)

    first, second, third = asyncio.run(scene())
    assert [answer.stamp for answer in (first, second, third)] == [1, 2, 3]
    assert second.slots is None
    assert "newer question" in second.why
    for answer in (first, third):
        assert list(violations(problem(), Schedule(answer.slots))) == []
        assert answer.took_ms >= 200


def test_a_solver_that_does_not_stop_is_killed_and_its_best_plan_is_kept(monkeypatch):
    monkeypatch.setattr(planning, "GRACE_S", -998.0)  # killed after 2 s of its 1000

    async def scene():
        await warm_up()
        return await ProcessPlanner(PLANT).ask(question(budget_s=1_000.0))

    answer = asyncio.run(scene())
    assert "the solver stopped" in answer.why
    assert "2 s" in answer.why
    assert list(violations(problem(), Schedule(answer.slots))) == []


def test_a_plan_is_constructed_when_the_solver_dies_before_its_first(monkeypatch):
    monkeypatch.setattr(planning, "GRACE_S", -0.3)  # no time at all

    answer = asyncio.run(ProcessPlanner(PLANT).ask(question()))
    assert "without the solver" in answer.why
    assert answer.tiers == ("constructed without search",)
    assert list(violations(problem(), Schedule(answer.slots))) == []


def test_with_the_fallback_dead_too_the_answer_says_so(monkeypatch):
    monkeypatch.setattr(planning, "GRACE_S", -0.3)
    monkeypatch.setattr(planning, "CONSTRUCT_S", 0.0)

    answer = asyncio.run(ProcessPlanner(PLANT).ask(question()))
    assert answer == Answer(
        stamp=7,
        orders=answer.orders,
        slots=None,
        took_ms=answer.took_ms,
        why="The solver stopped: It took longer than 0 s and was ended. "
        "So did the fallback: It took longer than 0 s and was ended.",
    )


# What happened since the question.


def followed(answer, now_s, terms=NO_TERMS):
    frozen = begun(answer.slots, now_s)
    return frozen, what_is_left(answer, frozen, now_s, {o.id for o in ORDERS}, terms)


@pytest.mark.parametrize("now_s", [1_000, 4_000, 9_100, 20_000])
def test_where_all_went_as_planned_the_rest_is_taken_as_it_was_verified(now_s):
    answer = answered(question())
    frozen, left = followed(answer, now_s)
    assert left == tuple(slot for slot in answer.slots if slot in left)
    today = problem(frozen, now_s)
    assert {name for slot in left for name in slot.operations} == set(today.tasks)
    assert list(violations(today, Schedule(left))) == []


def other_than_planned():
    answer = answered(question())
    frozen = begun(answer.slots, 4_000)
    runs = frozen.running[0]
    others = frozen.running[1:]
    on = "K2" if runs.machine == "K1" else "K1"
    later = replace(runs, end_s=runs.end_s + 1_000)
    lost = dict(list(frozen.done.items())[1:])
    waiting = max(answer.slots, key=lambda slot: slot.start_s)
    yield "another machine", replace(frozen, running=(replace(runs, machine=on), *others))
    yield "much later", replace(frozen, running=(later, *others))
    yield "a machine is down", replace(frozen, down_until={"K1": 9_000})
    yield "finished work is open again", replace(frozen, done=lost)
    yield "out of turn", replace(frozen, done=frozen.done | {waiting.operations[0]: 3_000})
    yield "set up for something else", replace(frozen, family_of={"W1": "colour=red"})
    stranger = replace(runs, operations=("9999/1.1/knit",))
    yield "unplanned work", replace(frozen, running=(*frozen.running, stranger))


@pytest.mark.parametrize(("what", "frozen"), list(other_than_planned()))
def test_anything_else_is_run_and_verified_again(what, frozen):
    asked = question(frozen=Frozen(family_of={"W1": ""}))
    answer = answered(asked)
    orders = {o.id for o in ORDERS}
    assert what_is_left(answer, begun(answer.slots, 4_000), 4_000, orders) is not None
    assert what_is_left(answer, frozen, 4_000, orders) is None


def test_a_plan_that_is_asked_again_for_other_wishes_or_much_later_is_verified_again():
    answer = answered(question())
    closed = Terms(wishes=(CloseMachine(machine="K1", begin_s=0, end_s=9_000),))
    first = answer.slots[0].operations[0]
    assert followed(answer, 1_000)[1] is not None
    assert followed(answer, 1_000, closed)[1] is None
    nothing_begun = what_is_left(answer, Frozen(), 1_000, {o.id for o in ORDERS})
    assert nothing_begun is None, "what should have begun by now has not"
    assert (
        what_is_left(answer, Frozen(), 0, {o.id for o in ORDERS}, Terms(at_hand_s={first: 60}))
        is None
    )
    assert what_is_left(answer, Frozen(), 0, {o.id for o in ORDERS[1:]}) is None


def test_an_adopted_plan_keeps_to_the_terms_that_hold_now():
    state, answer = state_with(), answered(question())
    terms = Terms(wishes=(CloseMachine(machine="K1", begin_s=0, end_s=9_000),))
    plan = adopt(state, answer, Frozen(), 0, terms)
    assert all(slot.start_s >= 9_000 for slot in plan.slots if slot.machine == "K1")
    assert dict(plan.ends).keys() == {each.id for each in ORDERS}


def test_an_answer_says_when_orders_end_and_how_it_got_there():
    answer = answered(question())
    assert answer.ends == tuple(order_ends(problem(), Schedule(answer.slots)).items())
    assert dict(answer.late_ends).keys() == dict(answer.ends).keys()
    assert [cents for _, cents in answer.curve] == sorted(
        {c for _, c in answer.curve}, reverse=True
    )
    plan = adopt(state_with(), answer, Frozen(), 0)
    assert (plan.ends, plan.late_ends) == (answer.ends, answer.late_ends)


def test_an_order_without_material_has_no_end_and_the_others_are_planned():
    sewn = f"{ORDERS[0].id}/pack"
    answer = answered(question(terms=Terms(without=frozenset({sewn}))))
    assert ORDERS[0].id not in dict(answer.ends)
    assert len(answer.ends) == len(ORDERS) - 1
    planned = {name for slot in answer.slots for name in slot.operations}
    assert sewn not in planned
    assert f"{ORDERS[0].id}/1.1/knit" in planned


def test_a_proposal_says_what_it_changes_against_the_present_plan():
    present = answered(question(), 2_000)
    wish = CloseMachine(machine="K1", begin_s=0, end_s=20_000)
    asked = question(hint=present.slots, terms=Terms(wishes=(wish,)))
    proposed = asyncio.run(InlinePlanner(PLANT, 200).propose(asked))
    difference = proposed.difference
    assert difference.before.cents == dict(present.levels)["cents"]
    after = measure_levels(problem(), Schedule(proposed.slots))
    assert difference.after.cents == dict(after)["cents"]
    assert difference.moved
    assert all(each.from_s != each.to_s for each in difference.moved)
    assert asyncio.run(InlinePlanner(PLANT, 200).ask(asked)).difference is None


# Beside one another.


async def closing(planner, scene):
    try:
        return await scene
    finally:
        planner.close()


def test_a_quick_question_ends_a_longer_search_at_once():
    async def scene(planner):
        await warm_up()
        longer = asyncio.ensure_future(planner.ask(question(stamp=1, budget_s=60.0)))
        await asyncio.sleep(0.2)
        begun_s = time.monotonic()
        quick = await planner.ask(question(stamp=2, budget_s=0.2))
        return await longer, quick, time.monotonic() - begun_s

    planner = ProcessPlanner(PLANT)
    longer, quick, took_s = asyncio.run(closing(planner, scene(planner)))
    assert longer.slots is None
    assert longer.gave_way
    assert not quick.gave_way
    assert list(violations(problem(), Schedule(quick.slots))) == []
    assert took_s < 5.0


def test_a_quick_search_that_does_not_end_is_ended_once_it_has_a_plan(monkeypatch):
    monkeypatch.setattr(question_of_budget, "QUICK_S", 1_000.0)

    async def scene(planner):
        await warm_up()
        return await planner.ask(question(budget_s=1_000.0))

    planner = ProcessPlanner(PLANT)
    answer = asyncio.run(closing(planner, scene(planner)))
    assert answer.why == "new orders"
    assert list(violations(problem(), Schedule(answer.slots))) == []
    assert answer.took_ms >= 800


def test_a_proposal_is_answered_while_the_plan_is_being_made():
    async def scene(planner):
        await warm_up()
        main = asyncio.ensure_future(planner.ask(question(stamp=1, budget_s=60.0)))
        await asyncio.sleep(0)
        two = [planner.propose(question(stamp=n, budget_s=0.1)) for n in (2, 3)]
        answers = await asyncio.gather(*two)
        assert not main.done()
        main.cancel()
        return answers

    planner = ProcessPlanner(PLANT)
    answers = asyncio.run(closing(planner, scene(planner)))
    assert [answer.stamp for answer in answers] == [2, 3]
    for answer in answers:
        assert list(violations(problem(), Schedule(answer.slots))) == []
        assert answer.difference is not None


def test_what_happened_while_a_plan_was_made_is_in_it_when_it_arrives():
    down = Frozen(down_until={"K1": 9_000})

    async def scene(planner):
        return await planner.ask(
            question(budget_s=0.1), lambda: question(frozen=down, now_s=30, orders=ORDERS[1:])
        )

    planner = ProcessPlanner(PLANT)
    answer = asyncio.run(closing(planner, scene(planner)))
    today = problem(down, 30, ORDERS[1:])
    assert list(violations(today, Schedule(answer.slots))) == []
    assert answer.asked.frozen == down
    plan = adopt(state_with(ORDERS[1:]), answer, down, 30)
    assert plan.slots == answer.slots
