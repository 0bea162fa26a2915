"""What people did to machines becomes state."""

from dataclasses import replace
from typing import assert_never

from controller.floor import facts as f
from controller.floor.state import Help, Out, Pending
from controller.state import State
from drivers import Submit


def fold(state: State, fact: f.FloorFact, *, actor: str) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    machine = state.machines[fact.machine]
    match fact:
        case f.CommandGiven():
            machine.command = Pending(
                command=fact.command,
                job_order=fact.job_order,
                since_s=state.at_s,
                by=actor,
                reason=fact.reason,
            )
            machine.command_refused = ""
        case f.CommandAnswered():
            _answered(state, fact)
        case f.MachineTakenOut():
            machine.out = Out(
                reason=fact.reason, since_s=state.at_s, until_s=fact.until_s, by=actor
            )
            state.demand = state.seq
        case f.MachineTakenIn():
            machine.out = None
            state.demand = state.seq
        case f.ModeSet():
            machine.mode, machine.confirmed = fact.mode, ()
            state.demand = state.seq
        case f.StartConfirmed():
            machine.confirmed = fact.operations
        case f.HelpCalled():
            machine.help = Help(note=fact.note, since_s=state.at_s, by=actor)
        case f.HelpEnded():
            machine.help = None
        case _:
            assert_never(fact)
    return frozenset({f"machine:{fact.machine}"})


def _answered(state: State, fact: f.CommandAnswered) -> None:
    machine = state.machines[fact.machine]
    pending = machine.command
    if pending is None or (pending.job_order, pending.command) != (fact.job_order, fact.command):
        return
    if fact.answer.outcome is Submit.REJECTED:
        said = fact.answer.detail or "no reason given"
        machine.command = None
        machine.command_refused = f"{fact.command.value} was refused: {said}"
    elif fact.answer.outcome is not Submit.UNKNOWN:
        machine.command = replace(pending, told=True)
