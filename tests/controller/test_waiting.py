"""Each reason why a machine waits is a sentence from the predicate that decided it."""

from dataclasses import replace

import pytest
from floor import Floor, open_floor, other_mode
from gloves import PLANT

from controller import events as e
from controller.waiting import PREDICATES, next_slot, waiting_for
from drivers import Answer, JobState, Submit
from plant_config import Mode
from scheduler import Slot, wishes


def reason(floor: Floor, machine: str) -> str:
    return waiting_for(floor.state, floor.transient, machine, floor.now_s)


def test_a_machine_without_a_link_says_since_when() -> None:
    floor = open_floor()
    floor.now_s = 3_600
    floor.record(e.LinkLost(machine="K1", detail="timeout"))
    assert reason(floor, "K1") == "No values since 07:00. Lotwright is trying to reach it again."
    assert "K1" not in floor.intents()


def test_a_machine_that_was_never_reached_says_so() -> None:
    assert reason(Floor(), "K1") == "No link yet. Lotwright is trying to reach it."


def test_a_machine_that_was_not_asked_yet_starts_nothing() -> None:
    floor = open_floor()
    floor.transient.reconciled.clear()
    assert reason(floor, "K1") == "It is being asked what it holds; nothing starts before that."


def test_a_plant_without_orders_names_the_next_step() -> None:
    floor = Floor()
    floor.link()
    assert reason(floor, "K1") == "No orders yet. Import a file of orders."
    floor.accept("moss")
    assert reason(floor, "K1") == "No plan yet."


def test_a_join_names_the_part_it_waits_for_where_it_is_and_until_when() -> None:
    floor = open_floor()
    assert reason(floor, "H1") == "Waiting for dye A1, not begun yet."
    first = min({"K1", "K2"} & set(floor.intents()))
    job = floor.dispatch(first)
    waits = reason(floor, "V1")
    assert waits.startswith("Waiting for knit A1 L")
    assert f"on {first} until 06:30" in waits or "not begun yet" in waits
    assert job.machine == first


def test_a_finished_machine_that_needs_clearing_says_what_to_take_off() -> None:
    floor = open_floor()
    for machine in ("K1", "K2"):
        while machine in floor.intents():
            floor.finish(machine)
    bath = floor.dispatch("V1")
    floor.run(bath)
    floor.end(bath)
    assert reason(floor, "V1") == "Take off bath 1, then press Cleared."
    assert "V1" not in floor.intents()


def test_a_failed_machine_gives_its_cause_first() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.run(job)
    floor.end(job, state=JobState.ABORTED, detail="Needle 14 broke.")
    assert reason(floor, "K1") == "Needle 14 broke. Look at it, then press Cleared."


def test_an_unknown_job_order_asks_for_a_person() -> None:
    floor = open_floor()
    floor.record(e.OrphanFound(machine="K1", job_order="f" * 32, state="Running"))
    assert "did not give" in reason(floor, "K1")


def test_a_machine_that_is_not_automatic_says_its_mode() -> None:
    floor = Floor(plant=other_mode(PLANT, "K1", Mode.SUGGEST))
    floor.link()
    floor.accept("moss", "black")
    floor.plan()
    if floor.state.queues["K1"]:
        assert reason(floor, "K1") == "It starts when a person presses Start."
    assert "K1" not in floor.intents()


def test_a_refusal_stays_until_the_next_try() -> None:
    floor = open_floor()
    intended = floor.intents()["K1"]
    said = Answer(Submit.REJECTED, "The recipe is not what its digest says.")
    floor.record(intended, e.JobAnswered(job_order=intended.job.id, answer=said))
    floor.plan()
    assert reason(floor, "K1") == (
        "It refused the last job order: The recipe is not what its digest says. Next try at 06:05."
    )


def test_work_does_not_begin_out_of_shift() -> None:
    floor = open_floor()
    floor.now_s = 17 * 3_600
    assert reason(floor, "K1") == "Out of shift until 06:00."
    assert floor.intents() == {}


def test_one_crew_does_one_changeover_at_a_time() -> None:
    dye = replace(PLANT.groups["dye"], crew=1)
    vats = {**PLANT.machines, "V2": replace(PLANT.machines["V1"], id="V2")}
    plant = replace(PLANT, groups={**PLANT.groups, "dye": dye}, machines=vats)
    floor = Floor(plant=plant)
    floor.link()
    for name, colour in (("A1", "moss"), ("A2", "black")):
        floor.accept(colour, name=name)
    floor.plan()
    while {"K1", "K2"} & set(floor.intents()):
        floor.finish(min({"K1", "K2"} & set(floor.intents())))
    vats_now = [m for m in floor.intents() if m in {"V1", "V2"}]
    assert len(vats_now) == 1
    floor.dispatch(vats_now[0])
    other = ({"V1", "V2"} - set(vats_now)).pop()
    if floor.state.queues[other]:
        assert reason(floor, other) == (
            f"Waiting for the changeover on {vats_now[0]} to end; one person does them."
        )


