"""An open order as a row: what every page, route and export says of it."""

from dataclasses import dataclass

from controller.names import local_time
from controller.state import OpenOrder, State
from controller.web.naming import described
from controller.web.orders.facts import Facts
from controller.web.orders.states import ICONS, LOOKS, STANDS, stand_of, why_of
from controller.web.times import clock_text, day_of, slack
from controller.web.words import Text, joined, plain

_NARROW = 2
"""Up to so many operations of a step are drawn one by one; more are drawn as one."""
_FROM = {"q": 5, "x": 4, "r": 3, "n": 2, "d": 1}
"""Of several marks in one place the worst is drawn."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A box of the steps column."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Everything that a row shows; equal rows look the same."""

    id: str
    revision: int
    customer: str
    erased: bool
    made: Text
    made_plain: str
    quantity: int
    carrier: str
    release_s: int
    due_s: int
    due_at: str
    promised: str
    """The day of the cut-off that it was accepted for."""
    end_s: int | None
    projected: str
    by9_s: int | None
    by9: str
    slack_s: int | None
    slack: str
    packed_s: int | None
    stand: str
    said: str
    look: str
    icon: str
    marks: tuple[Mark, ...]
    done: int
    operations: int
    kind: str
    why: str
    tote: str
    cancelled: bool
    expedited: bool
    text: str
    """What a search looks through, folded."""


def made_to(state: State, opened: OpenOrder) -> Text:
    """Say what was ordered, line by line."""
    return joined([described(state.plant, line) for line in opened.order.lines], "; ")


def projected_s(facts: Facts, opened: OpenOrder, now_s: int) -> int | None:
    """Return when an order is complete: what is past and not done ends now at the earliest."""
    if facts.end_s is None or opened.packed_s is not None:
        return facts.end_s
    return max(facts.end_s, now_s)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row needs beside its order."""

    customer: str
    by9_s: int | None
    columns: dict[str, int]
    expedited: bool
    now_s: int


def row_of(state: State, opened: OpenOrder, facts: Facts, asked: Asked) -> Row:
    """Put a row together."""
    order, now_s = opened.order, asked.now_s
    end_s = projected_s(facts, opened, now_s)
    spare_s = None if end_s is None else order.due_s - end_s
    stand = stand_of(facts, opened, end_s, asked.by9_s, now_s)
    why, made = why_of(state, opened, facts, now_s), made_to(state, opened)
    return Row(
        id=order.id,
        revision=facts.revision,
        customer=asked.customer,
        erased=order.id in state.erased,
        made=made,
        made_plain=plain(made),
        quantity=sum(line.quantity for line in order.lines),
        carrier=order.cut_off,
        release_s=order.release_s,
        due_s=order.due_s,
        due_at=clock_text(state, order.due_s, now_s),
        promised=local_time(state, order.due_s).strftime("%-d %b"),
        end_s=end_s,
        projected="" if end_s is None else clock_text(state, end_s, now_s),
        by9_s=asked.by9_s,
        by9="" if asked.by9_s is None else clock_text(state, asked.by9_s, now_s),
        slack_s=spare_s,
        slack="" if spare_s is None else slack(spare_s),
        packed_s=opened.packed_s,
        stand=stand,
        said=STANDS[stand],
        look=LOOKS.get(stand, stand),
        icon=ICONS.get(stand, stand),
        marks=marks_of(opened, facts, asked.columns),
        done=facts.done,
        operations=len(opened.routing.operations),
        kind=why.kind,
        why=why.says,
        tote=opened.tote,
        cancelled=opened.cancelled is not None,
        expedited=asked.expedited,
        text=f"{order.id} {asked.customer} {opened.tote} {plain(made)} {order.cut_off}".casefold(),
    )


def step_columns(state: State) -> dict[str, int]:
    """Return each step of the plant with its place in the steps column, in the order of processes."""
    names: dict[str, int] = {}
    for steps in state.plant.processes.values():
        for step in steps:
            names.setdefault(step.name, len(names))
    return names


def step_heads(columns: dict[str, int]) -> list[tuple[str, str]]:
    """Return (short, whole) for each column: `Kn`, `knit`; no short name is there twice."""
    heads: list[tuple[str, str]] = []
    for name in columns:
        taken = {short for short, _ in heads}
        tries = [name[:1].upper() + letter for letter in name[1:]] or [name.upper()]
        heads.append((next((short for short in tries if short not in taken), tries[0]), name))
    return heads


def marks_of(opened: OpenOrder, facts: Facts, columns: dict[str, int]) -> tuple[Mark, ...]:
    """Draw a box for each step: two narrow ones for left and right, else one."""
    of_step: dict[str, list[str]] = {}
    for kind, operation in zip(facts.marks, opened.routing.operations.values(), strict=True):
        of_step.setdefault(operation.step, []).append(kind)
    drawn: list[Mark] = []
    for step, kinds in of_step.items():
        left = 1.0 + 19 * columns.get(step, 0)
        if len(kinds) == _NARROW:
            drawn += [Mark(left, 5.5, kinds[0]), Mark(left + 7.5, 5.5, kinds[1])]
        else:
            drawn.append(Mark(left, 13.0, max(kinds, key=lambda kind: _FROM[kind])))
    return tuple(drawn)


def is_today(row: Row, now_s: int) -> bool:
    """Tell whether a row's cut-off is today's."""
    return day_of(row.due_s) == day_of(now_s)
