"""A part in words: what it is, whose, where it is now, and what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from controller.identity.codes import code_of
from controller.names import order_of, step_label, subject_name
from controller.state import Job, JobPhase, Phase, State


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNow:
    """What is known of one part."""

    operation: str
    code: str
    """As its label has it."""
    name: str
    order: str
    attempt: int
    stands: str
    """`open`, `making`, `made`, `scrap`, `joined`, `aside`."""
    where: str
    """In words: `on P2, plate 118`, `in tote T-14`."""
    tote: str
    next_step: str
    """In words: `bonding`; empty when nothing follows."""
    cancelled: bool


def part_name(state: State, operation: str) -> str:
    """Name a part as the floor does: `upper 4131 R`, `pair 4127`, `order 4127`."""
    opened = order_of(state, operation)
    done = opened.routing.operations[operation]
    if done.subject == opened.order.id:
        return f"order {opened.order.id}"
    name = subject_name(state.plant, opened, done.subject)
    if "-" in done.subject and opened.routing.graph.in_degree(operation):
        return f"{noun_of(state, operation)} {name}"
    return f"{step_label(state.plant, opened, operation).lower()} {name}"


def noun_of(state: State, operation: str) -> str:
    """Return what a quantity of one is called: `pair`."""
    opened = order_of(state, operation)
    line = operation.partition("/")[2].partition(".")[0]
    spec = next(
        (each.spec for each in opened.order.lines if str(each.number) == line),
        opened.order.lines[0].spec,
    )
    return state.plant.products[spec.product].noun


def next_step(state: State, operation: str) -> str:
    """Name the step that an operation's part goes to: `bonding`."""
    opened = order_of(state, operation)
    following = sorted(opened.routing.graph.successors(operation))
    return step_label(state.plant, opened, following[0]).lower() if following else ""


def labels_of(state: State, operation: str) -> tuple[str, ...]:
    """Return the operations whose label is on a part, the first one last.

    A part keeps the label that it got first: a pair that was cured still carries that of bonding."""
    routing, found = order_of(state, operation).routing, [operation]
    while len(before := list(routing.graph.predecessors(found[-1]))) == 1:
        subjects = {routing.operations[name].subject for name in (before[0], found[-1])}
        if len(subjects) > 1:
            break
        found.append(before[0])
    return tuple(found)


def label_code(state: State, operation: str) -> str:
    """Return the code on the label of a part."""
    first = labels_of(state, operation)[-1]
    return code_of(first, state.work[first].attempt)


def consumed(state: State, operation: str) -> str:
    """Return the operation that has used a part up; empty while it lies by itself."""
    opened = order_of(state, operation)
    for later in nx.descendants(opened.routing.graph, operation):
        if state.work[later].phase is Phase.DONE:
            return str(later)
    return ""


def holder(state: State, operation: str) -> Job | None:
    """Return the job order that a part is in, as long as its machine is not cleared."""
    wanted = state.work[operation].job_order
    return state.jobs.get(wanted) if wanted else None


def part_now(state: State, operation: str, attempt: int | None = None) -> PartNow:
    """Look at a part; an attempt before today's is scrap, or was never made."""
    opened, work = order_of(state, operation), state.work[operation]
    asked = work.attempt if attempt is None else attempt
    stands, where = _stands(state, operation, asked)
    return PartNow(
        operation=operation,
        code=code_of(operation, asked),
        name=part_name(state, operation),
        order=opened.order.id,
        attempt=asked,
        stands=stands,
        where=where,
        tote=opened.tote,
        next_step=next_step(state, operation),
        cancelled=opened.cancelled is not None,
    )


def _stands(state: State, operation: str, attempt: int) -> tuple[str, str]:
    opened, work = order_of(state, operation), state.work[operation]
    if attempt < work.attempt:
        return "scrap", "scrap, or never made; it is made again"
    if attempt > work.attempt or work.phase is Phase.OPEN:
        return "open", "not made yet"
    job = holder(state, operation)
    if work.phase is Phase.GIVEN:
        return "making", f"on {_place(job)}" if job is not None else "being made"
    used_by = consumed(state, operation)
    if opened.packed_s is not None:
        return "joined", "packed"
    if used_by:
        return "joined", f"in {part_name(state, used_by)}"
    if job is not None and job.phase is JobPhase.OVER and operation not in job.scanned:
        return "made", f"on {_place(job)}"
    at = _scanned_at(state, operation)
    if at:
        return "made", f"at {at}"
    if opened.cancelled is not None:
        return "aside", "put aside"
    return "made", f"in tote {opened.tote}" if opened.tote else "made; its order has no tote"


def _scanned_at(state: State, operation: str) -> str:
    for job in state.jobs.values():
        if operation in job.scanned and job.phase is not JobPhase.OVER:
            return job.intended.job.machine
    return ""


def _place(job: Job) -> str:
    label = job.intended.job.label
    return f"{job.intended.job.machine}, {label[:1].lower()}{label[1:]}"


def parts_of(state: State, order: str) -> Iterator[str]:
    """Yield the operations of an order whose parts get a label of their own."""
    opened = state.orders[order]
    for name, operation in opened.routing.operations.items():
        if operation.subject != order and labels_of(state, name)[-1] == name:
            yield name
