"""What must be true of a day whatever happened on it, read off journal, ledger and books."""

from collections.abc import Iterator

from controller import events as e
from controller.fold import apply
from controller.names import order_of
from controller.state import State
from controller.waiting import mode_of
from drivers import JobState, Verdict
from plant_config import Mode, windows
from scheduler import wishes
from simulators.oracle import Made, count, needs
from tests.plant.virtual_day import Day

LASTING = (wishes.PlateWait, wishes.LevelOrder, wishes.CloseMachine)
"""Wishes that may still count when all orders have left."""


def watched(day: Day) -> Iterator[tuple[State, e.Stamped]]:
    """Fold the journal again and yield each event with the state right before it."""
    state = State(day.plant)
    for stamped in day.journal:
        yield state, stamped
        apply(state, stamped)


def all_is_true(day: Day) -> None:
    """Hold a day that is over against everything below."""
    assert day.verified
    assert day.state is not None
    assert day.state.orders == {}
    assert day.state.work == {}
    each_order_left_once(day)
    nothing_made_twice_or_lost(day)
    starts_were_allowed(day)
    nothing_was_begun_for_nobody(day)
    parts_were_joined_with_their_own(day)
    books_add_up(day)
    left = [granted.wish for granted in day.state.wishes.values()]
    assert all(isinstance(wish, LASTING) for wish in left), left


def cancelled(day: Day) -> set[str]:
    """Return the orders that were taken back."""
    return {s.event.order for s in day.journal if isinstance(s.event, e.OrderCancelled)}


def each_order_left_once(day: Day) -> None:
    """Every order ships once, and those that were taken back are dropped once."""
    back = cancelled(day)
    left = [s.event.order for s in day.journal if isinstance(s.event, e.OrderShipped)]
    dropped = [s.event.order for s in day.journal if isinstance(s.event, e.OrderDropped)]
    assert sorted(left) == sorted({order.id for order in day.orders} - back)
    assert sorted(dropped) == sorted(back)


def thrown_away(day: Day) -> Iterator[Made]:
    """Yield what hands had begun and somebody broke off; no machine writes that down."""
    jobs = {s.event.job.id: s.event.job for s in day.journal if isinstance(s.event, e.JobIntended)}
    for number, stamped in enumerate(day.journal):
        event = stamped.event
        if not isinstance(event, e.JobReported) or event.report.state is not JobState.ABORTED:
            continue
        job = jobs[event.report.job_order]
        if day.plant.machines[job.machine].link.kind == "station":
            for result in event.report.results:
                if result.verdict is Verdict.SCRAP:
                    yield Made(
                        at_s=stamped.at_s,
                        machine=job.machine,
                        job_order=job.id,
                        operation=result.operation,
                        attempt=1,
                        subject="",
                        verdict="scrap",
                        cycle=-number,
                    )


def nothing_made_twice_or_lost(day: Day) -> None:
    """Count the machines' own ledger."""
    back = cancelled(day)
    entries = (*day.ledger.entries(), *thrown_away(day))
    kept = [entry for entry in entries if entry.operation.partition("/")[0] not in back]
    counted = count(kept, needs(day.plant, (o for o in day.orders if o.id not in back)))
    assert (counted.made_twice, counted.missing, counted.unknown) == ((), (), ())
    rest = [entry for entry in entries if entry.operation.partition("/")[0] in back]
    aside = count(rest, needs(day.plant, (o for o in day.orders if o.id in back)))
    assert (aside.made_twice, aside.unknown) == ((), ())


def nothing_was_begun_for_nobody(day: Day) -> None:
    """Nothing of an order begins after it was taken back, though it stands in the plan for a while."""
    back: set[str] = set()
    for stamped in day.journal:
        if isinstance(stamped.event, e.OrderCancelled):
            back.add(stamped.event.order)
        if isinstance(stamped.event, e.JobIntended):
            of = {member.operation.partition("/")[0] for member in stamped.event.job.members}
            assert not of & back, f"{stamped.event.job.label} was begun for {of & back}"


def starts_were_allowed(day: Day) -> None:
    """No start against a wish, a closing, a mode, a shift, or somebody's word."""
    for state, stamped in watched(day):
        if isinstance(stamped.event, e.JobIntended):
            machine, now_s = stamped.event.job.machine, stamped.at_s
            known, label = state.machines[machine], stamped.event.job.label
            assert known.out is None, f"{label} began on {machine}, which is out of service"
            mode = mode_of(state, machine)
            names = {member.operation for member in stamped.event.job.members}
            asked = mode is Mode.AUTOMATIC or set(known.confirmed) >= names
            assert asked, f"{label} began on {machine} ({mode.value}), and nobody pressed Start"
            day_now = now_s // 86_400
            hours = windows(state.plant, state.plant.machines[machine].group, day_now, 1)
            assert any(a <= now_s < b for a, b in hours), f"{label} began out of shift"
            for granted in state.wishes.values():
                why = _against(state, granted.wish, stamped)
                assert why is None, f"{label} on {machine} at {now_s}: {why}"


def _against(state: State, wish: wishes.Wish, begun: e.Stamped) -> str | None:
    assert isinstance(begun.event, e.JobIntended)
    job, at_s = begun.event.job, begun.at_s
    works_s = at_s + begun.event.setup_s
    names = {member.operation for member in job.members}
    match wish:
        case wishes.CloseMachine() if wish.machine == job.machine:
            return "it is closed" if wish.begin_s <= at_s < wish.end_s else None
        case wishes.NotBefore():
            meant = any(
                name in wish.operations if wish.operations else name.startswith(f"{wish.order}/")
                for name in names
            )
            return f"not before {wish.at_s}" if meant and works_s < wish.at_s else None
        case wishes.Pin() if names & set(wish.operations):
            early = works_s < wish.start_s
            return f"pinned at {wish.start_s}" if early or job.machine != wish.machine else None
        case wishes.OnMachine() if names & set(wish.operations):
            return f"it belongs on {wish.machine}" if job.machine != wish.machine else None
        case _:
            return None


def parts_were_joined_with_their_own(day: Day) -> None:
    """What is joined was made before, good, of the same order, and scanned where scans are asked."""
    for state, stamped in watched(day):
        event = stamped.event
        if isinstance(event, e.PartScanned) and event.job_order in state.jobs:
            members = state.jobs[event.job_order].intended.job.members
            orders = {member.operation.partition("/")[0] for member in members}
            assert event.operation.partition("/")[0] in orders
        if isinstance(event, e.JobIntended):
            for member in event.job.members:
                graph = order_of(state, member.operation).routing.graph
                for earlier in graph.predecessors(member.operation):
                    assert state.work[earlier].phase == "done", f"{earlier} was not there"


def books_add_up(day: Day) -> None:
    """Lots are never negative, all of them is accounted for, and each job order is booked once."""
    booked: list[str] = []
    for state, stamped in watched(day):
        for lot in state.store.lots.values():
            assert lot.quantity == lot.received - lot.used + lot.corrected >= 0
        if isinstance(stamped.event, e.LotUsed):
            booked.append(stamped.event.job_order)
    assert len(booked) == len(set(booked))
