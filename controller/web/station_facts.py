"""What a piece must become, in the words of the features that it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass

from controller.desk import Desk
from controller.names import order_of
from controller.state import Job, State
from controller.web.naming import colours, described, line_of, quoted
from controller.web.people import members
from controller.web.scene import order_id
from controller.web.words import Text
from plant_config import Feature, family_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to check on the piece: `Heel text`, `“RUN MARA”`."""

    name: str
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One member of the work at hand."""

    operation: str
    name: str
    facts: tuple[Fact, ...]


def pieces(desk: Desk, job: Job) -> tuple[Piece, ...]:
    """Return the members of a job order with what each must become."""
    shared = list(family_parts(job.intended.job.family).items())
    found = []
    for member in members(desk, job):
        facts = {
            name: str(value)
            for name, value in [*shared, *member.recipe.items()]
            # A text feature only says that there are words; the words themselves follow.
            if not (value == "text" and member.texts)
        }
        texts = {name: quoted(words) for name, words in member.texts.items()}
        order = order_id(member.operation)
        found.append(
            Piece(
                operation=member.operation,
                name=f"{member.name[:1].upper()}{member.name[1:]}",
                facts=tuple(
                    _fact(desk.state, order, name, value)
                    for name, value in (facts | texts).items()
                    if value not in {"", "none"}
                ),
            )
        )
    return tuple(found)


def _fact(state: State, order: str, name: str, value: str) -> Fact:
    """Say a recipe value as the option that it is, where it is one."""
    found = colours(state, order, [value])
    feature = _feature(state, order, name, value)
    if feature is None:
        return Fact(name=_said(name), value=found or (value.replace("_", " "),))
    option = next((each for each in feature.options if each.name == value), None)
    shown = option.label or option.name if option is not None else value
    return Fact(name=feature.label or _said(name), value=found or (shown,))


def _feature(state: State, order: str, name: str, value: str) -> Feature | None:
    """The feature of that name, else the only one that has such an option."""
    features = list(_features(state, order))
    named = [feature for feature in features if feature.name == name]
    having = [f for f in features if any(option.name == value for option in f.options)]
    return next(iter(named or (having if len(having) == 1 else [])), None)


def _features(state: State, order: str) -> Iterator[Feature]:
    opened = state.orders.get(order)
    products = {line.spec.product: None for line in opened.order.lines} if opened else {}
    for product in products:
        yield from state.plant.products[product].features


_UNITS = {
    "s": "s",
    "c": "°C",
    "g": "g",
    "mg": "mg",
    "um": "µm",
    "mm": "mm",
    "mm2": "mm²",
    "mm3": "mm³",
}


def _said(name: str) -> str:
    """`duration_s` becomes `Duration, s`: names of recipe values end with their unit."""
    words, _, unit = name.rpartition("_")
    if words and unit in _UNITS:
        name = f"{words}, {_UNITS[unit]}"
    return name[:1].upper() + name[1:].replace("_", " ")


def details(state: State, operation: str) -> Text:
    """Say what tells a part from others: its colours, or its material."""
    opened = order_of(state, operation)
    done = opened.routing.operations[operation]
    values = [*family_parts(done.family).values(), *(value for _, value in done.recipe)]
    found = colours(state, opened.order.id, values)
    if found:
        return found
    named = (state.plant.materials[str(v)] for v in values if str(v) in state.plant.materials)
    material = next(named, None)
    return (material.shown,) if material is not None else ()


def spec_of(state: State, operation: str) -> Text:
    """Say the spec that a part is made to: its first feature, then its colours."""
    opened = order_of(state, operation)
    subject = opened.routing.operations[operation].subject
    return described(state.plant, line_of(opened, subject))
