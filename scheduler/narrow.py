"""Wishes are worked into a problem: fewer machines, later releases, closed hours, heavier orders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduler.problem import Mode, Problem, Resource, Task
from scheduler.schedule import batch_seconds
from scheduler.shape import Plate, Shape
from scheduler.wishes import (
    EXPEDITED,
    CloseMachine,
    Expedite,
    NotBefore,
    OnMachine,
    Pin,
    Terms,
)

if TYPE_CHECKING:
    from plant_config import Routing


@dataclass(frozen=True, slots=True)
class Reading:
    """Terms, looked up by what they are about."""

    places: Mapping[str, Pin | OnMachine]
    """Operation -> the last wish that places it."""
    not_before: Mapping[str, int]
    """Order or operation -> second."""
    weights: Mapping[str, int]
    closed: Mapping[str, tuple[tuple[int, int], ...]]
    """Machine -> stretches without work, ascending."""
    last_s: int
    """From here on no wish delays anything."""

    def release_s(self, order: str, operation: str) -> int:
        """Return the second before which an operation may not start."""
        return max(self.not_before.get(order, 0), self.not_before.get(operation, 0))


def read(terms: Terms) -> Reading:
    """Look terms up once."""
    places: dict[str, Pin | OnMachine] = {}
    not_before = dict(terms.at_hand_s)
    weights: dict[str, int] = {}
    closed: dict[str, list[tuple[int, int]]] = {}
    for wish in terms.wishes:
        match wish:
            case Pin() | OnMachine():
                places |= dict.fromkeys(wish.operations, wish)
            case NotBefore():
                for name in wish.operations or (wish.order,):
                    not_before[name] = max(wish.at_s, not_before.get(name, 0))
            case Expedite():
                weights[wish.order] = EXPEDITED
            case CloseMachine():
                closed.setdefault(wish.machine, []).append((wish.begin_s, wish.end_s))
            case _:
                pass  # it weighs plans, and narrows nothing
    for name, place in places.items():
        if isinstance(place, Pin):
            not_before[name] = max(place.start_s, not_before.get(name, 0))
    ends = (until_s for row in closed.values() for _, until_s in row)
    last_s = max((0, *not_before.values(), *ends))
    return Reading(
        places, not_before, weights, {k: tuple(sorted(v)) for k, v in closed.items()}, last_s
    )


def left_out(routing: "Routing", terms: Terms, left: Iterable[str]) -> frozenset[str]:
    """Return what cannot be planned of an order: open work without material, and all behind it."""
    if not terms.without:
        return frozenset()
    import networkx as nx  # noqa: PLC0415 it loads slowly, and instances do without

    missing = terms.without.intersection(left)
    behind = (nx.descendants(routing.graph, name) for name in missing)
    return missing.union(*behind)


def open_hours(
    windows: Sequence[tuple[int, int]], closed: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Cut closed stretches out of working windows."""
    left = list(windows)
    for begin_s, end_s in closed:
        pieces = ((a, min(b, begin_s), max(a, end_s), b) for a, b in left)
        left = [(a, b) for p in pieces for a, b in (p[:2], p[2:]) if a < b]
    return tuple(left)


def narrow(problem: Problem) -> Problem:
    """Work a problem's terms into it; what cannot be kept at all is dropped, and said."""
    problem = _possible(problem)
    asked = read(problem.terms)
    tasks = {
        name: replace(
            task,
            release_s=max(task.release_s, asked.release_s(task.order, name)),
            modes=_modes(task, asked.places.get(name)),
        )
        for name, task in problem.tasks.items()
    }
    resources = {
        name: replace(each, windows=open_hours(each.windows, asked.closed.get(name, ())))
        for name, each in problem.resources.items()
    }
    dues = {
        name: replace(due, weight=due.weight * asked.weights.get(name, 1))
        for name, due in problem.dues.items()
    }
    return replace(problem, tasks=tasks, resources=resources, dues=dues)


def _modes(task: Task, place: Pin | OnMachine | None) -> tuple[Mode, ...]:
    if place is None:
        return task.modes
    return tuple(mode for mode in task.modes if mode.machine == place.machine)


