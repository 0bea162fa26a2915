"""The open plan as frozen rows in UTC, read off the state a few at a time; no personal data."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.names import operation_name
from controller.state import Job, JobPhase, Phase, State
from controller.waiting import family_of, job_end_s
from plant_config import changeover
from scheduler import Slot

_YIELD_EVERY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A batch that runs or is planned."""

    key: str
    """Its first operation and which attempt it is: the same in every plan that has it."""
    machine: str
    cell: str
    state: str
    what: str
    orders: tuple[str, ...]
    operations: int
    setup_min: float
    start: datetime
    end: datetime
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """An open order: when it is due and when it is projected to be packed."""

    order: str
    carrier: str
    due: datetime
    projected: datetime | None
    slack_min: float | None
    done: int
    operations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A changeover between two batches."""

    machine: str
    cell: str
    start: datetime
    minutes: float
    before: str
    after: str
    says: str
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Everything that a file of the plan says."""

    plant: str
    name: str
    timezone: str
    number: int
    published: datetime
    slots: tuple[Listed, ...]
    orders: tuple[Shipping, ...]
    changeovers: tuple[Changed, ...]


async def listing(state: State, now_s: int) -> Listing:
    """Read the open plan; facts that are recorded meanwhile belong to the next file."""
    plan, published_s = state.plan, state.plan_s
    planned = [slot for slot in (plan.slots if plan is not None else ()) if _open(state, slot)]
    running = [job for job in state.jobs.values() if job.phase is not JobPhase.OVER]
    ends = dict(plan.ends) if plan is not None else {}
    families = {name: family_of(state, name) for name in state.machines}
    slots = [_running(state, job, now_s) for job in running]
    for number, slot in enumerate(planned):
        slots.append(_planned(state, slot))
        if number % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
    place = {name: number for number, name in enumerate(_in_order(state))}
    slots.sort(key=lambda row: (place[row.machine], row.start))
    orders = await _orders(state, ends)
    return Listing(
        plant=state.plant.label,
        name=state.plant.name,
        timezone=state.plant.timezone,
        number=plan.number if plan is not None else 0,
        published=_utc(state, published_s),
        slots=tuple(slots),
        orders=tuple(orders),
        changeovers=tuple(_changeovers(state, planned, families, place)),
    )


def _utc(state: State, at_s: int) -> datetime:
    return datetime.fromisoformat(state.origin_utc) + timedelta(seconds=at_s)


def _in_order(state: State) -> list[str]:
    machines = state.plant.machines.values()
    return [each.id for group in state.plant.groups for each in machines if each.group == group]


def _open(state: State, slot: Slot) -> bool:
    works = (state.work.get(name) for name in slot.operations)
    return any(work is not None and work.phase is Phase.OPEN for work in works)


def _order_id(operation: str) -> str:
    return operation.partition("/")[0]


def _what(state: State, machine: str, operations: tuple[str, ...]) -> str:
    noun = state.plant.group_of(machine).batch.noun
    if len(operations) > 1:
        return f"{noun} of {len(operations)}"
    opened = state.orders.get(_order_id(operations[0]))
    if opened is None or operations[0] not in opened.routing.operations:
        return noun
    return operation_name(state, operations[0])


def _planned(state: State, slot: Slot) -> Listed:
    work = state.work.get(slot.operations[0])
    return Listed(
        key=f"{slot.operations[0]}#{1 if work is None else work.attempt}",
        machine=slot.machine,
        cell=state.plant.group_of(slot.machine).label,
        state="planned",
        what=_what(state, slot.machine, slot.operations),
        orders=tuple(dict.fromkeys(_order_id(name) for name in slot.operations)),
        operations=len(slot.operations),
        setup_min=round((slot.start_s - slot.setup_start_s) / 60, 1),
        start=_utc(state, slot.start_s),
        end=_utc(state, slot.end_s),
        family=slot.family,
    )


def _running(state: State, job: Job, now_s: int) -> Listed:
    told = job.intended.job
    operations = tuple(member.operation for member in told.members)
    begin_s = job.intended_s if job.started_s is None else job.started_s
    return Listed(
        key=f"{operations[0]}#{told.members[0].attempt}",
        machine=told.machine,
        cell=state.plant.group_of(told.machine).label,
        state="in doubt" if job.phase is JobPhase.DOUBT else "running",
        what=told.label,
        orders=tuple(dict.fromkeys(_order_id(name) for name in operations)),
        operations=len(operations),
        setup_min=round(job.intended.setup_s / 60, 1),
        start=_utc(state, begin_s + job.intended.setup_s),
        end=_utc(state, job_end_s(job, now_s)),
        family=told.family,
    )


async def _orders(state: State, ends: Mapping[str, int]) -> list[Shipping]:
    rows: list[Shipping] = []
    for number, (name, opened) in enumerate(list(state.orders.items())):
        if number % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
        if name not in state.orders:
            continue
        end_s = opened.packed_s if opened.packed_s is not None else ends.get(name)
        works = [state.work[operation] for operation in opened.routing.operations]
        due_s = opened.order.due_s
        rows.append(
            Shipping(
                order=name,
                carrier=opened.order.cut_off,
                due=_utc(state, due_s),
                projected=None if end_s is None else _utc(state, end_s),
                slack_min=None if end_s is None else round((due_s - end_s) / 60, 1),
                done=sum(work.phase is Phase.DONE for work in works),
                operations=len(works),
            )
        )
    return sorted(rows, key=lambda row: (row.due, row.order))


def _changeovers(
    state: State, planned: list[Slot], families: dict[str, str], place: Mapping[str, int]
) -> list[Changed]:
    rows: list[Changed] = []
    before = dict(families)
    for slot in sorted(planned, key=lambda each: (place[each.machine], each.setup_start_s)):
        group = state.plant.group_of(slot.machine)
        old = before.get(slot.machine, "")
        before[slot.machine] = slot.family
        rule = changeover(group, old, slot.family) if old != slot.family else None
        if rule is None or not (rule.takes or rule.cost or rule.cleaning):
            continue
        rows.append(
            Changed(
                machine=slot.machine,
                cell=group.label,
                start=_utc(state, slot.setup_start_s),
                minutes=round(rule.takes / 60, 1),
                before=old,
                after=slot.family,
                says=rule.says,
                cents=rule.cost,
            )
        )
    return rows
