"""What the floor calls things: `4127 R`, `midsole 4131 R`, `11:42`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controller.state import OpenOrder, State
from plant_config import Plant


def subject_name(plant: Plant, opened: OpenOrder, subject: str) -> str:
    """Name what an operation works on: a piece by its side, anything else by its order."""
    order = opened.order
    if subject == order.id:
        return order.id
    line_text, _, units = subject.removeprefix(f"{order.id}/").partition(".")
    line = next(line for line in order.lines if str(line.number) == line_text)
    pieces = plant.products[line.spec.product].pieces
    first = int(units.partition("-")[0]) - 1
    several = sum(each.quantity for each in order.lines) > 1
    copy = f" {line_text}.{first // len(pieces) + 1}" if several else ""
    side = "" if "-" in units or len(pieces) == 1 else f" {pieces[first % len(pieces)].short}"
    return f"{order.id}{copy}{side}"


def operation_name(state: State, operation: str) -> str:
    """Name an operation's product: `midsole 4131 R`."""
    opened = order_of(state, operation)
    done = opened.routing.operations[operation]
    label = step_label(state.plant, opened, operation)
    return f"{label.lower()} {subject_name(state.plant, opened, done.subject)}"


def batch_words(state: State, operations: Sequence[str]) -> str:
    """Name a batch by its parts: `Midsole 4131 R`, `Midsole 4131 R and 5 more`."""
    if operations[0].partition("/")[0] not in state.orders:
        return operations[0]
    name = operation_name(state, operations[0])
    more = f" and {len(operations) - 1} more" if len(operations) > 1 else ""
    return f"{capital(name)}{more}"


def step_label(plant: Plant, opened: OpenOrder, operation: str) -> str:
    """Return the label of an operation's step: `Midsole`."""
    step = opened.routing.operations[operation].step
    for line in opened.order.lines:
        for each in plant.processes[line.spec.product]:
            if each.name == step:
                return each.label
    return step


def order_of(state: State, operation: str) -> OpenOrder:
    """Return the open order that an operation belongs to."""
    return state.orders[operation.partition("/")[0]]


def person_name(actor: str) -> str:
    """Name who acts: `person amira` is `Amira`; somebody without a name is `Somebody`."""
    return " ".join(map(capital, actor.removeprefix("person").split())) or "Somebody"


def capital(words: str) -> str:
    """Begin with a capital letter, and leave the others as they are."""
    return f"{words[:1].upper()}{words[1:]}"


def time_of_day(state: State, at_s: int) -> str:
    """Show a plan second as the plant's wall clock does: `12:06`."""
    return local_time(state, at_s).strftime("%H:%M")


def local_time(state: State, at_s: int) -> datetime:
    """Turn a plan second into the plant's local time."""
    return wall_clock(state.origin_utc, state.plant.timezone, at_s)


def wall_clock(origin_utc: str, timezone: str, at_s: int) -> datetime:
    """Turn a plan second into the local time of a time zone."""
    moment = datetime.fromisoformat(origin_utc) + timedelta(seconds=at_s)
    return moment.astimezone(ZoneInfo(timezone))


def duration(seconds: int) -> str:
    """Show a duration as the floor reads it: `12 s`, `36 min`, `1 h 52`."""
    if seconds < _SHOWN_IN_SECONDS:
        return f"{seconds} s"
    hours, minutes = divmod(-(-seconds // 60), 60)
    return f"{hours} h {minutes:02d}" if hours else f"{minutes} min"


def money(plant: Plant, cents: int) -> str:
    """Show money as the plant writes it: `EUR 189.00`."""
    whole, rest = divmod(abs(cents), 100)
    sign = "\u2212" if cents < 0 else ""
    return f"{sign}{plant.rates.currency} {whole:,}.{rest:02d}"


_SHOWN_IN_SECONDS = 90
"""Below this a duration is shown in seconds (ui.md section 10)."""
