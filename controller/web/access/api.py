"""The API of access: signing in and out, badges, and what an admin does about users and tokens."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from controller.access import Access, AccessError, By
from controller.access.entering import (
    change_password,
    confirm,
    enter_station,
    follow_link,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from controller.access.people import set_pin, show_badge
from controller.web.access import bodies
from controller.web.access.admin_api import admin_api
from controller.web.access.caller import by_of, session_of, user_of, visitor_of
from controller.web.access.factor_api import factor_api
from controller.web.access.identify import cookie_name, cookie_of
from controller.web.permit import Permission, needs
from controller.web.site import Site

STATUS = {"unknown": 404, "conflict": 409, "wrong": 422, "refused": 403, "slow": 429, "code": 403}
_OPEN = [needs(Permission.OPEN)]
_OWN = [needs(Permission.OWN)]
_SEE = [needs(Permission.SEE)]


async def refused_access(_: Request, error: AccessError) -> JSONResponse:
    """Answer a refusal with its reason."""
    headers = {"Retry-After": str(error.retry_s)} if error.retry_s else {}
    said = {"why": error.why, "kind": error.kind}
    return JSONResponse(said, status_code=STATUS[error.kind], headers=headers)


def access_api(site: Site, access: Access) -> APIRouter:
    """Return all routes of access; they exist only where access is on."""
    router = APIRouter(prefix="/api", tags=["access"])
    _coming(router, access)
    _going(router, access)
    _mine(router, access)
    _badges(router, access)
    router.include_router(factor_api(site, access))
    router.include_router(admin_api(site, access))
    return router


def _signed_in(access: Access, request: Request, secret: str) -> JSONResponse:
    """Hand the browser its session; whatever cookie it had before is overwritten."""
    tls = request.url.scheme == "https"
    session = access.session(secret)
    assert session is not None
    answer = JSONResponse({"done": True})
    answer.set_cookie(
        cookie_name(tls=tls),
        secret,
        max_age=session.expires - access.now(),
        path="/",
        secure=tls,
        httponly=True,
        samesite="strict",
    )
    return answer


async def _leave(access: Access, request: Request, by: By) -> None:
    """End the session that the browser came with, so that none is left behind."""
    old = access.session(cookie_of(dict(request.headers), tls=request.url.scheme == "https"))
    if old is not None:
        await sign_out(access, old, by)


def _coming(router: APIRouter, access: Access) -> None:
    @router.post("/session", dependencies=_OPEN, response_model=bodies.Done)
    async def enter(body: bodies.SignIn, request: Request) -> JSONResponse:
        """Sign in with name and password; the answer sets the session cookie.

        Who has a second factor is asked for its code (403, kind `code`): all three are sent then."""
        by = by_of(request)
        secret = await sign_in(access, body.name, body.password, by, body.code)
        await _leave(access, request, by)
        return _signed_in(access, request, secret)

    @router.post("/session/station", dependencies=_OPEN, response_model=bodies.Done)
    async def enter_as_station(body: bodies.StationSignIn, request: Request) -> JSONResponse:
        """Sign a browser in as a shared station, with the station's token."""
        by = by_of(request)
        secret = await enter_station(access, body.token, by)
        await _leave(access, request, by)
        return _signed_in(access, request, secret)

    @router.post("/setup", dependencies=_OPEN, response_model=bodies.Done)
    async def follow(body: bodies.Follow, request: Request) -> JSONResponse:
        """Follow a one-time link: set a password, and the first admin's name; signs in.

        Who has a second factor signs in afterwards, with its code."""
        by = by_of(request)
        access.count_attempt("link", by.address)
        secret = await follow_link(
            access, body.token, body.password, by, name=body.name, display=body.display
        )
        access.attempt_passed("link", by.address)
        await _leave(access, request, by)
        return _signed_in(access, request, secret) if secret else JSONResponse({"done": True})


def _going(router: APIRouter, access: Access) -> None:
    @router.delete("/session", dependencies=_OWN, response_model=bodies.Done)
    async def leave(request: Request) -> JSONResponse:
        """Sign out; the session is void at once."""
        await sign_out(access, session_of(access, request), by_of(request))
        tls = request.url.scheme == "https"
        answer = JSONResponse({"done": True}, headers={"Clear-Site-Data": '"storage"'})
        answer.delete_cookie(
            cookie_name(tls=tls), path="/", secure=tls, httponly=True, samesite="strict"
        )
        return answer

    @router.delete("/me/sessions", dependencies=_SEE)
    async def leave_everywhere(request: Request) -> bodies.Done:
        """End all sessions of the person who asks, this one too."""
        user = user_of(access, request)
        await sign_out_everywhere(access, user.name, by_of(request))
        return bodies.Done()


def _mine(router: APIRouter, access: Access) -> None:
    @router.get("/me", dependencies=_SEE)
    async def me(request: Request) -> bodies.MeNow:
        """Return who asks and what they may do."""
        who = visitor_of(request)
        return bodies.MeNow(
            actor=who.actor,
            shown=who.shown,
            role=who.role,
            station=who.station,
            permissions=tuple(sorted(each.value for each in who.permissions)),
            asks_badge=who.asks_badge,
        )

    @router.post("/me/password", dependencies=_SEE, response_model=bodies.Done)
    async def new_password(body: bodies.NewPassword, request: Request) -> JSONResponse:
        """Set a new password; all other sessions of the person end."""
        user, by = user_of(access, request), by_of(request)
        secret = await change_password(access, user, body.password, body.new, by)
        return _signed_in(access, request, secret)

    @router.post("/me/pin", dependencies=_SEE)
    async def new_pin(body: bodies.NewPin, request: Request) -> bodies.Done:
        """Set the PIN or badge code that names the person at shared stations."""
        user, by = user_of(access, request), by_of(request)
        await confirm(access, user, body.password, by)
        await set_pin(access, user.name, body.pin, by)
        return bodies.Done()


def _badges(router: APIRouter, access: Access) -> None:
    @router.post("/badge", dependencies=_SEE)
    async def show(body: bodies.Badge, request: Request) -> bodies.ActorNow:
        """At a shared station: say by PIN or badge who acts next."""
        who, by = visitor_of(request), by_of(request)
        if not who.token or not who.station:
            raise AccessError("conflict", "A badge counts at a shared station only.")
        key = who.session or who.token
        user, seconds = await show_badge(access, key, who.station, body.pin, by)
        return bodies.ActorNow(actor=f"person {user.name}", shown=user.display, seconds=seconds)

    @router.delete("/badge", dependencies=_SEE)
    async def take_away(request: Request) -> bodies.Done:
        """At a shared station: nobody acts any more until the next badge."""
        who = visitor_of(request)
        access.counts.badges.pop(who.session or who.token, None)
        return bodies.Done()
