"""Plan seconds: when work may run, when carriers leave, and how both relate to UTC.

Second 0 is the start of the first shift of the first day; every day has 86,400 seconds. On the two
days a year on which the clocks change, times after the change are an hour off the wall clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from plant_config.identity import Same
from plant_config.plant import Plant

DAY_S = 86_400


def origin_utc(plant: Plant, day: date) -> datetime:
    """Return the instant of plan second 0 when `day` is the first day."""
    midnight = datetime.combine(day, time(), ZoneInfo(plant.timezone))
    return (midnight + timedelta(seconds=plant.day_begins_s)).astimezone(UTC)


def utc_of(origin: datetime, at_s: int) -> datetime:
    """Return the instant of a plan second."""
    return origin + timedelta(seconds=at_s)


def plant_s_of(origin: datetime, utc: datetime) -> int:
    """Return the plan second that an instant falls into."""
    return (utc - origin) // timedelta(seconds=1)


def windows(plant: Plant, group: str, first_day: int, days: int) -> tuple[tuple[int, int], ...]:
    """Return when a group may work on `days` days from `first_day` (0 is the origin's day), in plan
    seconds, ascending; shifts that meet are one window."""
    return _windows(Same(plant), group, first_day, days)


@lru_cache(maxsize=4096)
def _windows(
    plant: Same[Plant], group: str, first_day: int, days: int
) -> tuple[tuple[int, int], ...]:
    p = plant.value
    names = p.calendars[p.groups[group].calendar]
    stretches: list[tuple[int, int]] = []
    for day in range(first_day, first_day + days):
        for shift in (shift for shift in p.shifts if shift.name in names):
            begin_s = day * DAY_S + shift.begins - p.day_begins_s
            ends = shift.ends + (DAY_S if shift.ends <= shift.begins else 0)
            stretches.append((begin_s, begin_s + ends - shift.begins))
    merged: list[tuple[int, int]] = []
    for begin_s, end_s in sorted(stretches):
        if merged and begin_s <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end_s, merged[-1][1]))
        else:
            merged.append((begin_s, end_s))
    return tuple(merged)


def cut_offs(plant: Plant, from_s: int, to_s: int) -> tuple[tuple[int, str], ...]:
    """Return (plan second, carrier) of departures after `from_s` and up to `to_s`, ascending."""
    departures = [
        (at_s, cut_off.carrier)
        for cut_off in plant.cut_offs
        for day in range(from_s // DAY_S - 1, to_s // DAY_S + 2)
        if from_s < (at_s := _departure_s(plant, cut_off.at, day)) <= to_s
    ]
    return tuple(sorted(departures))


def due_of(plant: Plant, carrier: str, after_s: int, day: int = 0) -> int:
    """Return a carrier's next departure after a plan second, not before day `day`.

    Raises `KeyError` when no such carrier calls."""
    times = [cut_off.at for cut_off in plant.cut_offs if cut_off.carrier == carrier]
    if not times:
        raise KeyError(carrier)
    first = max(day, after_s // DAY_S - 1)
    departures = (_departure_s(plant, at, d) for d in range(first, first + 4) for at in times)
    return min(at_s for at_s in departures if at_s > after_s and at_s >= day * DAY_S)


def _departure_s(plant: Plant, at: int, day: int) -> int:
    """Seconds of a time of day on a plan day, which begins with the first shift."""
    return day * DAY_S + (at - plant.day_begins_s) % DAY_S
