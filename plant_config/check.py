"""Truths about a whole plant, proved over every valid spec, or a spec that shows they do not hold.

Quantities 1 and 2 stand for all others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product as pairs_of

import networkx as nx

from plant_config.changeovers import changeover, changeover_environment, initial_family
from plant_config.diagram import compiled, count, dead_options
from plant_config.equipment import Group
from plant_config.expression import Environment, Expression
from plant_config.footprint import LONGEST_UM, Rings
from plant_config.outcomes import Outcome, outcomes
from plant_config.outlined import outlined, size_of
from plant_config.oversize import too_large
from plant_config.plant import Plant
from plant_config.process import Step
from plant_config.product import Product, Spec
from plant_config.routing import Demand, modes_for
from plant_config.syntax import ExpressionError, Fault, Value
from plant_config.timetable import windows
from plant_config.units import format_cents, format_quantity


@dataclass(frozen=True, slots=True)
class Finding:
    """A truth that does not hold, where, and a valid spec that shows it."""

    truth: str
    where: str
    says: str
    witness: Spec | None = None

    def __str__(self) -> str:
        """Say it in one line, with the witness."""
        chosen = ", ".join(f"{f} {o}" for f, o in self.witness.options) if self.witness else ""
        return f"{self.where}: {self.says}" + (f" Shown by {chosen}." if chosen else "")


def check(plant: Plant) -> tuple[Finding, ...]:
    """Return every truth that does not hold; nothing means that the plant is proved."""
    sound = [finding for prove in FIRST for finding in prove(plant)]
    if sound:
        return tuple(sound)
    return tuple(finding for prove in TRUTHS for finding in prove(plant))


def rules_have_values(plant: Plant) -> Iterator[Finding]:
    """Every rule is true or false whatever is chosen, and not all specs break one."""
    for product in plant.products.values():
        diagram = compiled(product)
        for fault in diagram.faults:
            where = f"{product.name}, rule {fault.rule!r}"
            option = f" for {fault.feature} {fault.option!r}" if fault.feature else ""
            yield Finding("rules_have_values", where, f"has no value{option}: {fault.says}.")
        if not diagram.faults and not count(diagram):
            yield Finding("rules_have_values", product.name, "no spec obeys all rules.")


def no_option_is_dead(plant: Plant) -> Iterator[Finding]:
    """Every option is part of a valid spec."""
    for product in plant.products.values():
        for feature, option in dead_options(compiled(product), product):
            where = f"{product.name}, {feature}"
            yield Finding("no_option_is_dead", where, f"no valid spec has {option!r}.")


def steps_have_an_order(plant: Plant) -> Iterator[Finding]:
    """No step waits for itself, and an order's products agree on what is done once an order."""
    for name, steps in plant.processes.items():
        graph: nx.DiGraph[str] = nx.DiGraph(
            [(earlier, step.name) for step in steps for earlier in step.after]
        )
        if not nx.is_directed_acyclic_graph(graph):
            loop = " after ".join(edge[0] for edge in reversed(nx.find_cycle(graph)))
            yield Finding("steps_have_an_order", name, f"a step waits for itself: {loop}.")
    shared: dict[str, Step] = {}
    for name, steps in plant.processes.items():
        for step in (step for step in steps if step.per == "order"):
            other = shared.setdefault(step.name, step)
            if replace(other, after=step.after) != step:
                where = f"{name}, step {step.name}"
                wrong = "it is done once an order, but another product describes it differently."
                yield Finding("steps_have_an_order", where, wrong)


def expressions_have_values(plant: Plant) -> Iterator[Finding]:
    """Every expression of a step has a value of the right kind for every spec that needs the step."""
    for product, step, known in _situations(plant):
        for field, expression, kind in _fields(step):
            guard = (step.when,) if step.when is not None and field != "when" else ()
            for outcome in outcomes(product, (*guard, expression), known):
                if guard and outcome.values[0] is False:
                    continue
                if wrong := _unfit(outcome.values[-1], kind):
                    where = f"{product.name}, step {step.name}, {field}"
                    yield Finding("expressions_have_values", where, wrong, outcome.witness)
                    break


def every_spec_has_a_route(plant: Plant) -> Iterator[Finding]:
    """For every operation of every valid spec there is a machine that takes its size, outline and
    recipe."""
    for product, step, known in _situations(plant):
        for outcome, demand in _demands(plant, product, step, known):
            if not modes_for(plant, step, demand, 0):
                where = f"{product.name}, step {step.name}"
                asked = too_large(plant, step.needs, demand) or _asked(demand) or step.needs
                wrong = f"no machine takes it ({asked})."
                yield Finding("every_spec_has_a_route", where, wrong, outcome.witness)
                break


def every_machine_has_work(plant: Plant) -> Iterator[Finding]:
    """Every machine can do at least one operation of a valid spec, and every process has a product."""
    used: set[str] = set()
    for product, step, known in _situations(plant):
        for _, demand in _demands(plant, product, step, known):
            used |= {machine for machine, _ in modes_for(plant, step, demand, 0)}
    for machine in plant.machines.values():
        if machine.id not in used:
            where = f"machine {machine.id}"
            yield Finding(
                "every_machine_has_work", where, "no operation of any spec can run on it."
            )


