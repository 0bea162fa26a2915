"""A small shoe plant and a real desk over a state that is folded from hand-written facts.

The moment is Tuesday 24 November 2026, 11:42 in Vienna; each machine is in another state.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from controller import events as e
from controller.alarms.rules import raise_and_end_alarms
from controller.desk import Live, Person
from controller.fold import apply
from controller.insights import ClosingCard, close
from controller.judge import judge, outdated
from controller.orders import take
from controller.proposal import Proposal
from controller.requests import (
    BeginHandWork,
    ClearMachine,
    FinishHandWork,
    Refusal,
    RefusedRow,
    Reply,
    Request,
    SetClock,
    Taken,
    TakeOrders,
)
from controller.state import State
from controller.transient import Transient
from controller.wanted.requests import AcceptProposal, DiscardProposal
from drivers import (
    Answer,
    JobOrder,
    JobState,
    Member,
    Reading,
    Report,
    Submit,
    UnitResult,
    Verdict,
    job_order_id,
    recipe_digest,
)
from plant_config import (
    Changeover,
    CutOff,
    Evidence,
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
    route,
)
from plant_config.equipment import BatchRule
from plant_config.expression import Expression
from plant_config.plant import Rates, Shift
from plant_config.process import Step
from plant_config.product import Piece
from scheduler import Slot, wishes

ORIGIN = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
"""06:00 in Vienna."""
HOUR = 3600
NOW_S = 5 * HOUR + 42 * 60 + 8
"""11:42:08."""
NOON_S, EVENING_S = 7 * HOUR + 1800, 15 * HOUR

COLOURS = {
    "ink": ("Ink", "#23304a"),
    "sand": ("Sand", "#d8c7a3"),
    "slate": ("Slate", "#6a7784"),
    "coral": ("Coral", "#ef7563"),
    "moss": ("Moss", "#66764a"),
}


def said(text: str | int) -> Expression:
    """Read an expression."""
    return Expression.parse(text)


def at(clock: str) -> int:
    """Turn a wall clock time of the day into a plan second."""
    parts = [int(part) for part in clock.split(":")] + [0]
    return parts[0] * HOUR + parts[1] * 60 + parts[2] - 6 * HOUR


def _colour_options() -> tuple[Option, ...]:
    return tuple(
        Option(name=name, label=label, swatch=swatch, facts={})
        for name, (label, swatch) in COLOURS.items()
    )


SHOE = Product(
    name="runner",
    label="Runner",
    noun="pair",
    base_price=18900,
    pieces=(Piece(name="left", short="L"), Piece(name="right", short="R")),
    features=(
        Feature(
            name="size",
            label="Size",
            options=tuple(Option(name=str(n), facts={"courses": 900 + n}) for n in range(36, 46)),
            default="42",
        ),
        Feature(name="upper", label="Upper", options=_colour_options(), default="ink"),
        Feature(name="sole", label="Sole", options=_colour_options(), default="ink"),
        Feature(
            name="heel",
            label="Heel text",
            kind="text",
            options=(Option(name="none", facts={}), Option(name="text", facts={})),
            default="none",
            max_length=12,
        ),
    ),
)


def _step(name: str, label: str, per: str, needs: str, after: tuple[str, ...], **rest) -> Step:
    return Step(
        name=name,
        label=label,
        per=per,
        needs=needs,
        after=after,
        family=rest.pop("family", {}),
        recipe=rest.pop("recipe", {}),
        **rest,
    )


STEPS = (
    _step(
        "knit",
        "Upper",
        "unit",
        "knit",
        (),
        takes=said(1800),
        family={"yarn": said("upper")},
        recipe={"courses": said("size.courses"), "yarns": said("upper")},
    ),
    _step(
        "print",
        "Midsole",
        "unit",
        "print",
        (),
        takes=said(7200),
        size=said(12),
        recipe={"height_um": said(24000)},
    ),
    _step(
        "mix",
        "Compound",
        "assembly",
        "mix",
        (),
        takes=said(900),
        size=said(20),
        family={"colour": said("sole")},
        recipe={"colour": said("sole"), "dose_mg": said(184_000)},
    ),
    _step(
        "bond",
        "Bonding",
        "assembly",
        "bond",
        ("knit", "print", "mix"),
        takes=said(2520),
        recipe={"upper": said("upper"), "heel_text": said("heel")},
    ),
    _step(
        "cure",
        "Curing",
        "assembly",
        "cure",
        ("bond",),
        takes=said(3600),
        size=said(1),
        recipe={"temperature_c": said(64)},
    ),
    _step("pack", "Packing", "order", "pack", ("cure",), takes=said(240)),
)


def _group(name: str, label: str, physics: str, **rest) -> Group:
    return Group(
        name=name,
        label=label,
        physics=physics,
        offers=rest.pop("offers"),
        initial=rest.pop("initial", {}),
        limits={},
        rate=3600,
        calendar="day",
        **rest,
    )


_RINSE = Changeover(when=said("true"), takes=600, cost=100, says="yarn change")

GROUPS = {
    "knit": _group(
        "knit",
        "knitting",
        "knitter",
        offers=("knit",),
        initial={"yarn": "sand"},
        changeovers=(_RINSE,),
        clears_itself=True,
    ),
    "mix": _group(
        "mix",
        "mixing",
        "mixer",
        offers=("mix",),
        batch=BatchRule(capacity=100, noun="campaign"),
        initial={"colour": "sand"},
        evidence=Evidence.COUNTER,
        dedupes=False,
    ),
    "print": _group(
        "print",
        "printing",
        "printer",
        offers=("print",),
        batch=BatchRule(capacity=100, noun="plate"),
    ),
    "bond": _group("bond", "bonding", "station", offers=("bond",), clears_itself=True),
    "cure": _group(
        "cure",
        "curing",
        "oven",
        offers=("cure",),
        batch=BatchRule(capacity=6, noun="load"),
    ),
    "pack": _group("pack", "packing", "station", offers=("pack",), clears_itself=True),
}


def _opcua(name: str) -> OpcUa:
    return OpcUa(kind="opcua", endpoint="opc.tcp://127.0.0.1:4840", object=name)


def _machines() -> dict[str, Machine]:
    made = [Machine(id=f"K{n}", group="knit", link=_opcua(f"K{n}")) for n in (1, 2, 3)]
    made += [Machine(id=f"M{n}", group="mix", link=_opcua(f"M{n}")) for n in (1, 2)]
    made += [Machine(id=f"P{n}", group="print", link=_opcua(f"P{n}")) for n in (1, 2, 3, 4, 5)]
    station = Station(kind="station")
    made += [
        Machine(id=f"B{n}", group="bond", link=station, person=person)
        for n, person in ((1, "Amira"), (2, "Jonas"), (3, "Mara"))
    ]
    made.append(Machine(id="C1", group="cure", link=_opcua("C1")))
    made.append(Machine(id="W1", group="pack", link=station, person="Sam"))
    return {machine.id: machine for machine in made}


PLANT = Plant(
    name="shoes",
    label="Sneaker plant",
    timezone="Europe/Vienna",
    shifts=(
        Shift(name="early", begins=6 * HOUR, ends=14 * HOUR),
        Shift(name="late", begins=14 * HOUR, ends=22 * HOUR),
    ),
    cut_offs=(
        CutOff(carrier="Nord Parcel", at=13 * HOUR + 1800),
        CutOff(carrier="Night Express", at=21 * HOUR),
    ),
    calendars={"day": ("early", "late")},
    products={"runner": SHOE},
    processes={"runner": STEPS},
    groups=GROUPS,
    machines=_machines(),
    materials={},
    profiles={},
    rates=Rates(late=1500, source="assumed"),
)

PEOPLE = {
    "4119": "Lucia Romero",
    "4124": "Noor Abadi",
    "4126": "Kofi Boateng",
    "4127": "Mara Klein",
    "4131": "Ruth Okafor",
    "4136": "Ines Varga",
    "4139": "Pavel Dvorak",
    "4142": "Theo Marten",
}
_UPPERS = ("ink", "slate", "sand", "moss", "coral")


def an_order(name: str, *, due_s: int = EVENING_S) -> Order:
    """Order one pair; size and colours follow from the number."""
    number = int(name)
    options = (
        ("size", str(36 + number % 10)),
        ("upper", _UPPERS[number % 5]),
        ("sole", _UPPERS[number % 3]),
        ("heel", "text" if number % 4 == 2 else "none"),
    )
    carrier = "Nord Parcel" if due_s == NOON_S else "Night Express"
    return Order(
        id=name,
        lines=(Line(1, Spec("runner", options), 1),),
        release_s=0,
        due_s=due_s,
        cut_off=carrier,
    )


ORDERS = {
    name: an_order(name, due_s=NOON_S if int(name) < 4132 else EVENING_S)
    for name in (str(number) for number in range(4117, 4147))
}


def job(
    machine: str, label: str, *operations: str, attempt: int = 1, takes_s: int = 1800
) -> JobOrder:
    """Write a job order as dispatch does."""
    members, families = [], []
    for operation in operations:
        found = route(ORDERS[operation.partition("/")[0]], PLANT).operations[operation]
        members.append(Member(operation, attempt, found.subject, found.recipe))
        families.append(found.family)
    return JobOrder(
        id=job_order_id(machine, tuple(members)),
        label=label,
        machine=machine,
        members=tuple(members),
        family=families[0],
        recipe_digest=recipe_digest(families[0], (), tuple(members)),
        takes_s=takes_s,
    )


def intended(
    told: JobOrder, *, setup_s: int = 0, before: str = "", end_s: int = NOW_S
) -> e.JobIntended:
    """Write the intent of a job order."""
    return e.JobIntended(
        job=told,
        plan=1,
        setup_s=setup_s,
        setup_cents=0,
        setup_says="yarn change" if setup_s else "",
        cleaning=False,
        family_before=before,
        planned_start_s=end_s - told.takes_s,
        planned_end_s=end_s,
    )


def reported(told: JobOrder, state: JobState, detail: str = "", good: bool = True) -> e.JobReported:
    """Write a report about a job order."""
    ended = state in {JobState.ENDED, JobState.ABORTED}
    verdict = Verdict.GOOD if good else Verdict.SCRAP
    results = tuple(UnitResult(m.operation, verdict) for m in told.members) if ended else ()
    return e.JobReported(
        report=Report(
            machine=told.machine, job_order=told.id, state=state, results=results, detail=detail
        )
    )


def accepted(told: JobOrder) -> e.JobAnswered:
    """Write that the machine took it."""
    return e.JobAnswered(job_order=told.id, answer=Answer(Submit.ACCEPTED))


def stamped(seq: int, at_s: int, event: e.Event, actor: str = "controller") -> e.Stamped:
    """Put a fact into its envelope; hashes are not what these tests are about."""
    utc = (ORIGIN + timedelta(seconds=at_s)).isoformat()
    return e.Stamped(
        seq=seq,
        at_s=at_s,
        utc=utc,
        actor=actor,
        station="",
        boot="1",
        epoch=1,
        version=1,
        event=event,
        previous="",
        hash="",
    )


def both(order: str, step: str) -> tuple[str, str]:
    """Name a step on left and right."""
    return f"{order}/1.1/{step}", f"{order}/1.2/{step}"


def pair(order: str, step: str) -> str:
    """Name a step on the pair."""
    return f"{order}/1.1-2/{step}"


PLATES = {
    "118": [
        *both("4128", "print"),
        *both("4129", "print"),
        *both("4130", "print"),
        "4131/1.1/print",
    ],
    "119": [*both("4127", "print"), *both("4132", "print"), *both("4133", "print")],
    "120": ["4131/1.2/print", *both("4134", "print")],
    "121": [*both("4135", "print"), *both("4136", "print"), *both("4137", "print")],
}
JOBS = {
    "K1": job("K1", "Upper 4136 L", "4136/1.1/knit"),
    "K2": job("K2", "Upper 4139 R", "4139/1.2/knit"),
    "K3": job("K3", "Upper 4140 L", "4140/1.1/knit"),
    "M1": job("M1", "Campaign 31", *(pair(o, "mix") for o in ("4125", "4128")), takes_s=900),
    "M2": job(
        "M2", "Campaign 30", *(pair(o, "mix") for o in ("4138", "4141", "4144")), takes_s=900
    ),
    "P1": job("P1", "Plate 121", *PLATES["121"], takes_s=13_440),
    "P2": job("P2", "Plate 118", *PLATES["118"], takes_s=13_000),
    "P3": job("P3", "Plate 119", *PLATES["119"], takes_s=13_000),
    "P4": job("P4", "Plate 120", *PLATES["120"], takes_s=9_000),
    "B1": job("B1", "Pair 4124", pair("4124", "bond"), takes_s=2520),
    "B2": job("B2", "Pair 4126", pair("4126", "bond"), takes_s=2520),
    "C1": job(
        "C1", "Load 9", *(pair(o, "cure") for o in ("4120", "4121", "4122", "4123")), takes_s=3600
    ),
    "W1": job("W1", "Order 4119", "4119/pack", takes_s=240),
}


def _done(
    operations: Iterable[str], label: str, machine: str, at_s: int
) -> list[tuple[int, e.Event]]:
    """Write what was made before; what a machine is at now, or lost, was not."""
    now = {member.operation for each in JOBS.values() for member in each.members}
    earlier = [operation for operation in operations if operation not in now]
    if not earlier:
        return []
    told = job(machine, label, *earlier)
    return [
        (at_s, intended(told)),
        (at_s, accepted(told)),
        (at_s, reported(told, JobState.RUNNING)),
        (at_s + 60, reported(told, JobState.ENDED)),
        (at_s + 61, e.MachineCleared(machine=machine)),
    ]


def _made_earlier() -> list[tuple[int, e.Event]]:
    """Give the noon orders a past: packed, or made so far that a station can work on them."""
    facts: list[tuple[int, e.Event]] = []
    noon = [str(number) for number in range(4117, 4131)]
    for turn_s, order in zip(range(0, 3_600, 120), noon, strict=False):  # one after the other
        facts += _done(both(order, "knit"), f"Upper {order}", "K1", at("07:00") + turn_s)
        if order in noon[:10]:
            number = int(order)
            facts += _done(
                both(order, "print"), f"Plate {number - 4017}", "P4", at("07:30") + turn_s
            )
            mixed = [pair(order, "mix")]
            facts += _done(mixed, f"Campaign {number - 4098}", "M1", at("07:40") + turn_s)
        if order in noon[:7]:
            facts += _done([pair(order, "bond")], f"Pair {order}", "B3", at("08:00") + turn_s)
        if order in noon[:3]:
            facts += _done([pair(order, "cure")], f"Load {order}", "C1", at("09:00") + turn_s)
        if order in noon[:2]:
            facts += _done([f"{order}/pack"], f"Order {order}", "W1", at("10:00") + turn_s)
            facts.append((at("10:05"), e.OrderPacked(order=order)))
    return facts


def _now_running() -> list[tuple[int, e.Event]]:
    begun = {
        "K1": "11:33",
        "K2": "11:12",
        "K3": "11:40",
        "M1": "11:36",
        "P1": "09:50",
        "P4": "09:36",
        "B1": "11:06",
        "C1": "10:52",
        "W1": "11:40",
    }
    facts: list[tuple[int, e.Event]] = []
    for machine, clock in begun.items():
        told, at_s = JOBS[machine], at(clock)
        setup_s = 600 if machine == "K3" else 0
        facts += [
            (at_s, intended(told, setup_s=setup_s, before="yarn=sand", end_s=at_s + told.takes_s)),
            (at_s, accepted(told)),
            (at_s, reported(told, JobState.RUNNING)),
        ]
    return facts


def _in_trouble() -> list[tuple[int, e.Event]]:
    plate, lost, asked, doubted = JOBS["P2"], JOBS["P3"], JOBS["B2"], JOBS["M2"]
    return [
        (at("07:50"), intended(plate)),
        (at("07:50"), accepted(plate)),
        (at("07:51"), reported(plate, JobState.RUNNING)),
        (at("11:31"), reported(plate, JobState.ENDED)),
        (at("08:21"), intended(lost)),
        (at("08:21"), accepted(lost)),
        (at("08:21"), reported(lost, JobState.RUNNING)),
        (
            at("09:12"),
            reported(
                lost,
                JobState.ABORTED,
                "Nozzle stayed 38 °C under its set point for 60 s",
                good=False,
            ),
        ),
        (at("11:40"), intended(asked)),
        (at("11:40"), accepted(asked)),
        (at("11:21:04"), intended(doubted)),
        (at("11:21:05"), e.JobAnswered(job_order=doubted.id, answer=Answer(Submit.UNKNOWN))),
        (at("11:21:07"), e.LinkLost(machine="M2", detail="no answer within 2 s")),
        (at("11:24:40"), e.LinkRestored(machine="M2", boot=13, count=29)),
        (
            at("11:24:41"),
            e.JobDoubted(
                job_order=doubted.id,
                why="The link dropped between start and answer; nobody knows if it was made.",
            ),
        ),
    ]


def _slots() -> tuple[Slot, ...]:
    def slot(machine: str, start: str, minutes: int, *operations: str) -> Slot:
        begin_s = at(start)
        return Slot(
            machine=machine,
            operations=operations,
            family="",
            setup_start_s=begin_s,
            start_s=begin_s,
            end_s=begin_s + minutes * 60,
        )

    slots = [
        slot("K1", "11:56", 30, "4136/1.2/knit"),
        slot("K2", "11:47", 30, "4142/1.1/knit"),
        slot("P5", "11:55", 140, *both("4138", "print"), *both("4141", "print")),
        slot(
            "P3",
            "14:30",
            140,
            *both("4127", "print"),
            *both("4132", "print"),
            *both("4133", "print"),
        ),
        slot("B3", "12:06", 42, pair("4131", "bond")),
        slot("W1", "11:50", 4, "4120/pack"),
    ]
    clock = at("12:10")
    noon = [str(n) for n in range(4119, 4132)]
    for place, order in enumerate(noon):
        end_s = NOON_S - 1800 + place * 100 if order != "4127" else NOON_S - 60
        rest = [
            name
            for name in route(ORDERS[order], PLANT).operations
            if name.rpartition("/")[2] in {"bond", "cure", "pack", "mix", "knit"}
        ]
        slots.append(
            Slot(
                machine="W1",
                operations=tuple(rest),
                family="",
                setup_start_s=clock,
                start_s=clock,
                end_s=end_s,
            )
        )
    return tuple(slots)


def facts() -> list[tuple[int, e.Event]]:
    """Write down the day so far, in order."""
    begin: list[tuple[int, e.Event]] = [
        (0, e.PlantOpened(plant=PLANT.name, digest="", origin_utc=ORIGIN.isoformat())),
        (0, e.ClockSet(utc=ORIGIN.isoformat(), plant_s=0, speed=480)),
        (0, e.ControllerStarted(digest="")),
    ]
    begin += [
        (0, e.OrderAccepted(order=order, cost_cents=9000, premium_cents=3800))
        for order in ORDERS.values()
    ]
    begin += [(1, e.LinkRestored(machine=name, boot=1, count=0)) for name in PLANT.machines]
    plan = e.PlanPublished(
        number=38,
        why="P3 failed",
        slots=_slots(),
        levels=(("money_cents", 0),),
        bound=0,
        tiers=(),
        took_ms=400,
        answers=10**6,
    )
    day = [*_made_earlier(), *_now_running(), *_in_trouble(), (at("09:13"), plan)]
    day.append((at("11:38:07"), e.LinkLost(machine="C1", detail="")))
    return begin + sorted(day, key=lambda fact: fact[0])


READINGS = {
    "K1": Reading(machine="K1", activity="running", progress=4100, remaining_s=13 * 60),
    "K2": Reading(machine="K2", activity="running", progress=8200, remaining_s=4 * 60),
    "K3": Reading(machine="K3", activity="setup", progress=5800, remaining_s=5 * 60),
    "M1": Reading(
        machine="M1", activity="running", progress=6200, remaining_s=9 * 60, doing="3.2 of 4.0 kg"
    ),
    "M2": Reading(machine="M2", activity="idle"),
    "P1": Reading(
        machine="P1",
        activity="running",
        progress=5000,
        remaining_s=112 * 60,
        doing="Layer 188 of 364",
        signals=(("Nozzle", "215 °C"), ("Bed", "60 °C")),
    ),
    "P2": Reading(machine="P2", activity="finished", progress=10_000),
    "P3": Reading(
        machine="P3", activity="failed", signals=(("Nozzle", "177 °C"), ("Bed", "60 °C"))
    ),
    "P4": Reading(
        machine="P4",
        activity="running",
        progress=8500,
        remaining_s=24 * 60,
        doing="Layer 309 of 364",
    ),
    "P5": Reading(machine="P5", activity="idle"),
    "C1": Reading(
        machine="C1",
        activity="running",
        progress=7000,
        remaining_s=18 * 60,
        signals=(("Temperature", "64 °C"),),
    ),
}
WAITING = {
    "P5": "Waiting until 11:55 for two more soft midsoles: leaving now would fill 56 %.",
    "B3": "Waiting for midsole 4131 R, on P4 until 12:06.",
}


@dataclass
class SmallDesk:
    """A desk for one moment: it folds what is asked of it, and time stands still unless it is set."""

    state: State
    journal: list[e.Stamped]
    live: dict[str, Live]
    at_s: int = NOW_S
    real: float = 100.0
    people: Mapping[str, Person] = field(default_factory=dict)
    refusals: tuple[tuple[str, RefusedRow], ...] = ()
    asked: list[tuple[Request, str]] = field(default_factory=list)
    card: ClosingCard | None = None
    listeners: list["asyncio.Queue[frozenset[str]]"] = field(default_factory=list)

    def now_s(self) -> int:
        return self.at_s

    def monotonic(self) -> float:
        return self.real

    def record(self, event: e.Event, actor: str = "controller") -> None:
        """Fold a fact and tell who listens."""
        one = stamped(self.state.seq + 1, self.at_s, event, actor)
        self.journal.append(one)
        touched = apply(self.state, one)
        self.tell(touched | self.ring())

    def ring(self) -> frozenset[str]:
        """Raise and end alarms, as the loop's rules do after each fact."""
        return rung(self.state, self.journal, self.at_s)

    def tell(self, touched: frozenset[str]) -> None:
        for queue in self.listeners:
            queue.put_nowait(touched)

    def read(self, reading: Reading) -> None:
        """Take in a reading."""
        self.live[reading.machine] = Live(reading, self.real)
        self.tell(frozenset({f"machine:{reading.machine}"}))

    async def ask(
        self,
        request: Request,
        *,
        actor: str,
        station: str = "",
        key: str = "",
        expected: Mapping[str, int] | None = None,
    ) -> Reply:
        self.asked.append((request, actor))
        match request:
            case ClearMachine(machine=name):
                if not self.state.machines[name].needs_clear:
                    return Refusal(kind="conflict", why=f"{name} has nothing to clear.")
                self.record(e.MachineCleared(machine=name), actor)
            case BeginHandWork(job_order=name):
                self.record(reported(self.state.jobs[name].intended.job, JobState.RUNNING), actor)
            case FinishHandWork(machine=machine, job_order=name, results=results):
                report = Report(
                    machine=machine, job_order=name, state=JobState.ENDED, results=results
                )
                self.record(e.JobReported(report=report), actor)
            case SetClock(speed=speed):
                if speed < 0:
                    return Refusal(kind="wrong", why=f"A speed of {speed} is not from 0 to 5000.")
                utc = (ORIGIN + timedelta(seconds=self.at_s)).isoformat()
                self.record(e.ClockSet(utc=utc, plant_s=self.at_s, speed=speed), actor)
            case TakeOrders():
                judged = take(self.state, request, self.at_s)
                for fact in judged.facts:
                    self.record(fact, actor)
                assert judged.reply is not None
                self.people = {**self.people, **judged.people}
                self.refusals = (*judged.refused, *self.refusals)
                return judged.reply
            case _:
                return self._judged(request, actor, expected or {})
        return Taken(seq=self.state.seq)

    def _judged(self, request: Request, actor: str, expected: Mapping[str, int]) -> Reply:
        """Answer as the loop does, but for the facts that follow by themselves."""
        if isinstance(request, AcceptProposal | DiscardProposal):
            return self._settled(request.number, isinstance(request, AcceptProposal), actor)
        utc = ORIGIN + timedelta(seconds=self.at_s)
        judged = outdated(self.state, expected)
        judged = judged or judge(self.state, request, now_s=self.at_s, utc=utc, actor=actor)
        if isinstance(judged, Refusal):
            return judged
        self.people = {name: p for name, p in self.people.items() if name not in judged.forget}
        for fact in judged.facts:
            self.record(fact, actor)
        return judged.reply or Taken(seq=self.state.seq, says=judged.says)

    async def propose(self, wish: wishes.Wish, *, actor: str) -> Proposal | Refusal:
        return Refusal(kind="conflict", why="This desk plans nothing.")

    def proposals(self) -> tuple[Proposal, ...]:
        return ()

    def _settled(self, number: int, accepted: bool, actor: str) -> Reply:
        return Refusal(kind="unknown", why=f"Proposal {number} is not open.")

    async def touched(self) -> AsyncIterator[frozenset[str]]:
        queue: asyncio.Queue[frozenset[str]] = asyncio.Queue()
        self.listeners.append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.listeners.remove(queue)

    def why_waiting(self, machine: str) -> str:
        return WAITING.get(machine, "Nothing is planned on it.")

    async def events(self, after: int = 0) -> tuple[e.Stamped, ...]:
        return tuple(each for each in self.journal if each.seq > after)

    async def closing(self) -> ClosingCard:
        return self.card or close(self.journal, PLANT)

    def person(self, order: str) -> Person:
        return self.people.get(order, Person())

    def refused_rows(self) -> tuple[tuple[str, RefusedRow], ...]:
        return self.refusals


