"""Wishes that a right schedule may have to miss: pinned starts, and how long a batch waits for members.

Shares no code with the engine. Each one missed counts as a broken rule, so that plans without them
win, but it does not make a schedule wrong: the plant has to go on.
"""

from collections.abc import Iterator

from scheduler.granted import last_places, pinned
from scheduler.problem import Problem, Resource, Slot
from scheduler.schedule import Schedule, free_from, rested_ends, setups_in
from scheduler.wishes import PIN_SLACK_S, Pin, PlateWait


def unkept(problem: Problem, schedule: Schedule) -> Iterator[str]:
    """Say every wish that a schedule misses, in the plan's seconds."""
    for wish in dict.fromkeys(problem.terms.wishes):
        if isinstance(wish, Pin):
            yield from _starts_late(problem, wish, schedule)
    waits = [wish for wish in problem.terms.wishes if isinstance(wish, PlateWait)]
    if waits:
        yield from _waits_too_long(problem, waits[-1], schedule)


def _starts_late(problem: Problem, pin: Pin, schedule: Schedule) -> Iterator[str]:
    members = pinned(problem, pin)
    for slot in schedule.slots:
        late_s = slot.start_s - max(pin.start_s, problem.now_s)
        if members.intersection(slot.operations) and late_s > PIN_SLACK_S:
            yield (
                f"The batch of {', '.join(slot.operations)} on {pin.machine} starts "
                f"{late_s // 60} min after it was pinned to start."
            )


def _waits_too_long(problem: Problem, wish: PlateWait, schedule: Schedule) -> Iterator[str]:
    """What a planner pinned together waits as long as it must."""
    held = {name for name, place in last_places(problem).items() if isinstance(place, Pin)}
    ends = rested_ends(problem)
    ends.update(
        {name: end_s + problem.tasks[name].rest_s for name, end_s in schedule.end_of.items()}
    )
    for slot, _, setup in setups_in(problem, schedule):
        if len(slot.operations) < 2 or held.intersection(slot.operations):  # noqa: PLR2004
            continue
        tasks = [problem.tasks[name] for name in slot.operations]
        ready = min(
            max(problem.now_s, task.release_s, *(ends.get(name, 0) for name in task.after))
            for task in tasks
        )
        resource = problem.resources[slot.machine]
        could_s = _could_start(problem, resource, schedule, slot, setup.takes_s, ready)
        if slot.start_s - could_s > wish.wait_s:
            yield (
                f"The batch of {', '.join(slot.operations)} on {slot.machine} waits "
                f"{(slot.start_s - could_s) // 60} min for its last members; "
                f"{wish.wait_s // 60} min were allowed."
            )


def _could_start(
    problem: Problem, resource: Resource, schedule: Schedule, slot: Slot, setup_s: int, ready_s: int
) -> int:
    """Return when a batch could start if its first member were enough; it is as long as it is, and
    whoever sets the machine up is not free earlier than for the batch as planned."""
    row = schedule.by_machine[slot.machine]
    at = row.index(slot)
    free_s = free_from(problem, resource) if at == 0 else row[at - 1].end_s
    seconds = slot.end_s - slot.start_s
    for opens, closes in resource.windows:
        begin_s = max(free_s, opens)
        if setup_s and opens <= slot.setup_start_s < closes:
            begin_s = max(begin_s, slot.setup_start_s)
        could_s = max(begin_s + setup_s, ready_s)
        if could_s + seconds <= closes or (resource.resumable and could_s < closes):
            return could_s
    return slot.start_s