def materials_exist(plant: Plant) -> Iterator[Finding]:
    """Every material that a step uses is known, and its quantity is not negative."""
    for product, step, known in _situations(plant):
        for use in step.uses:
            guard = (step.when,) if step.when is not None else ()
            for outcome in outcomes(product, (*guard, use.material, use.quantity), known):
                if guard and outcome.values[0] is False:
                    continue
                material, quantity = outcome.values[-2:]
                wrong = None
                if material not in plant.materials:
                    wrong = f"no such material: {material!r}."
                elif isinstance(quantity, int) and quantity < 0:
                    wrong = f"uses {quantity} of {material}, less than nothing."
                if wrong:
                    where = f"{product.name}, step {step.name}"
                    yield Finding("materials_exist", where, wrong, outcome.witness)
                    break


def used_materials_are_stocked(plant: Plant) -> Iterator[Finding]:
    """Where stock is kept, stock.yaml says of every material that a spec uses what is there."""
    if plant.stock is None:
        return
    said: set[object] = {lot.material for lot in plant.stock.lots}
    said |= {receipt.material for receipt in plant.stock.expected}
    told: set[object] = set()
    for product, step, known in _situations(plant):
        for use in step.uses:
            guard = (step.when,) if step.when is not None else ()
            for outcome in outcomes(product, (*guard, use.material, use.quantity), known):
                material, quantity = outcome.values[-2:]
                needed = not guard or outcome.values[0] is True
                if not needed or not quantity or material in said or material in told:
                    continue
                told.add(material)
                wrong = (
                    f"{material} is not in stock.yaml, so nothing made of it can start. "
                    f"Write its lots there; a quantity of 0 says that there is none."
                )
                where = f"{product.name}, step {step.name}"
                yield Finding("used_materials_are_stocked", where, wrong, outcome.witness)


def changeovers_have_values(plant: Plant) -> Iterator[Finding]:
    """A cell knows what it takes to change from any of its families to any other."""
    for group in plant.groups.values():
        families = _families(plant, group)
        for before, after in pairs_of(families, families):
            if before != after and (wrong := _no_rule(group, before, after)):
                where = f"group {group.name}"
                yield Finding("changeovers_have_values", where, wrong, families[after])
                break


def families_can_follow(plant: Plant) -> Iterator[Finding]:
    """Where some changes are forbidden, a machine can still come to every family from the morning's."""
    for group in plant.groups.values():
        if not any(rule.forbidden for rule in group.changeovers):
            continue
        families = _families(plant, group)
        start = initial_family(group)
        for family in sorted(families.keys() - _reached(group, start, set(families)) - {start}):
            wrong = f"whatever comes in between, no changeover that is allowed leads to {family}."
            where = f"group {group.name}"
            yield Finding("families_can_follow", where, wrong, families[family])


def _reached(group: Group, first: str, families: set[str]) -> set[str]:
    agenda, seen = [first], set[str]()
    while agenda:
        before = agenda.pop()
        for after in families - seen:
            rule = changeover(group, before, after)
            if rule is None or not rule.forbidden:
                seen.add(after)
                agenda.append(after)
    return seen


def cut_offs_lie_in_working_time(plant: Plant) -> Iterator[Finding]:
    """When a carrier leaves, somebody has been there to pack."""
    last = {
        s.needs for steps in plant.processes.values() for s in steps if not _followers(steps, s)
    }
    packing = [g for g in plant.groups.values() if last & set(g.offers)]
    for cut_off in plant.cut_offs:
        at_s = (cut_off.at - plant.day_begins_s) % 86_400
        for group in packing:
            if not any(begin < at_s <= end for begin, end in windows(plant, group.name, 0, 1)):
                where = f"cut-off {cut_off.carrier}"
                wrong = f"it lies outside the working time of {group.name}."
                yield Finding("cut_offs_lie_in_working_time", where, wrong)


def limits_are_amounts(plant: Plant) -> Iterator[Finding]:
    """A limit below nothing is a slip of the pen; without one, one person decides."""
    above = plant.rates.second_person_above
    if above is not None and above < 0:
        says = (
            f"{format_cents(above, plant.rates.currency)} is below nothing; leave it out or set 0."
        )
        yield Finding("limits_are_amounts", "rates, second_person_above", says)


FIRST: Sequence[Callable[[Plant], Iterator[Finding]]] = (rules_have_values, steps_have_an_order)
"""Without these the others cannot be asked."""

TRUTHS: Sequence[Callable[[Plant], Iterator[Finding]]] = (
    no_option_is_dead,
    expressions_have_values,
    every_spec_has_a_route,
    every_machine_has_work,
    materials_exist,
    used_materials_are_stocked,
    changeovers_have_values,
    families_can_follow,
    cut_offs_lie_in_working_time,
    limits_are_amounts,
)


