"""The shoe plant with yarn, granulate and laces in its store, at the same moment of its day."""

from dataclasses import replace

from shoes import NOW_S, PEOPLE, PLANT, READINGS, STEPS, SmallDesk, facts, said, stamped

from controller import events as e
from controller.desk import Live, Person
from controller.fold import apply
from controller.state import State
from controller.step import Rule
from controller.stock.rules import RULES
from controller.transient import Transient
from plant_config import Plant
from plant_config.material import Material, OpeningLot, OpeningReceipt, Stock
from plant_config.process import Use

GRAM, KILO = 1_000, 1_000_000


def _uses(*uses: tuple[str, int]) -> tuple[Use, ...]:
    return tuple(Use(material=said(f"'{name}'"), quantity=said(amount)) for name, amount in uses)


USES = {
    "knit": _uses(("yarn", 34 * GRAM)),
    "print": _uses(("tpu", 120 * GRAM)),
    "bond": _uses(("laces", 2), ("glue", 24_000)),
    "pack": _uses(("carton", 1)),
}
MATERIALS = (
    Material(
        name="yarn",
        label="Yarn Ink",
        unit="mg",
        price=1900,
        per=KILO,
        reorder_at=500 * GRAM,
        lot_size=2 * KILO,
        lead_time=172_800,
    ),
    Material(name="tpu", label="TPU soft", unit="mg", price=3400, per=KILO, reorder_at=3 * KILO),
    Material(
        name="laces", label="Laces", unit="piece", price=70, per=1, reorder_at=60, lot_size=300
    ),
    Material(name="glue", label="Adhesive", unit="ul", price=3800, per=KILO),
    Material(name="carton", label="Carton", unit="piece", price=95, per=1, reorder_at=10),
)
STOCK = Stock(
    lots=(
        OpeningLot(material="yarn", lot="IN-3307", quantity=900 * GRAM),
        OpeningLot(material="yarn", lot="IN-3312", quantity=2 * KILO),
        OpeningLot(material="tpu", lot="T85-611", quantity=5 * KILO),
        OpeningLot(material="laces", lot="LA-1290", quantity=80),
        OpeningLot(material="glue", lot="AD-41", quantity=5_000_000),
        OpeningLot(material="carton", lot="CA-9001", quantity=200),
    ),
    expected=(
        OpeningReceipt(material="tpu", reference="PO-7781", quantity=10 * KILO, after=97_200),
    ),
)


def shelved(**changes: object) -> Plant:
    """Return the shoe plant with a store."""
    steps = tuple(replace(step, uses=USES.get(step.name, ())) for step in STEPS)
    known = {material.name: material for material in MATERIALS}
    return replace(
        PLANT, processes={"runner": steps}, materials=known, **({"stock": STOCK} | changes)
    )


def stock_desk(plant: Plant | None = None) -> SmallDesk:
    """Return a desk at 11:42 whose machines have used material all morning."""
    state, journal = State(plant or shelved()), list[e.Stamped]()
    desk = SmallDesk(
        state,
        journal,
        {name: Live(reading, 99.7) for name, reading in READINGS.items()},
        people={order: Person(name=name) for order, name in PEOPLE.items()},
    )
    for at_s, event in facts():
        journal.append(one := stamped(state.seq + 1, at_s, event))
        apply(state, one)
        if not isinstance(event, e.PlantOpened):
            follow(desk, at_s)
    state.planned = state.seq
    return desk


def follow(desk: SmallDesk, at_s: int = NOW_S) -> None:
    """Record what the rules of the store say, as the loop does."""
    while steps := _steps(desk.state, RULES, at_s):
        for event in steps:
            desk.journal.append(one := stamped(desk.state.seq + 1, at_s, event))
            desk.tell(apply(desk.state, one))


def _steps(state: State, rules: tuple[Rule, ...], at_s: int) -> list[e.Event]:
    for rule in rules:
        found = [s.event for s in rule(state, Transient(), at_s) if s.event is not None]
        if found:
            return found
    return []
