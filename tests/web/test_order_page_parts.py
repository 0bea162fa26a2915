"""The parts of one order's page: the drawing, the chain whose minutes add up, what can still change."""

from dataclasses import replace

import pytest
from shoes import NOW_S, SmallDesk, an_order, at, intended, job, pair, reported, the_desk

from controller import events as e
from controller.insights.genealogy import Attempt, Life, Lives
from controller.insights.tracing import take
from controller.web.orders.amendable import amendable
from controller.web.orders.chain import Chain, chain_of
from controller.web.orders.graph import Box, draw
from controller.web.orders.happened import happened
from controller.web.orders.parameters import parameters
from controller.web.orders.spans import deciding, spans_of
from controller.web.orders.traces import opened_of
from drivers import JobState
from plant_config import route
from scheduler import Slot

NAME = "4131"


@pytest.fixture
def desk() -> SmallDesk:
    return the_desk()


def slot(machine: str, begin_s: int, end_s: int, *operations: str) -> Slot:
    return Slot(
        machine=machine,
        operations=operations,
        family="",
        setup_start_s=begin_s,
        start_s=begin_s,
        end_s=end_s,
    )


def a_plan(number: int, shift_s: dict[str, int]) -> e.PlanPublished:
    """Plan order 4131 tightly; some steps later than first planned."""
    steps = (
        ("K1", f"{NAME}/1.1/knit", "11:50", "12:00"),
        ("K1", f"{NAME}/1.2/knit", "12:00", "12:10"),
        ("M1", pair(NAME, "mix"), "11:50", "12:00"),
        ("B3", pair(NAME, "bond"), "12:10", "12:40"),
        ("C1", pair(NAME, "cure"), "12:40", "13:00"),
        ("W1", f"{NAME}/pack", "13:00", "13:04"),
    )
    slots = tuple(
        slot(
            machine,
            at(begin) + shift_s.get(name, 0),
            at(end) + shift_s.get(name, 0),
            name,
        )
        for machine, name, begin, end in steps
    )
    last_s = slots[-1].end_s
    return e.PlanPublished(
        number=number,
        why="P4 failed",
        slots=slots,
        levels=(),
        bound=0,
        tiers=(),
        took_ms=400,
        answers=10**6,
        ends=((NAME, last_s),),
    )


LATER = {pair(NAME, step): 600 for step in ("bond", "cure")} | {f"{NAME}/pack": 900}


def lives_of(desk: SmallDesk) -> Lives:
    lives = Lives()
    for stamped in desk.journal:
        for _ in take(lives, stamped):
            pass
    return lives


def explained(desk: SmallDesk, life: Life, name: str = NAME) -> Chain:
    plan = desk.state.plan
    assert plan is not None
    slot_of = {operation: each for each in plan.slots for operation in each.operations}
    opened = desk.state.orders[name]
    spans = spans_of(desk.state, opened, life, slot_of, desk.at_s)
    found = chain_of(desk.state, opened, life, spans, deciding(opened, spans), desk.at_s)
    assert found is not None
    return found


def test_lost_slack_is_explained_minute_by_minute_from_the_promise_to_the_root(desk):
    lives = lives_of(desk)
    life = lives.of[NAME]
    life.first.clear()
    life.had_s = None
    lives.unplanned.add(NAME)
    for number, shift_s in ((39, {}), (40, LATER)):
        desk.record(a_plan(number, shift_s))
        for _ in take(lives, desk.journal[-1]):
            pass
    chain = explained(desk, life)
    assert chain.title == "Why so little slack"
    top, *links = chain.links
    assert top.says == "Ships 13:30 with 11 min to spare, had 26 min"
    assert [link.minutes for link in links] == [5, 10]
    assert sum(link.minutes or 0 for link in links) == chain.total == 15
    assert links[0].says == "Packing starts 13:15, when W1 is free"
    assert links[1].says == "Bonding starts 12:20, when B3 is free"
    assert "first planned 12:10 on B3" in links[1].detail
    assert any("slack fell from 26 min to 11 min" in str(each) for each in said(desk, life))


def said(desk: SmallDesk, life: Life) -> list[str]:
    return [line.says for line in happened(desk.state, desk.state.orders[NAME], life, desk.at_s)]


def test_a_part_that_is_made_again_names_its_loss_as_the_root(desk):
    lives = lives_of(desk)
    life = lives.of[NAME]
    lost = job("P4", "Plate 117", f"{NAME}/1.2/print")
    first = a_plan(39, {})
    prints = slot("P4", at("09:00"), at("11:30"), f"{NAME}/1.2/print")
    life.first = {name: each for each in (*first.slots, prints) for name in each.operations}
    life.attempts[-1:] = []
    life.attempts.append(
        Attempt(
            operation=f"{NAME}/1.2/print",
            subject=f"{NAME}/1.2",
            number=1,
            machine="P4",
            label=lost.label,
            job_order=lost.id,
            recipe=(),
            told_s=at("08:00"),
            began_s=at("08:00"),
            ended_s=at("09:12"),
            verdict="scrap",
            reason="Nozzle cold.",
        )
    )
    desk.state.work[f"{NAME}/1.2/print"].attempt = 2
    shift = {pair(NAME, "bond"): 1200, pair(NAME, "cure"): 1200, f"{NAME}/pack": 1200}
    plan = a_plan(40, shift)
    desk.record(plan)
    running = desk.state.jobs[desk.state.work[f"{NAME}/1.2/print"].job_order]
    running.intended = replace(running.intended, planned_end_s=at("12:30"))
    running.started_s = at("12:30") - running.intended.job.takes_s
    chain = explained(desk, life)
    assert sum(link.minutes or 0 for link in chain.links) == chain.total == 20
    root = chain.links[-1]
    assert root.kind == "root"
    assert root.says == "Midsole R was spoilt with plate 117 on P4 at 09:12"
    assert root.detail == "Nozzle cold"
    assert any(link.says == "Midsole R is made again, plate 120" for link in chain.links)


