"""What is said about material becomes facts, or a refusal that says why."""

import re
from typing import assert_never

from controller.judged import Answered, Judged
from controller.requests import Refusal
from controller.state import State
from controller.stock import facts as f
from controller.stock import requests as r
from controller.stock.words import amount, label, moment
from plant_config import material as materials

_MOST = {"mg": 10_000_000_000, "ul": 10_000_000_000, "piece": 1_000_000}
"""More than this in one lot is a slip of the hand: 10 t, 10 m3, a million pieces; assumed."""
_FARTHEST_S = 366 * 86_400
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]{0,39}")
_LONGEST = 200


def judge(state: State, request: r.StockRequest, now_s: int) -> Answered:
    """Answer a request about material from the state alone."""
    if state.plant.stock is None:
        return _wrong(
            f"{state.plant.label} keeps no stock, so nothing runs out. "
            f"To keep it, write stock.yaml into the plant's folder and start again."
        )
    if isinstance(request, r.EndExpectation):
        return _end(state, request)
    if request.material not in state.plant.materials:
        return Refusal(kind="unknown", why=f"There is no material {request.material!r} here.")
    match request:
        case r.ReceiveLot():
            return _receive(state, request)
        case r.ExpectLot():
            return _expect(state, request, now_s)
        case r.CountLot():
            return _count(state, request)
        case _:
            assert_never(request)


def parse(state: State, material: str, text: str) -> int | Refusal:
    """Read an amount as a person writes it, in a unit of its material: `2 kg`, `12`."""
    known = state.plant.materials.get(material)
    if known is None:
        return Refusal(kind="unknown", why=f"There is no material {material!r} here.")
    if text.strip().startswith(("-", "\N{MINUS SIGN}")):
        return _wrong(f"{text.strip()} is less than nothing. Give what is really there.")
    try:
        return materials.parse_units(text.strip(), known.unit)
    except ValueError as error:
        said = str(error)
        return _wrong(
            f"{text.strip()!r} is no amount of {known.shown}: {said[:1].lower()}{said[1:]}"
        )


def _receive(state: State, request: r.ReceiveLot) -> Answered:
    name, code = label(state, request.material), request.lot.strip()
    why = (
        _against_code(code, "A lot")
        or _against(state, request.material, request.quantity, least=1)
        or _against_text(request.note)
    )
    if why:
        return _wrong(why)
    known = state.store.lots.get((request.material, code))
    if known is not None and not request.more:
        return Refusal(
            kind="conflict",
            why=f"Lot {code} of {name} came in at {moment(state, known.received_s)} with "
            f"{amount(state, request.material, known.received)}. If more of it came, say so; if it "
            f"holds something else than the store says, count it.",
        )
    expected = state.store.expected.get(request.reference)
    if request.reference and expected is None:
        why = f"No receipt {request.reference!r} is expected; it came already, or was called off."
        return Refusal(kind="unknown", why=why)
    if expected is not None and expected.material != request.material:
        other = label(state, expected.material)
        return _wrong(f"Receipt {request.reference} is {other}, not {name}. Nothing was changed.")
    received = f.LotReceived(
        material=request.material, lot=code, quantity=request.quantity, note=request.note.strip()
    )
    came = f"{amount(state, request.material, request.quantity)} of {name} are in the store"
    if expected is None:
        return Judged(facts=(received,), says=f"{came} as lot {code}.")
    ended = f.ExpectationEnded(reference=expected.reference, why=f"received as lot {code}")
    less = expected.quantity - request.quantity
    rest = f" {amount(state, request.material, less)} less than expected." if less > 0 else ""
    return Judged(facts=(received, ended), says=f"{came} as lot {code}.{rest}")


def _expect(state: State, request: r.ExpectLot, now_s: int) -> Answered:
    reference = request.reference.strip() or f"R{state.store.announced + 1}"
    why = _against_code(reference, "A receipt") or _against(
        state, request.material, request.quantity, least=1
    )
    if why:
        return _wrong(why)
    if request.at_s <= now_s:
        return _wrong(f"{moment(state, request.at_s)} is past. Receive the lot if it is here.")
    if request.at_s > now_s + _FARTHEST_S:
        return _wrong("That is more than a year away. Check the date.")
    if reference in state.store.expected:
        known = state.store.expected[reference]
        said = f"{amount(state, known.material, known.quantity)} of {label(state, known.material)}"
        why = f"Receipt {reference} is expected already: {said}, {moment(state, known.at_s)}."
        return Refusal(kind="conflict", why=why)
    announced = f.LotExpected(
        material=request.material, reference=reference, quantity=request.quantity, at_s=request.at_s
    )
    came = amount(state, request.material, request.quantity)
    when = moment(state, request.at_s)
    says = f"{came} of {label(state, request.material)} expected {when} as {reference}."
    return Judged(facts=(announced,), says=says)


def _end(state: State, request: r.EndExpectation) -> Answered:
    known = state.store.expected.get(request.reference)
    if known is None:
        why = f"No receipt {request.reference!r} is expected; it came already, or was called off."
        return Refusal(kind="unknown", why=why)
    if not request.why.strip():
        return _wrong("A receipt that will not come needs a reason, so that others know it.")
    if why := _against_text(request.why):
        return _wrong(why)
    ended = f.ExpectationEnded(reference=known.reference, why=request.why.strip())
    return Judged(facts=(ended,), says=f"Receipt {known.reference} is no longer expected.")


def _count(state: State, request: r.CountLot) -> Answered:
    code, name = request.lot.strip(), label(state, request.material)
    known = state.store.lots.get((request.material, code))
    if known is None:
        return Refusal(kind="unknown", why=f"There is no lot {code!r} of {name}. Receive it first.")
    why = _against(state, request.material, request.quantity, least=0) or _against_text(
        request.reason
    )
    if why:
        return _wrong(why)
    if not request.reason.strip():
        return _wrong("A count needs a reason, so that others can follow it.")
    counted = f.LotCounted(
        material=request.material,
        lot=code,
        quantity=request.quantity,
        reason=request.reason.strip(),
    )
    less = known.quantity - request.quantity
    change = amount(state, request.material, abs(less))
    said = (
        f"{change} {'less' if less > 0 else 'more'} than the store said" if less else "as thought"
    )
    left = amount(state, request.material, request.quantity)
    return Judged(facts=(counted,), says=f"Lot {code} of {name} holds {left}, {said}.")


def _against(state: State, material: str, quantity: int, *, least: int) -> str:
    unit = state.plant.materials[material].unit
    if quantity < 0:
        return (
            f"{amount(state, material, quantity)} is less than nothing. Give what is really there."
        )
    if quantity < least:
        return "Nothing came in: the amount is 0."
    if quantity > _MOST[unit]:
        most = amount(state, material, _MOST[unit])
        said = amount(state, material, quantity)
        return f"{said} of {label(state, material)} is more than {most}. Check the unit."
    return ""


def _against_code(code: str, what: str) -> str:
    if _CODE.fullmatch(code):
        return ""
    if not code:
        return f"{what} needs a code, so that what was made of it can be found."
    return f"{what} code has up to 40 letters, digits, spaces, and . _ + -; {code[:40]!r} is none."


def _against_text(text: str) -> str:
    return f"At most {_LONGEST} characters, please." if len(text) > _LONGEST else ""


def _wrong(why: str) -> Refusal:
    return Refusal(kind="wrong", why=why)
