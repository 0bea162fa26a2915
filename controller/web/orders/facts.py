"""What is known of an order between two events that touch it: looked up once for each plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.insights.genealogy import Attempt, Life
from controller.state import JobPhase, OpenOrder, Phase, State
from scheduler import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Where an order stands, without what the clock does to it."""

    revision: int
    plan: int
    end_s: int | None
    """Of its last operation in the plan, which may be past by now; None: not all of it is planned."""
    given: tuple[str, ...]
    """Operations that machines were told."""
    machines: tuple[str, ...]
    """The machines that were told them."""
    next_slot: Slot | None
    """The first batch in the plan that holds an open operation of it."""
    next_operation: str
    marks: tuple[str, ...]
    """One letter for each operation, by step: done, running, open, doubtful, lost."""
    done: int
    begun: bool
    doubted: str
    """A job order in doubt that holds something of it; empty for none."""
    again: Slot | None
    """Where what was lost is planned to be made again."""
    lost: Attempt | None
    """The last attempt that was lost and whose operation is not good yet."""

    @property
    def running(self) -> bool:
        """Tell whether a machine works on it."""
        return bool(self.given)


def facts_of(
    state: State,
    opened: OpenOrder,
    life: Life | None,
    slot_of: Mapping[str, Slot],
    revision: int,
    plan: int,
) -> Facts:
    """Look at one order."""
    routing, work = opened.routing, state.work
    given = tuple(name for name in routing.operations if work[name].phase is Phase.GIVEN)
    jobs = {name: state.jobs.get(work[name].job_order) for name in given}
    doubts = [each for each in jobs.values() if each is not None and each.phase is JobPhase.DOUBT]
    machines = [each.intended.job.machine for each in jobs.values() if each is not None]
    lost = _lost(state, life)
    ahead = [
        (slot.start_s, name, slot)
        for name in routing.operations
        if work[name].phase is Phase.OPEN and (slot := slot_of.get(name)) is not None
    ]
    first = min(ahead, key=lambda each: each[:2], default=None)
    done = sum(work[name].phase is Phase.DONE for name in routing.operations)
    return Facts(
        revision=revision,
        plan=plan,
        end_s=_end_s(state, opened, slot_of),
        given=given,
        machines=tuple(dict.fromkeys(machines)),
        next_slot=None if first is None else first[2],
        next_operation="" if first is None else first[1],
        marks=tuple(_mark(state, name, lost, bool(doubts)) for name in routing.operations),
        done=done,
        begun=bool(done or given) or any(work[name].attempt > 1 for name in routing.operations),
        doubted=doubts[0].intended.job.id if doubts else "",
        again=None if lost is None else slot_of.get(lost[-1].operation),
        lost=None if lost is None else lost[-1],
    )


def _mark(state: State, operation: str, lost: list[Attempt] | None, doubts: bool) -> str:
    """Return the class of the style sheet: d, r, n, q (doubt) or x (lost)."""
    work = state.work[operation]
    if work.phase is Phase.DONE:
        return "d"
    if work.phase is Phase.GIVEN:
        job = state.jobs.get(work.job_order) if doubts else None
        return "q" if job is not None and job.phase is JobPhase.DOUBT else "r"
    spoilt = lost is not None and any(each.operation == operation for each in lost)
    return "x" if spoilt else "n"


def _lost(state: State, life: Life | None) -> list[Attempt] | None:
    """Return attempts that came to nothing and whose operations are not good yet, the last one last."""
    if life is None:
        return None
    found = [
        each
        for each in life.attempts
        if (each.verdict == "scrap" or (each.verdict == "not_made" and each.began_s is not None))
        and (work := state.work.get(each.operation)) is not None
        and work.phase is not Phase.DONE
        and work.attempt > each.number
    ]
    return sorted(found, key=lambda each: each.ended_s or 0) or None


def _end_s(state: State, opened: OpenOrder, slot_of: Mapping[str, Slot]) -> int | None:
    if opened.packed_s is not None:
        return opened.packed_s
    if opened.cancelled is not None:
        return None
    last_s: int | None = None
    for name in opened.routing.operations:
        end_s = operation_end_s(state, name, slot_of)
        if end_s is None:
            return None
        last_s = end_s if last_s is None else max(last_s, end_s)
    return last_s


def operation_end_s(state: State, operation: str, slot_of: Mapping[str, Slot]) -> int | None:
    """Return when an operation ended, is to end, or is planned to end; None: nobody knows."""
    work = state.work[operation]
    match work.phase:
        case Phase.DONE:
            return work.ended_s
        case Phase.GIVEN:
            job = state.jobs.get(work.job_order)
            return None if job is None else job.intended.planned_end_s
        case Phase.OPEN:
            slot = slot_of.get(operation)
            return None if slot is None else slot.end_s
