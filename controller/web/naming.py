"""What is being made and for whom, in the floor's words and with the real colours."""

import re
from collections.abc import Iterable

from controller.desk import Desk
from controller.names import operation_name, step_label, subject_name
from controller.state import Job, OpenOrder, State
from controller.web.scene import order_id, orders_of
from controller.web.words import Swatch, Text, joined
from drivers import JobOrder
from plant_config import Feature, Line, Option, Plant, family_parts

_COLOUR = re.compile(r"^[#a-zA-Z0-9(),.% -]{1,60}$")
_FEW = 6
"""Up to so many orders of a batch, the first is named."""
_TEXT_SHOWN = 24
"""Characters of a customer's text that a page shows (ui.md section 9)."""


def customer(desk: Desk, order: str) -> str:
    """Name a customer as the floor may: first name and initial, never the surname."""
    words = desk.person(order).name.split()
    if not words:
        return ""
    return words[0] if len(words) == 1 else f"{words[0]} {words[-1][0]}."


def quoted(words: str) -> str:
    """Show a customer's own text: in quotation marks, cut at 24 characters."""
    shown = words if len(words) <= _TEXT_SHOWN else words[: _TEXT_SHOWN - 1] + "…"
    return f"“{shown}”"


def made(state: State, job: JobOrder) -> Text:
    """Say what a job order makes: `Upper 4136 L`, `Plate 121`, `Campaign 31, ● Ink`."""
    if len(job.members) > 1 or state.plant.group_of(job.machine).batch.capacity:
        return joined([(job.label,), _family_colours(state, job)], ", ")
    return (_one(state, job.members[0].operation, job.label),)


def made_by_slot(state: State, machine: str, operations: tuple[str, ...]) -> str:
    """Say what a planned batch will make, before it has a label."""
    noun = state.plant.group_of(machine).batch.noun
    if len(operations) == 1:
        one = _one(state, operations[0], noun)
        return one[:1].lower() + one[1:]
    orders = len({order_id(operation) for operation in operations})
    return f"{noun} of {len(operations)}, {counted(orders, 'order')}"


def _one(state: State, operation: str, otherwise: str) -> str:
    opened = state.orders.get(order_id(operation))
    if opened is None or operation not in opened.routing.operations:
        return otherwise
    subject = opened.routing.operations[operation].subject
    if subject == opened.order.id:
        return f"Order {opened.order.id}"
    if "-" in subject:
        noun = _noun(state.plant, opened).capitalize()
        return f"{noun} {subject_name(state.plant, opened, subject)}"
    label = step_label(state.plant, opened, operation)
    return f"{label} {subject_name(state.plant, opened, subject)}"


def _noun(plant: Plant, opened: OpenOrder) -> str:
    return plant.products[opened.order.lines[0].spec.product].noun


def made_for(desk: Desk, job: Job) -> Text:
    """Say for whom: `Ines V., size 39, ● Ink and ● Sand`, or `8 parts of 5 orders`."""
    state, told = desk.state, job.intended.job
    orders = orders_of(job)
    if len(told.members) == 1 and orders[0] in state.orders:
        return _for_one(desk, told)
    if len(orders) == 1:
        return joined([(customer(desk, orders[0]),), (_parts(state, told),)], ", ")
    first = f", {orders[0]} first" if len(orders) <= _FEW else ""
    return (f"{_parts(state, told)} of {counted(len(orders), 'order')}{first}",)


def _for_one(desk: Desk, told: JobOrder) -> Text:
    state, member = desk.state, told.members[0]
    opened = state.orders[order_id(member.operation)]
    person = state.plant.machines[told.machine].person
    buyer = customer(desk, opened.order.id)
    who = f"{person}, for {buyer}" if person and buyer else person or buyer
    if member.subject == opened.order.id:
        return joined([(who,) if who else (), (opened.order.cut_off,)], ", ")
    line = line_of(opened, member.subject)
    first = _first_choice(state.plant, line)
    return joined([(who,) if who else (), first, _family_colours(state, told)], ", ")


def _parts(state: State, told: JobOrder) -> str:
    subject, first = told.members[0].subject, order_id(told.members[0].operation)
    opened = state.orders.get(first)
    if subject == first:
        return f"for {counted(len(told.members), 'order')}"
    if opened is not None and "-" in subject:
        return counted(len(told.members), _noun(state.plant, opened))
    return counted(len(told.members), "part")


def counted(count: int, noun: str) -> str:
    """Say a number with its noun: `1 order`, `5 orders`, `2 boxes`."""
    plural = f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def line_of(opened: OpenOrder, subject: str) -> Line:
    """Return the line that a unit or assembly belongs to."""
    number = subject.removeprefix(f"{opened.order.id}/").partition(".")[0]
    return next(
        (ln for ln in opened.order.lines if str(ln.number) == number), opened.order.lines[0]
    )


def _first_choice(plant: Plant, line: Line) -> Text:
    """The first feature is the one that the floor sorts by: `size 39`."""
    product = plant.products[line.spec.product]
    chosen = dict(line.spec.options)
    for feature in product.features:
        option = _option(feature, chosen.get(feature.name, ""))
        if feature.kind == "choice" and option is not None and option.swatch is None:
            return (f"{(feature.label or feature.name).lower()} {option.label or option.name}",)
    return ()


def _option(feature: Feature, name: str) -> Option | None:
    return next((option for option in feature.options if option.name == name), None)


def described(plant: Plant, line: Line) -> Text:
    """Say a whole spec for one row: first feature, then its colours."""
    product = plant.products[line.spec.product]
    chosen = dict(line.spec.options)
    options = [_option(feature, chosen.get(feature.name, "")) for feature in product.features]
    colours = [swatch(option) for option in options if option is not None and option.swatch]
    shown: list[Text] = [(colour,) for colour in dict.fromkeys(colours)]
    return joined([_first_choice(plant, line), joined(shown, " and ")], ", ")


def swatch(option: Option) -> Swatch:
    """Return an option's real colour; what could break out of its style attribute is left out."""
    colour = option.swatch or ""
    return Swatch(colour if _COLOUR.match(colour) else "transparent", option.label or option.name)


def _family_colours(state: State, told: JobOrder) -> Text:
    """Show the colours that the batch's setup family, or its only member's recipe, names."""
    values = list(family_parts(told.family).values())
    if len(told.members) == 1:
        values += [str(value) for _, value in told.members[0].recipe]
    return colours(state, order_id(told.members[0].operation), values)


def colours(state: State, order: str, values: Iterable[object]) -> Text:
    """Turn option names among the values into swatches, in their order: `● Ink and ● Sand`."""
    opened = state.orders.get(order)
    if opened is None:
        return ()
    offered: dict[str, Swatch] = {}
    for line in opened.order.lines:
        for feature in state.plant.products[line.spec.product].features:
            for option in feature.options:
                if option.swatch:
                    offered.setdefault(option.name, swatch(option))
    named = [name for value in values for name in re.split(r"[+/, ]", str(value))]
    found: list[Text] = [(offered[name],) for name in dict.fromkeys(named) if name in offered]
    return joined(found, " and ")


def member_name(state: State, operation: str) -> str:
    """Name one member of a batch: `midsole 4131 R`; that of an order that is gone by its id."""
    return operation_name(state, operation) if order_id(operation) in state.orders else operation
