"""Why an order ends when it ends: the chain of what each batch on its way had to wait for."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from scheduler.overfull import crowded
from scheduler.problem import Problem, Slot
from scheduler.schedule import Schedule, free_from, rested_ends, setups_in


class Waits(StrEnum):
    """What kept a batch from starting earlier."""

    PARTS = "parts"
    ROOM = "room"
    MACHINE = "machine"
    SETUP = "setup"
    CREW = "crew"
    WINDOW = "window"
    RELEASE = "release"
    FREE = "free"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A batch on the way to an order's end, and what it waited for."""

    slot: Slot
    waits: Waits
    says: str
    """A clause: `K2 was busy with 4127/1.1/knit until 5400 s`."""


def why_late(problem: Problem, schedule: Schedule, order: str) -> tuple[Link, ...]:
    """Return the chain behind an order's end, from its last batch back to the first cause."""
    own = [
        slot for slot in schedule.slots if any(_of(problem, n) == order for n in slot.operations)
    ]
    if not own:
        return ()
    return tuple(_chain(problem, schedule, max(own, key=lambda slot: (slot.end_s, slot.machine))))


def _of(problem: Problem, operation: str) -> str | None:
    task = problem.tasks.get(operation)
    return None if task is None else task.order


def _chain(problem: Problem, schedule: Schedule, last: Slot) -> Iterator[Link]:
    takes_s = {slot: setup.takes_s for slot, _, setup in setups_in(problem, schedule)}
    slot_of = {name: slot for slot in schedule.slots for name in slot.operations}
    slot: Slot | None = last
    # Each link starts earlier than the one before, so there are no more links than slots.
    for _ in schedule.slots:
        if slot is None:
            return
        link, cause = _cause(problem, schedule, slot, slot_of, takes_s[slot])
        yield link
        slot = cause


def _cause(
    problem: Problem,
    schedule: Schedule,
    slot: Slot,
    slot_of: dict[str, Slot],
    setup_s: int,
) -> tuple[Link, Slot | None]:
    """Return what a batch waited for, and the batch that it waited for, if it was one."""
    if slot.start_s > slot.setup_start_s + setup_s or setup_s == 0:
        parts = _last_part(problem, slot, slot_of)
        if parts is not None and parts[1] == slot.start_s:
            name, end_s = parts
            says = f"{name} was ready at {end_s} s"
            return Link(slot=slot, waits=Waits.PARTS, says=says), slot_of.get(name)
        released = [n for n in slot.operations if problem.tasks[n].release_s == slot.start_s]
        if released and slot.start_s > problem.now_s:
            says = f"{released[0]} was released at {slot.start_s} s"
            return Link(slot=slot, waits=Waits.RELEASE, says=says), None
    crowd = crowded(problem, schedule.slots, slot) if problem.buffers else None
    if crowd is not None:
        says = f"{crowd[0]} had no room for it before {slot.end_s} s"
        return Link(slot=slot, waits=Waits.ROOM, says=says), crowd[1]
    return _before_setup(problem, schedule, slot, setup_s)


def _last_part(problem: Problem, slot: Slot, slot_of: dict[str, Slot]) -> tuple[str, int] | None:
    ends = rested_ends(problem)
    ends.update({name: made.end_s + problem.tasks[name].rest_s for name, made in slot_of.items()})
    parts = {part for name in slot.operations for part in problem.tasks[name].after if part in ends}
    return max(((p, ends[p]) for p in parts), key=lambda part: (part[1], part[0]), default=None)


def _before_setup(
    problem: Problem, schedule: Schedule, slot: Slot, setup_s: int
) -> tuple[Link, Slot | None]:
    """The parts were there: it waited for the machine, its window, a crew or its setup."""
    resource = problem.resources[slot.machine]
    row = schedule.by_machine[slot.machine]
    at = row.index(slot)
    before = row[at - 1] if at else None
    since_s = free_from(problem, resource) if before is None else before.end_s
    changed = f", then changed over for {setup_s} s" if setup_s else ""
    if any(opens == slot.setup_start_s > since_s for opens, _ in resource.windows):
        says = f"{slot.machine} had no window that holds it before {slot.setup_start_s} s{changed}"
        return Link(slot=slot, waits=Waits.WINDOW, says=says), None
    if slot.setup_start_s > since_s and setup_s and resource.group in problem.crews:
        says = f"nobody was free to change {slot.machine} over before {slot.setup_start_s} s"
        return Link(slot=slot, waits=Waits.CREW, says=says), before
    if before is not None:
        says = f"{slot.machine} was busy with {', '.join(before.operations)} until {since_s} s"
        waits = Waits.SETUP if setup_s else Waits.MACHINE
        return Link(slot=slot, waits=waits, says=says + changed), before
    if since_s > problem.now_s:
        says = f"{slot.machine} is free from {since_s} s{changed}"
        return Link(slot=slot, waits=Waits.FREE, says=says), None
    if setup_s:
        says = f"{slot.machine} changed over for {setup_s} s"
        return Link(slot=slot, waits=Waits.SETUP, says=says), None
    return Link(slot=slot, waits=Waits.NOTHING, says="it starts at once"), None
