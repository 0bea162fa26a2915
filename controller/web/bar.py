"""The bar above every page: plant clock, shift, the worst alarm, and the counts in the rail."""

from dataclasses import dataclass

from controller.alarms.condition import kind_of
from controller.alarms.facts import Priority
from controller.names import local_time, person_name, time_of_day
from controller.state import JobPhase, State
from controller.web.alarms.ranking import ranked
from controller.web.alarms.words import SHAPE, place_of, split
from controller.web.times import clock_text, day_text, second_text

_LOOKS: dict[Priority, str] = {"urgent": "fail", "high": "risk", "low": "low", "note": "low"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The one alarm that matters most now; nothing when all is well."""

    look: str
    """Class in the style sheet: `fail`, `risk`, `low` or `doubt`."""
    icon: str
    about: str
    says: str
    since: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number in the rail, red when something grave is among it."""

    number: int
    grave: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What the bar shows."""

    clock: str
    day: str
    shift: str
    speed: str
    """`x480`; empty in real time."""
    worst: Worst | None
    doubts: int
    alarms: Count


def bar(state: State, now_s: int) -> Bar:
    """Look at the bar now."""
    speed = state.clock[2]
    return Bar(
        clock=second_text(state, now_s),
        day=day_text(state, now_s),
        shift=shift(state, now_s),
        speed="paused" if speed == 0 else "" if speed == 1 else f"x{speed}",
        worst=worst(state, now_s),
        doubts=sum(job.phase is JobPhase.DOUBT for job in state.jobs.values()),
        alarms=alarm_count(state, now_s),
    )


def shift_ends_s(state: State, now_s: int) -> int | None:
    """Return when the shift that works now ends; None when none works."""
    local = local_time(state, now_s)
    second = local.hour * 3600 + local.minute * 60 + local.second
    for each in state.plant.shifts:
        # A night shift ends on the next day.
        length, into = (each.ends - each.begins) % 86_400, (second - each.begins) % 86_400
        if into < length:
            return now_s + length - into
    return None


def shift(state: State, now_s: int) -> str:
    """Say which shift works: `Early shift until 14:00`."""
    local = local_time(state, now_s)
    second = local.hour * 3600 + local.minute * 60 + local.second
    for each in state.plant.shifts:
        # A night shift ends on the next day.
        length, into = (each.ends - each.begins) % 86_400, (second - each.begins) % 86_400
        if into < length:
            name = each.name[:1].upper() + each.name[1:]
            return f"{name} shift until {time_of_day(state, now_s + length - into)}"
    waits = [(each.begins - second) % 86_400 for each in state.plant.shifts]
    return f"No shift until {time_of_day(state, now_s + min(waits))}" if waits else "No shift"


def worst(state: State, now_s: int) -> Worst | None:
    """Return the alarm that matters most, as long as it is active or nobody has seen it."""
    first = next(iter(ranked(state, now_s)), None)
    if first is None:
        return None
    about, says = split(first)
    since = f"since {clock_text(state, first.since_s, now_s)}"
    if first.gone_s is not None:
        since += f", gone {clock_text(state, first.gone_s, now_s)}, not acknowledged"
    elif first.acknowledged_by:
        since += f", {person_name(first.acknowledged_by)} is on it"
    doubt = kind_of(first.id) == "doubt"
    return Worst(
        look="doubt" if doubt else _LOOKS[first.priority],
        icon="doubt" if doubt else SHAPE[first.priority],
        about=about,
        says=says,
        since=since,
        href=place_of(first.id),
    )


def alarm_count(state: State, now_s: int) -> Count:
    """Count the alarms that wait for somebody to see them."""
    waiting = [alarm for alarm in ranked(state, now_s) if not alarm.acknowledged_by]
    return Count(number=len(waiting), grave=any(a.priority in {"urgent", "high"} for a in waiting))
