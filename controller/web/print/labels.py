"""Labels of parts and cards of totes: whose, which side, and where it goes, without a customer's name."""

from dataclasses import dataclass

from controller.identity.parts import label_code, labels_of, next_step, noun_of, parts_of
from controller.names import order_of, step_label, subject_name
from controller.state import Job, State
from controller.web.naming import counted, line_of
from controller.web.print.qr import Symbol, symbol
from controller.web.scene import Scene
from controller.web.station_facts import details, spec_of
from controller.web.times import clock_text
from controller.web.words import joined, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label of 62 by 29 mm."""

    side: str
    """`L`; empty where the part has no side."""
    what: str
    """`Upper`, `Pair`: stands in place of the side where there is none."""
    order: str
    """`4127`, with the copy where there are several: `4104 2.1`."""
    spec: str
    tote: str
    then: str
    """`to bonding`; `2nd upper` for one that is made again."""
    symbol: Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card that stands in a tote."""

    tote: str
    order: str
    what: str
    carrier: str
    symbol: Symbol


def labels_of_batch(state: State, job: Job, only: str = "") -> tuple[Label, ...]:
    """Return the labels of what a job order makes; `only` names one of its operations."""
    return tuple(
        label(state, member.operation)
        for member in job.intended.job.members
        if member.operation.partition("/")[0] in state.orders
        and not only.removeprefix(member.operation)
        and _has_label(state, member.operation)
    )


def labels_of_order(state: State, order: str) -> tuple[Label, ...]:
    """Return the labels of all parts of an order."""
    return tuple(label(state, operation) for operation in parts_of(state, order))


def _has_label(state: State, operation: str) -> bool:
    opened = order_of(state, operation)
    return opened.routing.operations[operation].subject != opened.order.id


def label(state: State, operation: str) -> Label:
    """Write the label of one part."""
    first = labels_of(state, operation)[-1]
    opened = order_of(state, first)
    done = opened.routing.operations[first]
    name = subject_name(state.plant, opened, done.subject)
    side = _side(state, first)
    joins = "-" in done.subject and opened.routing.graph.in_degree(first)
    what = noun_of(state, first) if joins else step_label(state.plant, opened, first)
    return Label(
        side=side,
        what=what.capitalize(),
        order=name.removesuffix(f" {side}") if side else name,
        spec=_spec(state, first, what.capitalize() if side else ""),
        tote=opened.tote,
        then=_then(state, first, what.lower()),
        symbol=symbol(label_code(state, first)),
    )


def _side(state: State, operation: str) -> str:
    opened = order_of(state, operation)
    subject = opened.routing.operations[operation].subject
    units = subject.partition("/")[2].partition(".")[2]
    pieces = state.plant.products[line_of(opened, subject).spec.product].pieces
    if not units.isdecimal() or len(pieces) == 1:
        return ""
    return pieces[(int(units) - 1) % len(pieces)].short


def _spec(state: State, operation: str, what: str) -> str:
    """Say what it is and what tells it from others: `Upper, size 42, Sand`."""
    first = plain(spec_of(state, operation)).partition(",")[0]
    own = plain(details(state, operation))
    return plain(joined([(what,) if what else (), (first,), (own,) if own else ()], ", "))


_NTH = {2: "2nd", 3: "3rd"}


def _then(state: State, operation: str, what: str) -> str:
    attempt = state.work[operation].attempt
    if attempt > 1:
        return f"{_NTH.get(attempt, f'{attempt}th')} {what}"
    following = next_step(state, operation)
    return f"to {following}" if following else ""


def card(scene: Scene, tote: str) -> Card:
    """Write the card of a tote, full or empty."""
    order = scene.state.totes.get(tote, "")
    opened = scene.state.orders.get(order)
    if opened is None:
        return Card(tote=tote, order="", what="empty", carrier="", symbol=symbol(tote))
    nouns = {scene.state.plant.products[line.spec.product].noun for line in opened.order.lines}
    quantity = sum(line.quantity for line in opened.order.lines)
    due = clock_text(scene.state, opened.order.due_s, scene.now_s)
    return Card(
        tote=tote,
        order=order,
        what=counted(quantity, nouns.pop() if len(nouns) == 1 else "piece"),
        carrier=f"{due} {opened.order.cut_off}",
        symbol=symbol(tote),
    )
