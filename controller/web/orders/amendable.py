"""What can still change about an order and until when, what is made already, what a cancel costs."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.amend.fold import still_runs
from controller.amend.judge import running_words, sunk_cents
from controller.names import money
from controller.state import OpenOrder, Phase, State
from controller.web.orders.spans import Span
from controller.web.times import clock_text


@dataclass(frozen=True, slots=True)
class Amendable:
    """Three answers, each with its head."""

    open_head: str
    open_says: str
    made_head: str
    made_says: str
    cancel_head: str
    cancel_says: str


def amendable(state: State, opened: OpenOrder, spans: Mapping[str, Span], now_s: int) -> Amendable:
    """Say what of an order is made, what is not, and what a cancel costs now."""
    steps = _steps_of_features(state, opened)
    begun = {
        opened.routing.operations[name].step
        for name in opened.routing.operations
        if state.work[name].phase is not Phase.OPEN
    }
    free = [label for label, used in steps.items() if not used & begun]
    made = [label for label, used in steps.items() if used & begun]
    starts = [
        span.start_s
        for name, span in spans.items()
        if span.start_s is not None
        and span.phase == "plan"
        and any(opened.routing.operations[name].step in steps[label] for label in free)
    ]
    until = f" until {clock_text(state, min(starts), now_s)}" if starts else ""
    return Amendable(
        open_head=f"Not made yet{until}" if free else "All is made or begun",
        open_says=f"{_list(free)}. Another wish needs a new order." if free else "",
        made_head="Made or begun" if made else "Nothing is made yet",
        made_says=_list(made),
        cancel_head=_cancel_head(state, opened),
        cancel_says=_cancel_says(state, opened),
    )


def _steps_of_features(state: State, opened: OpenOrder) -> dict[str, set[str]]:
    """Return the label of each feature with the steps that it goes into."""
    found: dict[str, set[str]] = {}
    mine = {each.step for each in opened.routing.operations.values()}
    for line in opened.order.lines:
        product = state.plant.products[line.spec.product]
        chosen = dict(line.spec.options)
        for feature in product.features:
            if feature.kind == "text" and chosen.get(feature.name) == feature.default:
                continue  # nothing was written
            label = (feature.label or feature.name).lower()
            used = {
                step.name
                for step in state.plant.processes[line.spec.product]
                if step.name in mine
                and any(
                    name.partition(".")[0] == feature.name
                    for expression in step.expressions()
                    for name in expression.names()
                )
            }
            if used:
                found.setdefault(label, set()).update(used)
    return found


def _list(words: list[str]) -> str:
    return ", ".join(words)


def _cancel_head(state: State, opened: OpenOrder) -> str:
    if opened.packed_s is not None:
        return "Cannot be cancelled any more"
    return "Cancelled" if opened.cancelled is not None else "Cancel now, or until it is packed"


def _cancel_says(state: State, opened: OpenOrder) -> str:
    if opened.packed_s is not None:
        return "It is packed; it can only come back as a return."
    cents = sunk_cents(state, opened)
    if opened.cancelled is not None:
        cents = opened.cancelled.sunk_cents
    lost = f"{money(state.plant, cents)} {'is' if opened.cancelled is None else 'was'} lost"
    runs = running_words(state, still_runs(state, opened.order.id))
    return f"{lost}. {runs}".rstrip()
