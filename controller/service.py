"""The composition root: the only place where a plant, its journal, machines, loop and pages meet."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
import uvicorn
from fastapi import FastAPI

from controller import garbage
from controller.books import Books
from controller.child import ChildError, run_in_child, warm_up
from controller.clock import RealClock
from controller.entrance import Entrance, EntranceError, admitted, hosts_of, refuse_unsafe
from controller.events import Stamped
from controller.insights import Comparison, compare
from controller.journal import Journal
from controller.kernels import find_kernels
from controller.logs import Form, log_fact, set_up_logs
from controller.outbox.opening import trading
from controller.outbox.settings import Opened
from controller.planning import ProcessPlanner
from controller.ports import Ports
from controller.run import Opening, Run
from controller.state import State
from controller.supervised import stay_alive, tell
from controller.tls import CertificateError, server_context, watch
from controller.web import app
from controller.web.metrics import Facts, Lag
from controller.web.render import compile_all
from drivers import connect
from plant_config import Order, Plant, load, origin_utc, read_folder

_log = structlog.get_logger()

_MOST_CONNECTIONS = 1000
"""At once; who comes then is told to come again, and nobody who is in is thrown out."""

_COMPARE_S = 60.0
"""Real seconds for planning the day otherwise, three times; then the card goes without it."""


class CannotServeError(Exception):
    """The controller cannot start as it was told to; whoever started it can do something about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a controller is started."""

    folder: Path
    """Of the plant's files."""
    database: str
    host: str = "127.0.0.1"
    port: int = 8080
    speed: int = 1
    day: date | None = None
    """The plan's first day; None: today, in the plant's time zone."""
    ledger: Path | None = None
    """As-made ledger of the machines, where they share one (ADR 0013)."""
    logs: Path | None = None
    """Folder of the log file; None: nothing is written."""
    log_form: Form = "text"
    """How the terminal shows it."""
    entrance: Entrance = field(default_factory=Entrance)
    integrations: Opened = field(default_factory=Opened)
    """Who is told what, and where orders come from beside the pages."""


def serve(settings: Settings) -> None:
    """Run the controller until it is told to end. Raises CannotServeError, PlantErrors, JournalError."""
    if settings.logs is not None:
        set_up_logs(settings.logs, settings.log_form)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    plant = load(read_folder(settings.folder))
    secured, listening = _secured(settings), _listen(settings)
    facts, lag = Facts(), Lag()
    port = listening.getsockname()[1]
    async with (
        _running(settings, plant) as (run, journal, clock),
        admitted(settings.entrance, journal, clock.utc, port) as access,
        _watched(settings.entrance, secured, clock),
        trading(settings.integrations, run, run.opened, journal, clock) as traffic,
    ):
        run.witness = _witness(facts)
        run.undelivered = traffic.exchange.undelivered
        hosts, told = hosts_of(settings.host, settings.entrance), _told_to_end()
        loop_ends = asyncio.create_task(run.work())
        # Making some hundred routes takes a second, in which machines can be linked already.
        pages = await asyncio.to_thread(
            app, run, access=access, hosts=hosts, meters=(facts, lag), traffic=traffic
        )
        server = _Server(_config(pages, secured))
        pages_end = asyncio.create_task(_serve_pages(run, server, listening))
        beside = [
            asyncio.create_task(each)
            for each in (
                lag.watch(),
                stay_alive(os.environ),
                garbage.rare(),
                asyncio.to_thread(compile_all),
            )
        ]
        ends = asyncio.create_task(told.wait())
        await asyncio.wait({loop_ends, pages_end, ends}, return_when=asyncio.FIRST_COMPLETED)
        ends.cancel()
        server.should_exit = True
        await asyncio.wait({pages_end}, timeout=3 if run.opened.is_set() else 0)
        pages_end.cancel()
        tell(os.environ, "STOPPING=1")
        for task in beside:
            task.cancel()
        loop_ends.cancel()
        for ended in await asyncio.gather(loop_ends, pages_end, return_exceptions=True):
            if isinstance(ended, BaseException) and not isinstance(ended, asyncio.CancelledError):
                raise ended


