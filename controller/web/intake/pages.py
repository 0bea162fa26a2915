"""The pages for bringing orders in and for what other systems could not be told."""

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from controller.outbox import Delivery, Stand
from controller.outbox.opening import Traffic
from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.shell import html, shell_of
from controller.web.site import Site, view

_MOST = 200
_KINDS = {
    "order.accepted": "accepted",
    "order.promised": "promised",
    "order.changed": "changed",
    "order.shipped": "shipped",
    "order.cancelled": "cancelled",
    "alarm.raised": "alarm",
    "delivery.failed": "could not be told",
}


def intake_pages(site: Site, traffic: Traffic) -> APIRouter:
    """Return the pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/orders/import", dependencies=[needs(Permission.SEE)])
    async def orders_import() -> HTMLResponse:
        shell = shell_of(site, await view(site), "Orders")
        maps = traffic.intake.maps()
        refused = len(site.desk.refused_rows())
        return html(fill("intake/import.html", **shell, maps=maps, refused=refused))

    @router.get("/undelivered", dependencies=[needs(Permission.SEE)])
    async def undelivered() -> HTMLResponse:
        shell = shell_of(site, await view(site), "Undelivered")
        now = traffic.exchange.now()
        found = sorted(traffic.exchange.book.deliveries.values(), key=lambda each: each.made)
        failed = [_row(each, now) for each in found if each.stand is Stand.FAILED]
        waiting = [_row(each, now) for each in found if each.stand is Stand.WAITING]
        return html(
            fill(
                "intake/undelivered.html",
                **shell,
                failed=failed[:_MOST],
                waiting=waiting[:_MOST],
                counts=(len(failed), len(waiting)),
                receivers=traffic.receivers,
            )
        )

    return router


def _row(delivery: Delivery, now: int) -> dict[str, object]:
    """Return what a line of the page shows."""
    what = _KINDS.get(delivery.kind, delivery.kind)
    return {
        "id": delivery.id,
        "receiver": delivery.receiver,
        "what": f"{delivery.about[:1].upper()}{delivery.about[1:]}, {what}",
        "about": delivery.about,
        "since": datetime.fromtimestamp(delivery.made, UTC).isoformat(),
        "tries": delivery.tries,
        "next": _span(delivery.due - now),
        "says": delivery.says or "It has not been tried yet.",
    }


def _span(seconds: int) -> str:
    if seconds <= 0:
        return "now"
    if seconds < 90:  # noqa: PLR2004 (ui.md section 10)
        return f"in {seconds} s"
    return f"in {-(-seconds // 60)} min"
