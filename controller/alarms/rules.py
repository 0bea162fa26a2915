"""Alarms are raised and ended by what the state says."""

from collections.abc import Iterator

from controller.alarms.condition import Condition
from controller.alarms.conditions import conditions
from controller.alarms.facts import AlarmEnded, AlarmRaised
from controller.state import State
from controller.step import Rule, Step
from controller.transient import Transient

AT_ONCE = 20
"""Facts of one round: an upset must not hold up the loop."""


_UNDELIVERED = Condition(
    source="controller", priority="low", says="Messages to other systems could not be delivered."
)


def raise_and_end_alarms(state: State, transient: Transient, now_s: int) -> Iterator[Step]:
    """Say once what came true, and once what no longer holds."""
    holds = conditions(state, now_s)
    if transient.undelivered:
        holds["undelivered"] = _UNDELIVERED
    standing = {name for name, alarm in state.alarms.items() if alarm.gone_s is None}
    left = AT_ONCE
    for name in (name for name in state.alarms if name in standing and name not in holds):
        if left:
            yield Step(AlarmEnded(id=name))
            left -= 1
    for name, found in holds.items():
        if left and name not in standing:
            raised = AlarmRaised(
                id=name, source=found.source, priority=found.priority, says=found.says
            )
            yield Step(raised)
            left -= 1


RULES: tuple[Rule, ...] = (raise_and_end_alarms,)
