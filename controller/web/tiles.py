"""One tile of the Floor: what a machine is, makes, for whom, why it waits, and what comes next."""

from dataclasses import dataclass

from controller.desk import Live
from controller.names import duration, time_of_day
from controller.state import Job, JobPhase, MachineState
from controller.web.naming import colours, counted, made, made_by_slot, made_for
from controller.web.scene import Scene, is_station, job_at, order_id, orders_of, stale
from controller.web.times import ago, clock_text, number_and_unit, second_text
from controller.web.words import SAID, Text, Word
from plant_config import family_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Everything that one tile shows; equal tiles look the same, so they are not sent again."""

    machine: str
    kind: str
    group: str
    word: Word
    said: str
    job_order: str = ""
    what: Text = ()
    who: Text = ()
    why: str = ""
    lines: tuple[str, ...] = ()
    """Other states that hold at the same time, a sentence each."""
    left: str = ""
    left_unit: str = ""
    ends: str = ""
    progress: int | None = None
    """Per cent, as the machine reported it."""
    hatched: bool = False
    following: Text = ()
    needs_clear: bool = False
    unknown_job_order: bool = False
    station: bool = False
    label: str = ""
    orders: tuple[str, ...] = ()
    """Open orders that wait for this machine: those on it and those planned next."""


def tiles(scene: Scene) -> list[Tile]:
    """Return every tile, by cell in the plant's order."""
    by_cell = [
        machine.id
        for group in scene.state.plant.groups
        for machine in scene.state.plant.machines.values()
        if machine.group == group
    ]
    return [tile(scene, machine) for machine in by_cell]


def words_of(scene: Scene, machine: str) -> list[Word]:
    """Return every state that holds, the one for the band first."""
    known = scene.state.machines.get(machine, MachineState())
    job, live = job_at(scene.state, machine), scene.desk.live.get(machine)
    activity = live.reading.activity if live else ""
    phase = job.phase if job else None
    running = phase is JobPhase.RUNNING
    offered = is_station(scene.state, machine) and phase is JobPhase.ACCEPTED
    starting = phase in {JobPhase.INTENDED, JobPhase.ACCEPTED} and not offered
    holds = {
        Word.DOUBT: phase is JobPhase.DOUBT,
        Word.FAIL: bool(known.failed) or activity == "failed",
        Word.ASK: known.needs_clear or bool(known.orphan) or offered,
        Word.STALE: stale(scene, machine),
        Word.HOLD: phase is JobPhase.HELD or (running and activity == "held"),
        Word.SETUP: (running or starting) and activity == "setup",
        Word.RUN: running or starting,
    }
    # A failed machine needs clearing too, and a setup is part of the run: one band says both.
    if holds[Word.FAIL] and not known.orphan:
        holds[Word.ASK] = False
    if holds[Word.SETUP] or holds[Word.HOLD]:
        holds[Word.RUN] = False
    return [word for word in Word if holds.get(word)] or [Word.WAIT]


