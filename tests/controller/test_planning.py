"""A plan is always right when it is adopted, and there is one even when the solver is killed."""

import asyncio
from dataclasses import replace

import pytest
from gloves import PLANT, order

from controller import planning
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
from scheduler import Frozen, Schedule, measure_levels, pose, violations

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
