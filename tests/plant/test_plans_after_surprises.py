"""A plan after a surprise keeps nobody waiting: others go on, and no search stands before a quick one."""

from dataclasses import replace

import pytest

from controller import events as e
from controller.amend.requests import CancelOrder
from controller.floor.requests import HoldMachine, ResumeMachine, TakeIn, TakeOut
from controller.requests import ImportOrders
from controller.state import JobPhase, State
from controller.waiting import next_slot
from drivers import JobState
from scheduler import wishes
from simulators.faults import Failure, Faults
from tests.plant.office import one_order
from tests.plant.truths import all_is_true
from tests.plant.virtual_day import Day, Script, orders_file, virtual_day

pytestmark = pytest.mark.timeout(300)

QUICK_S, BETTER_S = 240.0, 7_200.0
"""Far longer than real plans take, so that others would be seen to wait."""
URGENT = one_order(orders_file("muesli"), 1, "999", carrier="Morning Van", quantity="1")
DAY = Script(
    plant="muesli",
    plan_steps=10,
    planning_s=(QUICK_S, BETTER_S),
    faults=Faults(failures=(Failure("X2", 3, 50, "jammed"),)),
    asks=(
        (1_500, ImportOrders(name="urgent.csv", content=URGENT)),
        (1_560, CancelOrder(order="710", reason="changed plans")),
        (1_580, wishes.CloseMachine(machine="X3", begin_s=3_000, end_s=3_600)),
        (1_640, TakeOut(machine="R1", reason="repair", until_s=2_400)),
        (2_400, TakeIn(machine="R1")),
    ),
    to_the_last=True,
    until_h=60,
)


@pytest.fixture(scope="module", name="day")
def one_day() -> Day:
    return virtual_day(DAY)


def surprises(day: Day) -> list[e.Stamped]:
    """Return what changed the demand out of the ordinary."""
    kinds = (e.OrderCancelled, e.MachineTakenOut, e.MachineTakenIn, e.WishGranted)
    return [
        stamped
        for stamped in day.journal
        if isinstance(stamped.event, kinds)
        or (isinstance(stamped.event, e.JobReported) and _failed(stamped.event))
        or (isinstance(stamped.event, e.OrderAccepted) and stamped.event.order.id == "999")
    ]


def _failed(event: e.JobReported) -> bool:
    return event.report.state is JobState.ABORTED


def until_its_plan(day: Day, surprise: e.Stamped) -> list[e.Stamped]:
    """Return what happened from a surprise to the plan that answers it."""
    later = [stamped for stamped in day.journal if stamped.seq > surprise.seq]
    for at, stamped in enumerate(later):
        if isinstance(stamped.event, e.PlanPublished) and stamped.event.answers >= surprise.seq:
            return later[: at + 1]
    raise AssertionError(f"no plan answers {surprise.event}")


def test_the_day_ends_well_though_every_plan_comes_late(day: Day) -> None:
    all_is_true(day)
    assert len(surprises(day)) == 6


def test_other_machines_go_on_with_the_old_plan_until_the_new_one_is_there(day: Day) -> None:
    for surprise in surprises(day):
        if isinstance(surprise.event, e.WishGranted):
            continue  # its plan came with it
        meanwhile = until_its_plan(day, surprise)
        begun = [s for s in meanwhile if isinstance(s.event, e.JobIntended)]
        hurt = getattr(surprise.event, "machine", "")
        begun = [s for s in begun if s.event.job.machine != hurt]
        assert begun, f"nothing was begun while {type(surprise.event).__name__} was planned"
        assert all(s.event.plan < meanwhile[-1].event.number for s in begun)


def test_a_surprise_waits_for_two_quick_plans_at_most_and_for_no_better_one(day: Day) -> None:
    for surprise in surprises(day):
        waited_s = until_its_plan(day, surprise)[-1].at_s - surprise.at_s
        assert waited_s <= 2 * QUICK_S + 60, type(surprise.event).__name__


def test_quick_questions_are_asked_while_a_better_plan_is_searched(day: Day) -> None:
    better = [at_s for at_s, quick in day.planned if not quick]
    quick = [at_s for at_s, quick in day.planned if quick]
    assert any(0 < asked_s - at_s < BETTER_S for at_s in better for asked_s in quick)
    published = [s.event for s in day.journal if isinstance(s.event, e.PlanPublished)]
    assert any(plan.why == "a better plan than the quick one" for plan in published)


def shared(state: State) -> tuple[str, str] | None:
    """Return a machine that runs a part of an order of which another part is next elsewhere."""
    heads = {name: next_slot(state, name) for name in state.queues}
    for job in state.jobs.values():
        told = job.intended.job
        orders = {member.operation.partition("/")[0] for member in told.members}
        for name, slot in heads.items():
            ready = slot is not None and {n.partition("/")[0] for n in slot.operations} & orders
            if job.phase is JobPhase.RUNNING and name != told.machine and ready:
                return told.machine, min(ready)
    return None


def test_nothing_more_is_begun_of_a_cancelled_order_that_the_old_plan_still_holds() -> None:
    found: list[str] = []

    def hold(state: State, _now_s: int) -> HoldMachine | None:
        found[:] = found or shared(state) or ()
        return HoldMachine(machine=found[0]) if found else None

    def cancel(state: State, _now_s: int) -> CancelOrder | None:
        known = bool(found) and state.orders[found[1]].cancelled is None
        return CancelOrder(order=found[1], reason="changed plans") if known else None

    looks = [
        (at_s + n, look) for at_s in (1_000, 1_100, 1_200) for n, look in enumerate((hold, cancel))
    ]
    asks = (*looks, (3_000, lambda *_: ResumeMachine(machine=found[0])))
    day = virtual_day(replace(DAY, planning_s=(900.0, 7_200.0), asks=asks, faults=Faults()))
    all_is_true(day)
    (cancelled,) = [s for s in day.journal if isinstance(s.event, e.OrderCancelled)]
    assert cancelled.event.running
    plan = until_its_plan(day, cancelled)[-1]
    assert plan.at_s > cancelled.at_s + 600


def test_a_plan_that_never_comes_stops_nobody() -> None:
    day = virtual_day(replace(DAY, planning_s=(60.0, 10**9), asks=DAY.asks[:2], faults=Faults()))
    all_is_true(day)
