"""What a schedule is judged by: ordered levels, each measured or expressed as a sum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scheduler.problem import RESERVE_S, Aim, Due, Problem, Resource
from scheduler.schedule import Schedule, kit_spread, setups_in, violations, worked_s
from scheduler.unkept import unkept
from scheduler.wishes import LevelOrder

HOUR_S = 3600
USUAL_RESERVE_S = RESERVE_S
"""What a plan says is at risk ends closer than this to its due time."""
MOVED_S = 900
"""A start that shifts by less is not a move: people on the floor do not notice it."""

Levels: TypeAlias = tuple[tuple[str, int], ...]
"""(name, value) from the most important level to the least; smaller is better."""


@dataclass(frozen=True, slots=True)
class Late:
    """Counts 1 when the order misses its due time, or one of the next cut-offs."""

    order: str
    cut: int = 0
    """0: the due time; from 1 on: `Due.again_s`."""


@dataclass(frozen=True, slots=True)
class Short:
    """Counts the seconds that an order in time is short of its reserve."""

    order: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Counts the changes of a group's machines from one family to another."""

    group: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """Counts the batches of a machine that holds several tasks at once."""

    machine: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """Counts the seconds by which an order ends after its due time."""

    order: str


@dataclass(frozen=True, slots=True)
class Latest:
    """Counts the second at which the last of all work ends; 0 when there is none."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Counts the seconds that batches run."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Counts the seconds between the first and the last end of what a task waits for."""

    task: str


Count: TypeAlias = Late | Short | Changed | Cycle | Overdue | Latest | Runs | Spread


@dataclass(frozen=True, slots=True)
class Linear:
    """A sum of whole multiples of counts, divided by `per` and rounded down at the very end."""

    terms: tuple[tuple[int, Count], ...]
    per: int = 1


@dataclass(frozen=True, slots=True)
class Objective:
    """Something to make small: measured on a schedule, or expressed for an exact solver."""

    name: str
    measure: Callable[[Problem, Schedule, Schedule | None], int]
    express: Callable[[Problem], Linear] | None = None
    """None where the solver holds it by other means (rules) or does not look at it (moves)."""


def measure_levels(
    problem: Problem, schedule: Schedule, previous: Schedule | None = None
) -> Levels:
    """Measure every level of a schedule, the most important first."""
    levels = levels_of(problem)
    return tuple((each.name, each.measure(problem, schedule, previous)) for each in levels)


def levels_of(problem: Problem) -> tuple[Objective, ...]:
    """Return what a plan for this problem is judged by, the most important first."""
    if problem.aim is not Aim.CENTS:
        return (RULES, AIMS[problem.aim])
    return STEADY if moves_first(problem) else OBJECTIVES


def moves_first(problem: Problem) -> bool:
    """Say whether planners want few moves more than little cost."""
    orders = [wish for wish in problem.terms.wishes if isinstance(wish, LevelOrder)]
    return bool(orders) and orders[-1].first == "stability"


def order_ends(problem: Problem, schedule: Schedule) -> Mapping[str, int]:
    """Return for each order with a due time the end of its last operation that is not finished."""
    ends: dict[str, int] = {}
    for task in problem.tasks.values():
        end_s = schedule.end_of.get(task.id)
        if end_s is not None:
            ends[task.order] = max(end_s, ends.get(task.order, end_s))
    for order, end_s in running_ends(problem).items():
        ends[order] = max(end_s, ends.get(order, end_s))
    return {order: ends[order] for order in problem.dues if order in ends}


def running_ends(problem: Problem) -> Mapping[str, int]:
    """Return for each order with a due time the expected end of its last running operation."""
    ends: dict[str, int] = {}
    for slot in problem.frozen.running:
        for name in slot.operations:
            order = _order_of(name, problem.dues)
            if order is not None:
                ends[order] = max(slot.end_s, ends.get(order, slot.end_s))
    return ends


def late_cost(due: Due) -> int:
    """Return what missing a due time costs, in cents."""
    return due.late_cents * due.weight


def missed_cuts(due: Due, end_s: int) -> int:
    """Return how many cut-offs an order misses that ends at a second."""
    return (end_s > due.due_s) + sum(end_s > cut_s for cut_s in due.again_s)


def risk_per_s(reserve_s: int) -> int:
    """Return the share of an order's late cost, times 3600, for each second that is missing from the
    reserve."""
    return HOUR_S // (2 * reserve_s) if reserve_s else 0


def cycle_cost(problem: Problem, resource: Resource) -> int:
    """Return what a shared cycle costs, full or not, in cents * 3600: its base time at the machine's
    rate. A machine that holds one task at a time has as many cycles whatever the plan."""
    return resource.base_s * problem.rates.get(resource.group, 0) if resource.capacity else 0


def short_s(end_s: int, due_s: int, reserve_s: int = RESERVE_S) -> int:
    """Return by how many seconds an end that is in time falls short of the reserve."""
    return max(0, reserve_s - (due_s - end_s)) if end_s <= due_s else 0


def _order_of(operation: str, dues: Mapping[str, Due]) -> str | None:
    """Find the order in a derived id: `4127/1.2/knit` belongs to `4127`."""
    parts = operation.split("/")
    names = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    return next((name for name in names if name in dues), None)