def tile(scene: Scene, machine: str) -> Tile:
    """Look at one machine."""
    installed = scene.state.plant.machines[machine]
    group = scene.state.plant.group_of(machine)
    words = words_of(scene, machine)
    job = job_at(scene.state, machine)
    body = _body(scene, machine, words[0], job)
    starting = job is not None and job.phase in {JobPhase.INTENDED, JobPhase.ACCEPTED}
    said = SAID[words[0]] + ("…" if starting and words[0] is Word.RUN else "")
    known = scene.state.machines.get(machine, MachineState())
    return Tile(
        machine=machine,
        kind=group.label,
        group=installed.group,
        word=words[0],
        said=said,
        job_order=job.intended.job.id if job else "",
        lines=tuple(_other(scene, machine, word) for word in words[1:] if word is not Word.RUN),
        needs_clear=known.needs_clear or bool(known.orphan),
        unknown_job_order=bool(known.orphan),
        station=is_station(scene.state, machine),
        label=job.intended.job.label if job else "",
        orders=tuple(holds_up(scene, machine)),
        what=body.what,
        who=body.who,
        why=body.why,
        left=body.left,
        left_unit=body.left_unit,
        ends=body.ends,
        progress=body.progress,
        hatched=words[0] in {Word.SETUP, Word.HOLD},
        following=body.following,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    what: Text = ()
    who: Text = ()
    why: str = ""
    left: str = ""
    left_unit: str = ""
    ends: str = ""
    progress: int | None = None
    following: Text = ()


def _body(scene: Scene, machine: str, word: Word, job: Job | None) -> _Body:
    match word:
        case Word.DOUBT:
            return _doubted(scene, job)
        case Word.FAIL:
            return _failed(scene, machine, job)
        case Word.ASK:
            return _asked(scene, machine, job)
        case Word.STALE:
            return _lost(scene, machine, job)
        case Word.HOLD | Word.OUT | Word.SETUP | Word.RUN:
            return _working(scene, machine, word, job)
        case Word.WAIT:
            return _waiting(scene, machine)


def _doubted(scene: Scene, job: Job | None) -> _Body:
    if job is None:
        return _Body()
    waiting = ", ".join(orders_of(job)[:4])
    since = time_of_day(scene.state, job.intended_s)
    return _Body(
        what=made(scene.state, job.intended.job),
        why=job.detail or "Nobody knows what became of it.",
        following=(f"Since {since}; {waiting} {'wait' if ',' in waiting else 'waits'}",),
    )


def _failed(scene: Scene, machine: str, job: Job | None) -> _Body:
    reason = scene.state.machines[machine].failed
    why = _sentence(reason or "The machine reports an error.")
    if job is None:
        return _Body(what=("Stopped",), why=why, following=("Look at it, then press Cleared",))
    lost_s = job.ended_s if job.ended_s is not None else scene.now_s
    lost = f" lost at {clock_text(scene.state, lost_s, scene.now_s)}"
    return _Body(
        what=(*made(scene.state, job.intended.job), lost),
        who=made_for(scene.desk, job),
        why=why,
        following=(f"Look at it, then press Cleared; {_since(scene, lost_s)}",),
    )


def _asked(scene: Scene, machine: str, job: Job | None) -> _Body:
    known = scene.state.machines[machine]
    if job is None or known.orphan:
        return _Body(
            what=("Unknown job order",),
            why="It holds a job order that Lotwright did not give. Look at it, then press Cleared.",
        )
    what = made(scene.state, job.intended.job)
    who = made_for(scene.desk, job)
    if not known.needs_clear:
        planned = duration(job.intended.job.takes_s)
        offered = clock_text(scene.state, job.intended_s, scene.now_s)
        why = "The parts are here. Press Begin at the station."
        return _Body(
            what=what, who=who, why=why, following=(f"Offered {offered}, {planned} planned",)
        )
    waiting = len(holds_up(scene, machine))
    wait = (
        f" {counted(waiting, 'order')} {'waits' if waiting == 1 else 'wait'} for it."
        if waiting
        else ""
    )
    ended_s = job.ended_s if job.ended_s is not None else scene.now_s
    return _Body(
        what=(*what, " is finished"),
        who=who,
        why=f"Take it off, then press Cleared.{wait}",
        following=(
            f"Finished {clock_text(scene.state, ended_s, scene.now_s)}, {_since(scene, ended_s)}",
        ),
    )


def holds_up(scene: Scene, machine: str) -> list[str]:
    """Return the open orders on a machine and those planned next on it: they wait for a person."""
    job = job_at(scene.state, machine)
    mine = orders_of(job) if job else []
    following = [
        order_id(op) for slot in scene.slots_of.get(machine, ())[:1] for op in slot.operations
    ]
    return [name for name in dict.fromkeys([*mine, *following]) if name in scene.state.orders]


def _lost(scene: Scene, machine: str, job: Job | None) -> _Body:
    live, known = scene.desk.live.get(machine), scene.state.machines.get(machine)
    what = made(scene.state, job.intended.job) if job else ()
    since = _since_when(scene, known, live)
    why = f"{since} Lotwright keeps trying."
    last = ""
    if live is not None:
        last = ", ".join(value for _, value in live.reading.signals[:2])
        if live.reading.remaining_s is not None and job is not None:
            number, unit = number_and_unit(live.reading.remaining_s)
            last = f"{last}, {number} {unit}" if last else f"{number} {unit}"
    return _Body(what=what, why=why, following=(f"Last known: {last}",) if last else ())


def _since_when(scene: Scene, known: MachineState | None, live: Live | None) -> str:
    if known is not None and not known.linked and known.link_since_s:
        return f"No link since {second_text(scene.state, known.link_since_s)}."
    if known is None or not known.linked or live is None:
        return "Not reached yet."
    away_s = int((scene.desk.monotonic() - live.at) * max(0, scene.state.clock[2]))
    return f"No values since {second_text(scene.state, max(0, scene.now_s - away_s))}."


def _working(scene: Scene, machine: str, word: Word, job: Job | None) -> _Body:
    if job is None:
        return _Body(what=("Held by a person",))
    live = _current(scene, machine, job)
    left_s = _left_s(scene, job, live)
    number, unit = number_and_unit(left_s) if left_s is not None else ("", "")
    ends = clock_text(scene.state, scene.now_s + left_s, scene.now_s) if left_s is not None else ""
    setup = word is Word.SETUP
    return _Body(
        what=_changeover(scene, job) if setup else made(scene.state, job.intended.job),
        who=(f"for {_lower(job.intended.job.label)}",) if setup else made_for(scene.desk, job),
        why="A person paused it." if word is Word.HOLD else "",
        left=number,
        left_unit=unit,
        ends=ends,
        progress=_progress(scene, job, live),
        following=_following(scene, machine, live),
    )


def _current(scene: Scene, machine: str, job: Job) -> Live | None:
    """A reading counts only for the job order that it names."""
    live = scene.desk.live.get(machine)
    return live if live and live.reading.job_order in {"", job.intended.job.id} else None


def _left_s(scene: Scene, job: Job, live: Live | None) -> int | None:
    if live is not None and live.reading.remaining_s is not None:
        return live.reading.remaining_s
    if job.started_s is None:
        return None
    return max(0, job.started_s + job.intended.setup_s + job.intended.job.takes_s - scene.now_s)


def _progress(scene: Scene, job: Job, live: Live | None) -> int | None:
    machine = job.intended.job.machine
    if live is not None and not is_station(scene.state, machine):
        return min(100, live.reading.progress // 100)
    planned = job.intended.setup_s + job.intended.job.takes_s
    if job.started_s is None or not planned:
        return 0
    return min(100, 100 * (scene.now_s - job.started_s) // planned)


def _changeover(scene: Scene, job: Job) -> Text:
    before = family_parts(job.intended.family_before)
    after = family_parts(job.intended.job.family)
    order = order_id(job.intended.job.members[0].operation)
    for name, value in after.items():
        old, new = (
            colours(scene.state, order, [before.get(name)]),
            colours(scene.state, order, [value]),
        )
        if old and new and old != new:
            return (f"{name.replace('_', ' ').capitalize()} ", *old, " to ", *new)
    return (job.intended.setup_says[:1].upper() + job.intended.setup_says[1:] or "Setup",)


def _waiting(scene: Scene, machine: str) -> _Body:
    coming = scene.slots_of.get(machine, ())
    what: Text = ()
    who: Text = ()
    then = ""
    if coming:
        said = made_by_slot(scene.state, machine, coming[0].operations)
        making, orders = _halves(said)
        what, who = (_capital(making),), (orders,) if orders else ()
        planned = clock_text(scene.state, coming[0].start_s, scene.now_s)
        then = f"Planned for {planned}, {duration(coming[0].end_s - coming[0].start_s)}"
    return _Body(
        what=what,
        who=who,
        why=scene.desk.why_waiting(machine),
        following=(then,) if then else (),
    )


def _halves(said: str) -> tuple[str, str]:
    """A plate's orders stand on their own line."""
    what, _, orders = said.partition(", ")
    return what, f"for {orders}" if orders else ""


def _following(scene: Scene, machine: str, live: Live | None) -> Text:
    doing = live.reading.doing if live else ""
    if doing:
        return (doing,)
    coming = scene.slots_of.get(machine, ())
    return (f"Next: {made_by_slot(scene.state, machine, coming[0].operations)}",) if coming else ()


def _other(scene: Scene, machine: str, word: Word) -> str:
    match word:
        case Word.STALE:
            return "No link at the moment."
        case Word.ASK:
            return "Needs to be cleared."
        case _:
            return f"{SAID[word]}, too."


def _since(scene: Scene, at_s: int) -> str:
    return f"{ago(max(0, scene.now_s - at_s))} ago"


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?")) else f"{_capital(words)}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
