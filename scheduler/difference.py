"""What changes for people between two plans: orders that move, that become late, and what it costs."""

from dataclasses import dataclass

from scheduler.objectives import MOVED_S, measure_levels, order_ends
from scheduler.problem import Problem
from scheduler.schedule import Schedule, setups_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a plan comes to."""

    late: int
    """Orders projected past their due time."""
    cents: int
    """The money level: margin lost, changeovers, shared cycles."""
    changeovers: int
    changeover_s: int
    batches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """An order whose projected end changes; None: it has none."""

    order: str
    from_s: int | None
    to_s: int | None
    due_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two plans for the same work, side by side."""

    before: Sums
    after: Sums
    moved: tuple[Shift, ...]
    """Orders whose end shifts by what people notice (`MOVED_S`), those due first first."""
    newly_late: tuple[str, ...]


def changed_by(problem: Problem, before: Schedule, after: Schedule) -> Difference:
    """Compare two schedules of a problem; what it does not know is left out of neither.

    Pose the problem without the wish that is asked about: then both cost by the same measure.
    """
    was, becomes = order_ends(problem, before), order_ends(problem, after)
    moved = tuple(
        Shift(order=order, from_s=was.get(order), to_s=becomes.get(order), due_s=due.due_s)
        for order, due in sorted(problem.dues.items(), key=lambda item: (item[1].due_s, item[0]))
        if _moves(was.get(order), becomes.get(order))
    )
    return Difference(
        before=sums_of(problem, before),
        after=sums_of(problem, after),
        moved=moved,
        newly_late=tuple(
            order
            for order, due in problem.dues.items()
            if becomes.get(order, 0) > due.due_s and was.get(order, due.due_s) <= due.due_s
        ),
    )


def sums_of(problem: Problem, schedule: Schedule) -> Sums:
    """Count what a schedule comes to."""
    ends = order_ends(problem, schedule)
    changes = [
        setup for _, _, setup in setups_in(problem, schedule) if setup.takes_s or setup.cents
    ]
    return Sums(
        late=sum(end_s > problem.dues[order].due_s for order, end_s in ends.items()),
        cents=dict(measure_levels(problem, schedule))["cents"],
        changeovers=len(changes),
        changeover_s=sum(setup.takes_s for setup in changes),
        batches=len(schedule.slots),
    )


def _moves(from_s: int | None, to_s: int | None) -> bool:
    if from_s is None or to_s is None:
        return from_s is not to_s
    return abs(from_s - to_s) >= MOVED_S
