"""Each surprise alone: what runs goes on, what is lost is made again, and a line says what moved."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from controller import events as e
from controller.amend.requests import CancelOrder
from controller.floor.requests import (
    AbortMachine,
    HoldMachine,
    ResumeMachine,
    SetMode,
    TakeIn,
    TakeOut,
)
from controller.requests import ImportOrders, Refusal, Taken
from controller.state import JobPhase, State
from controller.stock.requests import CountLot, ReceiveLot
from controller.wanted.requests import UndoWish
from drivers import JobState, Verdict
from plant_config import Mode
from scheduler import wishes
from simulators.faults import Failure, Faults
from tests.plant.office import Look, first_rows, one_order
from tests.plant.truths import all_is_true, cancelled, watched
from tests.plant.virtual_day import Day, Script, orders_file, virtual_day

pytestmark = pytest.mark.timeout(300)

HOUR, LATE_S = 3600, 300
MUESLI = Script(plant="muesli", plan_steps=10, to_the_last=True, until_h=60)
SHOES = replace(MUESLI, plant="sneaker", orders=first_rows(orders_file("sneaker"), 8))


def of(day: Day, *kinds: type) -> list[e.Stamped]:
    return [stamped for stamped in day.journal if isinstance(stamped.event, kinds)]


def intents(day: Day) -> Iterator[tuple[int, e.JobIntended]]:
    for stamped in day.journal:
        if isinstance(stamped.event, e.JobIntended):
            yield stamped.at_s, stamped.event


def first_start(day: Day, order: str) -> int:
    """Return when the work on an order began, after its changeover."""
    return min(
        at_s + told.setup_s
        for at_s, told in intents(day)
        if any(member.operation.startswith(f"{order}/") for member in told.job.members)
    )


def was_taken(day: Day, *numbers: int) -> None:
    for number in numbers:
        for reply in day.replies[f"ask {number}"]:
            assert isinstance(reply, Taken), reply


def ended(day: Day) -> dict[str, JobState]:
    reports = (s.event.report for s in day.journal if isinstance(s.event, e.JobReported))
    return {report.job_order: report.state for report in reports}


def running_at(day: Day, at_s: int) -> dict[str, str]:
    """Return job order -> machine of what ran at a moment."""
    for state, stamped in watched(day):
        if stamped.at_s >= at_s:
            return {
                name: job.intended.job.machine
                for name, job in state.jobs.items()
                if job.phase in {JobPhase.RUNNING, JobPhase.HELD}
            }
    return {}


def next_plan(day: Day, seq: int) -> e.PlanPublished:
    """Return the first plan that knows of an event."""
    for stamped in day.journal:
        if isinstance(stamped.event, e.PlanPublished) and stamped.event.answers >= seq:
            return stamped.event
    raise AssertionError("no plan followed")


def seq_of(day: Day, kind: type) -> int:
    return of(day, kind)[0].seq


def untouched(day: Day, at_s: int, *, but: str = "") -> None:
    """What ran at a surprise ended by itself where it was."""
    ran = running_at(day, at_s)
    assert ran
    ends = ended(day)
    for name, machine in ran.items():
        assert machine == but or ends[name] is JobState.ENDED


def queued(state: State, machine: str, *, skip: int = 0) -> tuple[str, ...]:
    """Return the operations of a batch that waits in a machine's queue."""
    open_now = [
        slot.operations
        for slot in state.queues.get(machine, ())
        if all(state.work[name].phase == "open" for name in slot.operations if name in state.work)
    ]
    return open_now[skip] if len(open_now) > skip else ()


def pin_later(machine: str, to: str, in_s: int) -> Look:
    """Pin what is queued on one machine to another, some time from now."""

    def look(state: State, now_s: int) -> wishes.Wish | None:
        names = queued(state, machine, skip=1)
        return wishes.Pin(operations=names, machine=to, start_s=now_s + in_s) if names else None

    return look


def test_a_machine_that_fails_in_the_middle_of_a_plate_loses_it_and_the_rest_goes_on() -> None:
    faults = Faults(failures=(Failure("P2", 1, 50, "nozzle clogged"),))
    day = virtual_day(replace(SHOES, faults=faults))
    all_is_true(day)
    broken = next(s for s in of(day, e.JobReported) if s.event.report.state is JobState.ABORTED)
    lost = {result.operation for result in broken.event.report.results}
    assert lost
    untouched(day, broken.at_s, but="P2")
    again = [
        (at_s, member)
        for at_s, told in intents(day)
        for member in told.job.members
        if member.operation in lost and member.attempt == 2
    ]
    assert {member.operation for _, member in again} == lost
    assert all(at_s > broken.at_s for at_s, _ in again)
    plan = next_plan(day, broken.seq)
    assert plan.says.startswith(f"Plan {plan.number}: ")
    moved = {name.partition("/")[0] for name in lost}
    assert any(name in plan.says for name in moved) or "nothing moved" in plan.says
    first_again = min(s.start_s for s in plan.slots if set(s.operations) & lost)
    assert first_again >= broken.at_s


