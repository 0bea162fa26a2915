"""The day as it would have gone otherwise: first come, first served, and with all orders alike.

Pure and slow (up to a second): call it in a child process.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count

from controller.insights.comparison import Comparison, Effort
from controller.insights.day import Changeovers, Cycle, Day, add_up, curve, nouns
from plant_config import Order, Plant, Spec, route
from scheduler import Problem, Schedule, Setup, Slot, UnplannableError, first_come, pose, solve

_NO_SETUP = Setup(0)

STEPS = 2_000
"""Moves of the search for each of the two plans; after these it finds little more on a day's orders."""


def compare(
    plant: Plant,
    orders: Iterable[Order],
    start_s: int = 0,
    *,
    steps: int = STEPS,
) -> Comparison:
    """Plan the orders anew from `start_s`, once by order of arrival and twice by the engine, which
    may ask `steps` times whether to go on. Raises `UnplannableError`."""
    asked = tuple(orders)
    alike = make_alike(asked)
    return Comparison(
        first_come=first_come_day(plant, asked, start_s),
        different=_effort(plant, asked, start_s, steps),
        alike=_effort(plant, alike, start_s, steps),
        quantity=sum(line.quantity for order in asked for line in order.lines),
    )


def first_come_day(plant: Plant, orders: tuple[Order, ...], start_s: int) -> Day:
    """Return how the day would have gone in the order in which the orders came."""
    problem = pose(orders, plant, now_s=start_s)
    return planned_day(plant, orders, problem, first_come(problem))


def planned_day(
    plant: Plant, orders: tuple[Order, ...], problem: Problem, schedule: Schedule
) -> Day:
    """Read a schedule as a day: when orders are packed, how full batches are, what setups take."""
    ends: dict[str, int] = {}
    for slot in schedule.slots:
        for operation in slot.operations:
            owner = problem.tasks[operation].order
            ends[owner] = max(ends.get(owner, 0), slot.end_s)
    slots = list(_setups(problem, schedule))
    cycles = [_cycle(problem, slot) for slot, _ in slots]
    made = [
        (setup, _setup_cents(problem, slot, setup))
        for slot, setup in slots
        if setup.takes_s or setup.cents
    ]
    return Day(
        due=len(orders),
        on_time=sum(ends.get(order.id, order.due_s + 1) <= order.due_s for order in orders),
        packed=curve(ends),
        last_packed_s=max(ends.values(), default=None) if len(ends) == len(orders) else None,
        batches=add_up(cycles, nouns(plant)),
        changeovers=Changeovers(
            count=len(made),
            takes_s=sum(setup.takes_s for setup, _ in made),
            cents=sum(cents for _, cents in made),
            cleaning_s=sum(setup.takes_s for setup, _ in made if setup.cleaning),
        ),
    )


def _cycle(problem: Problem, slot: Slot) -> Cycle:
    resource = problem.resources[slot.machine]
    return Cycle(
        group=resource.group,
        filled=sum(problem.tasks[operation].size for operation in slot.operations),
        offered=resource.capacity,
        takes_s=slot.end_s - slot.start_s,
    )


def _setup_cents(problem: Problem, slot: Slot, setup: Setup) -> int:
    """Count a changeover as the journal does: what it uses up and the time of the machine."""
    rate = problem.rates.get(problem.resources[slot.machine].group, 0)
    return setup.cents + (setup.takes_s * rate + 1_800) // 3_600


def make_alike(orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """Replace each spec by the most usual one of its product, which somebody did order."""
    products = {line.spec.product for order in orders for line in order.lines}
    usual = {product: most_usual(product, orders) for product in products}
    return tuple(
        replace(
            order,
            lines=tuple(replace(line, spec=usual[line.spec.product]) for line in order.lines),
        )
        for order in orders
    )


def most_usual(product: str, orders: tuple[Order, ...]) -> Spec:
    """Return the ordered spec of a product whose options are shared by most others.

    The most common option of each feature might break a rule together; an ordered spec cannot.
    """
    wanted: Counter[Spec] = Counter()
    for order in orders:
        for line in order.lines:
            if line.spec.product == product:
                wanted[line.spec] += line.quantity
    shared: Counter[tuple[str, str]] = Counter()
    for spec, quantity in wanted.items():
        for option in spec.options:
            shared[option] += quantity
    return max(wanted, key=lambda s: (sum(shared[o] for o in s.options), wanted[s], s.options))


def _effort(plant: Plant, orders: tuple[Order, ...], start_s: int, steps: int) -> Effort:
    problem = pose(orders, plant, now_s=start_s)
    found = solve(problem, stop=_after(steps), seed=1)
    if found.schedule is None:
        raise UnplannableError(found.why)
    hours_s = cents_s = setup_cents = 0
    for slot, setup in _setups(problem, found.schedule):
        spent_s = setup.takes_s + slot.end_s - slot.start_s
        hours_s += spent_s
        cents_s += problem.rates.get(problem.resources[slot.machine].group, 0) * spent_s
        setup_cents += setup.cents
    materials = sum((_materials(plant, order) for order in orders), Fraction(0))
    return Effort(hours_s=hours_s, cents=round(Fraction(cents_s, 3600) + setup_cents + materials))


def _after(steps: int) -> Callable[[], bool]:
    """Return a `stop()` that counts instead of looking at a clock, so that figures repeat."""
    left = count(steps, -1)
    return lambda: next(left) <= 0


def _setups(problem: Problem, schedule: Schedule) -> Iterator[tuple[Slot, Setup]]:
    """Yield each slot with the setup before it."""
    for machine, row in schedule.by_machine.items():
        resource = problem.resources[machine]
        before = resource.family
        for slot in row:
            yield slot, problem.setups.get((resource.group, before, slot.family), _NO_SETUP)
            before = slot.family


def _materials(plant: Plant, order: Order) -> Fraction:
    """Price what the operations of an order use up, at standard cost."""
    return sum(
        (
            Fraction(plant.materials[name].price * amount, plant.materials[name].per)
            for operation in route(order, plant).operations.values()
            for name, amount in operation.uses
        ),
        Fraction(0),
    )
