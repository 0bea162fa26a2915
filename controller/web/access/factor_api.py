"""The API of one's own second factor: set up, confirmed, taken off."""

from fastapi import APIRouter, Request

from controller.access import Access
from controller.access.enrolling import confirm_factor, give_up_factor, offer_factor
from controller.web.access import bodies
from controller.web.access.caller import by_of, user_of, visitor_of
from controller.web.permit import Permission, needs
from controller.web.print.qr import drawn
from controller.web.site import Site


def factor_api(site: Site, access: Access) -> APIRouter:
    """Return the routes; who has yet to set up a second factor may call them too."""
    router = APIRouter(prefix="/me/second-factor", dependencies=[needs(Permission.OWN)])

    @router.post("")
    async def offer(body: bodies.NewFactor, request: Request) -> bodies.OfferedFactor:
        """Make a secret for the person's app, told this once; it counts when it is confirmed."""
        user, by = user_of(access, request), by_of(request)
        issuer = f"Lotwright {site.desk.state.plant.label}"
        made = await offer_factor(access, user, body.password, issuer, by)
        symbol = drawn(made.address)
        return bodies.OfferedFactor(
            secret=made.secret, address=made.address, qr=symbol.path, across=symbol.across
        )

    @router.post("/confirm")
    async def confirm(body: bodies.FactorCode, request: Request) -> bodies.RecoveryCodes:
        """Confirm with a code; other sessions end. The answer is the recovery codes, told this once."""
        user, here = user_of(access, request), visitor_of(request).session
        codes = await confirm_factor(access, user, body.code, here, by_of(request))
        return bodies.RecoveryCodes(codes=codes)

    @router.post("/off")
    async def off(body: bodies.FactorOff, request: Request) -> bodies.Done:
        """Take it off, with password and a code."""
        user, by = user_of(access, request), by_of(request)
        await give_up_factor(access, user, body.password, body.code, by)
        return bodies.Done()

    return router
