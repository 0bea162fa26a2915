"""Whether slots keep to what planners asked: a part of the definition of right, apart from the engine."""

from collections.abc import Iterator, Sequence

from scheduler.problem import Problem, Slot
from scheduler.wishes import CloseMachine, NotBefore, OnMachine, Pin


def broken_wishes(problem: Problem, slots: Sequence[Slot]) -> Iterator[str]:
    """Say every way in which slots break a wish that any plan can keep."""
    for wish in problem.terms.wishes:
        match wish:
            case CloseMachine():
                yield from _works_while_closed(wish, slots)
            case NotBefore():
                yield from _begins_too_early(problem, wish, slots)
            case _:
                pass
    yield from _material_is_missing(problem, slots)
    last = last_places(problem)
    for slot in slots:
        for name in slot.operations:
            if name in last and slot.machine != last[name].machine:
                yield f"{name} is on {slot.machine}, but was put on {last[name].machine}."
    for wish in problem.terms.wishes:
        if isinstance(wish, Pin):
            yield from _pin_is_torn(problem, wish, slots)


def last_places(problem: Problem) -> dict[str, Pin | OnMachine]:
    """Return the last wish that places each open operation."""
    places: dict[str, Pin | OnMachine] = {}
    for wish in problem.terms.wishes:
        if isinstance(wish, Pin | OnMachine):
            places.update((name, wish) for name in wish.operations if name in problem.tasks)
    return places


def pinned(problem: Problem, pin: Pin) -> frozenset[str]:
    """Return the open operations that a pin holds together."""
    last = last_places(problem)
    return frozenset(name for name in pin.operations if last.get(name) == pin)


def _works_while_closed(wish: CloseMachine, slots: Sequence[Slot]) -> Iterator[str]:
    for slot in slots:
        overlaps = slot.setup_start_s < wish.end_s and slot.end_s > wish.begin_s
        if slot.machine == wish.machine and overlaps:
            yield (
                f"{slot.machine} works on {', '.join(slot.operations)} from {slot.setup_start_s} s "
                f"to {slot.end_s} s, but is closed from {wish.begin_s} s to {wish.end_s} s."
            )


def _begins_too_early(problem: Problem, wish: NotBefore, slots: Sequence[Slot]) -> Iterator[str]:
    for slot in slots:
        for name in slot.operations:
            task = problem.tasks.get(name)
            of_order = task is not None and task.order == wish.order and not wish.operations
            if (of_order or name in wish.operations) and slot.start_s < wish.at_s:
                yield f"{name} starts at {slot.start_s} s, but not before {wish.at_s} s was asked."


def _material_is_missing(problem: Problem, slots: Sequence[Slot]) -> Iterator[str]:
    for slot in slots:
        for name in slot.operations:
            at_hand_s = problem.terms.at_hand_s.get(name, slot.start_s)
            if slot.start_s < at_hand_s:
                yield f"{name} starts {at_hand_s - slot.start_s} s before its material is there."
            if name in problem.terms.without:
                yield f"{name} is scheduled, but nobody knows when its material comes."


def _pin_is_torn(problem: Problem, pin: Pin, slots: Sequence[Slot]) -> Iterator[str]:
    members = pinned(problem, pin)
    for slot in slots:
        inside = members.intersection(slot.operations)
        if inside and set(slot.operations) != members:
            yield (
                f"{', '.join(slot.operations)} run together, but {', '.join(sorted(members))} are "
                f"pinned as one batch."
            )
        if inside and slot.start_s < pin.start_s:
            yield (
                f"{', '.join(slot.operations)} start {pin.start_s - slot.start_s} s before they are "
                f"pinned."
            )
