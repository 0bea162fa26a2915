"""Routes for order files, column maps, the web shop, and what could not be delivered."""

from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import TypeAdapter, ValidationError

from controller.orders import ColumnMap, Upload
from controller.orders.export import refused_csv
from controller.orders.intake import UnknownMapError
from controller.outbox import DropMap, PutMap, SavedMap, Stand
from controller.outbox.opening import Traffic
from controller.requests import Refusal
from controller.web import bodies
from controller.web.asking import RefusedError
from controller.web.intake.bodies import (
    CheckedNow,
    DeliveryNow,
    MapNow,
    checked_now,
    delivery_now,
    map_now,
)
from controller.web.permit import Permission, Who, needs, takes
from controller.web.site import Site

_log = structlog.get_logger("lotwright.exchange")

PLAN = needs(Permission.PLAN)
ENGINEER = needs(Permission.ENGINEER)
SEE = needs(Permission.SEE)
FILE = takes("*/*", "application/json")
_MAP = TypeAdapter(ColumnMap)
_FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("text/csv", "application/octet-stream", "application/json")
        },
    }
}

FileName = Annotated[str, Query(min_length=1, max_length=200)]
MapName = Annotated[str, Query(max_length=60, description="Name of a saved column map.")]
Map = Annotated[str, Query(max_length=32_000, description="A column map as JSON.")]
SheetName = Annotated[str, Query(max_length=60, description="Of a spreadsheet; else the first.")]


def intake_api(site: Site, traffic: Traffic) -> APIRouter:
    """Return all routes of the intake."""
    router = APIRouter(prefix="/api")
    _files(router, traffic)
    _refused(router, site)
    _maps(router, traffic)
    _shop(router, traffic)
    _undelivered(router, traffic)
    return router


