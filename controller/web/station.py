"""A station's page: one machine, one person, what to do now."""

from dataclasses import dataclass

from controller.identity.matching import scans_at
from controller.state import JobPhase
from controller.waiting import ASKS_CONFIRM, ASKS_START, next_slot
from controller.web.naming import customer, made, made_by_slot, made_for, member_name
from controller.web.scene import Scene, is_station, job_at, order_id, orders_of
from controller.web.station_facts import Piece, pieces, spec_of
from controller.web.station_join import Match, match_table
from controller.web.station_plate import Plate, plate
from controller.web.tiles import Tile, tile
from controller.web.times import clock_text
from controller.web.words import Text, Word, joined, lowered

SCRAP_REASONS = ("Damaged", "Wrong part", "Wrong colour", "Does not fit", "Material fault")
"""Reason codes at hand stations; a free text is not asked for while wearing gloves."""
REWORK_REASONS = ("Not tight", "Crooked", "Dirty", "Something missing", "Text not readable")
"""Why work is done again with the same parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything that a station's page shows."""

    tile: Tile
    kind: str
    """`join`, `hand`, `plate`, `clear`, `start`, `doubt` or `idle`."""
    about: str
    """`printing, automatic`; a hand station has no mode."""
    person: str
    clock: str
    job_order: str
    label: str
    step: str
    """`offered`, `begun`, `clear` or empty."""
    head: Text
    """The one instruction."""
    sub: Text
    pieces: tuple[Piece, ...]
    match: Match | None
    plate: Plate | None
    ready: bool
    """All parts are there, so that it can be good."""
    hint: str
    """What the scan field asks for."""
    coming: tuple[str, ...]
    starts: tuple[str, ...]
    """What a person may let start here, where the mode asks for it."""
    helped: str
    """Who called for help and when; empty when nobody did."""


def bench(scene: Scene, machine: str, chosen: str = "") -> Bench:
    """Look at one station; `chosen` is the part that was touched."""
    shown, job = tile(scene, machine), job_at(scene.state, machine)
    kind, step = _kind(scene, machine, shown)
    match = match_table(scene.state, job, scene.now_s) if job and kind == "join" else None
    mapped = plate(scene, job, chosen) if job and kind == "plate" else None
    hand, slot = kind in {"join", "hand"}, next_slot(scene.state, machine)
    return Bench(
        tile=shown,
        kind=kind,
        about=_about(scene, machine),
        person=scene.state.plant.machines[machine].person,
        clock=clock_text(scene.state, scene.now_s, scene.now_s),
        job_order=job.intended.job.id if job else "",
        label=job.intended.job.label if job else "",
        step=step,
        head=_head(scene, machine, kind, step, mapped),
        sub=_sub(scene, machine, kind, mapped),
        pieces=pieces(scene.desk, job) if job and hand else (),
        match=match,
        plate=mapped,
        ready=hand and (match is None or not match.left),
        hint=_hint(match, mapped),
        coming=tuple(
            f"{clock_text(scene.state, slot.start_s, scene.now_s)} "
            + ", ".join(member_name(scene.state, name) for name in slot.operations[:3])
            for slot in scene.slots_of.get(machine, ())[:3]
        ),
        starts=slot.operations if kind == "start" and slot is not None else (),
        helped=_helped(scene, machine),
    )


def _kind(scene: Scene, machine: str, shown: Tile) -> tuple[str, str]:
    """Return what kind of work waits here, and how far it is."""
    job = job_at(scene.state, machine)
    if shown.word is Word.DOUBT:
        return "doubt", ""
    if shown.needs_clear:
        over = job is not None and job.phase is JobPhase.OVER and not shown.unknown_job_order
        return ("plate" if over and not shown.station else "clear"), "clear"
    if job is None and scene.desk.why_waiting(machine) in {ASKS_CONFIRM, ASKS_START}:
        return "start", ""
    phases = {JobPhase.ACCEPTED: "offered", JobPhase.RUNNING: "begun"}
    if job is None or not shown.station or job.phase not in phases:
        return "idle", ""
    return ("join" if scans_at(scene.state, machine) else "hand"), phases[job.phase]


def _about(scene: Scene, machine: str) -> str:
    group = scene.state.plant.group_of(machine)
    if is_station(scene.state, machine):
        return group.label
    mode = scene.state.machines[machine].mode or scene.state.plant.machines[machine].mode
    return f"{group.label}, {mode.value}"


def _head(scene: Scene, machine: str, kind: str, step: str, mapped: Plate | None) -> Text:
    job = job_at(scene.state, machine)
    what = made(scene.state, job.intended.job) if job else ()
    if kind == "plate" and mapped is not None:
        return _plate_head(machine, mapped, scene.state.machines[machine].failed)
    if kind == "join" and job is not None:
        buyers = [customer(scene.desk, order) for order in orders_of(job)]
        return (*what, f", for {buyers[0]}") if len(buyers) == 1 and buyers[0] else what
    if kind == "hand":
        return ("Begin ", *lowered(what)) if step == "offered" else what
    if kind == "clear":
        return ("Take off ", *lowered(what)) if what else (f"Look at {machine}",)
    slot = next_slot(scene.state, machine)
    if kind == "start" and slot is not None:
        return (f"Start {made_by_slot(scene.state, machine, slot.operations)}",)
    if kind == "doubt":
        return ("Say what happened to ", *lowered(what))
    return ("Nothing to do now",)


def _plate_head(machine: str, mapped: Plate, failed: str) -> Text:
    if mapped.taken < mapped.to_take:
        return ("Put each part into its tote",)
    if failed:
        return (f"Look at {machine}, take everything off",)
    return ("Take off the scrap",)


def _sub(scene: Scene, machine: str, kind: str, mapped: Plate | None) -> Text:
    job = job_at(scene.state, machine)
    if job is None or kind == "idle":
        return ()
    if kind == "plate" and mapped is not None:
        off = f"{mapped.taken} of {mapped.to_take} taken off"
        return (f"{mapped.label}, {off}" if mapped.to_take else mapped.label,)
    cut_off = _cut_off(scene, machine)
    if kind == "join":
        first = job.intended.job.members[0].operation
        spec = spec_of(scene.state, first) if order_id(first) in scene.state.orders else ()
        return joined([spec, (cut_off,) if cut_off else ()], ", ")
    said = made_for(scene.desk, job)
    named = cut_off and cut_off.split(" ", 2)[2] in "".join(x for x in said if isinstance(x, str))
    return said if named or not cut_off else (*said, f", {cut_off}")


def _cut_off(scene: Scene, machine: str) -> str:
    job = job_at(scene.state, machine)
    opened = (
        scene.state.orders.get(order_id(job.intended.job.members[0].operation)) if job else None
    )
    if opened is None:
        return ""
    return f"for {clock_text(scene.state, opened.order.due_s, scene.now_s)} {opened.order.cut_off}"


def _hint(match: Match | None, mapped: Plate | None) -> str:
    if match is not None:
        return f"Scan {match.needed}" if match.needed else "All parts are here"
    if mapped is not None:
        left = mapped.taken < mapped.to_take
        return "Scan part or tote" if left else "Nothing more to scan"
    return "Scan a part to see what it is"


def _helped(scene: Scene, machine: str) -> str:
    called = scene.state.machines[machine].help
    if called is None:
        return ""
    at = clock_text(scene.state, called.since_s, scene.now_s)
    who = called.by.removeprefix("person").strip().capitalize()
    note = f": {called.note}" if called.note else ""
    return f"Help is called since {at}{f', by {who}' if who else ''}{note}."
