"""The plan's routes: the board as columns, wishes and proposals, exports."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import Response

from controller.exports import CALENDAR, WORKBOOK, calendar_of, listing, workbook_of
from controller.requests import Refusal
from controller.wanted.requests import AcceptProposal, DiscardProposal, UndoWish
from controller.web import bodies
from controller.web.asking import RefusedError, ask, or_refuse
from controller.web.board.boards import Boards
from controller.web.board.bodies import BoardNow, ProposalNow, Wished, WishNow, wish_of
from controller.web.board.panel import proposal_now, wish_now
from controller.web.permit import Permission, Who, needs
from controller.web.site import Site, view

Number = Annotated[int, Path(ge=1, le=10**9)]
"""Of a proposal or a granted wish."""


def api(site: Site, boards: Boards) -> APIRouter:
    """Return all routes below /api/plan."""
    router = APIRouter(prefix="/api/plan", tags=["plan"])
    _board(router, site, boards)
    _wishes(router, site)
    _exports(router, site)
    return router


def _board(router: APIRouter, site: Site, boards: Boards) -> None:
    see = [needs(Permission.SEE)]
    columns: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "Columns of equal length; numbers refer to the lists beside them",
            "content": {"application/json": {}},
        },
        304: {"description": "Nothing has changed since"},
    }

    @router.get("", dependencies=see, responses=columns, response_class=Response)
    async def board(
        known: Annotated[str, Header(alias="If-None-Match", max_length=400)] = "",
        accepts: Annotated[str, Header(alias="Accept-Encoding", max_length=400)] = "",
    ) -> Response:
        """Return the board: past, running and planned bars in columns, with what they refer to."""
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "ETag": boards.etag()}
        if known == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        written = await boards.bytes()
        headers["ETag"] = written.etag
        if "gzip" not in accepts:
            return Response(written.plain, headers=headers, media_type="application/json")
        headers["Content-Encoding"] = "gzip"
        return Response(written.zipped, headers=headers, media_type="application/json")

    @router.get("/now", dependencies=see)
    async def now() -> BoardNow:
        """Return how machines stand and how far they are, for a board that has the plan."""
        seen = await view(site)
        state = seen.scene.state
        return BoardNow(
            seq=state.seq,
            now_s=seen.scene.now_s,
            plan=state.plan.number if state.plan is not None else 0,
            machines=[tile.machine for tile in seen.tiles],
            words=[tile.word.value for tile in seen.tiles],
            says=[tile.said for tile in seen.tiles],
            progress=[tile.progress for tile in seen.tiles],
            proposals=[each.number for each in site.desk.proposals()],
        )


def _wishes(router: APIRouter, site: Site) -> None:
    see, plan = [needs(Permission.SEE)], [needs(Permission.PLAN)]

    @router.get("/proposals", dependencies=see)
    async def proposals() -> list[ProposalNow]:
        """Return the open proposals, the oldest first."""
        return [proposal_now(site.desk.state, each) for each in site.desk.proposals()]

    @router.get("/wishes", dependencies=see)
    async def granted() -> list[WishNow]:
        """Return the wishes that every plan keeps to."""
        return [wish_now(each) for _, each in sorted(site.desk.state.wishes.items())]

    @router.post("/wishes", dependencies=plan)
    async def wish(body: Wished, who: Who) -> ProposalNow:
        """Ask what a wish would change; nothing counts before its proposal is accepted."""
        said = await site.desk.propose(wish_of(body.wish), actor=who.actor)
        return proposal_now(site.desk.state, or_refuse(said))

    @router.post("/proposals/{number}/again", dependencies=plan)
    async def again(number: Number, who: Who) -> ProposalNow:
        """Ask an open proposal's wish once more, against the present plan; the old one goes."""
        old = next((each for each in site.desk.proposals() if each.number == number), None)
        if old is None:
            raise RefusedError(_gone(number))
        fresh = or_refuse(await site.desk.propose(old.wish, actor=who.actor))
        # Somebody may have settled the old one meanwhile, which is as good.
        await site.desk.ask(DiscardProposal(number=number), actor=who.actor, station=who.station)
        return proposal_now(site.desk.state, fresh)

    @router.post("/proposals/{number}/accept", dependencies=plan)
    async def accept(number: Number, who: Who) -> bodies.TakenNow:
        """Grant a proposal's wish and publish its plan."""
        taken = await ask(site, AcceptProposal(number=number), who)
        return bodies.TakenNow(seq=taken.seq)

    @router.post("/proposals/{number}/discard", dependencies=plan)
    async def discard(number: Number, who: Who) -> bodies.TakenNow:
        """Forget a proposal; nothing changes."""
        taken = await ask(site, DiscardProposal(number=number), who)
        return bodies.TakenNow(seq=taken.seq)

    @router.post("/wishes/{number}/undo", dependencies=plan)
    async def undo(number: Number, who: Who) -> bodies.TakenNow:
        """Take a granted wish back; the plan is made anew without it."""
        taken = await ask(site, UndoWish(number=number), who)
        return bodies.TakenNow(seq=taken.seq)


def _gone(number: int) -> Refusal:
    why = f"Proposal {number} is no longer open. Somebody accepted or discarded it."
    return Refusal(kind="unknown", why=why)


def _exports(router: APIRouter, site: Site) -> None:
    see = [needs(Permission.SEE)]
    machine_query = Annotated[str, Query(max_length=120)]

    def attached(content: bytes, kind: str, name: str) -> Response:
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
        return Response(content, media_type=kind, headers=headers)

    def file_name(ending: str) -> str:
        state = site.desk.state
        number = state.plan.number if state.plan is not None else 0
        plant = "".join(c if c.isascii() and c.isalnum() else "-" for c in state.plant.name)
        return f"{plant}-plan-{number}.{ending}"

    @router.get("/export.xlsx", dependencies=see, response_class=Response)
    async def spreadsheet() -> Response:
        """Return the open plan as a workbook: by machine, orders, changeovers."""
        content = await workbook_of(await listing(site.desk.state, site.desk.now_s()))
        return attached(content, WORKBOOK, file_name("xlsx"))

    @router.get("/export.ics", dependencies=see, response_class=Response)
    async def events(machine: machine_query = "") -> Response:
        """Return the open plan as a calendar, of one machine or of all."""
        if machine and machine not in site.desk.state.plant.machines:
            raise RefusedError(Refusal(kind="unknown", why=f"There is no machine {machine!r}."))
        content = await calendar_of(await listing(site.desk.state, site.desk.now_s()), machine)
        return attached(content, CALENDAR, file_name("ics"))