def _possible(problem: Problem) -> Problem:
    """Drop the wishes that no plan keeps, the latest first: what they replaced counts again."""
    wishes, dropped = list(problem.terms.wishes), list(problem.dropped)
    number = len(wishes) - 1
    while number >= 0:
        wish = wishes[number]
        if isinstance(wish, Pin | OnMachine):
            places = read(Terms(wishes=tuple(wishes))).places
            held = [name for name in wish.operations if places[name] == wish]
            names = [name for name in held if name in problem.tasks]
            reason = _impossible(problem, wish, names)
            if reason is not None:
                dropped.append(f"{' and '.join(names)} cannot be kept on {wish.machine}: {reason}")
                del wishes[number]
        number -= 1
    terms = replace(problem.terms, wishes=tuple(wishes))
    return replace(problem, terms=terms, dropped=tuple(dropped))


def unpinned(problem: Problem) -> Problem:
    """Let pinned batches fall apart, for when no plan keeps them together."""
    pins = [wish for wish in problem.terms.wishes if isinstance(wish, Pin)]
    others = tuple(wish for wish in problem.terms.wishes if not isinstance(wish, Pin))
    said = tuple(
        f"{' and '.join(pin.operations)} cannot be pinned to {pin.machine}" for pin in pins
    )
    return replace(
        problem,
        terms=replace(problem.terms, wishes=others),
        dropped=(*problem.dropped, *said),
    )


def _impossible(problem: Problem, wish: Pin | OnMachine, names: Sequence[str]) -> str | None:
    resource = problem.resources.get(wish.machine)
    if resource is None:
        return f"There is no machine {wish.machine}."
    members = [problem.tasks[name] for name in names]
    if isinstance(wish, OnMachine):
        alone = (misfit([each], resource, problem.shapes) for each in members)
        return next((why for why in alone if why), None)
    before = {task.id: task.after for task in problem.tasks.values()}
    wanted = {name for after in before.values() for name in after}
    return (
        misfit(members, resource, problem.shapes)
        or crowding(problem.buffers, resource, sum(name in wanted for name in names))
        or linked(names, before)
    )


def misfit(members: Sequence[Task], resource: Resource, shapes: Mapping[str, Shape]) -> str | None:
    """Say why a machine cannot run these tasks in one cycle; None when it can."""
    if not members:
        return None
    unable = next((t for t in members if all(m.machine != resource.id for m in t.modes)), None)
    size = sum(task.size for task in members)
    if unable is not None:
        return f"{resource.id} cannot do {unable.id}."
    if resource.capacity == 0 and len(members) > 1:
        return f"{resource.id} takes one at a time."
    if resource.capacity and size > resource.capacity:
        return f"Together they have size {size}, and {resource.id} holds {resource.capacity}."
    if resource.max_members and len(members) > resource.max_members:
        return f"{resource.id} takes {resource.max_members} at a time."
    if len({task.family for task in members}) > 1:
        return "They need different settings."
    outlines = [shapes[task.shape] for task in members if task.shape]
    if resource.plate is not None and outlines and not _lie_right(resource.plate, outlines):
        return f"Their outlines are not found to fit on the plate of {resource.id}."
    own = [(t, next(m.takes_s for m in t.modes if m.machine == resource.id)) for t in members]
    longest_s = max((b - a for a, b in resource.windows), default=0)
    if not resource.resumable and batch_seconds(resource, own) > longest_s:
        return f"No shift of {resource.id} is long enough for them."
    return None


def crowding(buffers: Mapping[str, int], resource: Resource, parts: int) -> str | None:
    """Say why so many parts of one batch find no room where they are put; None where they do."""
    places = buffers.get(resource.buffer, parts)
    if parts <= places:
        return None
    return f"They leave {parts} parts in {resource.buffer} at once, which has room for {places}."


def _lie_right(plate: Plate, shapes: Sequence[Shape]) -> bool:
    from scheduler.nesting.overlap import lie_right  # noqa: PLC0415 geometry loads slowly

    return lie_right(plate, shapes)


def linked(names: Sequence[str], before: Mapping[str, Iterable[str]]) -> str | None:
    """Say which of these operations waits for another of them; None when none does."""
    own = set(names)
    for name in names:
        seen: set[str] = set()
        agenda = list(before.get(name, ()))
        while agenda:
            earlier = agenda.pop()
            if earlier in own:
                return f"{name} waits for {earlier}."
            if earlier not in seen:
                seen.add(earlier)
                agenda += before.get(earlier, ())
    return None
