"""What a batch used up: as its machine reported it where that can be believed, else as planned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from controller import events as e
from controller.names import order_of
from controller.state import Job, State
from controller.stock.state import Lot
from drivers import UnitResult, Used, Verdict
from plant_config import material as materials

_LEAST, _MOST = 50, 200
"""Per cent of the plan between which a machine's own figure is believed; assumed. Beyond that, a wrong
unit or a stuck counter is likelier than such a use."""
_WHOLE = 100

_UNITS: Mapping[str, materials.BaseUnit] = {"mg": "mg", "ul": "ul", "piece": "piece"}

_Planned = list[tuple[str, str, int]]
"""(operation, material, quantity)."""


@dataclass(frozen=True, slots=True)
class _Figure:
    """What a machine said about one or several planned uses together."""

    uses: tuple[int, ...]
    """Places in the list of planned uses."""
    quantity: int
    scrap: bool


def use_of(state: State, job: Job) -> tuple[e.Event, ...]:
    """Return the facts about what a job order that is over used up; none when it used nothing.

    Where the store says less than was used, the material was there after all: the lot is corrected
    first, so that nothing becomes negative and what was received, used and corrected adds up.
    """
    made = tuple(
        each
        for each in job.results
        # What left while its machine was not cleared was accounted for before, or used nothing.
        if each.verdict is not Verdict.NOT_MADE and each.operation.partition("/")[0] in state.orders
    )
    planned = [
        (each.operation, material, quantity)
        for each in made
        for material, quantity in order_of(state, each.operation)
        .routing.operations[each.operation]
        .uses
    ]
    if not planned:
        return ()
    quantities, reported, note = _believed(state, job, made, planned)
    uses = [
        (operation, material, quantity)
        for (operation, material, _), quantity in zip(planned, quantities, strict=True)
        if quantity
    ]
    told = job.intended.job
    shortfalls, taken = _from_lots(state, uses)
    corrections = tuple(
        e.LotCounted(
            material=material,
            lot=lot,
            quantity=quantity,
            reason=f"{told.label} on {told.machine} used more than the store said there was",
            job_order=told.id,
        )
        for (material, lot), quantity in shortfalls.items()
    )
    used = e.LotUsed(
        machine=told.machine, job_order=told.id, uses=taken, reported=reported, note=note
    )
    return (*corrections, used)


def _believed(
    state: State, job: Job, made: Sequence[UnitResult], planned: _Planned
) -> tuple[list[int], bool, str]:
    """Return a quantity for each planned use, whether a machine said any, and what was not believed."""
    quantities = [quantity for _, _, quantity in planned]
    reported, notes = False, list[str]()
    for figure in _figures(state, job, made, planned):
        plan = sum(planned[at][2] for at in figure.uses)
        # What broke off early used less than its plan, whatever the share.
        least = 0 if figure.scrap else plan * _LEAST // _WHOLE
        if least <= figure.quantity <= plan * _MOST // _WHOLE:
            reported = True
            for at, share in zip(figure.uses, _shares(figure, planned), strict=True):
                quantities[at] = share
        else:
            notes.append(_unbelieved(state, job, planned[figure.uses[0]][1], figure.quantity, plan))
    return quantities, reported, " ".join(dict.fromkeys(notes))


def _figures(
    state: State, job: Job, made: Sequence[UnitResult], planned: _Planned
) -> Iterable[_Figure]:
    """Pair what was said with what was planned; a member's own figure counts before the batch's."""
    free = set(range(len(planned)))
    for each in made:
        own = {at for at in free if planned[at][0] == each.operation}
        for used in _said_of(each):
            places = _fitting(state, used, own, planned)
            if places:
                free -= set(places)
                own -= set(places)
                yield _Figure(places, used.quantity, each.verdict is Verdict.SCRAP)
    scrap = any(each.verdict is Verdict.SCRAP for each in made)
    untold = free == set(range(len(planned)))
    for used in job.used if untold else ():
        places = _fitting(state, used, free, planned)
        if places:
            free -= set(places)
            yield _Figure(places, used.quantity, scrap)


def _said_of(result: UnitResult) -> Iterable[Used]:
    """Read a member's own figures: `used_mg`, `used_ul`, `used_piece`, or `used_tpu85_mg`."""
    for name, value in result.actuals:
        head, _, rest = name.partition("_")
        material, _, ending = rest.rpartition("_")
        unit = _UNITS.get(ending)
        if head == "used" and unit is not None and isinstance(value, int):
            yield Used(quantity=value, unit=unit, material=material)


def _fitting(state: State, used: Used, free: Iterable[int], planned: _Planned) -> tuple[int, ...]:
    known = state.plant.materials
    return tuple(
        at
        for at in sorted(free)
        if known[planned[at][1]].unit == used.unit and used.material in {"", planned[at][1]}
    )


def _shares(figure: _Figure, planned: _Planned) -> list[int]:
    """Spread a figure over its uses as they were planned; the whole stays the whole."""
    plan = [planned[at][2] for at in figure.uses]
    total, shares, given, so_far = sum(plan), list[int](), 0, 0
    for quantity in plan:
        so_far += quantity
        upto = figure.quantity * so_far // total
        shares.append(upto - given)
        given = upto
    return shares


def _unbelieved(state: State, job: Job, material: str, said: int, plan: int) -> str:
    unit = state.plant.materials[material].unit
    return (
        f"{job.intended.job.machine} reported {materials.said_units(said, unit)} where "
        f"{materials.said_units(plan, unit)} were planned; the plan's figure was booked."
    )


def _from_lots(
    state: State, uses: Iterable[tuple[str, str, int]]
) -> tuple[Mapping[tuple[str, str], int], tuple[tuple[str, str, str, int], ...]]:
    """Take uses from lots, the oldest first; return corrected counts of lots that held less, and
    (operation, material, lot, quantity)."""
    left = {key: lot.quantity for key, lot in state.store.lots.items()}
    lots: dict[str, list[Lot]] = {}
    for lot in state.store.lots.values():
        lots.setdefault(lot.material, []).append(lot)
    missing: dict[tuple[str, str], int] = {}
    taken: list[tuple[str, str, str, int]] = []
    for operation, material, quantity in uses:
        for lot in lots.get(material, ()):
            part = min(quantity, left[material, lot.lot])
            if part:
                left[material, lot.lot] -= part
                quantity -= part  # noqa: PLW2901 what is left of it
                taken.append((operation, material, lot.lot, part))
        if quantity:
            last = _last_lot(lots.get(material, ()))
            missing[material, last] = missing.get((material, last), 0) + quantity
            taken.append((operation, material, last, quantity))
    corrected = {
        key: more + (state.store.lots[key].quantity if key in state.store.lots else 0)
        for key, more in missing.items()
    }
    return corrected, tuple(taken)


def _last_lot(lots: Sequence[Lot]) -> str:
    """Name the lot that must have held more: the newest that was begun, or one that nobody noted."""
    begun = [lot.lot for lot in lots if lot.used or lot.quantity]
    if begun:
        return begun[-1]
    return lots[-1].lot if lots else "unknown"
