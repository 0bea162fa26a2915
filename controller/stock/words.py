"""Material in sentences: what an order waits for, what to order, what is left."""

from collections.abc import Iterable

from controller.names import local_time, wall_clock
from controller.state import State
from controller.stock.allocation import allocate
from controller.stock.state import Lack
from plant_config import Material
from plant_config import material as materials


def amount(state: State, material: str, quantity: int) -> str:
    """Write an amount of a material: `1.2 kg`."""
    return materials.said_units(quantity, state.plant.materials[material].unit)


def label(state: State, material: str) -> str:
    """Name a material as people do."""
    known: Material | None = state.plant.materials.get(material)
    return material if known is None else known.shown


def moment(state: State, at_s: int) -> str:
    """Show when something comes: `09:00`, or `25 Nov 09:00` on another day than now."""
    at = wall_clock(state.origin_utc, state.plant.timezone, at_s)
    same = at.date() == local_time(state, state.at_s).date()
    return at.strftime("%H:%M") if same else f"{at.day} {at.strftime('%b %H:%M')}"


def why_without(state: State, order: str) -> str:
    """Say what material an order waits for; empty when it has all that it needs."""
    opened, lacks = state.orders.get(order), allocate(state).lacks
    if opened is None or not lacks:
        return ""
    mine = [lacks[name] for name in opened.routing.operations if name in lacks]
    return waits_for(state, (lack for each in mine for lack in each))


def waits_for(state: State, lacks: Iterable[Lack]) -> str:
    """Say which material is missing, how much of it, and when it comes."""
    short: dict[str, int] = {}
    reference: dict[str, str] = {}
    for lack in lacks:
        short[lack.material] = short.get(lack.material, 0) + lack.quantity
        # What comes last, or never, decides.
        kept = reference.get(lack.material)
        if kept is None or not lack.reference or (kept and _later(state, lack.reference, kept)):
            reference[lack.material] = lack.reference
    if not short:
        return ""
    said = " and ".join(
        f"{label(state, name)}, {amount(state, name, q)} short" for name, q in short.items()
    )
    return f"Waiting for {said}; {'; '.join(_comes(state, n, reference[n]) for n in short)}."


def _later(state: State, one: str, other: str) -> bool:
    expected = state.store.expected
    return one in expected and other in expected and expected[one].at_s > expected[other].at_s


def _comes(state: State, material: str, reference: str) -> str:
    expected = state.store.expected.get(reference)
    if expected is None:
        return "no receipt covers it"
    verb = "expected" if expected.at_s > state.at_s else "overdue since"
    return f"{amount(state, material, expected.quantity)} {verb} {moment(state, expected.at_s)}"
