"""What people do about alarms becomes facts, or a refusal that says why."""

from typing import assert_never

from controller.alarms import facts as f
from controller.alarms import requests as r
from controller.judged import Answered, Judged
from controller.requests import Refusal
from controller.state import State


def judge(state: State, request: r.AlarmRequest) -> Answered:
    """Answer a request about an alarm from the state alone."""
    known = state.alarms.get(request.id)
    if known is None:
        return Refusal(kind="unknown", why="This alarm is over. Nothing was changed.")
    match request:
        case r.AcknowledgeAlarm():
            if known.acknowledged_by:
                said = f"{known.acknowledged_by} has acknowledged it already."
                return Refusal(kind="conflict", why=said)
            return Judged(facts=(f.AlarmAcknowledged(id=request.id, note=request.note.strip()),))
        case r.ShelveAlarm():
            shelved = f.AlarmShelved(
                id=request.id, until_s=request.until_s, note=request.note.strip()
            )
            return Judged(facts=(shelved,))
        case _:
            assert_never(request)
