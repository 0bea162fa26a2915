"""The JSON API: a thin route for each question and each request, all on the loop's thread."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, StreamingResponse

from controller.insights import ClosingCard, render_text
from controller.requests import (
    BeginHandWork,
    ClearMachine,
    DecideDoubt,
    FinishHandWork,
    Refusal,
    SetClock,
)
from controller.state import JobPhase
from controller.web import bodies
from controller.web.asking import RefusedError, ask
from controller.web.changes import changes
from controller.web.changes import clock as clock_of
from controller.web.live_parts import LOOKS, Page
from controller.web.machine_rows import machine_row
from controller.web.people import open_doubts, open_work
from controller.web.permit import Permission, Who, needs
from controller.web.record import day_now, health, recorded
from controller.web.site import Site, order_of_cells
from drivers import UnitResult

SEE = [needs(Permission.SEE)]
OPERATE = [needs(Permission.OPERATE)]


def api(site: Site) -> APIRouter:
    """Return all routes below /api."""
    router = APIRouter(prefix="/api")
    _clock(router, site)
    _machines(router, site)
    _hands(router, site)
    _doubts(router, site)
    _day(router, site)
    return router


def _clock(router: APIRouter, site: Site) -> None:
    @router.get("/clock", tags=["clock"], dependencies=SEE)
    async def clock() -> bodies.ClockNow:
        """Return the anchor of plant time: now = plant_s + (utcnow - utc) * speed."""
        now = clock_of(site)
        del now["page"]
        return bodies.ClockNow(**now)  # type: ignore[arg-type]

    @router.post("/clock", tags=["clock"], dependencies=[needs(Permission.ENGINEER)])
    async def set_clock(body: bodies.Speed, who: Who) -> bodies.TakenNow:
        """Set how fast plant time goes; 0 pauses it."""
        taken = await ask(site, SetClock(speed=body.speed), who)
        return bodies.TakenNow(seq=taken.seq)


def _machines(router: APIRouter, site: Site) -> None:
    @router.get("/machines", tags=["machines"], dependencies=SEE)
    async def machines() -> list[bodies.MachineNow]:
        """Return every machine, by cell."""
        scene = site.look()
        rows: list[bodies.MachineNow] = []
        for name in order_of_cells(scene):
            rows.append(machine_row(scene, name))
            # A large plant must not hold up the loop.
            await asyncio.sleep(0)
        return rows

    @router.get("/machines/{machine}", tags=["machines"], dependencies=SEE)
    async def one_machine(machine: str) -> bodies.MachineNow:
        """Return one machine and why it waits."""
        _known_machine(site, machine)
        return machine_row(site.look(), machine)

    @router.post("/machines/{machine}/clear", tags=["machines"], dependencies=OPERATE)
    async def clear(
        machine: str,
        who: Who,
        body: bodies.Nothing | None = None,
    ) -> bodies.TakenNow:
        """Say that what was made is off the machine."""
        _known_machine(site, machine)
        taken = await ask(site, ClearMachine(machine=machine), who)
        return bodies.TakenNow(seq=taken.seq)


def _known_machine(site: Site, machine: str) -> None:
    if machine not in site.desk.state.plant.machines:
        raise RefusedError(Refusal(kind="unknown", why=f"There is no machine {machine!r}."))


def _hands(router: APIRouter, site: Site) -> None:
    @router.get("/work", tags=["hand work"], dependencies=SEE)
    async def work() -> list[bodies.WorkNow]:
        """Return the open hand work of all stations."""
        return open_work(site.desk)

    @router.post("/machines/{machine}/begin", tags=["hand work"], dependencies=OPERATE)
    async def begin(machine: str, body: bodies.Begun, who: Who) -> bodies.TakenNow:
        """Start on what a hand station offers."""
        _known_machine(site, machine)
        asked = BeginHandWork(machine=machine, job_order=body.job_order)
        return bodies.TakenNow(seq=(await ask(site, asked, who)).seq)

    @router.post("/machines/{machine}/finish", tags=["hand work"], dependencies=OPERATE)
    async def finish(machine: str, body: bodies.Finished, who: Who) -> bodies.TakenNow:
        """Give the verdict on each member of hand work."""
        _known_machine(site, machine)
        results = tuple(
            UnitResult(each.operation, each.verdict, each.reason) for each in body.results
        )
        asked = FinishHandWork(machine=machine, job_order=body.job_order, results=results)
        return bodies.TakenNow(seq=(await ask(site, asked, who)).seq)


def _doubts(router: APIRouter, site: Site) -> None:
    @router.get("/doubts", tags=["doubts"], dependencies=SEE)
    async def doubts() -> list[bodies.DoubtNow]:
        """Return the job orders of which nobody but a person can tell what became."""
        await site.recent.catch_up(site.desk)
        return open_doubts(site.desk, site.recent)

    @router.post("/doubts/{job_order}", tags=["doubts"], dependencies=OPERATE)
    async def decide(job_order: str, body: bodies.Decided, who: Who) -> bodies.VerdictNow:
        """Say what became of a job order; above the plant's limit it counts once two persons said it."""
        if not body.reason.strip():
            why = "A reason is needed. Nothing was changed."
            raise RefusedError(Refusal(kind="wrong", why=why))
        asked = DecideDoubt(job_order=job_order, verdict=body.verdict, reason=body.reason.strip())
        taken = await ask(site, asked, who)
        job = site.desk.state.jobs.get(job_order)
        decided = job is None or job.phase is not JobPhase.DOUBT
        return bodies.VerdictNow(seq=taken.seq, decided=decided, says=taken.says)


def _day(router: APIRouter, site: Site) -> None:
    @router.get("/day", tags=["day"], dependencies=SEE)
    async def day() -> bodies.DayNow:
        """Return how the day stands."""
        await site.recent.catch_up(site.desk)
        return day_now(site)

    @router.get("/closing", tags=["day"], response_model=ClosingCard, dependencies=SEE)
    async def closing(form: Annotated[str, Query(alias="format")] = "json") -> object:
        """Return the closing card, as JSON or as text (`?format=text`)."""
        card = await site.desk.closing()
        return PlainTextResponse(render_text(card)) if form == "text" else card

    @router.get("/journal", tags=["day"], dependencies=SEE)
    async def journal(
        after: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 200
    ) -> list[bodies.Recorded]:
        """Return events behind a sequence number, in order."""
        return await recorded(site.desk, after, limit)

    @router.get("/health", tags=["day"], dependencies=[needs(Permission.OPEN)])
    async def healthy() -> bodies.Health:
        """Say that the controller answers, and how many machines do."""
        return health(site.desk)

    @router.get("/changes", tags=["day"], response_class=StreamingResponse, dependencies=SEE)
    async def follow(page: Page = "") -> StreamingResponse:
        """Follow a page, the Floor by default: events `part` (id, html) and `clock`, at least every
        2.5 s."""
        return StreamingResponse(
            changes(site, LOOKS[page]),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )
