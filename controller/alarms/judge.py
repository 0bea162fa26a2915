"""What people do about alarms becomes facts, or a refusal that says why."""

from typing import assert_never

from controller.alarms import facts as f
from controller.alarms import requests as r
from controller.judged import Answered, Judged
from controller.names import person_name
from controller.requests import Refusal
from controller.state import State

LONGEST_S = 12 * 3_600
"""Plant seconds for which an alarm may be put aside: a shift and its handover."""


def judge(state: State, request: r.AlarmRequest, now_s: int) -> Answered:
    """Answer a request about an alarm from the state alone."""
    known = state.alarms.get(request.id)
    if known is None:
        return Refusal(kind="unknown", why="This alarm is over. Nothing was changed.")
    match request:
        case r.AcknowledgeAlarm():
            if known.acknowledged_by:
                said = f"{person_name(known.acknowledged_by)} has acknowledged it already."
                return Refusal(kind="conflict", why=said)
            return Judged(facts=(f.AlarmAcknowledged(id=request.id, note=request.note.strip()),))
        case r.ShelveAlarm():
            if known.gone_s is not None:
                said = "This alarm is over. Acknowledge it instead."
                return Refusal(kind="conflict", why=said)
            if request.until_s > now_s + LONGEST_S:
                said = f"An alarm is put aside for {LONGEST_S // 3_600} h at most."
                return Refusal(kind="wrong", why=said)
            if request.until_s > now_s and not request.note.strip():
                said = "An alarm is put aside with a reason, so that others know it."
                return Refusal(kind="wrong", why=said)
            shelved = f.AlarmShelved(
                id=request.id, until_s=request.until_s, note=request.note.strip()
            )
            return Judged(facts=(shelved,))
        case _:
            assert_never(request)