def rung(state: State, journal: list[e.Stamped], at_s: int) -> frozenset[str]:
    """Fold what the alarms' rule says now."""
    touched: frozenset[str] = frozenset()
    for step in list(raise_and_end_alarms(state, Transient(), at_s)):
        assert step.event is not None
        one = stamped(state.seq + 1, at_s, step.event)
        journal.append(one)
        touched |= apply(state, one)
    return touched


def the_desk() -> SmallDesk:
    """Return a fresh desk at 11:42."""
    state, journal = State(PLANT), []
    for at_s, event in facts():
        one = stamped(state.seq + 1, at_s, event)
        apply(state, one)
        journal.append(one)
        if not isinstance(event, e.OrderAccepted | e.PlantOpened) and at_s > 60:
            rung(state, journal, at_s)
    people = {
        order: Person(name=name, place="Wien", texts=(("1.heel", "RUN MARA RUN"),))
        for order, name in PEOPLE.items()
    }
    live = {name: Live(reading, 99.7) for name, reading in READINGS.items()}
    live["C1"] = replace(live["C1"], at=50.0)
    rows = (
        RefusedRow(
            row=17, column="size", value="47,5", reason="Sizes go from 36 to 45; did you mean 45?"
        ),
        RefusedRow(
            row=23, column="", value="", reason="The order 4125 was changed; it is being made."
        ),
    )
    refusals = tuple(("day.csv", row) for row in rows)
    desk = SmallDesk(state, journal, live, people=people, refusals=refusals)
    desk.ring()
    return desk
