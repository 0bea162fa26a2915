"""A glove plant with yarn in its store, and what tests say about it."""

import asyncio
from dataclasses import replace

from floor import Floor
from gloves import ORIGIN, PLANT

from controller import events as e
from controller.adopting import adopt
from controller.frozen import frozen_of
from controller.judge import judge
from controller.judged import Judged
from controller.planning import InlinePlanner, Question
from controller.requests import Refusal, Request
from controller.wanted.terms import terms_of
from drivers import JobOrder, JobState, Report, UnitResult, Used, Verdict
from plant_config import Plant
from plant_config.material import Material, OpeningLot, OpeningReceipt, Stock

GRAM, KILO = 1_000, 1_000_000


def stocked(*lots: tuple[str, int], expected: tuple[OpeningReceipt, ...] = ()) -> Plant:
    """Return the glove plant with lots of yarn: (lot, milligrams)."""
    opening = Stock(
        lots=tuple(OpeningLot(material="yarn", lot=lot, quantity=mg) for lot, mg in lots),
        expected=expected,
    )
    yarn = Material(
        name="yarn", label="Yarn", unit="mg", price=2000, per=KILO, reorder_at=300 * GRAM
    )
    return replace(PLANT, stock=opening, materials={"yarn": yarn})


def store_floor(*lots: tuple[str, int], expected: tuple[OpeningReceipt, ...] = ()) -> Floor:
    """Return a linked floor whose opening stock is in the journal."""
    floor = Floor(plant=stocked(*lots, expected=expected))
    settle(floor)
    floor.link()
    return floor


def settle(floor: Floor) -> list[e.Event]:
    """Record what follows, as the loop does, but neither plan nor dispatch; return the facts."""
    found: list[e.Event] = []
    while True:
        facts = [s.event for s in floor.steps() if s.event is not None]
        facts = [fact for fact in facts if not isinstance(fact, e.JobIntended)]
        if not facts:
            return found
        floor.record(*facts)
        found += facts


def plan(floor: Floor) -> None:
    """Plan on today's terms and adopt the plan."""
    state, now_s = floor.state, floor.now_s
    question = Question(
        stamp=state.demand,
        orders=tuple(o.order for o in state.orders.values() if o.packed_s is None),
        frozen=frozen_of(state, now_s),
        now_s=now_s,
        terms=terms_of(state),
    )
    answer = asyncio.run(InlinePlanner(floor.plant, 20).ask(question))
    adopted = adopt(state, answer, frozen_of(state, now_s), now_s, terms_of(state))
    assert adopted is not None
    floor.record(adopted)


def ask(floor: Floor, request: Request) -> Judged | Refusal:
    """Judge a request and record what follows."""
    answered = judge(floor.state, request, now_s=floor.now_s, utc=ORIGIN)
    if isinstance(answered, Judged):
        floor.record(*answered.facts)
    return answered


def end(
    floor: Floor,
    job: JobOrder,
    *results: UnitResult,
    used: tuple[Used, ...] = (),
    state: JobState = JobState.ENDED,
) -> None:
    """Have a machine report its end with its own figures; all is good unless said otherwise."""
    said = {result.operation: result for result in results}
    told = tuple(said.get(m.operation, UnitResult(m.operation, Verdict.GOOD)) for m in job.members)
    report = Report(machine=job.machine, job_order=job.id, state=state, results=told, used=used)
    floor.record(e.JobReported(report=report))


def adds_up(floor: Floor) -> bool:
    """Tell whether received - used + corrected is what is there, in every lot and by the journal."""
    tally: dict[tuple[str, str], int] = {}
    for fact in (stamped.event for stamped in floor.journal):
        match fact:
            case e.LotReceived(material=m, lot=lot, quantity=q):
                tally[m, lot] = tally.get((m, lot), 0) + q
            case e.LotCounted(material=m, lot=lot, quantity=q):
                tally[m, lot] = q
            case e.LotUsed(uses=uses):
                for _, m, lot, q in uses:
                    tally[m, lot] -= q
            case _:
                pass
    lots = floor.state.store.lots
    return all(
        lot.quantity == lot.received - lot.used + lot.corrected == tally[key] >= 0
        for key, lot in lots.items()
    )
