"""Alarms become state; one that is gone and acknowledged leaves it."""

from dataclasses import replace
from typing import assert_never

from controller.alarms import facts as f
from controller.alarms.condition import SETTLED, kind_of
from controller.alarms.state import Alarm
from controller.state import State


def fold(state: State, fact: f.AlarmFact, *, actor: str) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    known = state.alarms.get(fact.id)
    match fact:
        case f.AlarmRaised():
            state.alarms[fact.id] = Alarm(
                id=fact.id,
                source=fact.source,
                priority=fact.priority,
                says=fact.says,
                since_s=state.at_s,
            )
        case f.AlarmEnded():
            if known is not None and not needs_a_look(known):
                del state.alarms[fact.id]
            elif known is not None:
                state.alarms[fact.id] = replace(known, gone_s=state.at_s)
        case f.AlarmAcknowledged():
            if known is not None and known.gone_s is not None:
                del state.alarms[fact.id]
            elif known is not None:
                state.alarms[fact.id] = replace(
                    known, acknowledged_by=actor, acknowledged_s=state.at_s, note=fact.note
                )
        case f.AlarmShelved():
            if known is not None:
                until_s = fact.until_s if fact.until_s > state.at_s else None
                state.alarms[fact.id] = replace(
                    known,
                    shelved_until_s=until_s,
                    shelved_by=actor if until_s else "",
                    note=fact.note or known.note,
                )
        case _:
            assert_never(fact)
    return frozenset({"alarms", f"alarm:{fact.id}"})


def needs_a_look(alarm: Alarm) -> bool:
    """Tell whether an alarm that is over stays until a person has seen it."""
    settled = kind_of(alarm.id) in SETTLED or alarm.priority in {"low", "note"}
    return not (alarm.acknowledged_by or settled)
