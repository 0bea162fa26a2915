"""What may be done at a machine from its drawer, and in a sentence why something may not."""

from dataclasses import dataclass

from controller.floor import requests as r
from controller.floor.judge import judge
from controller.names import time_of_day
from controller.requests import Refusal
from controller.state import Job, JobPhase, State
from controller.waiting import mode_of, next_slot
from controller.web.bar import shift_ends_s
from controller.web.floor_words import MODES
from controller.web.naming import counted, made_by_slot
from controller.web.scene import Scene, is_station, job_at
from plant_config import Mode

ABORT_REASONS = (
    "It is going wrong",
    "Wrong material",
    "Wrong job order",
    "Danger",
    "The machine is needed",
)
OUT_REASONS = ("Broken", "Maintenance", "Cleaning", "No material", "Nobody to run it")
STATION_REASONS = ("Person late", "Person absent", "Tool broken", "No material", "No room")
"""Reason codes: nobody types at a machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The commands of one drawer; an empty reason says that it may be pressed."""

    revision: str
    hold: str
    resume: str
    abort: str
    losing: str
    """What the second step of Abort says: `Abort plate 121: 8 parts are lost`."""
    keeping: str
    pending: str
    """`Hold…` while the machine has not followed."""
    why: tuple[str, ...]
    """Why what cannot be pressed cannot, a sentence each."""
    out: bool
    out_reasons: tuple[str, ...]
    until: tuple[tuple[str, int], ...]
    """(words, seconds from now) until it is back."""
    helped: bool
    mode: Mode
    modes: tuple[tuple[str, str, str], ...]
    """(value, what it is called, what it means)."""
    start: str
    """`Start plate of 4, 2 orders` where a person lets batches start."""
    start_why: str
    operations: tuple[str, ...]


def acts(scene: Scene, machine: str) -> Acts:
    """Look at what may be done at one machine now."""
    state, known = scene.state, scene.state.machines[machine]
    hold = _why(scene, r.HoldMachine(machine=machine))
    resume = _why(scene, r.ResumeMachine(machine=machine))
    abort = _why(scene, r.AbortMachine(machine=machine, reason=ABORT_REASONS[0]))
    slot = next_slot(state, machine)
    operations = slot.operations if slot is not None else ()
    mode = mode_of(state, machine)
    asks = mode in {Mode.CONFIRM, Mode.SUGGEST} and slot is not None
    asks = asks and not set(operations) <= set(known.confirmed)
    revision = state.revisions.get(f"machine:{machine}")
    return Acts(
        revision=str(revision.seq) if revision is not None else "",
        hold=hold,
        resume=resume,
        abort=abort,
        losing=_losing(job_at(state, machine)),
        keeping="Let it run" if not is_station(state, machine) else "Go on with it",
        pending=_pending(state, machine),
        why=_reasons({"Hold": hold, "Resume": resume}),
        out=known.out is not None,
        out_reasons=STATION_REASONS if is_station(state, machine) else OUT_REASONS,
        until=until_choices(state, scene.now_s),
        helped=known.help is not None,
        mode=mode,
        modes=tuple((each.value, *said) for each, said in MODES.items()),
        start=f"Start {made_by_slot(state, machine, operations)}" if asks else "",
        start_why=_start_why(scene, machine, operations) if asks else "",
        operations=operations if asks else (),
    )


def _why(scene: Scene, request: r.FloorRequest) -> str:
    """Ask the predicate that decides it; what it says is what the page says."""
    answer = judge(scene.state, request, scene.now_s)
    return answer.why if isinstance(answer, Refusal) else ""


def _start_why(scene: Scene, machine: str, operations: tuple[str, ...]) -> str:
    return _why(scene, r.ConfirmStart(machine=machine, operations=operations))


def _reasons(refused: dict[str, str]) -> tuple[str, ...]:
    """Say one reason once: `Hold and Resume were refused: nothing runs on P3 since 09:12.`"""
    because: dict[str, list[str]] = {}
    for word, why in refused.items():
        if why:
            because.setdefault(why.partition(" was refused: ")[2] or why, []).append(word)
    return tuple(f"{' and '.join(words)}: {why}" for why, words in because.items())


def _losing(job: Job | None) -> str:
    if job is None or job.phase is JobPhase.OVER:
        return ""
    told = job.intended.job
    label = f"{told.label[:1].lower()}{told.label[1:]}"
    if job.started_s is None:
        return f"Abort {label}: nothing is made yet"
    members = len(told.members)
    return f"Abort {label}: {counted(members, 'part')} {'is' if members == 1 else 'are'} lost"


def _pending(state: State, machine: str) -> str:
    pending = state.machines[machine].command
    return "" if pending is None else pending.command.value


def until_choices(state: State, now_s: int) -> tuple[tuple[str, int], ...]:
    """Return for how long something may be put aside: words, and seconds from now."""
    found = [("30 min", 1_800), ("1 h", 3_600), ("2 h", 7_200), ("4 h", 14_400)]
    ends_s = shift_ends_s(state, now_s)
    if ends_s is not None and ends_s > now_s:
        found.append((f"End of shift, {time_of_day(state, ends_s)}", ends_s - now_s))
    return tuple(found)
