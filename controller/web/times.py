"""Times and durations as pages show them: remaining rounds up, ago rounds down, slack is signed."""

from controller.names import local_time
from controller.state import State

DAY_S = 86_400
_SECONDS_UNTIL = 90
"""Below this, durations are shown in seconds (ui.md section 10)."""
_HOUR_MIN = 60
_MINUS = "\N{MINUS SIGN}"


def day_of(at_s: int) -> int:
    """Return the plant day of a plan second, counted from 0."""
    return at_s // DAY_S


def day_text(state: State, at_s: int) -> str:
    """Show a day as the bar does: `Tue 24 Nov`."""
    return local_time(state, at_s).strftime("%a %-d %b")


def clock_text(state: State, at_s: int, now_s: int) -> str:
    """Show `11:42` for today and `25 Nov 11:42` for another day."""
    when = local_time(state, at_s)
    same_day = when.date() == local_time(state, now_s).date()
    return when.strftime("%H:%M") if same_day else when.strftime("%-d %b %H:%M")


def second_text(state: State, at_s: int) -> str:
    """Show a moment as evidence does: `11:42:08`."""
    return local_time(state, at_s).strftime("%H:%M:%S")


def utc_text(state: State, at_s: int) -> str:
    """Show a moment for machines, as the `datetime` of a time element."""
    return local_time(state, at_s).isoformat()


def number_and_unit(seconds: int) -> tuple[str, str]:
    """Split a remaining time into the large number and the small unit of a tile."""
    if seconds < _SECONDS_UNTIL:
        return str(max(0, seconds)), "s left"
    minutes = -(-seconds // 60)
    if minutes < _HOUR_MIN:
        return str(minutes), "min left"
    return _hours(minutes), "left"


def remaining(seconds: int) -> str:
    """Show a duration that is still to come, rounded up: `12 s`, `36 min`, `1 h 52`, `2 d 4 h`."""
    if seconds < _SECONDS_UNTIL:
        return f"{max(0, seconds)} s"
    minutes = -(-seconds // 60)
    return f"{minutes} min" if minutes < _HOUR_MIN else _hours(minutes)


def ago(seconds: int) -> str:
    """Show a duration that has passed, rounded down."""
    if seconds < _SECONDS_UNTIL:
        return f"{max(0, seconds)} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < _HOUR_MIN else _hours(minutes)


def age(seconds: float) -> str:
    """Show how old a live value is, in real seconds: `0.4 s`."""
    return f"{seconds:.1f} s" if seconds < 1 else ago(int(seconds))


def slack(seconds: int) -> str:
    """Show slack with its sign: `+1 min`, minus before what is late, `+3 h 25`."""
    minutes = abs(seconds) // 60
    sign = "+" if seconds >= 0 else _MINUS
    return f"{sign}{minutes} min" if minutes < _HOUR_MIN else f"{sign}{_hours(minutes)}"


def spare(seconds: int) -> str:
    """Say slack in words: `1 min to spare`, `35 min late`."""
    amount = slack(seconds).lstrip("+" + _MINUS)
    return f"{amount} to spare" if seconds >= 0 else f"{amount} late"


def _hours(minutes: int) -> str:
    if minutes >= 24 * 60:
        return f"{minutes // 1440} d {minutes % 1440 // 60} h"
    return f"{minutes // 60} h {minutes % 60:02d}"
