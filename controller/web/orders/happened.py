"""What happened to an order, a line each, the newest first."""

from dataclasses import dataclass

from controller.insights.genealogy import Happening, Kind, Life
from controller.names import capital, money, person_name
from controller.state import OpenOrder, State
from controller.web.naming import counted
from controller.web.orders.spans import batch_name
from controller.web.orders.traces import short_part
from controller.web.times import clock_text, spare, utc_text

_NAMED = 3
"""Parts of a batch that a line names; more are counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story."""

    at: str
    utc: str
    says: str
    who: str


def happened(state: State, opened: OpenOrder, life: Life, now_s: int) -> list[Line]:
    """Tell an order's story."""
    return [
        Line(
            clock_text(state, each.at_s, now_s),
            utc_text(state, each.at_s),
            _says(state, opened, life, each),
            _who(each),
        )
        for each in reversed(life.happened)
    ]


def _who(each: Happening) -> str:
    if each.plan:
        return f"planner, plan {each.plan}"
    if each.actor.startswith("person"):
        at = f", {each.machine}" if each.machine else ""
        return f"{person_name(each.actor)}{at}"
    return each.machine or each.actor.removeprefix("machine ").replace("controller", "Lotwright")


def _parts(state: State, opened: OpenOrder, operations: tuple[str, ...]) -> str:
    if len(operations) > _NAMED:
        return counted(len(operations), "part")
    return " and ".join(short_part(state.plant, opened, each) for each in operations)


def _says(state: State, opened: OpenOrder, life: Life, each: Happening) -> str:
    match each.kind:
        case Kind.PLANNED | Kind.MOVED:
            return _planned(each)
        case Kind.BEGUN | Kind.FINISHED | Kind.ABORTED | Kind.DOUBTED | Kind.UNMADE | Kind.DECIDED:
            return _work(state, opened, each)
        case Kind.TAKEN | Kind.SPOILT | Kind.UNDONE:
            return _part(state, opened, each)
        case Kind.CANCELLED:
            sunk = money(state.plant, life.sunk_cents)
            return f"Taken back, “{each.detail}”; {sunk} sunk"
        case _:
            return _simple(each)


def _simple(each: Happening) -> str:
    late = each.slack_s is not None and each.slack_s < 0
    packed = "Packed" if each.slack_s is None else f"Packed with {spare(each.slack_s)}"
    said = {
        Kind.ACCEPTED: "Accepted, and promised for its cut-off",
        Kind.TOTE: f"Its parts go into tote {each.detail}",
        Kind.WISHED: each.detail,
        Kind.UNWISHED: f"No longer wished: {each.detail}",
        Kind.PACKED: packed if not late else f"Packed, {spare(each.slack_s or 0)}",
        Kind.SHIPPED: f"Left with {each.detail}",
        Kind.DROPPED: "Nothing runs for it any more",
        Kind.ERASED: "Name, place, texts and refused rows were erased",
    }
    return said.get(each.kind, each.kind.value.capitalize())


def _planned(each: Happening) -> str:
    slack_s = each.slack_s or 0
    if each.was_s is None:
        return f"First planned, {spare(slack_s)}"
    way = "fell" if slack_s < each.was_s else "rose"
    why = f" ({each.detail})" if each.detail else ""
    return f"Planned again{why}: slack {way} from {_amount(each.was_s)} to {_amount(slack_s)}"


def _amount(seconds: int) -> str:
    return spare(seconds).removesuffix(" to spare")


def _work(state: State, opened: OpenOrder, each: Happening) -> str:
    batch = batch_name(state.plant, each.machine, each.label)
    good, bad = _parts(state, opened, each.good), _parts(state, opened, each.bad)
    what = capital(batch or good or bad)
    why = f": {each.detail.rstrip('.')}" if each.detail else ""
    match each.kind:
        case Kind.BEGUN:
            return f"{what} begun" + (f" with {good}" if batch else "")
        case Kind.DOUBTED:
            return f"{what} in doubt{why}"
        case Kind.DECIDED:
            return f"{what}: {each.detail}"
        case Kind.UNMADE:
            return f"{what} was never started{why}"
        case _:
            pass
    if not bad:
        fine = f"{good} {'is' if len(each.good) == 1 else 'are'} good"
        return f"{what} finished; {fine}" if batch else capital(fine)
    lost = f"{capital(bad)} lost" + (f" with {batch}" if batch else "")
    return f"{lost}{why}" + (f"; good: {good}" if good else "")


def _part(state: State, opened: OpenOrder, each: Happening) -> str:
    part = capital(_parts(state, opened, each.good or each.bad))
    match each.kind:
        case Kind.TAKEN:
            return f"{part} put into tote {each.detail}" if each.detail else f"{part} put aside"
        case Kind.SPOILT:
            return f"{part} found bad: {each.detail.rstrip('.')}"
        case _:
            return f"{part} taken back, it is done again"