class _Server(uvicorn.Server):
    """Leaves signals alone: it would raise them again before anything here is put in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _told_to_end() -> asyncio.Event:
    """Return what is set by SIGTERM or Ctrl-C; a second one ends the process at once."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()

    def end(number: int) -> None:
        told.set()
        loop.remove_signal_handler(number)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end, number)
    return told


def _config(pages: FastAPI, secured: ssl.SSLContext | None) -> uvicorn.Config:
    return uvicorn.Config(
        pages,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        # Nobody before us is believed about who calls.
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        ssl_context_factory=(lambda _, __: secured) if secured else None,
    )


def _secured(settings: Settings) -> ssl.SSLContext | None:
    entrance = settings.entrance
    try:
        refuse_unsafe(settings.host, entrance)
        if entrance.certificate is None or entrance.key is None:
            return None
        return server_context(entrance.certificate, entrance.key)
    except (EntranceError, CertificateError) as error:
        raise CannotServeError(str(error)) from error


@contextlib.asynccontextmanager
async def _watched(
    entrance: Entrance, secured: ssl.SSLContext | None, clock: RealClock
) -> AsyncIterator[None]:
    """Look after the certificate while the service runs."""
    if secured is None or entrance.certificate is None or entrance.key is None:
        yield
        return
    watching = asyncio.create_task(watch(secured, entrance.certificate, entrance.key, clock.utc))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def _witness(facts: Facts) -> Callable[[Stamped], None]:
    def hear(stamped: Stamped) -> None:
        log_fact(stamped)
        facts.hear(stamped)

    return hear


async def _serve_pages(run: Run, server: uvicorn.Server, listening: socket.socket) -> None:
    """Answer nothing before the journal is folded, so that no page shows an empty plant."""
    await run.opened.wait()
    tell(os.environ, "READY=1")
    await server.serve(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    try:
        return socket.create_server((settings.host, settings.port), backlog=128)
    except OSError as error:
        raise CannotServeError(
            f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}. "
            f"Maybe another controller runs there; choose another port with --http."
        ) from error


@contextlib.asynccontextmanager
async def _running(
    settings: Settings, plant: Plant
) -> AsyncIterator[tuple[Run, Journal, RealClock]]:
    """Open everything in order, and let go of it in the reverse order."""
    journal = Journal.open(settings.database)
    clock = RealClock()
    drivers = connect(plant, settings.folder, now_s=clock.now_s)
    warming = asyncio.create_task(_warm_up())
    books = Books(plant, settings.ledger, _compare)
    planner = ProcessPlanner(plant)
    ports = Ports(journal=journal, clock=clock, planner=planner, drivers=drivers)
    try:
        opening = _opening(settings, plant, clock.utc())
        yield Run(ports, State(plant), opening, books=books), journal, clock
    finally:
        warming.cancel()
        await asyncio.gather(*(driver.close() for driver in drivers.values()))
        await asyncio.gather(warming, return_exceptions=True)
        planner.close()
        journal.close()


def _opening(settings: Settings, plant: Plant, utc: datetime) -> Opening:
    """At real speed plant time is the wall clock; a faster day begins with its first shift."""
    day = settings.day or utc.astimezone(ZoneInfo(plant.timezone)).date()
    origin = origin_utc(plant, day)
    since_s = (utc - origin) // timedelta(seconds=1) if settings.speed == 1 else 0
    return Opening(origin.isoformat(), max(0, since_s), settings.speed)


async def _warm_up() -> None:
    """The planner's child imports its solver once, before the first question; what is not compiled yet
    is, behind everything else, and later children have it."""
    kernels = find_kernels(None)
    if not kernels.are_ready:
        kernels.compile(in_a_hurry=False)
    with contextlib.suppress(ChildError):
        await warm_up()


async def _compare(plant: Plant, orders: tuple[Order, ...]) -> Comparison | None:
    try:
        return await run_in_child(compare, plant, orders, timeout=_COMPARE_S)
    except ChildError as error:
        _log.warning("no comparison on the closing card", why=str(error))
        return None
