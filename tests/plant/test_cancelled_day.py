"""Days on which customers take orders back: what ran ends, nothing more is made, the rest ships."""

import random

import pytest

from controller.events import (
    JobIntended,
    OrderAccepted,
    OrderCancelled,
    OrderDropped,
    OrderPacked,
    OrderShipped,
    PlanPublished,
    Stamped,
)
from controller.requests import Refusal, Taken
from plant_config import shipped
from simulators.faults import CALM, Faults, parse_faults
from simulators.oracle import count, needs
from tests.plant.soak import seeds
from tests.plant.virtual_day import Day, Script, orders_file, virtual_day

pytestmark = pytest.mark.timeout(300)

HOUR = 3600


def faults_of(plant: str) -> Faults:
    folder = shipped(plant)
    assert folder is not None
    file = folder / "faults.yaml"
    return parse_faults(file.read_text(encoding="utf-8")) if file.is_file() else CALM


def some_cancels(
    plant: str, seed: int, many: int, within_h: int = 9
) -> tuple[tuple[int, str], ...]:
    """Choose orders of the day's file and a moment for each."""
    rows = orders_file(plant).splitlines()[1:]
    names = sorted({row.partition(",")[0] for row in rows if row})
    chance = random.Random(seed)
    return tuple(
        (chance.randrange(60, within_h * HOUR), name) for name in chance.sample(names, many)
    )


def order_of(operation: str) -> str:
    return operation.partition("/")[0]


def nothing_is_lost_and_nothing_made_for_nobody(day: Day) -> set[str]:
    """Check the journal and the machines' own ledger; return the orders that were cancelled."""
    assert day.state is not None
    assert day.state.orders == {}
    assert day.state.work == {}
    back = {s.event.order: s for s in day.journal if isinstance(s.event, OrderCancelled)}
    _each_order_left_once(day.journal, set(back))
    kept = [order for order in day.orders if order.id not in back]
    made = [entry for entry in day.ledger.entries() if order_of(entry.operation) not in back]
    counted = count(made, needs(day.plant, kept))
    assert (counted.made_twice, counted.missing, counted.unknown) == ((), (), ())
    for name, cancelled in back.items():
        _nothing_was_begun_after(day, name, cancelled)
    return set(back)


def _each_order_left_once(journal: tuple[Stamped, ...], back: set[str]) -> None:
    accepted = {s.event.order.id for s in journal if isinstance(s.event, OrderAccepted)}
    left = [s.event.order for s in journal if isinstance(s.event, OrderShipped)]
    dropped = [s.event.order for s in journal if isinstance(s.event, OrderDropped)]
    assert sorted(left) == sorted(accepted - back)
    assert sorted(dropped) == sorted(back)
    packed = {s.event.order for s in journal if isinstance(s.event, OrderPacked)}
    assert not packed & back


def _nothing_was_begun_after(day: Day, name: str, cancelled: Stamped) -> None:
    told = [s for s in day.journal if isinstance(s.event, JobIntended)]
    mine = [s for s in told if name in {order_of(m.operation) for m in s.event.job.members}]
    assert all(s.seq < cancelled.seq for s in mine), f"{name} was begun after its cancel"
    known = {s.event.job.id for s in mine}
    made = [entry for entry in day.ledger.entries() if order_of(entry.operation) == name]
    assert {entry.job_order for entry in made} <= known
    for stamped in day.journal:
        plan = stamped.event
        if isinstance(plan, PlanPublished) and stamped.seq > cancelled.seq:
            planned = {order_of(one) for slot in plan.slots for one in slot.operations}
            assert name not in planned, f"plan {plan.number} still holds {name}"


@pytest.mark.parametrize("seed", seeds(1, part=4))
def test_orders_cancelled_at_any_moment_while_controllers_die(seed: int) -> None:
    crashes = frozenset(random.Random(seed).sample(range(6_000), 40))
    cancels = some_cancels("muesli", seed, 8, within_h=2)
    script = Script(plant="muesli", seed=seed, plan_steps=20, crashes=crashes, cancels=cancels)
    day = virtual_day(script)
    back = nothing_is_lost_and_nothing_made_for_nobody(day)
    assert day.crashes > 15
    assert back
    for name, replies in day.replies.items():
        taken = [reply for reply in replies if isinstance(reply, Taken)]
        assert len(taken) <= 1
        assert all(isinstance(reply, Taken | Refusal) for reply in replies)
        if name in {order.id for order in day.orders} - back:
            assert "packed" in replies[0].why or "has left" in replies[0].why


def test_a_faulty_day_of_shoes_with_cancelled_orders() -> None:
    cancels = some_cancels("sneaker", 5, 8)
    day = virtual_day(Script(plant="sneaker", seed=5, faults=faults_of("sneaker"), cancels=cancels))
    back = nothing_is_lost_and_nothing_made_for_nobody(day)
    assert len(back) >= 4
    sunk = [s.event.sunk_cents for s in day.journal if isinstance(s.event, OrderCancelled)]
    assert any(cents > 0 for cents in sunk)


def test_a_day_of_which_every_order_is_cancelled_closes() -> None:
    names = sorted({row.partition(",")[0] for row in orders_file("aligner").splitlines()[1:]})
    cancels = tuple((120 + 7 * at, name) for at, name in enumerate(names))
    day = virtual_day(Script(plant="aligner", cancels=cancels))
    back = nothing_is_lost_and_nothing_made_for_nobody(day)
    assert back == {order.id for order in day.orders}
