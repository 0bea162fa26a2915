"""What people ask of a machine becomes facts, or a refusal that says why."""

from typing import assert_never

from controller.events import Event
from controller.floor import facts as f
from controller.floor import requests as r
from controller.judged import Answered, Judged
from controller.names import time_of_day
from controller.requests import Refusal
from controller.state import Job, JobPhase, State
from controller.waiting import mode_of, next_slot
from drivers import Command
from plant_config import Mode

_WORDS = {r.HoldMachine: "Hold", r.ResumeMachine: "Resume", r.AbortMachine: "Abort"}
_COMMANDS = {
    r.HoldMachine: Command.PAUSE,
    r.ResumeMachine: Command.RESUME,
    r.AbortMachine: Command.ABORT,
}
_ALIVE = frozenset({JobPhase.ACCEPTED, JobPhase.RUNNING, JobPhase.HELD})


def judge(state: State, request: r.FloorRequest, now_s: int) -> Answered:
    """Answer a request about a machine from the state alone."""
    if request.machine not in state.machines:
        return Refusal(kind="unknown", why=f"There is no machine {request.machine!r} here.")
    match request:
        case r.HoldMachine() | r.ResumeMachine() | r.AbortMachine():
            return _command(state, request)
        case r.TakeOut() | r.TakeIn():
            return _service(state, request, now_s)
        case r.SetMode():
            return _mode(state, request)
        case r.ConfirmStart():
            return _confirm(state, request)
        case r.CallHelp() | r.EndHelp():
            return _help(state, request)
        case _:
            assert_never(request)


def _command(state: State, request: r.HoldMachine | r.ResumeMachine | r.AbortMachine) -> Answered:
    name, word, command = request.machine, _WORDS[type(request)], _COMMANDS[type(request)]
    job = state.jobs.get(state.machines[name].job_order)
    if job is None or job.phase is JobPhase.OVER:
        since = f" since {time_of_day(state, job.ended_s or 0)}" if job is not None else ""
        return _no(f"{word} was refused: nothing runs on {name}{since}.")
    label = job.intended.job.label
    why = _against(job, command)
    if why is not None:
        return _no(f"{word} was refused: {label} {why}")
    reason = request.reason.strip() if isinstance(request, r.AbortMachine) else ""
    if command is Command.ABORT and not reason:
        return Refusal(kind="wrong", why="An abort needs a reason, so that others know it.")
    pending = state.machines[name].command
    if pending is not None and (pending.command, pending.job_order) == (
        command,
        job.intended.job.id,
    ):
        return _no(f"{word} of {label} is already asked for; {name} has not followed yet.")
    given = f.CommandGiven(
        machine=name, job_order=job.intended.job.id, command=command, reason=reason
    )
    return Judged(facts=(given,), says=f"{word} of {label} is on its way to {name}.")


def _against(job: Job, command: Command) -> str | None:
    """Return why a command does not apply to a job order as it stands."""
    match command:
        case Command.PAUSE if job.phase is not JobPhase.RUNNING:
            return f"is not running, it is {_stands(job)}."
        case Command.RESUME if job.phase is not JobPhase.HELD:
            return f"is not held, it is {_stands(job)}."
        case Command.ABORT if job.phase is JobPhase.DOUBT:
            return "is in doubt. Decide it under In doubt."
        case Command.ABORT if job.phase not in _ALIVE:
            return f"is {_stands(job)}. Try again in a moment."
        case _:
            return None


def _stands(job: Job) -> str:
    return {
        JobPhase.INTENDED: "being handed over",
        JobPhase.UNKNOWN: "being asked about",
        JobPhase.ACCEPTED: "accepted and not begun",
        JobPhase.RUNNING: "running",
        JobPhase.HELD: "held",
        JobPhase.DOUBT: "in doubt",
        JobPhase.OVER: "over",
    }[job.phase]


def _service(state: State, request: r.TakeOut | r.TakeIn, now_s: int) -> Answered:
    out = state.machines[request.machine].out
    if isinstance(request, r.TakeIn):
        if out is None:
            return _no(f"{request.machine} is in service.")
        return Judged(facts=(f.MachineTakenIn(machine=request.machine),))
    if not request.reason.strip():
        return Refusal(kind="wrong", why="Out of service needs a reason, so that others know it.")
    if request.until_s is not None and request.until_s <= now_s:
        back = time_of_day(state, request.until_s)
        return Refusal(kind="wrong", why=f"{back} is past. Say when {request.machine} is back.")
    if out is not None and (out.reason, out.until_s) == (request.reason.strip(), request.until_s):
        return _no(f"{request.machine} is already out of service: {out.reason}.")
    taken = f.MachineTakenOut(
        machine=request.machine, reason=request.reason.strip(), until_s=request.until_s
    )
    job = state.jobs.get(state.machines[request.machine].job_order)
    runs = job is not None and job.phase is not JobPhase.OVER
    says = f"{job.intended.job.label} runs to its end." if job is not None and runs else ""
    return Judged(facts=(taken,), says=says)


def _mode(state: State, request: r.SetMode) -> Answered:
    if mode_of(state, request.machine) is request.mode:
        return _no(f"The mode of {request.machine} is already {request.mode.value}.")
    return Judged(facts=(f.ModeSet(machine=request.machine, mode=request.mode),))


def _confirm(state: State, request: r.ConfirmStart) -> Answered:
    mode = mode_of(state, request.machine)
    if mode is Mode.AUTOMATIC:
        return _no(f"{request.machine} starts by itself; its mode is automatic.")
    if mode is Mode.WATCH:
        return _no(f"{request.machine} is only watched. Change its mode to start something on it.")
    slot = next_slot(state, request.machine)
    if slot is None:
        return _no(f"Nothing is planned on {request.machine}.")
    if set(slot.operations) != set(request.operations):
        return _no(f"The plan has another batch next on {request.machine} now. Look again.")
    fact: Event = f.StartConfirmed(machine=request.machine, operations=slot.operations)
    return Judged(facts=(fact,))


def _help(state: State, request: r.CallHelp | r.EndHelp) -> Answered:
    called = state.machines[request.machine].help
    if isinstance(request, r.EndHelp):
        if called is None:
            return _no(f"Nobody has called for help at {request.machine}.")
        return Judged(facts=(f.HelpEnded(machine=request.machine),))
    if called is not None and called.note == request.note.strip():
        return _no(f"Help is already called to {request.machine}.")
    return Judged(facts=(f.HelpCalled(machine=request.machine, note=request.note.strip()),))


def _no(why: str) -> Refusal:
    return Refusal(kind="conflict", why=why)
