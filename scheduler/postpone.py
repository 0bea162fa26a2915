"""When a half-full plate starts: it may wait for more parts as long as nothing is late because of it.

A plate starts once enough of its room is taken, or once what there is to spare has shrunk to a reserve.
What there is to spare follows from the plan: each batch has a latest begin, behind which the machine,
the crew, the parts that wait for it and the orders' cut-offs stand. If nothing begins later than that,
nothing ends later than it may, however many plates wait at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from scheduler.objectives import measure_levels, running_ends
from scheduler.problem import Due, Problem, Resource, Slot
from scheduler.schedule import Schedule, setups_in
from scheduler.wishes import Pin, PlateWait

NEVER_S = 1 << 50
FULL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long plates wait: until this share of their room is taken, in per cent, or until an order
    has no more than so many seconds to spare. 0 per cent: nothing ever waits."""

    fill: int = 0
    spare_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A plate that waits, although it could be begun."""

    slot: Slot
    until_s: int
    """When its setup begins at the latest."""
    more: int
    """Parts like its own that it waits for."""
    spare_s: int
    """How much later than planned that is."""


def waits(
    problem: Problem, schedule: Schedule, patience: Mapping[str, Patience]
) -> tuple[Wait, ...]:
    """Return the plates that are next on their machine and may wait, by the patience of their group;
    nothing pinned waits, and nothing longer than planners allow."""
    patience = {group: each for group, each in patience.items() if each.fill}
    if not patience or not schedule.slots:
        return ()
    spare_s = max(problem.reserve_s, *(each.spare_s for each in patience.values()))
    latest = latest_begins(problem, schedule, spare_s)
    allowed = [each.wait_s for each in problem.terms.wishes if isinstance(each, PlateWait)]
    most_s = allowed[-1] if allowed else NEVER_S
    found = tuple(_waits(problem, schedule, patience, latest, most_s))
    now = measure_levels(problem, schedule) if found else ()
    while found and measure_levels(problem, postponed(problem, schedule, found)) > now:
        # A crew or a tool that is shared otherwise than planned, or parts that lie about for longer,
        # stand in the way of somebody: not of the rest.
        longest = max(found, key=lambda wait: wait.spare_s)
        found = tuple(wait for wait in found if wait is not longest)
    return found


def says(at: str, more: int, spare: str) -> str:
    """Say until when a batch waits and what for, with a time of day and a duration in words."""
    parts = "1 more part" if more == 1 else f"{more} more parts"
    return f"Starts {at} at the latest: waits for {parts}, {spare} to spare."


def postponed(problem: Problem, schedule: Schedule, held: tuple[Wait, ...]) -> Schedule:
    """Return the plan with these plates at their latest, and what stands behind them pushed on."""
    begins = {wait.slot: wait.until_s for wait in held}
    moved: dict[Slot, Slot] = {}
    ready: dict[str, int] = {}
    free: dict[str, int] = {}
    for slot, _, setup in sorted(setups_in(problem, schedule), key=_by_begin):
        parts = {name for each in slot.operations for name in problem.tasks[each].after}
        at_s = max(begins.get(slot, slot.setup_start_s), free.get(slot.machine, 0))
        gap_s = slot.start_s - slot.setup_start_s
        own_s = at_s + (setup.takes_s if slot.setup_start_s != at_s else gap_s)
        start_s = max(slot.start_s, own_s, *(ready.get(name, 0) for name in parts), 0)
        begin_s = at_s if setup.takes_s else start_s
        end_s = start_s + slot.end_s - slot.start_s
        moved[slot] = replace(slot, setup_start_s=begin_s, start_s=start_s, end_s=end_s)
        free[slot.machine] = end_s
        for each in slot.operations:
            ready[each] = end_s + problem.tasks[each].rest_s
    return Schedule(tuple(moved[slot] for slot in schedule.slots))


def latest_begins(problem: Problem, schedule: Schedule, spare_s: int) -> Mapping[Slot, int]:
    """Return when each batch's setup must begin, so that every order keeps `spare_s` before its next
    cut-off, or ends no later than planned where it has less. Each stays in its working window, with as
    much to spare before that closes: what slips out of it ends on another day."""
    order = sorted(setups_in(problem, schedule), key=_by_begin, reverse=True)
    targets = _targets(problem, schedule, spare_s)
    crews = _next_by_crew(problem, schedule)
    latest_start: dict[str, int] = {}
    begins: dict[Slot, int] = {}
    behind: dict[str, Slot] = {}
    followers, fixed = _followers(problem), _pinned(problem)
    for slot, _, setup in order:
        closes_s = _closes(problem.resources[slot.machine], slot)
        ends = [max(slot.end_s, closes_s - spare_s)]
        for name in slot.operations:
            task = problem.tasks[name]
            ends.append(targets[name])
            ends += [latest_start[each] - task.rest_s for each in followers.get(name, ())]
        if slot.machine in behind:
            ends.append(begins[behind[slot.machine]])
        start_s = min(ends) - (slot.end_s - slot.start_s)
        begin_s = start_s - setup.takes_s
        after = crews.get(slot)
        if after is not None:
            begin_s = min(begin_s, begins.get(after, after.setup_start_s) - setup.takes_s)
        if fixed.intersection(slot.operations):
            begin_s = start_s = 0
        # What is planned as it is can always be begun as planned.
        begins[slot] = max(slot.setup_start_s, begin_s)
        for name in slot.operations:
            latest_start[name] = max(slot.start_s, start_s)
        behind[slot.machine] = slot
    return begins


def _by_begin(found: tuple[Slot, str, object]) -> tuple[int, int, int]:
    slot = found[0]
    return slot.start_s, slot.end_s, slot.setup_start_s


def _followers(problem: Problem) -> dict[str, list[str]]:
    after: dict[str, list[str]] = {}
    for task in problem.tasks.values():
        for earlier in task.after:
            after.setdefault(earlier, []).append(task.id)
    return after


def _targets(problem: Problem, schedule: Schedule, spare_s: int) -> dict[str, int]:
    """Return by when each task may end as far as its order's cut-offs are concerned."""
    ends = dict(running_ends(problem))
    for task in problem.tasks.values():
        end_s = schedule.end_of[task.id]
        ends[task.order] = max(end_s, ends.get(task.order, end_s))
    latest = {
        name: max(end_s, _next_cut(problem.dues.get(name), end_s) - spare_s)
        for name, end_s in ends.items()
    }
    return {task.id: latest[task.order] for task in problem.tasks.values()}