def _count_broken_rules(problem: Problem, schedule: Schedule, _: Schedule | None) -> int:
    """A wish that is missed counts as one: any plan that keeps it is the better one."""
    broken = sum(1 for _ in violations(problem, schedule))
    return broken + sum(1 for _ in unkept(problem, schedule))


def _measure_money(problem: Problem, schedule: Schedule, _: Schedule | None) -> int:
    ends, risk = order_ends(problem, schedule), risk_per_s(problem.reserve_s)
    cents, paid = 0, 0
    for order, end_s in ends.items():
        due = problem.dues[order]
        cents += late_cost(due) * missed_cuts(due, end_s)
        paid += late_cost(due) * risk * short_s(end_s, due.due_s, problem.reserve_s)
    for slot, _before, setup in setups_in(problem, schedule):
        cents += setup.cents
        paid += setup.takes_s * problem.rates.get(problem.resources[slot.machine].group, 0)
    known = [slot.machine for slot in schedule.slots if slot.machine in problem.resources]
    paid += sum(cycle_cost(problem, problem.resources[name]) for name in known)
    kits = (task for task in problem.tasks.values() if task.kit_cents)
    paid += sum(task.kit_cents * kit_spread(problem, schedule.end_of, task) for task in kits)
    return cents + paid // HOUR_S


def _express_money(problem: Problem) -> Linear:
    """Count in cents times seconds an hour, so that a rate is no fraction."""
    late = tuple(
        (late_cost(due) * HOUR_S, Late(order, cut))
        for order, due in problem.dues.items()
        for cut in range(1 + len(due.again_s))
    )
    risk = risk_per_s(problem.reserve_s)
    short = tuple((late_cost(due) * risk, Short(order)) for order, due in problem.dues.items())
    changed = tuple(
        (setup.cents * HOUR_S + setup.takes_s * problem.rates.get(group, 0), Changed(group, *pair))
        for (group, *pair), setup in problem.setups.items()
    )
    costs = {name: cycle_cost(problem, each) for name, each in problem.resources.items()}
    cycles = tuple((cost, Cycle(name)) for name, cost in costs.items() if cost)
    kits = tuple((t.kit_cents, Spread(t.id)) for t in problem.tasks.values() if t.kit_cents)
    return Linear((*late, *short, *changed, *cycles, *kits), per=HOUR_S)


def _measure_makespan(problem: Problem, schedule: Schedule, _: Schedule | None) -> int:
    """Running work counts, because whoever waits for all work waits for it too."""
    running = (slot.end_s for slot in problem.frozen.running)
    return max((*running, *(slot.end_s for slot in schedule.slots)), default=0)


def _express_makespan(_: Problem) -> Linear:
    return Linear(((1, Latest()),))


def _measure_tardiness(problem: Problem, schedule: Schedule, _: Schedule | None) -> int:
    return sum(
        problem.dues[order].weight * max(0, end_s - problem.dues[order].due_s)
        for order, end_s in order_ends(problem, schedule).items()
    )


def _express_tardiness(problem: Problem) -> Linear:
    return Linear(tuple((due.weight, Overdue(order)) for order, due in problem.dues.items()))


def _measure_score(problem: Problem, schedule: Schedule, _: Schedule | None) -> int:
    score, ends = problem.score, order_ends(problem, schedule)
    late = sum(end_s > problem.dues[order].due_s for order, end_s in ends.items())
    total = score.late * late
    for slot, _before, setup in setups_in(problem, schedule):
        total += score.run * worked_s(problem.resources[slot.machine], slot)
        total += score.setup * setup.takes_s + score.cost * setup.cents
    return total


def _express_score(problem: Problem) -> Linear:
    score = problem.score
    late = tuple((score.late, Late(order)) for order in problem.dues)
    changed = tuple(
        (score.setup * setup.takes_s + score.cost * setup.cents, Changed(group, *pair))
        for (group, *pair), setup in problem.setups.items()
    )
    return Linear((*late, *changed, (score.run, Runs())))


def _count_moves(problem: Problem, schedule: Schedule, previous: Schedule | None) -> int:
    """Count operations that the floor will find elsewhere: other machine or clearly other time."""
    if previous is None:
        return 0
    was = {
        name: (slot.machine, slot.start_s) for slot in previous.slots for name in slot.operations
    }
    moves = 0
    for slot in schedule.slots:
        for name in slot.operations:
            machine, start_s = was.get(name, (slot.machine, slot.start_s))
            moves += machine != slot.machine or abs(start_s - slot.start_s) >= MOVED_S
    return moves


RULES = Objective("broken_rules", _count_broken_rules)
MOVES = Objective("moves", _count_moves)
AIMS: Mapping[Aim, Objective] = {
    Aim.CENTS: Objective("cents", _measure_money, _express_money),
    Aim.MAKESPAN: Objective("makespan", _measure_makespan, _express_makespan),
    Aim.SCORE: Objective("score", _measure_score, _express_score),
    Aim.TARDINESS: Objective("tardiness", _measure_tardiness, _express_tardiness),
}
"""What a plan that breaks no rule is to make small."""
OBJECTIVES: tuple[Objective, ...] = (RULES, AIMS[Aim.CENTS], MOVES)
STEADY: tuple[Objective, ...] = (RULES, MOVES, AIMS[Aim.CENTS])
"""The same with moves before money."""
