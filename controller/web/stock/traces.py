"""Where each lot went: a small fold of the journal beside the state, for pages and recalls."""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from controller import events as e
from controller.desk import Desk
from controller.state import Phase, State
from controller.web.tail import catch_up
from drivers import Verdict, over

LotKey: TypeAlias = tuple[str, str]
_VERDICTS = {"made_good": "good", "made_scrap": "scrap", "not_made": "not_made"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What an operation took of a lot."""

    at_s: int
    operation: str
    machine: str
    label: str
    job_order: str
    quantity: int
    verdict: str
    reported: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A receipt or a count of a lot."""

    at_s: int
    actor: str
    says: str
    quantity: int
    """What was there after it, or what came in."""
    received: bool
    by_use: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """An order with parts that hold material of a lot."""

    order: str
    operations: tuple[str, ...]
    quantity: int
    left_s: int | None
    """When it was shipped; None while it is here."""
    carrier: str


@dataclass(slots=True)
class Traces:
    """Fed from the journal; nothing else depends on it."""

    seq: int = 0
    uses: dict[LotKey, list[Use]] = field(default_factory=dict[LotKey, list[Use]])
    changes: dict[LotKey, list[Change]] = field(default_factory=dict[LotKey, list[Change]])
    made_by: dict[str, str] = field(default_factory=dict[str, str])
    """Operation -> the last job order that used material for it."""
    shipped: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    notes: dict[str, str] = field(default_factory=dict[str, str])
    """Job order -> why its machine's figure was not believed."""
    jobs: dict[str, str] = field(default_factory=dict[str, str])
    """Job order -> its label, until its use is known."""
    verdicts: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    async def catch_up(self, desk: Desk) -> None:
        """Fold what was recorded since the last look."""
        await catch_up(self, desk)

    def fold(self, stamped: e.Stamped) -> None:
        """Take one event in."""
        _fold(self, stamped)


def _fold(traces: Traces, stamped: e.Stamped) -> None:
    event = stamped.event
    match event:
        case e.JobIntended(job=job):
            traces.jobs[job.id] = job.label
        case e.JobReported(report=report) if over(report.state):
            said = {result.operation: result.verdict.value for result in report.results}
            traces.verdicts.setdefault(report.job_order, said)
        case e.DoubtDecided(job_order=name, verdict=verdict):
            traces.verdicts[name] = {"": _VERDICTS[verdict]}
        case e.LotUsed():
            _used(traces, stamped, event)
        case e.LotReceived() | e.LotCounted():
            _changed(traces, stamped, event)
        case e.OrderShipped(order=order, carrier=carrier):
            traces.shipped[order] = (stamped.at_s, carrier)
        case e.JobConfirmed(job_order=name):
            traces.jobs.pop(name, None)  # it used nothing
            traces.verdicts.pop(name, None)
        case _:
            pass


def _used(traces: Traces, stamped: e.Stamped, fact: e.LotUsed) -> None:
    verdicts = traces.verdicts.pop(fact.job_order, {})
    label = traces.jobs.pop(fact.job_order, "")
    if fact.note:
        traces.notes[fact.job_order] = fact.note
    for operation, material, lot, quantity in fact.uses:
        traces.made_by[operation] = fact.job_order
        rows = traces.uses.setdefault((material, lot), [])
        same = rows and (rows[-1].operation, rows[-1].job_order) == (operation, fact.job_order)
        if same:
            rows[-1] = replace(rows[-1], quantity=rows[-1].quantity + quantity)
            continue
        rows.append(
            Use(
                at_s=stamped.at_s,
                operation=operation,
                machine=fact.machine,
                label=label,
                job_order=fact.job_order,
                quantity=quantity,
                verdict=verdicts.get(operation, verdicts.get("", "")),
                reported=fact.reported,
            )
        )


def _changed(traces: Traces, stamped: e.Stamped, fact: e.LotReceived | e.LotCounted) -> None:
    received = isinstance(fact, e.LotReceived)
    traces.changes.setdefault((fact.material, fact.lot), []).append(
        Change(
            at_s=stamped.at_s,
            actor=stamped.actor.removeprefix("person "),
            says=fact.note if isinstance(fact, e.LotReceived) else fact.reason,
            quantity=fact.quantity,
            received=received,
            by_use=isinstance(fact, e.LotCounted) and bool(fact.job_order),
        )
    )


def contained(traces: Traces, state: State, key: LotKey) -> tuple[Contained, ...]:
    """Return the orders with good parts that hold material of a lot, those that have left first.

    A part that was scrapped, or lost with a later one and made again, is in no order.
    """
    found: dict[str, list[Use]] = {}
    for use in traces.uses.get(key, ()):
        good = use.verdict == Verdict.GOOD.value and traces.made_by[use.operation] == use.job_order
        work = state.work.get(use.operation)
        if good and (work is None or work.phase is Phase.DONE):
            found.setdefault(use.operation.partition("/")[0], []).append(use)
    rows = [
        Contained(
            order=order,
            operations=tuple(dict.fromkeys(use.operation for use in uses)),
            quantity=sum(use.quantity for use in uses),
            left_s=traces.shipped.get(order, (None, ""))[0],
            carrier=traces.shipped.get(order, (None, ""))[1],
        )
        for order, uses in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.left_s is None, row.left_s or 0, row.order)))