def _files(router: APIRouter, traffic: Traffic) -> None:
    @router.post(
        "/orders/import", tags=["orders"], dependencies=[PLAN, FILE], openapi_extra=_FILE_BODY
    )
    async def import_orders(
        request: Request,
        name: FileName,
        who: Who,
        mapping: MapName = "",
        column_map: Annotated[Map, Query(alias="map")] = "",
        sheet: SheetName = "",
    ) -> bodies.ImportedNow:
        """Take in a file: CSV (UTF-8), XLSX, or a web shop's JSON. Good rows go in, bad ones come
        back with the reason."""
        chosen = _chosen(traffic, mapping, column_map)
        upload = Upload(name, await request.body(), sheet)
        said = await traffic.intake.take(upload, chosen, actor=who.actor, station=who.station)
        if isinstance(said, Refusal):
            raise RefusedError(said)
        return bodies.ImportedNow(
            accepted=said.accepted,
            repeated=said.repeated,
            refused=said.refused,
            left_alone=said.left_alone,
        )

    @router.post(
        "/orders/check",
        tags=["orders"],
        dependencies=[PLAN, FILE],
        openapi_extra=_FILE_BODY,
        response_model=CheckedNow,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def check_orders(
        request: Request,
        name: FileName,
        mapping: MapName = "",
        column_map: Annotated[Map, Query(alias="map")] = "",
        sheet: SheetName = "",
        form: Annotated[str, Query(alias="format", pattern="^(json|csv)$")] = "json",
    ) -> object:
        """Say what would become of a file, and record nothing. `format=csv`: all refused rows."""
        chosen = _chosen(traffic, mapping, column_map)
        upload = Upload(name, await request.body(), sheet)
        checked = await traffic.intake.check(upload, chosen)
        if form == "csv":
            return _csv(refused_csv((name, row) for row in checked.imported.refused))
        return checked_now(checked, traffic.intake.desk.state.plant)


def _chosen(traffic: Traffic, mapping: str, column_map: str) -> ColumnMap | None:
    if not column_map:
        try:
            return traffic.intake.map_named(mapping)
        except UnknownMapError as error:
            raise RefusedError(Refusal(kind="unknown", why=str(error))) from error
    try:
        return _MAP.validate_json(column_map)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        why = f"The column map is wrong: {first['msg']}."
        raise RefusedError(Refusal(kind="wrong", why=why)) from error


def _csv(text: str) -> PlainTextResponse:
    headers = {"Content-Disposition": 'attachment; filename="refused.csv"'}
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8", headers=headers)


def _refused(router: APIRouter, site: Site) -> None:
    @router.get(
        "/orders/refused.csv",
        tags=["orders"],
        dependencies=[SEE],
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def refused_rows(
        file: Annotated[str, Query(max_length=200)] = "",
    ) -> PlainTextResponse:
        """Return the rows that were not taken as CSV, of one file or of all."""
        rows = site.desk.refused_rows()
        return _csv(refused_csv(each for each in rows if file in ("", each[0])))


def _maps(router: APIRouter, traffic: Traffic) -> None:
    known = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$")]

    @router.get("/mappings", tags=["orders"], dependencies=[SEE])
    async def mappings() -> list[MapNow]:
        """Return the saved column maps."""
        return [map_now(each) for each in traffic.intake.maps()]

    @router.put("/mappings/{name}", tags=["orders"], dependencies=[ENGINEER])
    async def save(name: known, body: ColumnMap, who: Who) -> MapNow:
        """Save a column map; files with the same head are read by it from now on."""
        exchange = traffic.exchange
        saved = SavedMap(
            name=name, saved=exchange.now(), by=who.actor, column_map=replace(body, name=name)
        )
        await exchange.keep(PutMap(saved))
        return map_now(saved)

    @router.delete("/mappings/{name}", tags=["orders"], dependencies=[ENGINEER])
    async def forget(name: known) -> list[MapNow]:
        """Forget a column map."""
        if name not in traffic.exchange.book.maps:
            why = f"There is no column map {name!r}."
            raise RefusedError(Refusal(kind="unknown", why=why))
        await traffic.exchange.keep(DropMap(name))
        return [map_now(each) for each in traffic.intake.maps()]


def _shop(router: APIRouter, traffic: Traffic) -> None:
    @router.post(
        "/shop/orders",
        tags=["orders"],
        dependencies=[needs(Permission.OPEN), takes("application/json")],
        openapi_extra=_FILE_BODY,
        responses={401: {"model": bodies.Why}, 503: {"model": bodies.Why}},
    )
    async def shop_order(
        request: Request,
        signature: Annotated[str, Header(alias="X-Shopify-Hmac-Sha256", max_length=200)] = "",
    ) -> JSONResponse:
        """Take a web shop's webhook in: an order, or one taken back. It is believed by its signature."""
        answer = await traffic.door.hear(await request.body(), signature)
        return JSONResponse(dict(answer.said), status_code=answer.status)


def _undelivered(router: APIRouter, traffic: Traffic) -> None:
    @router.get("/undelivered", tags=["status out"], dependencies=[SEE])
    async def undelivered(
        stand: Annotated[Stand | None, Query()] = None,
    ) -> list[DeliveryNow]:
        """Return what has not arrived, what was given up first."""
        found = traffic.exchange.book.deliveries.values()
        wanted = [each for each in found if stand in (None, each.stand)]
        wanted.sort(key=lambda each: (each.stand is Stand.WAITING, each.made))
        return [delivery_now(each) for each in wanted[:1000]]

    @router.post("/undelivered/{delivery}/again", tags=["status out"], dependencies=[ENGINEER])
    async def again(delivery: str, who: Who, body: bodies.Nothing | None = None) -> DeliveryNow:
        """Try a delivery once more, from the beginning."""
        if not await traffic.exchange.try_again(delivery):
            raise _gone()
        _log.info("delivery tried again", delivery=delivery, actor=who.actor)
        return delivery_now(traffic.exchange.book.deliveries[delivery])

    @router.post("/undelivered/{delivery}/drop", tags=["status out"], dependencies=[ENGINEER])
    async def drop(delivery: str, who: Who, body: bodies.Nothing | None = None) -> bodies.Nothing:
        """Give a delivery up for good."""
        if not await traffic.exchange.drop(delivery):
            raise _gone()
        _log.info("delivery dropped", delivery=delivery, actor=who.actor)
        return bodies.Nothing()


def _gone() -> RefusedError:
    why = "This delivery is no longer there: it has arrived, or somebody dropped it."
    return RefusedError(Refusal(kind="unknown", why=why))
