"""Stock for programs: how materials stand, lots in, receipts announced, counts, and where a lot went."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query

from controller.requests import Refusal
from controller.state import State
from controller.stock.judge import parse
from controller.stock.requests import CountLot, EndExpectation, ExpectLot, ReceiveLot, StockRequest
from controller.stock.words import amount, label
from controller.web.asking import RefusedError, ask, or_refuse, revision_of
from controller.web.permit import Acting, Permission, Who, needs
from controller.web.site import Site
from controller.web.stock.bodies import (
    Announced,
    Counted,
    Ended,
    LotFound,
    LotNow,
    MaterialNow,
    Received,
    StockNow,
    StockTaken,
)
from controller.web.stock.rows import known_lot, lot_now, stock_now
from controller.web.stock.traces import Traces

Name = Annotated[str, Path(max_length=80, description="As materials.yaml names it: `tpu85`.")]
Code = Annotated[str, Path(max_length=60)]
Seen = Annotated[
    int | None,
    revision_of(
        "a material", "`revision` of the material as it was seen; another one now answers 409."
    ),
]


def stock_api(site: Site, traces: Traces) -> APIRouter:
    """Return the routes of materials and lots."""
    router = APIRouter(prefix="/api", tags=["stock"])
    _look(router, site)
    _lots(router, site, traces)
    _change(router, site)
    return router


def _look(router: APIRouter, site: Site) -> None:
    see = [needs(Permission.SEE)]

    @router.get("/stock", dependencies=see, summary="Return every material and its lots")
    async def stock() -> StockNow:
        """Return how every material stands: on hand, reserved, expected, free, and its lots."""
        return stock_now(site.desk.state, site.desk.now_s())

    @router.get("/stock/{material}", dependencies=see, summary="Return one material")
    async def one(material: Name) -> MaterialNow:
        """Return how one material stands."""
        found = stock_now(site.desk.state, site.desk.now_s()).materials
        for each in found:
            if each.name == material:
                return each
        raise RefusedError(_unknown(site.desk.state, material))


def _lots(router: APIRouter, site: Site, traces: Traces) -> None:
    see = [needs(Permission.SEE)]

    @router.get("/lots", dependencies=see, summary="Find lots by their code")
    async def find(code: Annotated[str, Query(min_length=1, max_length=60)]) -> list[LotFound]:
        """Return the lots that carry a code, of whatever material; for scanners."""
        state, wanted = site.desk.state, code.strip().casefold()
        return [
            LotFound(
                material=lot.material,
                label=label(state, lot.material),
                lot=lot.lot,
                quantity=lot.quantity,
                amount=amount(state, lot.material, lot.quantity),
            )
            for lot in state.store.lots.values()
            if lot.lot.casefold() == wanted
        ]

    @router.get("/lots/{material}/{lot}", dependencies=see, summary="Return where a lot went")
    async def lot(material: Name, lot: Code) -> LotNow:
        """Return a lot: what is left, what used it, and the orders that it is in (a recall list)."""
        state = site.desk.state
        await traces.catch_up(site.desk)
        found = known_lot(state, traces, (material, lot))
        if found is None:
            why = f"There is no lot {lot!r} of {label(state, material)}."
            raise RefusedError(Refusal(kind="unknown", why=why))
        return lot_now(state, traces, found)


def _change(router: APIRouter, site: Site) -> None:
    plan, operate = [needs(Permission.PLAN)], [needs(Permission.OPERATE)]

    @router.post("/stock/{material}/receive", dependencies=plan, summary="Take a lot in")
    async def receive(material: Name, body: Received, who: Who, seen: Seen) -> StockTaken:
        """Take a lot into the store; with a reference it is one that was expected."""
        asked = ReceiveLot(
            material=material,
            lot=body.lot,
            quantity=_units(site, material, body.quantity),
            reference=body.reference,
            note=body.note,
            more=body.more,
        )
        return await _ask(site, asked, who, material, seen)

    @router.post("/stock/{material}/expect", dependencies=plan, summary="Announce a receipt")
    async def expect(material: Name, body: Announced, who: Who, seen: Seen) -> StockTaken:
        """Announce a receipt; plans count on it from then on."""
        asked = ExpectLot(
            material=material,
            reference=body.reference,
            quantity=_units(site, material, body.quantity),
            at_s=_second(site.desk.state, body),
        )
        return await _ask(site, asked, who, material, seen)

    @router.post("/stock/{material}/count", dependencies=operate, summary="Correct a lot")
    async def count(material: Name, body: Counted, who: Who, seen: Seen) -> StockTaken:
        """Say what is really left of a lot."""
        asked = CountLot(
            material=material,
            lot=body.lot,
            quantity=_units(site, material, body.quantity),
            reason=body.reason,
        )
        return await _ask(site, asked, who, material, seen)

    @router.post("/receipts/{reference}/end", dependencies=plan, summary="Call a receipt off")
    async def end(reference: Code, body: Ended, who: Who) -> StockTaken:
        """Say that an announced receipt will not come."""
        return await _ask(site, EndExpectation(reference=reference, why=body.why), who, "", None)


async def _ask(
    site: Site, asked: StockRequest, who: Acting, material: str, seen: int | None
) -> StockTaken:
    taken = await ask(site, asked, who, f"stock:{material}", seen)
    return StockTaken(seq=taken.seq, says=taken.says)


def _units(site: Site, material: str, text: str) -> int:
    return or_refuse(parse(site.desk.state, material, text))


def _second(state: State, body: Announced) -> int:
    """Read when a receipt comes. Raises RefusedError."""
    if body.at_s is not None:
        return body.at_s
    try:
        at = datetime.fromisoformat(body.at)
        if at.tzinfo is None:
            at = at.replace(tzinfo=ZoneInfo(state.plant.timezone))
        return int((at - datetime.fromisoformat(state.origin_utc)).total_seconds())
    except (ValueError, OverflowError):
        why = f"{body.at!r} is no day and time such as 2026-11-25T09:00. Nothing was changed."
        raise RefusedError(Refusal(kind="wrong", why=why)) from None


def _unknown(state: State, material: str) -> Refusal:
    if state.plant.stock is None:
        return Refusal(kind="unknown", why=f"{state.plant.label} keeps no stock.")
    return Refusal(kind="unknown", why=f"There is no material {material!r} here.")
