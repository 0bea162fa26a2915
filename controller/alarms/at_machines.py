"""Conditions at machines: failed, in doubt, unknown job order, no link, help, overdue, deaf, refusing."""

from controller.alarms.condition import Condition, Found
from controller.names import person_name, time_of_day
from controller.state import JobPhase, MachineState, State
from drivers import Command

COMMAND_S = 60
"""Real seconds within which a machine follows a command; then somebody has to go there."""
REFUSALS = 2
"""Refusals in a row that are no accident any more."""
_SAID = {Command.PAUSE: "Hold", Command.RESUME: "Resume", Command.ABORT: "Abort"}


def at_machines(state: State, now_s: int) -> Found:
    """Yield what holds at each machine, in the plant's order."""
    pace = max(1, state.clock[2])
    for name, machine in state.machines.items():
        if machine.failed:
            says = f"{name} failed: {_clause(machine.failed)}."
            yield f"failed:{name}", Condition(source=_at(name), priority="urgent", says=says)
        if machine.orphan:
            says = f"{name} holds a job order that Lotwright did not give."
            yield f"orphan:{name}", Condition(source=_at(name), priority="urgent", says=says)
        if not machine.linked and now_s - _away_since_s(state, machine) > _limit_s(state, name):
            since = time_of_day(state, _away_since_s(state, machine))
            says = f"{name} has had no link since {since}."
            yield f"link:{name}", Condition(source=_at(name), priority="high", says=says)
        yield from _asked_by_people(state, name, machine, now_s, pace)
    yield from _doubts(state)


def _asked_by_people(
    state: State, name: str, machine: MachineState, now_s: int, pace: int
) -> Found:
    if machine.help is not None:
        note = f": {_clause(machine.help.note)}" if machine.help.note else ""
        says = f"{person_name(machine.help.by)} calls for help at {name}{note}."
        yield f"help:{name}", Condition(source=_at(name), priority="high", says=says)
    out = machine.out
    if out is not None and out.until_s is not None and out.until_s <= now_s:
        back = time_of_day(state, out.until_s)
        says = f"{name} was expected back at {back}: {_clause(out.reason)}."
        yield f"out:{name}", Condition(source=_at(name), priority="low", says=says)
    pending = machine.command
    if pending is not None and now_s - pending.since_s >= COMMAND_S * pace:
        word = _SAID.get(pending.command, pending.command.value)
        asked = time_of_day(state, pending.since_s)
        says = f"{name} has not followed {word}, asked for at {asked}."
        yield f"command:{name}", Condition(source=_at(name), priority="high", says=says)
    if machine.refusals >= REFUSALS:
        why = _clause(machine.refused or "no reason given")
        says = f"{name} refused {machine.refusals} job orders in a row: {why}."
        yield f"refused:{name}", Condition(source=_at(name), priority="high", says=says)


def _doubts(state: State) -> Found:
    for job in state.jobs.values():
        if job.phase is JobPhase.DOUBT:
            told = job.intended.job
            label = f"{told.label[:1].lower()}{told.label[1:]}"
            says = f"Nobody knows what became of {label} on {told.machine}."
            source = _at(told.machine)
            yield f"doubt:{told.machine}", Condition(source=source, priority="urgent", says=says)


def _away_since_s(state: State, machine: MachineState) -> int:
    """A controller that has just begun has not had the time to reach anything."""
    begun = state.revisions.get("day")
    return max(machine.link_since_s, 0 if begun is None else begun.at_s)


def _limit_s(state: State, name: str) -> int:
    return state.plant.group_of(name).stale_after * max(1, state.clock[2])


def _at(machine: str) -> str:
    return f"machine {machine}"


def _clause(words: str) -> str:
    """Let words follow a colon; a sentence ends only once."""
    return words.strip().rstrip(".")
