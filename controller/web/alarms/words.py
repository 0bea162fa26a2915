"""What alarms are called on pages: priorities, states, the next step and where it is taken."""

from typing import Literal, TypeAlias
from urllib.parse import quote

from controller.alarms.condition import about, kind_of
from controller.alarms.facts import Priority
from controller.alarms.state import Alarm
from controller.names import person_name, time_of_day
from controller.state import State

Stand: TypeAlias = Literal["active", "acknowledged", "gone", "shelved"]
RANK: dict[Priority, int] = {"urgent": 0, "high": 1, "low": 2, "note": 3}
SAID: dict[Priority, str] = {"urgent": "Urgent", "high": "High", "low": "Low", "note": "Note"}
SHAPE: dict[Priority, str] = {
    "urgent": "fail",
    "high": "risk",
    "low": "alarm-low",
    "note": "alarm-note",
}
"""Icon of each priority."""

_STEPS = {
    "failed": "Look at it, then press Cleared.",
    "doubt": "Look at it, then say what happened.",
    "orphan": "Take off what is on it, then press Cleared.",
    "link": "Look at its power and cable; to stop it, use its own button.",
    "help": "Go there, then press Help came.",
    "out": "Take it in again, or give another time.",
    "command": "Go there and use its own button.",
    "refused": "Look at its own screen, then clear the cause.",
    "late": "Open the order and look for the cheapest help.",
    "risk": "Open the order and look what it waits for.",
    "plan": "Run lotwright doctor; machines go on with the last plan.",
    "reorder": "Order more of it.",
    "count": "Count what is really there.",
    "overdue": "Ask where it is; give another day, or receive it.",
    "undelivered": "Look why, then try each again or drop it.",
    "missing": "Receive it, or order it now; what needs it is not started.",
}


def stand_of(alarm: Alarm, now_s: int) -> Stand:
    """Say how an alarm stands now."""
    if alarm.shelved_until_s is not None and alarm.shelved_until_s > now_s:
        return "shelved"
    if alarm.gone_s is not None:
        return "gone"
    return "acknowledged" if alarm.acknowledged_by else "active"


def stand_words(state: State, alarm: Alarm, now_s: int) -> str:
    """Say it in words, with who and when."""
    match stand_of(alarm, now_s):
        case "shelved":
            until = time_of_day(state, alarm.shelved_until_s or 0)
            return f"Shelved until {until} by {person_name(alarm.shelved_by)}"
        case "gone":
            return f"Gone {time_of_day(state, alarm.gone_s or 0)}, not acknowledged"
        case "acknowledged":
            return f"Active, acknowledged by {person_name(alarm.acknowledged_by)}"
        case "active":
            return "Active"


def step_of(alarm: str) -> str:
    """Return the next step."""
    return _STEPS.get(kind_of(alarm), "Look at it.")


def place_of(alarm: str) -> str:
    """Return the address where the next step is taken."""
    kind, what = kind_of(alarm), quote(about(alarm), safe="")
    match kind:
        case "doubt":
            return "/doubts"
        case "late" | "risk":
            return f"/orders/{what}" if what else "/orders"
        case "reorder" | "missing" | "count" | "overdue":
            return "/stock"
        case "plan":
            return "/plan"
        case "undelivered":
            return "/undelivered"
        case _:
            return f"/floor#{what}"


def split(alarm: Alarm) -> tuple[str, str]:
    """Return what an alarm is about, for bold, and the rest of its sentence."""
    what = about(alarm.id)
    for head in (what, f"Order {what}"):
        if what and alarm.says.startswith(f"{head} "):
            return head, alarm.says.removeprefix(f"{head} ")
    return what, alarm.says
