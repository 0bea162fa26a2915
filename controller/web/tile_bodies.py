"""The body of a tile for each state: what, for whom, why, how far, what next."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from controller.desk import Live
from controller.names import capital, duration, person_name, time_of_day
from controller.state import Job, JobPhase, MachineState
from controller.web.naming import colours, counted, made, made_by_slot, made_for
from controller.web.scene import Scene, is_station, job_at, order_id, orders_of
from controller.web.tile_material import runs_low
from controller.web.tile_state import known_of, under_way
from controller.web.times import ago, clock_text, number_and_unit, second_text
from controller.web.words import Text, Word
from plant_config import family_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What stands below the band of a tile."""

    what: Text = ()
    who: Text = ()
    why: str = ""
    left: str = ""
    left_unit: str = ""
    ends: str = ""
    progress: int | None = None
    following: Text = ()


def body(scene: Scene, machine: str, word: Word, job: Job | None) -> Body:
    """Look at what a machine does in this state."""
    match word:
        case Word.DOUBT:
            return _doubted(scene, job)
        case Word.FAIL:
            return _failed(scene, machine, job)
        case Word.ASK:
            return _asked(scene, machine, job)
        case Word.STALE:
            return _lost(scene, machine, job)
        case Word.OUT:
            return _out(scene, machine, job)
        case Word.HOLD | Word.SETUP | Word.RUN:
            return _working(scene, machine, word, job)
        case Word.WAIT:
            return _waiting(scene, machine)


def _doubted(scene: Scene, job: Job | None) -> Body:
    if job is None:
        return Body()
    waiting = ", ".join(orders_of(job)[:4])
    since = time_of_day(scene.state, job.intended_s)
    return Body(
        what=made(scene.state, job.intended.job),
        why=job.detail or "Nobody knows what became of it.",
        following=(f"Since {since}; {waiting} {'wait' if ',' in waiting else 'waits'}",),
    )


def _failed(scene: Scene, machine: str, job: Job | None) -> Body:
    reason = scene.state.machines[machine].failed
    why = _sentence(reason or "The machine reports an error.")
    if job is None:
        return Body(what=("Stopped",), why=why, following=("Look at it, then press Cleared",))
    lost_s = job.ended_s if job.ended_s is not None else scene.now_s
    lost = f" lost at {clock_text(scene.state, lost_s, scene.now_s)}"
    return Body(
        what=(*made(scene.state, job.intended.job), lost),
        who=_remade(scene, job) or made_for(scene.desk, job),
        why=why,
        following=(f"Look at it, then press Cleared; {_since(scene, lost_s)}",),
    )


def _remade(scene: Scene, job: Job) -> Text:
    """Say where lost parts are planned to be made again: `6 parts, remade on P4 and P1`."""
    lost = {member.operation for member in job.intended.job.members}
    found = [
        machine
        for machine, slots in scene.slots_of.items()
        if any(not lost.isdisjoint(slot.operations) for slot in slots)
    ]
    if not found or job.phase is not JobPhase.OVER:
        return ()
    where = found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
    return (f"{counted(len(lost), 'part')}, planned again on {where}",)


def _asked(scene: Scene, machine: str, job: Job | None) -> Body:
    known = known_of(scene, machine)
    if known.orphan:
        return Body(
            what=("Unknown job order",),
            why="It holds a job order that Lotwright did not give. Look at it, then press Cleared.",
        )
    if known.needs_clear and job is not None:
        return _finished(scene, machine, job)
    if job is not None and job.phase is JobPhase.ACCEPTED:
        return _offered(scene, job)
    if known.help is not None:
        under = _waiting(scene, machine) if job is None else _working(scene, machine, Word.RUN, job)
        called = f"Called {_since(scene, known.help.since_s)}"
        return replace(under, why=help_words(scene, machine), following=(called,))
    return replace(_waiting(scene, machine), why="Press Start, or let it wait.")


def _offered(scene: Scene, job: Job) -> Body:
    planned = duration(job.intended.job.takes_s)
    offered = clock_text(scene.state, job.intended_s, scene.now_s)
    return Body(
        what=made(scene.state, job.intended.job),
        who=made_for(scene.desk, job),
        why="The parts are here. Press Begin at the station.",
        following=(f"Offered {offered}, {planned} planned",),
    )


def _finished(scene: Scene, machine: str, job: Job) -> Body:
    waiting = len(holds_up(scene, machine))
    wait = (
        f" {counted(waiting, 'order')} {'waits' if waiting == 1 else 'wait'} for it."
        if waiting
        else ""
    )
    ended_s = job.ended_s if job.ended_s is not None else scene.now_s
    ended = clock_text(scene.state, ended_s, scene.now_s)
    return Body(
        what=(*made(scene.state, job.intended.job), " is finished"),
        who=made_for(scene.desk, job),
        why=f"Take it off, then press Cleared.{wait}",
        following=(f"Finished {ended}, {_since(scene, ended_s)}",),
    )