def test_an_aborted_batch_is_made_again_and_a_held_one_goes_on() -> None:
    asks = (
        (1_290, HoldMachine(machine="X2")),
        (1_295, ResumeMachine(machine="S1")),
        (1_800, ResumeMachine(machine="X2")),
        (2_400, AbortMachine(machine="X3", reason="wrong grain")),
        (2_410, AbortMachine(machine="S1", reason="torn tube")),
    )
    day = virtual_day(replace(MUESLI, asks=asks))
    all_is_true(day)
    was_taken(day, 0, 2, 3, 4)
    refused = day.replies["ask 1"][0]
    assert isinstance(refused, Refusal)
    assert "is not held, it is " in refused.why
    given = {s.event.machine: s for s in of(day, e.CommandGiven) if s.at_s < 2_000}
    held = given["X2"].event.job_order
    states = [
        s.event.report.state for s in of(day, e.JobReported) if s.event.report.job_order == held
    ]
    assert states[-3:] == [JobState.INTERRUPTED, JobState.RUNNING, JobState.ENDED]
    broken = [s for s in of(day, e.JobReported) if s.event.report.state is JobState.ABORTED]
    assert [s.event.report.machine for s in broken] == ["X3", "S1"]
    for stamped in broken:
        for result in stamped.event.report.results:
            tries = [
                member.attempt
                for _, told in intents(day)
                for member in told.job.members
                if member.operation == result.operation
            ]
            assert max(tries) > 1


def test_an_urgent_order_comes_in_and_goes_first() -> None:
    name = "999"
    text = one_order(orders_file("muesli"), 1, name, carrier="Morning Van", quantity="1")
    asks = (
        (2 * HOUR - 100, ImportOrders(name="urgent.csv", content=text)),
        (2 * HOUR + 60, wishes.Expedite(order=name)),
    )
    day = virtual_day(replace(MUESLI, asks=asks))
    all_is_true(day)
    was_taken(day, 1)
    untouched(day, 2 * HOUR)
    come = next(s for s in of(day, e.OrderAccepted) if s.event.order.id == name)
    assert f"1 order added ({name})" in next_plan(day, come.seq).says
    shipped = next(s.event for s in of(day, e.OrderShipped) if s.event.order == name)
    assert shipped.carrier == "Morning Van"
    assert shipped.on_time
    begun = first_start(day, name)
    assert begun < 2 * HOUR + 1_800


def test_work_waits_for_a_person_who_is_late_and_others_take_over_what_nobody_has_begun() -> None:
    late_s = 2 * HOUR

    def late(state: State, now_s: int) -> TakeOut | None:
        shown = [job for job in state.jobs.values() if job.intended.job.machine == "B1"]
        assert [job.phase for job in shown] == [JobPhase.ACCEPTED], "it is offered and not begun"
        return TakeOut(machine="B1", reason="person late", until_s=now_s + late_s)

    first = virtual_day(SHOES)
    at_s = next(at_s for at_s, told in intents(first) if told.job.machine == "B1")
    asks = ((at_s + 1, late), (at_s + late_s + 1, TakeIn(machine="B1")))
    day = virtual_day(replace(SHOES, asks=asks))
    all_is_true(day)
    was_taken(day, 0, 1)
    offered = next(told for _, told in intents(day) if told.job.machine == "B1")
    names = {member.operation for member in offered.job.members}
    again = [
        (at, told.job.machine)
        for at, told in intents(day)
        if names & {member.operation for member in told.job.members}
    ]
    assert len(again) == 2
    taken_over_s, machine = again[1]
    assert machine != "B1"
    assert taken_over_s < at_s + late_s


def test_modes_in_which_somebody_presses_start() -> None:
    asks = (
        (1_800, SetMode(machine="X1", mode=Mode.CONFIRM)),
        (1_800, SetMode(machine="S1", mode=Mode.SUGGEST)),
        (1_900, SetMode(machine="X2", mode=Mode.WATCH)),
        (4 * HOUR, SetMode(machine="X2", mode=Mode.AUTOMATIC)),
    )
    day = virtual_day(replace(MUESLI, asks=asks))
    all_is_true(day)
    was_taken(day, 0, 1, 2, 3)
    pressed = {s.event.machine for s in of(day, e.StartConfirmed)}
    assert pressed == {"X1", "S1"}
    while_watched = [
        at for at, told in intents(day) if told.job.machine == "X2" and 1_900 <= at < 4 * HOUR
    ]
    assert while_watched == []


