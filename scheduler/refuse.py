"""Why a wish cannot be granted, in one sentence, before any search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from plant_config import Operation, Plant, Routing
    from scheduler.problem import Frozen
    from scheduler.wishes import CloseMachine, NotBefore, OnMachine, Pin, Wish

DAY_S = 86_400
NAMED = 2
"""Operations that a sentence names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a wish is held against."""

    plant: Plant
    routings: Mapping[str, Routing]
    frozen: Frozen
    now_s: int
    granted: tuple[Wish, ...]

    def operation(self, name: str) -> Operation | None:
        """Find an open order's operation."""
        routing = self.routings.get(name.partition("/")[0])
        return None if routing is None else routing.operations.get(name)

    def clock(self, at_s: int) -> str:
        """Say a time of day, and the day if it is not today."""
        wall, now = (second + self.plant.day_begins_s for second in (at_s, self.now_s))
        days = wall // DAY_S - now // DAY_S
        day = {0: "", 1: " tomorrow", -1: " yesterday"}.get(days, f" in {days} days")
        return f"{wall % DAY_S // 3600:02}:{wall % 3600 // 60:02}{day}"


def refusal(
    wish: Wish,
    plant: Plant,
    routings: Mapping[str, Routing],
    frozen: Frozen,
    now_s: int,
    granted: Iterable[Wish] = (),
) -> str | None:
    """Say why a wish cannot be granted beside those that were; None when it can be tried."""
    from scheduler.wishes import (  # noqa: PLC0415 both modules need each other's words
        CloseMachine,
        Expedite,
        LevelOrder,
        NotBefore,
        OnMachine,
        Pin,
        PlateWait,
    )

    scene = Scene(plant, routings, frozen, now_s, tuple(granted))
    match wish:
        case Pin():
            reasons = _pin(scene, wish)
        case OnMachine():
            reasons = _place(scene, wish)
        case NotBefore():
            reasons = _not_before(scene, wish)
        case Expedite(order=order):
            reasons = iter([] if order in routings else [_no_order(order)])
        case CloseMachine():
            reasons = _close(scene, wish)
        case PlateWait(wait_s=wait_s):
            reasons = iter(["A batch waits 0 minutes or longer."] if wait_s < 0 else [])
        case LevelOrder():
            reasons = iter(())
        case _:
            assert_never(wish)
    return next(reasons, None)


def _no_order(name: str) -> str:
    return f"Order {name} is not open."


def _some(names: Sequence[str]) -> str:
    """Name operations: `4127/1.2/print and 3 more`."""
    more = len(names) - NAMED + 1 if len(names) > NAMED else 0
    return " and ".join([*names[: len(names) - more], *([f"{more} more"] if more else [])])


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _still_open(scene: Scene, names: Sequence[str]) -> Iterator[str]:
    running = {name: slot for slot in scene.frozen.running for name in slot.operations}
    for name in names:
        order = name.partition("/")[0]
        if order not in scene.routings:
            yield _no_order(order)
        elif scene.operation(name) is None:
            yield f"Order {order} has no operation {name}."
        elif name in scene.frozen.done:
            yield f"{name} is finished already."
        elif name in running:
            yield f"{name} runs on {running[name].machine} already, and what runs stays there."


def _place(scene: Scene, wish: Pin | OnMachine) -> Iterator[str]:
    if wish.machine not in scene.plant.machines:
        yield f"There is no machine {wish.machine}."
    if not wish.operations:
        yield "No operation is named."
    if len(set(wish.operations)) < len(wish.operations):
        yield "An operation is named twice."
    yield from _still_open(scene, wish.operations)
    for name in wish.operations:
        operation = scene.operation(name)
        assert operation is not None, "Unknown operations are refused above."
        able = [machine for machine, _ in operation.modes]
        if wish.machine not in able:
            who = f"{_listed(able)} can" if able else "no machine can"
            yield f"{wish.machine} cannot do {name}; {who}."


def _pin(scene: Scene, wish: Pin) -> Iterator[str]:
    from scheduler.narrow import crowding, linked, misfit  # noqa: PLC0415 see above
    from scheduler.pose import resource_of, shape_of, task_of  # noqa: PLC0415

    yield from _place(scene, wish)
    if wish.start_s < scene.now_s:
        yield f"{scene.clock(wish.start_s)} is over; it is {scene.clock(scene.now_s)}."
    found = [each for name in wish.operations if (each := scene.operation(name)) is not None]
    members = [task_of(each) for each in found]
    shapes = {name: shape for each in found for name, shape in shape_of(each).items()}
    resource = resource_of(scene.plant, wish.machine, wish.start_s)
    why = misfit(members, resource, shapes)
    if why is not None:
        yield why
    parts = sum(
        bool(scene.routings[name.partition("/")[0]].graph.succ[name]) for name in wish.operations
    )
    why = crowding(scene.plant.buffers, resource, parts)
    if why is not None:
        yield why
    graphs = {name.partition("/")[0] for name in wish.operations}
    before = {
        name: tuple(scene.routings[order].graph.pred[name])
        for order in graphs
        for name in scene.routings[order].operations
    }
    why = linked(wish.operations, before)
    if why is not None:
        yield why
    end_s = wish.start_s + _takes_s(scene, wish)
    yield from _out_of_shift(scene, wish.machine, wish.start_s, end_s)
    yield from _taken(scene, wish, end_s)


