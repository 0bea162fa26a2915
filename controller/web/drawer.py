"""What one machine's drawer shows beyond its tile."""

from controller.desk import Live
from controller.names import duration
from controller.state import Job
from controller.web.naming import counted, customer, made_by_slot, member_name
from controller.web.recent import Recent
from controller.web.scene import Scene, job_at, order_id
from controller.web.tiles import tile
from controller.web.times import age, clock_text, second_text
from plant_config import Evidence

_COMING = 3
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
    return {
        "tile": tile(scene, machine),
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