def _situations(plant: Plant) -> Iterator[tuple[Product, Step, Environment]]:
    """Yield each step with what its expressions know beside the spec."""
    for name, steps in plant.processes.items():
        product = plant.products[name]
        for step in steps:
            pieces = product.pieces if step.per == "unit" else ()
            for quantity in (1, 2):
                known: dict[str, int | str] = {"quantity": quantity}
                yield from ((product, step, {**known, "piece": p.name}) for p in pieces)
                if not pieces:
                    yield product, step, known


def _fields(step: Step) -> Iterator[tuple[str, Expression, str]]:
    """Yield the expressions of a step with the kind of value that each must have."""
    if step.when is not None:
        yield "when", step.when, "truth"
    for field in ("takes", "size", "work", "height"):
        if (expression := getattr(step, field)) is not None:
            yield field, expression, "amount"
    for side in ("width", "depth"):
        if (expression := getattr(step.outline, side, None)) is not None:
            yield f"outline {side}", expression, "length"
    for name, expression in step.family.items():
        yield f"family {name}", expression, "part"
    for name, expression in step.recipe.items():
        yield f"recipe {name}", expression, "parameter"
    for use in step.uses:
        yield "uses", use.quantity, "amount"
        yield "uses", use.material, "word"


def _unfit(value: Value | Fault, kind: str) -> str | None:
    """Say why a value does not fit, or None."""
    if isinstance(value, Fault):
        return f"{value.says}."
    truth, number = isinstance(value, bool), isinstance(value, int)
    match kind:
        case "truth":
            return None if truth else f"expected true or false, not {value!r}."
        case "amount" | "length" if truth or not number:
            return f"expected a whole number, not {value!r}."
        case "length":
            longest = format_quantity(LONGEST_UM, "length")
            right = 0 < int(value) <= LONGEST_UM
            return None if right else f"{value} um is no length above 0 and up to {longest}."
        case "amount":
            return None if int(value) >= 0 else f"{value} is less than nothing."
        case "word":
            return f"expected a word, not {value!r}." if truth or number else None
        case "part" if not truth and set(str(value)) & set(";="):
            return f"a family part has neither ';' nor '=', but is {value!r}."
        case _:
            return "expected a number or a word, not a truth." if truth else None


def _asked(demand: Demand) -> str:
    limited = ", ".join(f"{name} {value}" for name, value in demand.recipe.items())
    return "; ".join(
        part for part in (f"size {demand.size}" if demand.size else "", limited) if part
    )


def _demands(
    plant: Plant, product: Product, step: Step, known: Environment
) -> Iterator[tuple[Outcome, Demand]]:
    """Yield what the operations of a step ask of a machine: size, outline, height, and the parameters
    with limits."""
    groups = [group for group in plant.groups.values() if step.needs in group.offers]
    limited = {name for group in groups for name in group.limits} & set(step.recipe)
    expressions = [step.recipe[name] for name in sorted(limited)]
    sides = (None, None) if step.outline is None else (step.outline.width, step.outline.depth)
    height = step.height if step.outline is not None else None
    asked = [Expression.parse(True) if step.when is None else step.when]
    asked += [Expression.parse(0) if e is None else e for e in (step.size, height, *sides)]
    for outcome in outcomes(product, (*asked, *expressions), known):
        needed, size, high, wide, deep, *values = outcome.values
        numbers = (size, high, wide, deep)
        if needed is True and all(isinstance(each, int) for each in numbers):
            recipe = dict(zip(sorted(limited), values, strict=True))
            fit = {k: v for k, v in recipe.items() if isinstance(v, int | str)}
            yield outcome, _demand(plant, step, known, fit, tuple(map(int, numbers)))  # type: ignore[arg-type]


def _demand(
    plant: Plant,
    step: Step,
    known: Environment,
    recipe: Mapping[str, int | str],
    numbers: tuple[int, ...],
) -> Demand:
    size, height, wide, deep = numbers
    outline: Rings = ()
    if step.outline is not None:
        width = None if step.outline.width is None else max(1, wide)
        depth = None if step.outline.depth is None else max(1, deep)
        outline = outlined(plant, step, known.get("piece", ""), width, depth)
    return Demand(size_of(None if step.size is None else size, outline), recipe, outline, height)


def _families(plant: Plant, group: Group) -> dict[str, Spec | None]:
    """Return each family that a cell may be set up for, with a spec that has it."""
    families: dict[str, Spec | None] = {initial_family(group): None} if group.initial else {}
    for product, step, known in _situations(plant):
        if step.needs in group.offers and step.family:
            for outcome in outcomes(product, tuple(step.family.values()), known):
                parts = zip(step.family, outcome.values, strict=True)
                family = ";".join(f"{name}={value}" for name, value in parts)
                families.setdefault(family, outcome.witness)
    return families


def _no_rule(group: Group, before: str, after: str) -> str | None:
    known = changeover_environment(before, after)
    try:
        matched = any(rule.when.truth(known) for rule in group.changeovers)
    except ExpressionError as error:
        return f"from {before} to {after}: {error}"
    if group.changeovers and not matched:
        return f"no changeover says what it takes from {before} to {after}."
    return None


def _followers(steps: Sequence[Step], step: Step) -> list[str]:
    return [other.name for other in steps if step.name in other.after]
