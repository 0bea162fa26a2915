"""An effect becomes a call to a machine or to the planner; what came of it goes back to the loop."""

from typing import assert_never

from controller.effects import (
    AskHeld,
    AskPlan,
    ConfirmJob,
    Effect,
    LookUp,
    StartJob,
    SubmitJob,
    TellMachine,
)
from controller.planning import BUDGET_S, QUICK_S, Question
from controller.ports import HeldReports, NothingSent, Outcome, Ports, Result
from controller.state import State
from controller.wanted.proposing import plan_question
from controller.wanted.terms import terms_of
from drivers import Command, LinkError, ProtocolError

FRESH_S = 1_200
"""A search takes no longer than this in plant time either: on a fast day, what it began from is long past
when it ends; assumed."""


async def carry_out(effect: Effect, ports: Ports, state: State) -> Outcome:
    """Do it once; a link that is away is an outcome too."""
    try:
        return Outcome(effect, await _result(effect, ports, state))
    except (LinkError, ProtocolError) as error:
        return Outcome(effect, NothingSent(str(error) or "no link"))


async def _result(effect: Effect, ports: Ports, state: State) -> Result:
    drivers = ports.drivers
    match effect:
        case SubmitJob(job=job):
            return await drivers[job.machine].submit(job)
        case StartJob(job=job):
            return await drivers[job.machine].command(Command.START, job.id, job.label)
        case LookUp(job=job):
            return await drivers[job.machine].look_up(job)
        case AskHeld(machine=machine):
            return HeldReports(await drivers[machine].held())
        case ConfirmJob(machine=machine, job_order=job_order):
            return await drivers[machine].command(Command.CLEAR, job_order, "result is safe")
        case TellMachine(machine=machine, job_order=job_order, command=command, comment=comment):
            return await drivers[machine].command(command, job_order, comment)
        case AskPlan():

            def today() -> Question:
                return question_of(state, effect, ports.clock.now_s())

            return await ports.planner.ask(today(), again=today)
        case _:
            assert_never(effect)


def question_of(state: State, asked: AskPlan, now_s: int) -> Question:
    """Ask for a plan of all that is open, around what is frozen now."""
    _, _, speed = state.clock
    budget_s = QUICK_S if asked.quick else max(1.0, min(BUDGET_S, FRESH_S / max(1, speed)))
    return plan_question(
        state, asked.why, now_s, stamp=asked.demand, budget_s=budget_s, terms=terms_of(state)
    )
