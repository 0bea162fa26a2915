"""What follows from what people did to machines."""

from collections.abc import Iterator

from controller.effects import ConfirmJob, TellMachine
from controller.events import JobProvenUnmade
from controller.state import JobPhase, State
from controller.step import Step
from controller.transient import Transient


def tell_commands(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """A durable command goes out once its machine is linked; asking twice for the same does no harm."""
    for name, machine in state.machines.items():
        pending = machine.command
        if pending is not None and not pending.told and machine.linked:
            yield Step(effect=TellMachine(name, pending.job_order, pending.command, pending.reason))


def take_back_what_nobody_began(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """Hand work that a station only shows is free for others while the station is out of service.
    What is begun ends where it is, and a machine keeps what it took: it may start any moment."""
    for name, machine in state.machines.items():
        job = state.jobs.get(machine.job_order)
        if machine.out is None or job is None or job.phase is not JobPhase.ACCEPTED:
            continue
        if state.plant.machines[name].link.kind == "station":
            said = f"{name} is out of service ({machine.out.reason}), and nobody had begun it."
            unmade = JobProvenUnmade(job_order=machine.job_order, evidence=said)
            yield Step(unmade, ConfirmJob(name, machine.job_order))
