"""State, plan and journal become a picture of the board, a few bars at a time."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from controller.state import Job, JobPhase, State
from controller.waiting import job_end_s
from controller.web.board.closed import closed_stretches
from controller.web.board.labels import Info, info_of
from controller.web.board.past import Past, PastBar
from controller.web.board.picture import Bar, CutMark, Kind, OrderMark, Other, Picture
from controller.web.cuts import stand_of
from controller.web.naming import customer
from controller.web.scene import Scene
from controller.web.site import Site
from controller.web.times import DAY_S
from plant_config import cut_offs, windows
from scheduler import Slot, wishes

LOAD_S = 12 * 3600
"""Load counts over the next twelve hours."""
SAME_S = 60
"""A bar that starts less than this from where it was has not moved for a planner."""
_YIELD_EVERY = 40
_SLOTS = 500
"""Slots that are compared in one go."""
_PHASES = {JobPhase.DOUBT: Kind.DOUBT, JobPhase.HELD: Kind.HELD}

_Key = tuple[str, tuple[str, ...], str]


@dataclass(slots=True)
class Infos:
    """What is known of batches, kept from picture to picture."""

    known: dict[_Key, Info] = field(default_factory=dict[_Key, Info])
    used: dict[_Key, Info] = field(default_factory=dict[_Key, Info])
    """Those of the picture that is being made."""
    asked: int = 0

    async def get(
        self, state: State, machine: str, operations: tuple[str, ...], label: str = ""
    ) -> Info:
        """Return what a batch is called and where else it could run; gives way now and then."""
        key = (machine, operations, label)
        found = self.known.get(key) or self.used.get(key)
        self.asked += 1 if found else 8
        if self.asked > 8 * _YIELD_EVERY:
            self.asked = 0
            await asyncio.sleep(0)
        if found is None:
            found = info_of(state, machine, operations, label)
        self.used[key] = found
        return found

    def forget_unused(self) -> None:
        """Drop what the last picture did not show."""
        self.known, self.used = self.used, {}


async def build(site: Site, past: Past, infos: Infos) -> Picture:
    """Look at everything once; facts that are recorded meanwhile belong to the next picture."""
    await site.recent.catch_up(site.desk)
    await past.catch_up(site.desk)
    scene = site.look()
    state, now_s, seq = scene.state, scene.now_s, scene.state.seq
    plan, before = state.plan, state.previous
    proposals, shipped = site.desk.proposals(), dict(site.recent.shipped)
    closed, pinned, published_s = closed_stretches(scene), pinned_by(state), state.plan_s
    running = [job for job in state.jobs.values() if job.phase is not JobPhase.OVER]
    slots = [slot for row in scene.slots_of.values() for slot in row]
    await asyncio.sleep(0)
    bars = [await _past_bar(state, infos, each) for each in list(past.of_last_day(now_s))]
    bars += [await _running_bar(state, infos, job, now_s) for job in running]
    planned = [await planned_bar(state, infos, slot) for slot in slots]
    others = [await _other(state, infos, each.number, each.slots, planned) for each in proposals]
    bars += planned
    orders = {mark.id: mark for mark in await _orders(scene)}
    last_s = max((bar.end_s for bar in [*bars, *(b for o in others for b in o.bars)]), default=0)
    begin_s = max(min((bar.setup_s for bar in bars), default=now_s), now_s - DAY_S)
    end_s = max(last_s, now_s + LOAD_S)
    infos.forget_unused()
    ghost = await _ghost(before.slots if before is not None else (), planned)
    load = _load(state, bars, now_s)
    await asyncio.sleep(0)
    return Picture(
        seq=seq,
        now_s=now_s,
        plan=0 if plan is None else plan.number,
        published_s=published_s,
        begin_s=begin_s,
        end_s=end_s,
        cells=cells_of(state),
        load=load,
        told={bar.machine: bar.end_s for bar in bars if bar.kind not in _NOT_TOLD},
        open_when=tuple(_open(state, name, begin_s, end_s) for name in state.plant.groups),
        bars=tuple(bars),
        ghost=ghost,
        closed=closed,
        orders=orders,
        cuts=_cuts(state, orders.values(), shipped, begin_s, end_s),
        pinned=pinned,
        others=tuple(others),
    )


_NOT_TOLD = {Kind.DONE, Kind.LOST, Kind.PLAN}


def cells_of(state: State) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each cell's name and machines, in the plant's order."""
    plant = state.plant
    return tuple(
        (
            group.label.capitalize(),
            tuple(each.id for each in plant.machines.values() if each.group == name),
        )
        for name, group in plant.groups.items()
    )


def pinned_by(state: State) -> frozenset[str]:
    """Return the operations that a planner put where they are."""
    return frozenset(
        name
        for each in state.wishes.values()
        if isinstance(each.wish, wishes.Pin | wishes.OnMachine)
        for name in each.wish.operations
    )


async def _past_bar(state: State, infos: Infos, past: PastBar) -> Bar:
    told = past.told
    operations = tuple(member.operation for member in told.members)
    return Bar(
        key=_key(operations[0], told.members[0].attempt),
        machine=told.machine,
        kind=Kind.LOST if past.lost else Kind.DONE,
        setup_s=past.begin_s,
        start_s=past.begin_s + past.setup_s,
        end_s=past.end_s,
        operations=operations,
        family=told.family,
        info=await infos.get(state, told.machine, operations, told.label),
    )