def help_words(scene: Scene, machine: str) -> str:
    """Say who calls for help; empty when nobody does."""
    called = known_of(scene, machine).help
    if called is None:
        return ""
    note = f": {called.note.rstrip('.')}" if called.note else ""
    return f"{person_name(called.by)} calls for help{note}."


def _out(scene: Scene, machine: str, job: Job | None) -> Body:
    out = known_of(scene, machine).out
    if out is None:
        return Body()
    if out.until_s is None:
        back = "No return named"
    elif out.until_s <= scene.now_s:
        back = f"Was expected back {clock_text(scene.state, out.until_s, scene.now_s)}"
    else:
        back = f"Expected back {clock_text(scene.state, out.until_s, scene.now_s)}"
    since = clock_text(scene.state, out.since_s, scene.now_s)
    runs = job is not None and job.phase in {JobPhase.RUNNING, JobPhase.ACCEPTED}
    under = _working(scene, machine, Word.RUN, job) if job is not None and runs else Body()
    return replace(
        under,
        what=under.what or (back,),
        why=_sentence(out.reason) + (f" {back}." if runs else ""),
        following=(f"Taken out {since} by {person_name(out.by)}",),
    )


def holds_up(scene: Scene, machine: str) -> list[str]:
    """Return the open orders on a machine and those planned next on it: they wait for a person."""
    job = job_at(scene.state, machine)
    mine = orders_of(job) if job else []
    following = [
        order_id(op) for slot in scene.slots_of.get(machine, ())[:1] for op in slot.operations
    ]
    return [name for name in dict.fromkeys([*mine, *following]) if name in scene.state.orders]


def _lost(scene: Scene, machine: str, job: Job | None) -> Body:
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
    return Body(what=what, why=why, following=(f"Last known: {last}",) if last else ())


def _since_when(scene: Scene, known: MachineState | None, live: Live | None) -> str:
    if known is not None and not known.linked and known.link_since_s:
        return f"No link since {second_text(scene.state, known.link_since_s)}."
    if known is None or not known.linked or live is None:
        return "Not reached yet."
    away_s = int((scene.desk.monotonic() - live.at) * max(0, scene.state.clock[2]))
    return f"No values since {second_text(scene.state, max(0, scene.now_s - away_s))}."


def _working(scene: Scene, machine: str, word: Word, job: Job | None) -> Body:
    if job is None:
        return Body(what=("Held by a person",))
    live = _current(scene, machine, job)
    left_s = _left_s(scene, job, live)
    number, unit = number_and_unit(left_s) if left_s is not None else ("", "")
    ends = clock_text(scene.state, scene.now_s + left_s, scene.now_s) if left_s is not None else ""
    setup = word is Word.SETUP
    return Body(
        what=_changeover(scene, job) if setup else made(scene.state, job.intended.job),
        who=(f"for {_lower(job.intended.job.label)}",) if setup else made_for(scene.desk, job),
        why="A person paused it. Press Resume to go on." if word is Word.HOLD else "",
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


def _waiting(scene: Scene, machine: str) -> Body:
    coming = scene.slots_of.get(machine, ())
    what: Text = ()
    who: Text = ()
    then = ""
    if coming:
        said = made_by_slot(scene.state, machine, coming[0].operations)
        making, orders = _halves(said)
        what, who = (capital(making),), (orders,) if orders else ()
        planned = clock_text(scene.state, coming[0].start_s, scene.now_s)
        then = f"Planned for {planned}, {duration(coming[0].end_s - coming[0].start_s)}"
    return Body(
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
    low = runs_low(scene, machine)
    if low:
        return (low,)
    doing = live.reading.doing if live else ""
    if doing:
        return (doing,)
    coming = scene.slots_of.get(machine, ())
    return (f"Next: {made_by_slot(scene.state, machine, coming[0].operations)}",) if coming else ()


def other_lines(scene: Scene, machine: str, words: list[Word]) -> Iterator[str]:
    """Yield a sentence for each other thing that holds, the most pressing first."""
    known = known_of(scene, machine)
    if waits := under_way(scene, machine):
        yield waits
    if known.command_refused:
        yield _sentence(known.command_refused)
    shown = words[0]
    if known.help is not None and (shown is not Word.ASK or known.needs_clear or known.orphan):
        yield help_words(scene, machine)
    if known.needs_clear and shown not in {Word.ASK, Word.FAIL}:
        yield "Needs to be cleared."
    for word in words[1:]:
        if word is Word.STALE:
            yield "No link at the moment."
        elif word is Word.HOLD:
            yield "What is on it is held."
        elif word is Word.OUT and known.out is not None:
            yield f"Out of service: {known.out.reason.rstrip('.')}."
        elif word is Word.FAIL:
            yield "It reports an error."


def _since(scene: Scene, at_s: int) -> str:
    return f"{ago(max(0, scene.now_s - at_s))} ago"


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?")) else f"{capital(words)}."


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
