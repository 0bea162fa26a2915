"""A small plant for tests: gloves are knitted singly, dyed in shared baths, packed by hand."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from controller.events import Event, Stamped
from plant_config import (
    CutOff,
    Feature,
    Group,
    Line,
    Machine,
    OpcUa,
    Option,
    Order,
    Plant,
    Product,
    Spec,
    Station,
)
from plant_config.equipment import BatchRule, Changeover
from plant_config.expression import Expression
from plant_config.material import Material
from plant_config.plant import Rates, Shift
from plant_config.process import Step, Use
from plant_config.product import Piece, Rule

ORIGIN = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
"""06:00 in Vienna."""
HOUR = 3600
NOON_S, EVENING_S = 6 * HOUR, 15 * HOUR


def said(text: str | int) -> Expression:
    """Read an expression."""
    return Expression.parse(text)


def options(**prices: int) -> tuple[Option, ...]:
    """Name options with their price."""
    return tuple(Option(name=name, price=price, facts={}) for name, price in prices.items())


GLOVE = Product(
    name="glove",
    label="Glove",
    noun="pair",
    base_price=4000,
    pieces=(Piece(name="left", short="L"), Piece(name="right", short="R")),
    features=(
        Feature(name="size", label="Size", options=options(s=0, m=0, l=200), default="m"),
        Feature(name="colour", label="Colour", options=options(white=0, moss=300, black=500)),
        Feature(
            name="initials",
            label="Initials",
            kind="text",
            options=options(none=0, text=900),
            default="none",
            max_length=3,
        ),
    ),
    rules=(
        Rule(
            name="small-black",
            holds=said("not (size == 's' and colour == 'black')"),
            why="Small gloves take up too little black dye.",
        ),
    ),
)
SCARF = Product(
    name="scarf",
    label="Scarf",
    noun="scarf",
    base_price=2500,
    pieces=(Piece(name="scarf", short=""),),
    features=(Feature(name="length", label="Length", options=options(short=0, long=400)),),
)


def _step(name: str, per: str, needs: str, **rest: object) -> Step:
    return Step(
        name=name,
        label=name.capitalize(),
        per=per,
        needs=needs,
        family=rest.pop("family", {}),
        recipe=rest.pop("recipe", {}),
        **rest,
    )


STEPS = (
    _step(
        "knit",
        "unit",
        "knit",
        takes=said(1800),
        recipe={"courses": said(400)},
        uses=(Use(material=said("'yarn'"), quantity=said(50_000)),),
    ),
    _step(
        "dye",
        "assembly",
        "dye",
        after=("knit",),
        takes=said(3600),
        size=said(25),
        family={"colour": said("colour")},
        recipe={"colour": said("colour")},
    ),
    _step("sew", "assembly", "sew", after=("dye",), takes=said(600)),
    _step("pack", "order", "pack", after=("sew",), takes=said(300)),
)


def _group(name: str, physics: str, **rest: object) -> Group:
    return Group(
        name=name,
        label=name,
        physics=physics,
        offers=rest.pop("offers", (name,)),
        initial=rest.pop("initial", {}),
        limits={},
        rate=3600,
        calendar="day",
        **rest,
    )


GROUPS = {
    "knit": _group("knit", "knitter", clears_itself=True),
    "dye": _group(
        "dye",
        "mixer",
        batch=BatchRule(capacity=100, noun="bath"),
        initial={"colour": "white"},
        changeovers=(
            Changeover(
                when=said("before.colour == 'black'"),
                takes=1200,
                cost=500,
                cleaning=True,
                says="boil out the vat",
            ),
            Changeover(when=said("true"), takes=300, cost=100, says="rinse"),
        ),
    ),
    "hands": _group("hands", "station", offers=("sew", "pack")),
}


def _opcua(name: str) -> OpcUa:
    return OpcUa(kind="opcua", endpoint="opc.tcp://127.0.0.1:4840", object=name)


MACHINES = {
    "K1": Machine(id="K1", group="knit", link=_opcua("K1")),
    "K2": Machine(id="K2", group="knit", link=_opcua("K2")),
    "V1": Machine(id="V1", group="dye", link=_opcua("V1")),
    "H1": Machine(id="H1", group="hands", link=Station(kind="station"), person="Amira"),
}

PLANT = Plant(
    name="gloves",
    label="Glove works",
    timezone="Europe/Vienna",
    shifts=(Shift(name="day", begins=6 * HOUR, ends=22 * HOUR),),
    cut_offs=(
        CutOff(carrier="Nord Parcel", at=12 * HOUR),
        CutOff(carrier="Night Express", at=21 * HOUR),
    ),
    calendars={"day": ("day",)},
    products={"glove": GLOVE},
    processes={"glove": STEPS},
    groups=GROUPS,
    machines=MACHINES,
    materials={"yarn": Material(name="yarn", unit="mg", price=2000, per=1_000_000)},
    profiles={},
    rates=Rates(late=1500, source="assumed"),
)


def spec(size: str = "m", colour: str = "white", initials: str = "none") -> Spec:
    """Name a point of the glove's space."""
    return Spec("glove", (("size", size), ("colour", colour), ("initials", initials)))


def order(name: str, *colours: str, due_s: int = EVENING_S, release_s: int = 0) -> Order:
    """Order one pair in each colour."""
    return Order(
        id=name,
        lines=tuple(
            Line(number, spec(colour=colour), 1) for number, colour in enumerate(colours, start=1)
        ),
        release_s=release_s,
        due_s=due_s,
        cut_off="Nord Parcel" if due_s == NOON_S else "Night Express",
        late_cents=1500,
    )


def stamp(facts: Iterable[tuple[int, Event]]) -> tuple[Stamped, ...]:
    """Put facts into envelopes, as a journal would; hashes are not what these tests are about."""
    return tuple(
        Stamped(
            seq=seq,
            at_s=at_s,
            utc=(ORIGIN + timedelta(seconds=at_s)).isoformat(),
            actor="controller",
            station="",
            boot="1",
            epoch=1,
            version=1,
            event=event,
            previous="",
            hash="",
        )
        for seq, (at_s, event) in enumerate(facts, start=1)
    )


def ledger_line(at_s: int, operation: str, *, cycle: int, verdict: str = "good") -> str:
    """Write a line as a machine's ledger has it."""
    return json.dumps(
        {
            "at_s": at_s,
            "machine": "K1",
            "job_order": "0" * 32,
            "operation": operation,
            "attempt": 1,
            "subject": operation.rpartition("/")[0],
            "verdict": verdict,
            "cycle": cycle,
        }
    )
