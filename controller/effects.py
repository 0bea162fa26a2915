"""What the loop does to the world once the facts behind it are durable."""

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from drivers import Command, JobOrder


@dataclass(frozen=True, slots=True)
class SubmitJob:
    """Tell a machine what to make; its JobIntended is durable (R1)."""

    job: JobOrder


@dataclass(frozen=True, slots=True)
class StartJob:
    """Start a job order that a look-up found stored and not started."""

    job: JobOrder


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask a machine what it knows of a job order."""

    job: JobOrder


@dataclass(frozen=True, slots=True)
class AskHeld:
    """Ask a machine for everything it holds (R7)."""

    machine: str


@dataclass(frozen=True, slots=True)
class ConfirmJob:
    """Tell a machine that the result is safe here, so that it may let go of it (R8)."""

    machine: str
    job_order: str


@dataclass(frozen=True, slots=True)
class TellMachine:
    """Give a machine a person's command about what it runs; its CommandGiven is durable."""

    machine: str
    job_order: str
    command: Command
    comment: str


@dataclass(frozen=True, slots=True)
class AskPlan:
    """Have the planner answer what is wanted up to this sequence number."""

    demand: int
    why: str
    quick: bool = False
    """Machines wait for it: take the first good plan, a better one follows."""


Effect: TypeAlias = SubmitJob | StartJob | LookUp | AskHeld | ConfirmJob | TellMachine | AskPlan


def key(effect: Effect) -> str:
    """Name an effect so that it is not released again before its outcome is known."""
    match effect:
        case SubmitJob(job=job):
            return f"submit:{job.id}"
        case StartJob(job=job):
            return f"start:{job.id}"
        case LookUp(job=job):
            return f"look:{job.id}"
        case AskHeld(machine=machine):
            return f"held:{machine}"
        case ConfirmJob(job_order=job_order):
            return f"confirm:{job_order}"
        case TellMachine(machine=machine, job_order=job_order, command=command):
            return f"tell:{machine}:{command.value}:{job_order}"
        case AskPlan(quick=quick):
            # A quick question does not wait for a better plan that is being searched.
            return "plan:quick" if quick else "plan:better"
        case _:
            assert_never(effect)
