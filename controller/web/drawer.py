"""What one machine's drawer shows beyond its tile."""

from controller.desk import Live
from controller.names import duration
from controller.state import Job
from controller.web.cuts import named, stand_of
from controller.web.floor_acts import acts
from controller.web.naming import counted, customer, made_by_slot, member_name
from controller.web.recent import Recent
from controller.web.scene import Scene, job_at, order_id, orders_of
from controller.web.tiles import Tile, tile
from controller.web.times import age, clock_text, second_text
from controller.web.words import Word
from plant_config import Evidence

_COMING = 2
_MEMBERS = 12

EVIDENCE = {
    Evidence.LEDGER: "ledger: it remembers every job order",
    Evidence.COUNTER: "counter: it counts its starts",
    Evidence.NONE: "none: after a lost answer a person is asked",
}


def drawer(scene: Scene, recent: Recent, machine: str) -> dict[str, object]:
    """Return the values of the drawer's template."""
    state = scene.state
    job, live = job_at(state, machine), scene.desk.live.get(machine)
    installed = state.plant.machines[machine]
    proof = installed.evidence or state.plant.group_of(machine).evidence
    shown = tile(scene, machine)
    cause, step = _cause_and_step(shown)
    return {
        "tile": shown,
        "acts": acts(scene, machine),
        "cause": cause,
        "step": step,
        "consequence": _consequence(scene, job),
        "refused": state.machines[machine].command_refused,
        "label": job.intended.job.label if job else "",
        "members": _members(scene, job),
        "coming": _coming(scene, machine),
        "signals": list(live.reading.signals) if live else [],
        "age": age(max(0.0, scene.desk.monotonic() - live.at)) if live else "",
        "job_state": _job_state(scene, machine, job, live),
        "evidence": EVIDENCE[proof],
        "lines": [
            (second_text(state, line.at_s), line.says)
            for line in list(recent.of_machine.get(machine, ()))[:6]
        ],
    }


_STEPS = {
    Word.FAIL: "Look at it, then press Cleared.",
    Word.DOUBT: "Look at it, then say what happened.",
    Word.STALE: "Look at its power and cable. To stop it, use its own button.",
    Word.OUT: "Take it in again when it works.",
}


def _cause_and_step(shown: Tile) -> tuple[str, str]:
    """Return why it is as it is, and what to do next."""
    if shown.word is Word.STALE:
        return shown.why.partition(". ")[0].rstrip(".") + ".", _STEPS[Word.STALE]
    if shown.word in _STEPS:
        return shown.why, _STEPS[shown.word]
    first, _, rest = shown.why.partition(". ")
    return (f"{first.rstrip('.')}." if first else ""), rest


def _consequence(scene: Scene, job: Job | None) -> str:
    """Name the orders on it that will not, or may not, make their cut-off."""
    if job is None:
        return ""
    said: dict[str, list[str]] = {}
    for name in orders_of(job):
        opened = scene.state.orders.get(name)
        stand = stand_of(scene, opened) if opened is not None else ""
        if stand in {"late", "risk"} and opened is not None:
            at = clock_text(scene.state, opened.order.due_s, scene.now_s)
            word = "late" if stand == "late" else "at risk"
            said.setdefault(f"{word} for {at}", []).append(name)
    return " ".join(
        f"{'Order' if len(names) == 1 else 'Orders'} {named(tuple(names))} "
        f"{'is' if len(names) == 1 else 'are'} {how}."
        for how, names in said.items()
    )


def _members(scene: Scene, job: Job | None) -> list[tuple[str, str]]:
    if job is None or len(job.intended.job.members) == 1:
        return []
    return [
        (
            member_name(scene.state, member.operation),
            customer(scene.desk, order_id(member.operation)),
        )
        for member in job.intended.job.members[:_MEMBERS]
    ]


def _coming(scene: Scene, machine: str) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    for slot in scene.slots_of.get(machine, ())[:_COMING]:
        takes = duration(slot.end_s - slot.start_s)
        setup = slot.start_s - slot.setup_start_s
        before = f", setup before it {duration(setup)}" if setup > 0 else ""
        what = made_by_slot(scene.state, machine, slot.operations)
        at = clock_text(scene.state, slot.start_s, scene.now_s)
        said.append((at, f"{what[:1].upper()}{what[1:]}, {takes}{before}"))
    return said


def _job_state(scene: Scene, machine: str, job: Job | None, live: Live | None) -> str:
    known = scene.state.machines[machine]
    boot = f", boot {known.boot}" if known.boot is not None else ""
    if job is None:
        return f"no job order{boot}"
    said = job.state.value if job.state is not None else job.phase.value
    doing = live.reading.activity if live else said
    activity = f", {doing}" if doing.lower() != said.lower() else ""
    members = counted(len(job.intended.job.members), "member")
    return f"{said}{activity}, {members}{boot}, job order {job.intended.job.id[:8]}"
