"""A station's page: one machine, one person, what to do now."""

from dataclasses import dataclass

from controller.desk import Desk
from controller.state import JobPhase
from controller.web.naming import colours, made, made_for, member_name, quoted
from controller.web.people import members
from controller.web.scene import Scene, job_at, order_id
from controller.web.tiles import Tile, tile
from controller.web.times import clock_text
from controller.web.words import Text
from plant_config import family_parts

SCRAP_REASONS = ("Damaged", "Wrong part", "Wrong colour", "Does not fit", "Material fault")
"""Reason codes at hand stations; a free text is not asked for while wearing gloves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to check on the piece: `Heel text`, `“RUN MARA”`."""

    name: str
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One member of the work at hand."""

    operation: str
    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything that a station's page shows."""

    tile: Tile
    person: str
    clock: str
    job_order: str
    label: str
    step: str
    """`offered`, `begun`, `clear` or empty."""
    head: Text
    sub: Text
    pieces: tuple[Piece, ...]
    cut_off: str
    coming: tuple[str, ...]


def bench(scene: Scene, machine: str) -> Bench:
    """Look at one station."""
    shown, job = tile(scene, machine), job_at(scene.state, machine)
    phases = {JobPhase.ACCEPTED: "offered", JobPhase.RUNNING: "begun"}
    step = "clear" if shown.needs_clear else phases.get(job.phase, "") if job else ""
    return Bench(
        tile=shown,
        person=scene.state.plant.machines[machine].person,
        clock=clock_text(scene.state, scene.now_s, scene.now_s),
        job_order=job.intended.job.id if job else "",
        label=job.intended.job.label if job else "",
        step=step if shown.station or step == "clear" else "",
        head=made(scene.state, job.intended.job) if job else (),
        sub=made_for(scene.desk, job) if job else (),
        pieces=_pieces(scene.desk, machine) if job else (),
        cut_off=_cut_off(scene, machine),
        coming=tuple(
            f"{clock_text(scene.state, slot.start_s, scene.now_s)} "
            + ", ".join(member_name(scene.state, name) for name in slot.operations[:3])
            for slot in scene.slots_of.get(machine, ())[:3]
        ),
    )


def _cut_off(scene: Scene, machine: str) -> str:
    job = job_at(scene.state, machine)
    opened = (
        scene.state.orders.get(order_id(job.intended.job.members[0].operation)) if job else None
    )
    if opened is None:
        return ""
    return f"for {clock_text(scene.state, opened.order.due_s, scene.now_s)} {opened.order.cut_off}"


def _pieces(desk: Desk, machine: str) -> tuple[Piece, ...]:
    job = job_at(desk.state, machine)
    if job is None:
        return ()
    shared = list(family_parts(job.intended.job.family).items())
    found = []
    for member in members(desk, job):
        facts = {
            name: str(value)
            for name, value in [*shared, *member.recipe.items()]
            # A text feature only says that there are words; the words themselves follow.
            if not (value == "text" and member.texts)
        }
        texts = {name: quoted(words) for name, words in member.texts.items()}
        order = order_id(member.operation)
        found.append(
            Piece(
                operation=member.operation,
                name=f"{member.name[:1].upper()}{member.name[1:]}",
                facts=tuple(
                    _fact(desk, order, name, value)
                    for name, value in (facts | texts).items()
                    if value not in {"", "none"}
                ),
            )
        )
    return tuple(found)


def _fact(desk: Desk, order: str, name: str, value: str) -> Fact:
    """Say a recipe value in the words of the feature that it comes from, where there is one."""
    found = colours(desk.state, order, [value])
    opened = desk.state.orders.get(order)
    for line in opened.order.lines if opened is not None else ():
        for feature in desk.state.plant.products[line.spec.product].features:
            if feature.name == name:
                option = next((each for each in feature.options if each.name == value), None)
                shown = option.label or option.name if option is not None else value
                return Fact(name=feature.label or _said(name), value=found or (shown,))
    return Fact(name=_said(name), value=found or (value.replace("_", " "),))


_UNITS = {
    "s": "s",
    "c": "°C",
    "g": "g",
    "mg": "mg",
    "um": "µm",
    "mm": "mm",
    "mm2": "mm²",
    "mm3": "mm³",
}


def _said(name: str) -> str:
    """`duration_s` becomes `Duration, s`: names of recipe values end with their unit."""
    words, _, unit = name.rpartition("_")
    if words and unit in _UNITS:
        name = f"{words}, {_UNITS[unit]}"
    return name[:1].upper() + name[1:].replace("_", " ")