def test_an_order_that_lost_nothing_says_what_its_time_goes_into(desk):
    life = Life(order=an_order(NAME), cost_cents=0, accepted_s=0, accepted_by="x")
    desk.record(a_plan(40, {}))
    chain = explained(desk, life)
    minutes = [link.minutes for link in chain.links if link.minutes is not None]
    assert sum(minutes) == chain.total
    assert chain.total == -(-(at("13:04") - NOW_S) // 60)
    assert chain.links[0].says == "Complete 13:04, with 26 min to spare before 13:30"
    assert chain.links[1].says == "Packing on W1 until 13:04"


def boxes(desk: SmallDesk, name: str) -> tuple[dict[str, Box], list[Box]]:
    lives = lives_of(desk)
    plan = desk.state.plan
    assert plan is not None
    slot_of = {operation: each for each in plan.slots for operation in each.operations}
    opened = desk.state.orders[name]
    spans = spans_of(desk.state, opened, lives.of[name], slot_of, desk.at_s)
    graph = draw(desk.state, opened, spans, deciding(opened, spans), desk.at_s)
    return {box.title: box for box in graph.boxes if box.kind != "fail"}, graph.boxes


def test_the_routing_is_drawn_from_parts_left_to_the_truck_right(desk):
    named, every = boxes(desk, "4127")
    assert list(named) == [
        "Upper L",
        "Upper R",
        "Midsole L again",
        "Midsole R again",
        "Compound",
        "Bonding",
        "Curing",
        "Packing",
        "13:30",
    ]
    lefts = [named[n].x for n in ("Upper L", "Bonding", "Curing", "Packing", "13:30")]
    assert lefts == sorted(set(lefts))
    assert named["Upper L"].kind == "d"
    assert named["Midsole L again"].kind.startswith("plan")
    lost = [box for box in every if box.kind == "fail"]
    assert [(box.title, box.says) for box in lost] == [
        ("Midsole L", "P3, plate 119, lost 09:12"),
        ("Midsole R", "P3, plate 119, lost 09:12"),
    ]
    assert all(box.x + box.width < named["Midsole L again"].x for box in lost)


def test_no_box_lies_over_another_even_for_several_pairs(desk):
    order = replace(an_order("4150"), lines=(replace(an_order("4150").lines[0], quantity=4),))
    desk.record(e.OrderAccepted(order=order, cost_cents=0, premium_cents=0))
    _, every = boxes(desk, "4150")
    assert len(every) == len(route(order, desk.state.plant).operations) + 1
    for at_one, one in enumerate(every):
        for other in every[at_one + 1 :]:
            apart = (
                one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.high <= other.y
                or other.y + other.high <= one.y
            )
            assert apart, (one, other)


def test_what_is_made_and_what_is_not_follows_from_the_steps_that_use_it(desk):
    opened = desk.state.orders["4131"]
    life = lives_of(desk).of["4131"]
    spans = spans_of(desk.state, opened, life, {}, desk.at_s)
    said = amendable(desk.state, opened, spans, desk.at_s)
    assert said.made_says == ""
    assert said.open_says.startswith("size, upper, sole")
    told = job("K1", "Upper 4131 L", "4131/1.1/knit")
    desk.record(e.MachineCleared(machine="P2"))
    desk.record(e.JobReported(report=reported(desk_job(desk, "K1"), JobState.ENDED).report))
    desk.record(e.MachineCleared(machine="K1"))
    desk.record(intended(told))
    said = amendable(desk.state, opened, spans, desk.at_s)
    assert said.made_says == "size, upper"
    assert "EUR 0.00" not in said.cancel_says
    assert "Upper 4131 L on K1" in said.cancel_says


def desk_job(desk: SmallDesk, machine: str):
    return desk.state.jobs[desk.state.machines[machine].job_order].intended.job


def test_parameters_are_said_with_their_units():
    named = (
        ("height_um", 24_000),
        ("temperature_c", 64),
        ("dose_mg", 184_000),
        ("time_s", 540),
        ("hold_s", 30),
        ("courses", 1412),
        ("yarns", "ink+sand"),
    )
    assert parameters(named) == (
        "height 24.0 mm, temperature 64 °C, dose 184 g, time 9 min, hold 30 s, courses 1,412, "
        "yarns ink + sand"
    )


def test_what_an_order_taken_back_never_came_to_is_drawn_as_not_made(desk):
    free = next(name for name, known in desk.state.machines.items() if not known.job_order)
    told = job(free, "Upper", f"{NAME}/1.1/knit")
    for event in (
        intended(told),
        reported(told, JobState.RUNNING),
        reported(told, JobState.ENDED),
        e.OrderCancelled(order=NAME, reason="ordered twice", sunk_cents=900),
        e.OrderDropped(order=NAME),
    ):
        desk.record(event)
    life = lives_of(desk).of[NAME]
    opened = opened_of(life, desk.state.plant)
    spans = spans_of(desk.state, opened, life, {}, NOW_S)
    assert spans[f"{NAME}/1.1/knit"].phase == "done"
    assert {spans[pair(NAME, "bond")].phase, spans[f"{NAME}/pack"].phase} == {"never"}
    drawn = draw(desk.state, opened, spans, [], NOW_S)
    assert [box.says for box in drawn.boxes if box.title == "Packing"] == ["not made"]
    assert drawn.says.startswith(f"Routing of order {NAME}: 2 of 8 operations are done")