def _next_cut(due: Due | None, end_s: int) -> int:
    """Return the first cut-off that an order makes that ends then; never where it misses them all."""
    if due is None or not due.late_cents * due.weight:
        return NEVER_S
    cuts = (due.due_s, *due.again_s)
    return next((cut_s for cut_s in cuts if end_s <= cut_s), end_s)


def _closes(resource: Resource, slot: Slot) -> int:
    return next(b for a, b in resource.windows if a <= slot.setup_start_s and slot.end_s <= b)


def _next_by_crew(problem: Problem, schedule: Schedule) -> dict[Slot, Slot]:
    """Return for each setup the one that begins as many places later as its crew has people."""
    rows: dict[str, list[Slot]] = {}
    for slot, _, setup in setups_in(problem, schedule):
        group = problem.resources[slot.machine].group
        if setup.takes_s and group in problem.crews:
            rows.setdefault(group, []).append(slot)
    found: dict[Slot, Slot] = {}
    for group, row in rows.items():
        row.sort(key=lambda slot: slot.setup_start_s)
        found |= dict(zip(row, row[problem.crews[group] :], strict=False))
    return found


def _pinned(problem: Problem) -> set[str]:
    pins = (wish for wish in problem.terms.wishes if isinstance(wish, Pin))
    return {name for pin in pins for name in pin.operations}


def _waits(
    problem: Problem,
    schedule: Schedule,
    patience: Mapping[str, Patience],
    latest: Mapping[Slot, int],
    most_s: int,
) -> Iterator[Wait]:
    takes_s = {slot: setup.takes_s for slot, _, setup in setups_in(problem, schedule)}
    for machine, row in schedule.by_machine.items():
        slot, resource = row[0], problem.resources[machine]
        # Its setup could begin so late without any wait, for its parts are not there sooner.
        could_s = slot.start_s - takes_s[slot]
        until_s = min(latest[slot], could_s + most_s)
        if resource.group not in patience or until_s <= could_s:
            continue
        sizes = [problem.tasks[name].size for name in slot.operations]
        missing = resource.capacity * patience[resource.group].fill // FULL - sum(sizes)
        mean = max(1, sum(sizes) // len(sizes))
        more = -(-missing // mean)
        if resource.max_members:
            more = min(more, resource.max_members - len(sizes))
        if more > 0:
            spare_s = until_s - could_s
            yield Wait(slot=slot, until_s=until_s, more=more, spare_s=spare_s)
