"""Which states hold at a machine, and what its band says."""

from controller.floor.state import Pending
from controller.names import person_name
from controller.state import JobPhase, MachineState
from controller.waiting import ASKS_CONFIRM
from controller.web.floor_words import COMMANDS, TARGETS
from controller.web.scene import Scene, is_station, job_at, stale
from controller.web.times import ago
from controller.web.words import SAID, Word
from drivers import Command

_SHAPES = {Command.PAUSE: Word.HOLD, Command.RESUME: Word.RUN, Command.ABORT: Word.FAIL}


def known_of(scene: Scene, machine: str) -> MachineState:
    """Return what the journal knows of a machine; nothing before it was first heard of."""
    return scene.state.machines.get(machine) or MachineState()


def asks_start(scene: Scene, machine: str) -> bool:
    """Tell whether nothing but a person's word is in the way of the next batch."""
    return scene.desk.why_waiting(machine) == ASKS_CONFIRM


def words_of(scene: Scene, machine: str) -> list[Word]:
    """Return every state that holds, the one for the band first."""
    known = known_of(scene, machine)
    job, live = job_at(scene.state, machine), scene.desk.live.get(machine)
    activity = live.reading.activity if live else ""
    phase = job.phase if job else None
    running = phase is JobPhase.RUNNING
    offered = is_station(scene.state, machine) and phase is JobPhase.ACCEPTED
    starting = phase in {JobPhase.INTENDED, JobPhase.ACCEPTED} and not offered
    failed = bool(known.failed) or activity == "failed"
    # A failed machine needs clearing too: one band says both.
    cleared = known.needs_clear and not failed
    asked = known.help is not None or (job is None and asks_start(scene, machine))
    holds = {
        Word.DOUBT: phase is JobPhase.DOUBT,
        Word.FAIL: failed,
        Word.ASK: cleared or bool(known.orphan) or offered or asked,
        Word.STALE: stale(scene, machine),
        Word.HOLD: phase is JobPhase.HELD or (running and activity == "held"),
        Word.OUT: known.out is not None,
        Word.SETUP: (running or starting) and activity == "setup",
        Word.RUN: running or starting,
    }
    # A setup is part of the run, and what is held does not run.
    if holds[Word.SETUP] or holds[Word.HOLD]:
        holds[Word.RUN] = False
    return [word for word in Word if holds.get(word)] or [Word.WAIT]


def band(scene: Scene, machine: str, word: Word) -> tuple[str, str]:
    """Return what the band says and its icon: what it becomes, with dots, while it has not got there."""
    pending = known_of(scene, machine).command
    if pending is not None:
        return f"{TARGETS.get(pending.command, SAID[word])}…", _SHAPES.get(
            pending.command, word
        ).value
    job = job_at(scene.state, machine)
    starting = job is not None and job.phase in {JobPhase.INTENDED, JobPhase.ACCEPTED}
    return SAID[word] + ("…" if starting and word is Word.RUN else ""), word.value


def under_way(scene: Scene, machine: str) -> str:
    """Say since when a command waits to be followed; empty when none does."""
    pending = known_of(scene, machine).command
    return "" if pending is None else _asked(scene, machine, pending)


def _asked(scene: Scene, machine: str, pending: Pending) -> str:
    word = COMMANDS.get(pending.command, pending.command.value)
    since = ago(max(0, scene.now_s - pending.since_s))
    return (
        f"{person_name(pending.by)} asked for {word} {since} ago; {machine} has not followed yet."
    )