async def _running_bar(state: State, infos: Infos, job: Job, now_s: int) -> Bar:
    told = job.intended.job
    operations = tuple(member.operation for member in told.members)
    begin_s = job.intended_s if job.started_s is None else job.started_s
    start_s = begin_s + job.intended.setup_s
    # Nobody knows how long a doubt lasts; its bar is as long as the work should have been.
    doubted = job.phase is JobPhase.DOUBT
    return Bar(
        key=_key(operations[0], told.members[0].attempt),
        machine=told.machine,
        kind=_PHASES.get(job.phase, Kind.RUN),
        setup_s=begin_s,
        start_s=start_s,
        end_s=start_s + told.takes_s if doubted else job_end_s(job, now_s),
        operations=operations,
        family=told.family,
        info=await infos.get(state, told.machine, operations, told.label),
    )


async def planned_bar(state: State, infos: Infos, slot: Slot) -> Bar:
    """Return the bar of a slot of a plan."""
    work = state.work.get(slot.operations[0])
    return Bar(
        key=_key(slot.operations[0], 1 if work is None else work.attempt),
        machine=slot.machine,
        kind=Kind.PLAN,
        setup_s=slot.setup_start_s,
        start_s=slot.start_s,
        end_s=slot.end_s,
        operations=slot.operations,
        family=slot.family,
        info=await infos.get(state, slot.machine, slot.operations),
    )


def _key(operation: str, attempt: int) -> str:
    return operation if attempt <= 1 else f"{operation}#{attempt}"


async def _other(
    state: State, infos: Infos, number: int, slots: Iterable[Slot], planned: list[Bar]
) -> Other:
    """Compare a proposal's plan with the present one: what is not in both has moved."""
    present = {(bar.machine, bar.operations): bar for bar in planned}
    gone, bars = {bar.key for bar in planned}, list[Bar]()
    open_now = {name for bar in planned for name in bar.operations}
    for slot in slots:
        if not open_now.issuperset(slot.operations):
            continue
        same = present.get((slot.machine, slot.operations))
        if same is not None and abs(same.start_s - slot.start_s) < SAME_S:
            gone.discard(same.key)
        else:
            bars.append(await planned_bar(state, infos, slot))
    return Other(number=number, gone=tuple(sorted(gone)), bars=tuple(bars))


async def _ghost(before: Iterable[Slot], planned: list[Bar]) -> tuple[Slot, ...]:
    """Return the slots of the last plan whose work is still planned, but elsewhere."""
    now_at = {name: bar for bar in planned for name in bar.operations}
    moved: list[Slot] = []
    for number, slot in enumerate(before, start=1):
        if number % _SLOTS == 0:
            await asyncio.sleep(0)
        bar = next((now_at[name] for name in slot.operations if name in now_at), None)
        if bar is not None and (
            bar.machine != slot.machine or abs(bar.start_s - slot.start_s) >= SAME_S
        ):
            moved.append(slot)
    return tuple(moved)


async def _orders(scene: Scene) -> list[OrderMark]:
    marks: list[OrderMark] = []
    for number, (name, opened) in enumerate(list(scene.state.orders.items())):
        if number % _YIELD_EVERY == _YIELD_EVERY - 1:
            await asyncio.sleep(0)
        if name in scene.state.orders:
            marks.append(
                OrderMark(
                    id=name,
                    due_s=opened.order.due_s,
                    end_s=scene.end_of.get(name),
                    stand=stand_of(scene, opened),
                    carrier=opened.order.cut_off,
                    customer=customer(scene.desk, name),
                )
            )
    return marks


def _cuts(
    state: State,
    orders: Iterable[OrderMark],
    shipped: Mapping[tuple[str, int], int],
    begin_s: int,
    end_s: int,
) -> tuple[CutMark, ...]:
    due: dict[tuple[int, str], list[str]] = {}
    for mark in orders:
        due.setdefault((mark.due_s, mark.carrier), []).append(mark.stand)
    marks: list[CutMark] = []
    for at_s, carrier in cut_offs(state.plant, begin_s, end_s):
        stands = due.get((at_s, carrier), [])
        marks.append(
            CutMark(
                at_s=at_s,
                carrier=carrier,
                due=len(stands) + shipped.get((carrier, at_s), 0),
                risk=stands.count("risk"),
                late=stands.count("late"),
            )
        )
    return tuple(marks)


def _open(state: State, cell: str, begin_s: int, end_s: int) -> tuple[tuple[int, int], ...]:
    first = begin_s // DAY_S - 1
    return tuple(
        (begin, end)
        for begin, end in windows(state.plant, cell, first, end_s // DAY_S - first + 2)
        if end > begin_s and begin < end_s
    )


def _load(state: State, bars: Iterable[Bar], now_s: int) -> dict[str, int]:
    until_s = now_s + LOAD_S
    busy_s: dict[str, int] = {}
    for bar in bars:
        inside = min(bar.end_s, until_s) - max(bar.setup_s, now_s)
        if inside > 0:
            busy_s[bar.machine] = busy_s.get(bar.machine, 0) + inside
    open_s = {
        name: sum(
            max(0, min(end, until_s) - max(begin, now_s))
            for begin, end in _open(state, name, now_s, until_s)
        )
        for name in state.plant.groups
    }
    return {
        name: min(100, 100 * busy_s.get(name, 0) // max(1, open_s[machine.group]))
        for name, machine in state.plant.machines.items()
    }
