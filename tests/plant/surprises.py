"""Random days: any mix of surprises, each decided from what the floor looks like when it comes."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from controller.amend.requests import CancelOrder
from controller.floor.requests import (
    AbortMachine,
    CallHelp,
    EndHelp,
    HoldMachine,
    ResumeMachine,
    SetMode,
    TakeIn,
    TakeOut,
)
from controller.requests import ImportOrders
from controller.state import JobPhase, Phase, State
from controller.stock.requests import CountLot, ReceiveLot
from controller.wanted.requests import UndoWish
from plant_config import Mode, Plant
from scheduler import wishes
from simulators.faults import Failure, Faults, LinkCut, LostReply, Restart, WrongScan
from tests.plant.office import Ask, Look, Said, first_rows, one_order
from tests.plant.virtual_day import Script, orders_file, plant_named

HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """A kind of day: its plant, how many of its orders, and how long it is busy."""

    plant: str
    orders: int
    busy_s: int
    many: int
    """Surprises, beside the faults of machines."""
    crashes: int
    steps: int
    """Steps of the loop among which the crashes are strewn."""


SMALL = Bounds(plant="muesli", orders=14, busy_s=7_000, many=22, crashes=15, steps=6_000)
SHOES = Bounds(plant="sneaker", orders=6, busy_s=5 * HOUR, many=26, crashes=20, steps=9_000)


def surprise_day(bounds: Bounds, seed: int) -> Script:
    """Return a day of many surprises; equal seeds have equal days."""
    chance = random.Random(f"{bounds.plant} {seed}")
    plant = plant_named(bounds.plant)
    file = orders_file(bounds.plant)
    kinds = [*_KINDS, _urgent(file), *([_runs_out] if plant.stock else [])]
    asks: list[tuple[int, Ask]] = []
    for number in range(bounds.many):
        at_s = chance.randrange(60, bounds.busy_s)
        asks += chance.choice(kinds)(random.Random(chance.random()), at_s, number)
    asks += _evening_round(plant, bounds.busy_s)
    return Script(
        plant=bounds.plant,
        seed=seed,
        plan_steps=6,
        orders=first_rows(file, bounds.orders),
        faults=_faults(plant, chance, bounds.busy_s),
        crashes=frozenset(chance.sample(range(bounds.steps), bounds.crashes)),
        asks=tuple(sorted(asks, key=lambda ask: ask[0])),
        to_the_last=True,
        planning_s=None if seed % 2 else (8.0, 120.0),
        until_h=24 * 5,
    )


def _faults(plant: Plant, chance: random.Random, busy_s: int) -> Faults:
    machines = [n for n, m in plant.machines.items() if m.link.kind != "station"]
    joins = [n for n in plant.machines if plant.group_of(n).scans]
    steps = [step.name for process in plant.processes.values() for step in process]
    cut = chance.randrange(busy_s)
    return Faults(
        scrap=dict.fromkeys(steps, 0.04),
        lost_replies=tuple(LostReply(chance.choice(machines), n) for n in (1, 2, 3)),
        link_cuts=(LinkCut(chance.choice(machines), cut, cut + chance.randrange(30, 2_000)),),
        failures=tuple(
            Failure(chance.choice(machines), chance.randrange(1, 4), chance.randrange(5, 95))
            for _ in range(2)
        ),
        restarts=(Restart(chance.choice(machines), chance.randrange(busy_s)),),
        wrong_scans=tuple(WrongScan(name, 2) for name in joins),
    )


def _evening_round(plant: Plant, busy_s: int) -> list[tuple[int, Ask]]:
    """Somebody walks by three times: what is held goes on, everybody is back, all starts by itself."""
    rounds = [busy_s + 60, busy_s + 1_200, busy_s + 3_600]
    looks = (_resume, _take_in, _automatic)
    return [
        (at_s + 5 * number, look(name))
        for at_s in rounds
        for name in plant.machines
        for number, look in enumerate(looks)
    ]


def _resume(name: str) -> Look:
    def look(state: State, _now_s: int) -> Said | None:
        job = state.jobs.get(state.machines[name].job_order)
        held = job is not None and job.phase is JobPhase.HELD
        return ResumeMachine(machine=name) if held else None

    return look


def _take_in(name: str) -> Look:
    return lambda state, _: TakeIn(machine=name) if state.machines[name].out else None


def _automatic(name: str) -> Look:
    def look(state: State, _now_s: int) -> Said | None:
        mode = state.machines[name].mode
        other = mode is not None and mode is not Mode.AUTOMATIC
        return SetMode(machine=name, mode=Mode.AUTOMATIC) if other else None

    return look


_Kind = Callable[[random.Random, int, int], list[tuple[int, Ask]]]
"""(chance, when, number) -> what is asked, and what follows later."""


def _cancel(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    def look(state: State, _now_s: int) -> Said | None:
        name = _pick(chance, state.orders)
        return None if name is None else CancelOrder(order=name, reason="changed plans")

    return [(at_s, look)]


def _hold(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    held: list[str] = []

    def look(state: State, _now_s: int) -> Said | None:
        held[:] = _some(chance, _running(state))
        return HoldMachine(machine=held[0]) if held else None

    def resume(_state: State, _now_s: int) -> Said | None:
        return ResumeMachine(machine=held[0]) if held else None

    return [(at_s, look), (at_s + chance.randrange(30, 1_500), resume)]


def _abort(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    def look(state: State, _now_s: int) -> Said | None:
        name = _pick(chance, _running(state))
        return None if name is None else AbortMachine(machine=name, reason="it looks wrong")

    return [(at_s, look)]


def _late(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    gone: list[str] = []
    for_s = chance.randrange(600, 4_000)

    def look(state: State, now_s: int) -> Said | None:
        in_service = [n for n, m in state.machines.items() if m.out is None]
        gone[:] = _some(chance, in_service)
        station = state.plant.machines[gone[0]].link.kind == "station"
        reason = "person late" if station else "repair"
        return TakeOut(machine=gone[0], reason=reason, until_s=now_s + for_s)

    def back(_state: State, _now_s: int) -> Said | None:
        return TakeIn(machine=gone[0]) if gone else None

    return [(at_s, look), (at_s + for_s + chance.randrange(-300, 300), back)]


def _mode(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    mode = chance.choice([Mode.CONFIRM, Mode.SUGGEST, Mode.WATCH])
    name: list[str] = []

    def look(state: State, _now_s: int) -> Said | None:
        name[:] = _some(chance, state.machines)
        return SetMode(machine=name[0], mode=mode)

    def back(_state: State, _now_s: int) -> Said | None:
        return SetMode(machine=name[0], mode=Mode.AUTOMATIC) if name else None

    return [(at_s, look), (at_s + chance.randrange(300, 3_000), back)]


def _help(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    which = chance.random()

    def look(state: State, _now_s: int) -> Said | None:
        machine = sorted(state.machines)[int(which * len(state.machines))]
        called = state.machines[machine].help
        return EndHelp(machine=machine) if called else CallHelp(machine=machine, note="a noise")

    return [(at_s, look), (at_s + 600, look)]


def _place(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    pins, in_s = chance.random() < 0.6, chance.randrange(300, 3_000)

    def look(state: State, now_s: int) -> Said | None:
        waiting = [
            slot
            for slots in state.queues.values()
            for slot in slots
            if all(n in state.work and state.work[n].phase is Phase.OPEN for n in slot.operations)
        ]
        if not waiting:
            return None
        slot = chance.choice(waiting)
        order = state.orders[slot.operations[0].partition("/")[0]]
        able = [machine for machine, _ in order.routing.operations[slot.operations[0]].modes]
        to = chance.choice(able)
        if pins:
            return wishes.Pin(operations=slot.operations, machine=to, start_s=now_s + in_s)
        return wishes.OnMachine(operations=slot.operations, machine=to)

    return [(at_s, look)]


def _not_before(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    in_s = chance.randrange(300, 6_000)

    def look(state: State, now_s: int) -> Said | None:
        name = _pick(chance, state.orders)
        return None if name is None else wishes.NotBefore(order=name, at_s=now_s + in_s)

    return [(at_s, look)]


def _expedite(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    def look(state: State, _now_s: int) -> Said | None:
        name = _pick(chance, state.orders)
        return None if name is None else wishes.Expedite(order=name)

    return [(at_s, look)]


def _close(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    in_s, for_s = chance.randrange(1_200), chance.randrange(300, HOUR)

    def look(state: State, now_s: int) -> Said | None:
        name = _pick(chance, state.machines)
        assert name is not None
        begin_s = now_s + in_s
        return wishes.CloseMachine(
            machine=name, begin_s=begin_s, end_s=begin_s + for_s, why="audit"
        )

    return [(at_s, look)]


def _taste(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    wish: wishes.Wish = wishes.PlateWait(wait_s=chance.randrange(0, 3_000))
    if chance.random() < 0.5:
        wish = wishes.LevelOrder(first="stability")
    return [(at_s, wish)]


def _undo(chance: random.Random, at_s: int, _number: int) -> list[tuple[int, Ask]]:
    def look(state: State, _now_s: int) -> Said | None:
        numbers = sorted(state.wishes)
        return UndoWish(number=chance.choice(numbers)) if numbers else None

    return [(at_s, look)]


def _urgent(file: str) -> _Kind:
    def urgent(chance: random.Random, at_s: int, number: int) -> list[tuple[int, Ask]]:
        like, name = chance.randrange(10), f"9{number:03}"
        text = one_order(file, like, name, quantity="1")
        come = ImportOrders(name=f"urgent {number}.csv", content=text)
        return [(at_s, come), (at_s + 40, wishes.Expedite(order=name))]

    return urgent


def _runs_out(chance: random.Random, at_s: int, number: int) -> list[tuple[int, Ask]]:
    """A lot is found nearly empty; some time later more comes."""
    found: list[tuple[str, str]] = []

    def look(state: State, _now_s: int) -> Said | None:
        lots = [key for key, lot in state.store.lots.items() if lot.quantity > 0]
        found[:] = [chance.choice(lots)] if lots else []
        if not found:
            return None
        material, lot = found[0]
        return CountLot(material=material, lot=lot, quantity=1, reason="the box was empty")

    def receive(state: State, _now_s: int) -> Said | None:
        if not found:
            return None
        material, lot = found[0]
        much = max(1, state.store.lots[material, lot].received)
        return ReceiveLot(material=material, lot=f"{lot} new {number}", quantity=much)

    return [(at_s, look), (at_s + chance.randrange(600, 2 * HOUR), receive)]


_KINDS: tuple[_Kind, ...] = (
    _cancel,
    _hold,
    _abort,
    _late,
    _mode,
    _help,
    _place,
    _place,
    _not_before,
    _expedite,
    _close,
    _taste,
    _undo,
)


def _pick(chance: random.Random, names: Iterable[str]) -> str | None:
    some = _some(chance, names)
    return some[0] if some else None


def _some(chance: random.Random, names: Iterable[str]) -> list[str]:
    known = sorted(names)
    return [chance.choice(known)] if known else []


def _running(state: State) -> list[str]:
    alive = {JobPhase.ACCEPTED, JobPhase.RUNNING, JobPhase.HELD}
    return [job.intended.job.machine for job in state.jobs.values() if job.phase in alive]