def test_pinned_closed_and_held_back_work_is_where_it_was_asked_for() -> None:
    asks = (
        (900, pin_later("X3", "X1", 6_000)),
        (901, wishes.CloseMachine(machine="X3", begin_s=1_800, end_s=5_000, why="cleaning")),
        (902, wishes.NotBefore(order="710", at_s=2 * HOUR)),
        (
            903,
            lambda state, _: wishes.OnMachine(operations=queued(state, "X2", skip=2), machine="X1"),
        ),
    )
    day = virtual_day(replace(MUESLI, asks=asks))
    all_is_true(day)
    was_taken(day, 0, 1, 2, 3)
    pin = next(s.event.wish for s in of(day, e.WishGranted) if isinstance(s.event.wish, wishes.Pin))
    begun = [
        (at, told)
        for at, told in intents(day)
        if set(pin.operations) & {m.operation for m in told.job.members}
    ]
    at_s, told = begun[0]
    assert told.job.machine == "X1"
    assert {m.operation for m in told.job.members} == set(pin.operations)
    assert pin.start_s <= at_s + told.setup_s <= pin.start_s + LATE_S
    first = first_start(day, "710")
    assert first >= 2 * HOUR
    withdrawn = {s.event.number: s.event.why for s in of(day, e.WishWithdrawn)}
    assert set(withdrawn) == {1, 2, 3, 4}


def test_a_wish_that_is_taken_back_no_longer_counts() -> None:
    asks = (
        (900, wishes.NotBefore(order="710", at_s=7 * HOUR)),
        (960, UndoWish(number=1)),
    )
    day = virtual_day(replace(MUESLI, asks=asks))
    all_is_true(day)
    was_taken(day, 0, 1)
    first = first_start(day, "710")
    assert first < 7 * HOUR
    assert of(day, e.WishWithdrawn)[0].event.why == "taken back"


def test_wishes_outlive_the_controller_that_granted_them() -> None:
    asks = (
        (900, wishes.NotBefore(order="710", at_s=5 * HOUR)),
        (901, wishes.CloseMachine(machine="X3", begin_s=1_800, end_s=2 * HOUR)),
    )
    crashes = frozenset(range(400, 4_000, 211))
    day = virtual_day(replace(MUESLI, asks=asks, crashes=crashes))
    assert day.crashes > 10
    all_is_true(day)
    first = first_start(day, "710")
    assert first >= 5 * HOUR
    on_x3 = [at for at, told in intents(day) if told.job.machine == "X3"]
    assert not [at for at in on_x3 if 1_800 <= at < 2 * HOUR]


def test_what_lacks_material_is_named_and_planned_again_once_it_is_there() -> None:
    come_s = 4 * HOUR
    asks = (
        (600, CountLot(material="pigment", lot="PG-0093", quantity=0, reason="spilt")),
        (come_s, ReceiveLot(material="pigment", lot="PG-0100", quantity=2_000_000)),
    )
    day = virtual_day(replace(SHOES, asks=asks))
    all_is_true(day)
    was_taken(day, 0, 1)
    untouched(day, 600)
    emptied, received = seq_of(day, e.LotCounted), of(day, e.LotReceived)[-1].seq
    hurt = {
        member.operation.partition("/")[0]
        for at_s, told in intents(day)
        for member in told.job.members
        if member.operation.endswith("/mix") and at_s >= come_s
    }
    assert hurt
    without, again = next_plan(day, emptied), next_plan(day, received)
    assert "cannot be planned now" in without.says
    assert any(name in without.says for name in hurt)
    assert not {name for name, _ in without.ends} & hurt
    assert "added" in again.says
    assert {name for name, _ in again.ends} >= hurt
    between = [told for at_s, told in intents(day) if 600 < at_s < come_s]
    assert between, "everything else goes on"
    assert all(not m.operation.endswith("/mix") for told in between for m in told.job.members)


def test_scrap_at_every_step_is_made_again_with_all_that_it_took_along() -> None:
    steps = ("knit", "print", "mix", "bond", "cure", "pack")
    day = virtual_day(replace(SHOES, faults=Faults(scrap=dict.fromkeys(steps, 0.15)), seed=4))
    all_is_true(day)
    lost = {
        result.operation.rpartition("/")[2]
        for stamped in of(day, e.JobReported)
        for result in stamped.event.report.results
        if result.verdict is Verdict.SCRAP
    }
    assert lost >= {"knit", "print", "bond"}
    attempts = {m.attempt for _, told in intents(day) for m in told.job.members}
    assert max(attempts) > 1


def test_a_cancelled_order_is_made_no_further() -> None:
    day = virtual_day(
        replace(MUESLI, asks=((HOUR, CancelOrder(order="710", reason="changed plans")),))
    )
    all_is_true(day)
    assert cancelled(day) == {"710"}
    untouched(day, HOUR)
