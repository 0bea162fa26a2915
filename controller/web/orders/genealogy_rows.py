"""What touched each unit, as rows: machine, batch, lots, parameters, person, times, verdict."""

from dataclasses import dataclass

from controller.insights.genealogy import Attempt, Life
from controller.names import person_name, subject_name
from controller.state import OpenOrder, State
from controller.stock.words import amount, label
from controller.web.orders.parameters import parameters
from controller.web.orders.spans import batch_name
from controller.web.orders.traces import short_part
from controller.web.times import clock_text, utc_text

_ORDINAL = {2: "2nd", 3: "3rd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRow:
    """One attempt of one operation."""

    operation: str
    unit: str
    step: str
    made_on: str
    lots: str
    recipe: str
    measured: str
    person: str
    scans: tuple[str, ...]
    start: str
    start_utc: str
    end: str
    end_utc: str
    look: str
    icon: str
    verdict: str
    reason: str


def made_rows(state: State, opened: OpenOrder, life: Life, now_s: int) -> list[MadeRow]:
    """Return a row for each attempt, by unit and in order of time."""
    places = {name: at for at, name in enumerate(opened.routing.operations)}
    tries = sorted(life.attempts, key=lambda a: (places.get(a.operation, len(places)), a.number))
    return [_row(state, opened, each, now_s) for each in tries]


def _row(state: State, opened: OpenOrder, attempt: Attempt, now_s: int) -> MadeRow:
    look, icon, verdict = _verdict(attempt)
    batch = batch_name(state.plant, attempt.machine, attempt.label)
    begin_s = attempt.told_s if attempt.began_s is None else attempt.began_s
    who = f"{person_name(attempt.actor)}" if attempt.actor else ""
    decided = f"{person_name(attempt.decided_by)} decided" if attempt.decided_by else ""
    at = f"{attempt.station}" if attempt.station and attempt.station != attempt.machine else ""
    return MadeRow(
        operation=attempt.operation,
        unit=_unit(state, opened, attempt),
        step=_step(state, opened, attempt),
        made_on=", ".join(part for part in (attempt.machine, batch) if part),
        lots=", ".join(
            f"{label(state, use.material)} {use.lot}, {amount(state, use.material, use.quantity)}"
            if use.material in state.plant.materials
            else f"{use.material} {use.lot}"
            for use in attempt.uses
        ),
        recipe=parameters(attempt.recipe),
        measured=parameters(attempt.actuals),
        person=", ".join(part for part in (who, at, decided) if part),
        scans=tuple(_scan(state, opened, scan, now_s) for scan in attempt.scans),
        start=clock_text(state, begin_s, now_s),
        start_utc=utc_text(state, begin_s),
        end="" if attempt.ended_s is None else clock_text(state, attempt.ended_s, now_s),
        end_utc="" if attempt.ended_s is None else utc_text(state, attempt.ended_s),
        look=look,
        icon=icon,
        verdict=verdict,
        reason=attempt.reason,
    )


def _unit(state: State, opened: OpenOrder, attempt: Attempt) -> str:
    """Name the subject with its side: `4127/1.2 R`."""
    side = subject_name(state.plant, opened, attempt.subject).rpartition(" ")[2]
    sided = side.isalpha() and side != attempt.subject
    return f"{attempt.subject} {side}" if sided else attempt.subject


def _step(state: State, opened: OpenOrder, attempt: Attempt) -> str:
    words = short_part(state.plant, opened, attempt.operation)
    again = attempt.number
    nth = f", {_ORDINAL.get(again, f'{again}th')}" if again > 1 else ""
    return f"{words[:1].upper()}{words[1:]}{nth}"


def _scan(state: State, opened: OpenOrder, scan: tuple[int, str, str], now_s: int) -> str:
    at_s, operation, actor = scan
    part = short_part(state.plant, opened, operation)
    return f"{part} scanned {clock_text(state, at_s, now_s)} by {person_name(actor)}"


def _verdict(attempt: Attempt) -> tuple[str, str, str]:
    if attempt.doubted:
        return "doubt", "doubt", "In doubt"
    match attempt.verdict:
        case "good":
            return "done", "packed", "Good"
        case "scrap":
            return "fail", "fail", "Scrap"
        case "not_made":
            return "wait", "close", "Not made"
        case _ if attempt.began_s is not None:
            return "run", "run", "Running"
        case _:
            return "wait", "wait", "Told"
