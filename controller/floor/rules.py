"""What follows from what people did to machines."""

from collections.abc import Iterator

from controller.effects import TellMachine
from controller.state import State
from controller.step import Step
from controller.transient import Transient


def tell_commands(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """A durable command goes out once its machine is linked; asking twice for the same does no harm."""
    for name, machine in state.machines.items():
        pending = machine.command
        if pending is not None and not pending.told and machine.linked:
            yield Step(effect=TellMachine(name, pending.job_order, pending.command, pending.reason))