def test_a_machine_out_of_service_says_why_and_until_when() -> None:
    floor = open_floor()
    floor.record(e.MachineTakenOut(machine="K1", reason="needle bed", until_s=5_400))
    assert reason(floor, "K1") == "Out of service: needle bed, expected back 07:30."
    assert "K1" not in floor.intents()
    floor.record(e.MachineTakenIn(machine="K1"))
    floor.plan()
    assert not reason(floor, "K1").startswith("Out of service")


def test_each_start_is_confirmed_where_that_is_the_mode() -> None:
    floor = open_floor()
    floor.record(e.ModeSet(machine="K1", mode=Mode.CONFIRM))
    floor.plan()
    slot = next_slot(floor.state, "K1")
    if slot is None:
        slot = next_slot(floor.state, "K2")
        assert slot is not None
        floor.record(e.ModeSet(machine="K2", mode=Mode.CONFIRM))
        floor.plan()
    machine = slot.machine
    assert reason(floor, machine) == "Each start is confirmed here. Press Start."
    assert machine not in floor.intents()
    floor.record(e.StartConfirmed(machine=machine, operations=slot.operations))
    assert machine in floor.intents()


def test_nothing_starts_on_a_machine_that_is_only_watched() -> None:
    floor = open_floor()
    machine = min(floor.intents())
    floor.record(e.ModeSet(machine=machine, mode=Mode.WATCH))
    assert reason(floor, machine) == "It is only watched; Lotwright starts nothing on it."
    assert machine not in floor.intents()


def granted(floor: Floor, wish: wishes.Wish) -> None:
    """Grant a wish without a plan that knows it: dispatch keeps to it all the same."""
    floor.record(e.WishGranted(number=floor.state.wished + 1, wish=wish, why="a wish"))


def next_planned(floor: Floor) -> Slot:
    slot = next_slot(floor.state, min(floor.intents()))
    assert slot is not None
    return slot


def test_a_pinned_batch_does_not_start_before_its_time() -> None:
    floor = open_floor()
    slot = next_planned(floor)
    pin = wishes.Pin(operations=slot.operations, machine=slot.machine, start_s=7_200)
    granted(floor, pin)
    assert reason(floor, slot.machine) == "Pinned: it starts at 08:00."
    assert slot.machine not in floor.intents()
    floor.now_s = 7_200
    assert slot.machine in floor.intents()


def test_what_was_asked_for_another_machine_starts_on_no_other() -> None:
    floor = open_floor()
    slot = next_planned(floor)
    other = ({"K1", "K2"} - {slot.machine}).pop()
    granted(floor, wishes.OnMachine(operations=slot.operations, machine=other))
    assert reason(floor, slot.machine).endswith(f"stays on {other}, as was asked for.")
    assert slot.machine not in floor.intents()


def test_an_order_that_was_held_back_does_not_start() -> None:
    floor = open_floor()
    slot = next_planned(floor)
    order = slot.operations[0].partition("/")[0]
    granted(floor, wishes.NotBefore(order=order, at_s=3_600))
    assert reason(floor, slot.machine) == (
        f"Order {order} does not start before 07:00, as was asked for."
    )
    floor.now_s = 3_600
    assert reason(floor, slot.machine).startswith("Starts within")


def test_a_machine_that_is_closed_soon_begins_nothing_that_would_run_into_it() -> None:
    floor = open_floor()
    slot = next_planned(floor)
    closed = wishes.CloseMachine(machine=slot.machine, begin_s=60, end_s=3_600, why="cleaning")
    granted(floor, closed)
    assert reason(floor, slot.machine) == (
        "It would run into the time from 06:01 to 07:00 when it is closed: cleaning."
    )
    floor.now_s = 120
    assert reason(floor, slot.machine) == "Closed until 07:00: cleaning."
    assert slot.machine not in floor.intents()
    floor.now_s = 3_600
    assert reason(floor, slot.machine).startswith("Starts within")


def test_every_predicate_has_had_its_say_here_or_with_stock_patience_and_room() -> None:
    assert len(PREDICATES) == 16


@pytest.mark.parametrize("machine", list(PLANT.machines))
def test_what_pages_say_is_what_dispatch_does(machine: str) -> None:
    floor = open_floor("moss", "black")
    dispatched = machine in floor.intents()
    assert dispatched == reason(floor, machine).startswith("Starts within")
