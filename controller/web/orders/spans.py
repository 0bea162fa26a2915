"""When each operation of an order was, is or will be made, and by what; and the path that decides."""

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx

from controller.insights.genealogy import Attempt, Life
from controller.state import JobPhase, OpenOrder, Phase, State
from controller.waiting import job_end_s
from plant_config import Plant
from scheduler import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One operation in time; None where nobody knows."""

    operation: str
    phase: str
    """`done`, `run`, `doubt`, `plan`, or `never` where the order was taken back before it."""
    machine: str = ""
    label: str = ""
    """Of the batch, where it was formed."""
    start_s: int | None = None
    end_s: int | None = None
    members: int = 1
    attempt: int = 1
    lost: Attempt | None = None
    """The attempt before this one, when it came to nothing."""


def spans_of(
    state: State, opened: OpenOrder, life: Life | None, slot_of: Mapping[str, Slot], now_s: int
) -> dict[str, Span]:
    """Return a span for each operation of an order, open or left."""
    return {name: _span(state, life, name, slot_of, now_s) for name in opened.routing.operations}


def _span(
    state: State, life: Life | None, name: str, slot_of: Mapping[str, Slot], now_s: int
) -> Span:
    tries = life.of(name) if life is not None else []
    work = state.work.get(name)
    if work is None and life is not None and life.cancelled is not None and not _good(tries):
        worked = next((each for each in reversed(tries) if is_lost(each, each.number + 1)), None)
        return Span(operation=name, phase="never", lost=worked)
    if work is None or work.phase is Phase.DONE:
        return _done(name, tries, None if work is None else work.ended_s)
    lost = next((each for each in reversed(tries) if is_lost(each, work.attempt)), None)
    job = state.jobs.get(work.job_order)
    if work.phase is Phase.GIVEN and job is not None:
        told = job.intended.job
        begun_s = job.intended_s if job.started_s is None else job.started_s
        return Span(
            operation=name,
            phase="doubt" if job.phase is JobPhase.DOUBT else "run",
            machine=told.machine,
            label=told.label,
            start_s=begun_s,
            end_s=job_end_s(job, now_s),
            members=len(told.members),
            attempt=work.attempt,
            lost=lost,
        )
    slot = slot_of.get(name)
    if slot is None:
        return Span(operation=name, phase="plan", attempt=work.attempt, lost=lost)
    late_s = max(0, now_s - slot.start_s)
    return Span(
        operation=name,
        phase="plan",
        machine=slot.machine,
        start_s=slot.start_s + late_s,
        end_s=slot.end_s + late_s,
        members=len(slot.operations),
        attempt=work.attempt,
        lost=lost,
    )


def _good(tries: list[Attempt]) -> bool:
    return any(each.verdict == "good" for each in tries)


def is_lost(attempt: Attempt, now: int) -> bool:
    """Tell whether work went into an attempt that does not count any more."""
    return attempt.number < now and (
        attempt.verdict in {"scrap", "good"}
        or (attempt.verdict == "not_made" and attempt.began_s is not None)
    )


def _done(name: str, tries: list[Attempt], ended_s: int | None) -> Span:
    if not tries:
        return Span(operation=name, phase="done", end_s=ended_s)
    last = next((each for each in reversed(tries) if each.verdict == "good"), tries[-1])
    earlier = [each for each in tries if each is not last and is_lost(each, last.number)]
    return Span(
        operation=name,
        phase="done",
        machine=last.machine,
        label=last.label,
        start_s=last.told_s if last.began_s is None else last.began_s,
        end_s=last.ended_s if ended_s is None else ended_s,
        attempt=last.number,
        lost=earlier[-1] if earlier else None,
    )


def batch_name(plant: Plant, machine: str, label: str) -> str:
    """Name a shared batch, `plate 118`; the label of one part says nothing new beside it."""
    known = plant.machines.get(machine)
    if known is None or not label:
        return ""
    rule = plant.groups[known.group].batch
    shared = rule.capacity or rule.max_members
    return f"{label[:1].lower()}{label[1:]}" if shared else ""


def _depth(graph: "nx.DiGraph[str]", name: str) -> int:
    return len(nx.ancestors(graph, name))


def deciding(opened: OpenOrder, spans: Mapping[str, Span]) -> list[str]:
    """Return the operations that decide when an order ends, the last one first.

    There is none while nobody knows when some of it ends."""
    graph = opened.routing.graph
    if any(span.end_s is None for span in spans.values()):
        return []
    path: list[str] = []
    edge = list(spans)
    while edge:
        # Of two that end together, the one further down.
        name = max(edge, key=lambda each: (spans[each].end_s or 0, _depth(graph, each), each))
        path.append(name)
        edge = [each for each in graph.predecessors(name) if each in spans]
    return path