def _out_of_shift(scene: Scene, machine: str, start_s: int, end_s: int) -> Iterator[str]:
    from plant_config import windows  # noqa: PLC0415 it loads slowly, and instances do without

    group = scene.plant.machines[machine].group
    hours = windows(scene.plant, group, start_s // DAY_S - 1, 9)
    if not any(a <= start_s and end_s <= b for a, b in hours):
        after = [a for a, _ in hours if a > start_s]
        inside = next((b for a, b in hours if a <= start_s < b), None)
        until = f"; its next shift begins at {scene.clock(min(after))}" if after else ""
        if inside is None:
            yield f"{machine} does not work at {scene.clock(start_s)}{until}."
        else:
            yield (
                f"{machine} would need until {scene.clock(end_s)}, and its shift ends at "
                f"{scene.clock(inside)}."
            )


def _taken(scene: Scene, wish: Pin, end_s: int) -> Iterator[str]:
    """Say what the machine is already meant to do at that time."""
    for slot in scene.frozen.running:
        if slot.machine == wish.machine and slot.end_s > wish.start_s:
            yield f"{wish.machine} has {_some(slot.operations)} until {scene.clock(slot.end_s)}."
    for pin, left in _pins(scene, wish.machine, wish.operations):
        until_s = pin.start_s + _takes_s(scene, pin)
        if pin.start_s < end_s and wish.start_s < until_s:
            yield _has_pinned(scene, pin, left, until_s)
    for closing in _closings(scene, wish.machine):
        if closing.begin_s < end_s and wish.start_s < closing.end_s:
            yield (
                f"{wish.machine} is closed from {scene.clock(closing.begin_s)} "
                f"to {scene.clock(closing.end_s)}."
            )


def _pins(
    scene: Scene, machine: str, replaced: Sequence[str] = ()
) -> Iterator[tuple[Pin, list[str]]]:
    """Yield the granted pins on a machine with what of each is still to come."""
    from scheduler.wishes import OnMachine, Pin  # noqa: PLC0415 see above

    places = {
        name: each
        for each in scene.granted
        if isinstance(each, Pin | OnMachine)
        for name in each.operations
    }
    running = {name for slot in scene.frozen.running for name in slot.operations}
    gone = running | scene.frozen.done.keys() | set(replaced)
    for each in dict.fromkeys(scene.granted):
        if isinstance(each, Pin) and each.machine == machine:
            held = [name for name in each.operations if places[name] == each and name not in gone]
            left = [name for name in held if scene.operation(name) is not None]
            if left:
                yield each, left


def _closings(scene: Scene, machine: str) -> list[CloseMachine]:
    from scheduler.wishes import CloseMachine  # noqa: PLC0415 see above

    closings = [each for each in scene.granted if isinstance(each, CloseMachine)]
    return [each for each in closings if each.machine == machine]


def _has_pinned(scene: Scene, pin: Pin, left: Sequence[str], until_s: int) -> str:
    noun = scene.plant.group_of(pin.machine).batch.noun
    return (
        f"{pin.machine} has {noun} {_some(left)} pinned from {scene.clock(pin.start_s)} "
        f"to {scene.clock(until_s)}."
    )


def _takes_s(scene: Scene, pin: Pin) -> int:
    from scheduler.pose import resource_of, task_of  # noqa: PLC0415 see above
    from scheduler.schedule import batch_seconds  # noqa: PLC0415

    found = (scene.operation(name) for name in pin.operations)
    tasks = [task_of(each) for each in found if each is not None]
    own = [(t, m.takes_s) for t in tasks for m in t.modes if m.machine == pin.machine]
    if not own:
        return 0
    return batch_seconds(resource_of(scene.plant, pin.machine, pin.start_s), own)


def _not_before(scene: Scene, wish: NotBefore) -> Iterator[str]:
    routing = scene.routings.get(wish.order)
    if routing is None:
        yield _no_order(wish.order)
        return
    yield from _still_open(scene, wish.operations)
    foreign = [name for name in wish.operations if name not in routing.operations]
    if foreign:
        yield f"{foreign[0]} is not of order {wish.order}."
    running = {name for slot in scene.frozen.running for name in slot.operations}
    begun = running | scene.frozen.done.keys()
    if begun.issuperset(routing.operations):
        yield f"Everything of order {wish.order} is running or finished already."
    if wish.at_s <= scene.now_s:
        yield f"{scene.clock(wish.at_s)} is over; it is {scene.clock(scene.now_s)}."
    names = set(wish.operations or routing.operations)
    for machine in scene.plant.machines:
        for pin, left in _pins(scene, machine):
            if names.intersection(left) and pin.start_s < wish.at_s:
                yield _has_pinned(scene, pin, left, pin.start_s + _takes_s(scene, pin))


def _close(scene: Scene, wish: CloseMachine) -> Iterator[str]:
    if wish.machine not in scene.plant.machines:
        yield f"There is no machine {wish.machine}."
        return
    begin, end = scene.clock(wish.begin_s), scene.clock(wish.end_s)
    if wish.end_s <= wish.begin_s:
        yield f"The closing would end at {end}, before it begins at {begin}."
    if wish.end_s <= scene.now_s:
        yield f"{end} is over; it is {scene.clock(scene.now_s)}."
    for pin, left in _pins(scene, wish.machine):
        until_s = pin.start_s + _takes_s(scene, pin)
        if pin.start_s < wish.end_s and wish.begin_s < until_s:
            yield _has_pinned(scene, pin, left, until_s)
