"""A day of custom orders from file to truck: machines, controller and orders, watched to the end."""

import contextlib
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console

from controller.children import Children
from controller.client import Client, RefusedError, UnreachableError
from controller.demo_lines import Told, lines_of
from controller.demo_screen import Moment, Screen
from controller.pace import LagWatch, Pace, keep
from controller.story import (
    Story,
    bring_back,
    cancel_one,
    ended_well,
    hear,
    kill_now,
    look,
    opening,
)

HOST = "127.0.0.1"
_LOOK_EVERY_S = 0.5
_POLL_S = 0.1
_READY_WITHIN_S = 90.0
"""A slow machine imports for ten seconds; links and the first look at each machine come on top."""
_PLAN_WITHIN_S = 60.0
_CARD_WITHIN_S = 240.0
"""The card plans the same orders three times over."""
_RESTARTS, _HOURS, _MINUTES = 5, 24, 60
_CONTROLLER, _MACHINES = "controller", "machines"
_STORY_FAULTS = "faults-story.yaml"
LEDGER = "as-made.jsonl"
"""The name under which the simulated machines keep it in their state folder."""


class DemoError(Exception):
    """The demo cannot go on; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """How the demo was asked for."""

    plant: Path
    speed: int = 480
    port: int = 8080
    once: bool = False
    kill_at: str = ""
    """Plant time of day (`13:00`) at which the controller is killed; empty: never."""
    story: bool = False
    """Show what an ordinary bad day looks like, scene by scene."""

    @property
    def url(self) -> str:
        """Return where the pages are."""
        return f"http://{HOST}:{self.port}"

    @property
    def state(self) -> Path:
        """Return the folder for everything that this run leaves behind."""
        return Path(".lotwright") / "demo" / str(self.port)

    @property
    def machines(self) -> Path:
        """Return the folder of the machines' memories and of their as-made ledger."""
        return self.state / "machines"


@dataclass(slots=True)
class _Show:
    demo: Demo
    children: Children
    client: Client
    screen: Screen
    pace: Pace
    lags: LagWatch = field(default_factory=LagWatch)
    told: Told = field(default_factory=Told)
    seq: int = 0
    clock: str = ""
    killed: bool = False
    restarts: int = 0
    story: Story | None = None


def run_demo(demo: Demo) -> int:
    """Run the demo; returns 0 when every order due was shipped and nothing was made twice.

    Raises DemoError. With `once` it ends with the closing card, otherwise with Ctrl-C.
    """
    _port_is_free(demo)
    shutil.rmtree(demo.state, ignore_errors=True)
    demo.state.mkdir(parents=True)
    client = Client(demo.url, "person demo")
    screen, pace = Screen(Console(file=sys.stdout)), Pace(demo.speed, demo.speed)
    show = _Show(demo, Children(demo.state.resolve()), client, screen, pace)
    show.story = Story(demo.speed) if demo.story else None
    with _ended_by_signals(), _children_end(show):
        try:
            return _day(show)
        except KeyboardInterrupt:
            # Without `once` this is how a demo ends.
            if demo.once:
                raise
            return 0


def _port_is_free(demo: Demo) -> None:
    try:
        with socket.create_server((HOST, demo.port)):
            return
    except OSError as error:
        raise DemoError(
            f"Port {demo.port} on {HOST} is in use. Stop what runs there, or take another: "
            f"make demo PORT={demo.port + 1}"
        ) from error


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A SIGTERM ends the demo as Ctrl-C does, so that the children are asked to end."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _children_end(show: _Show) -> Iterator[None]:
    try:
        yield
    finally:
        show.screen.end()
        show.children.stop()


def time_of_day(said: str) -> str:
    """Read `9:05` as `09:05`; empty stays empty. Raises ValueError."""
    if not said:
        return ""
    hours, colon, minutes = said.partition(":")
    if not (colon and hours.isdigit() and minutes.isdigit() and int(hours) < _HOURS):
        raise ValueError(f"{said!r} is no time of day. Maybe 13:00?")
    if int(minutes) >= _MINUTES:
        raise ValueError(f"{said!r} is no time of day: an hour has 60 minutes.")
    return f"{int(hours):02d}:{int(minutes):02d}"


def _day(show: _Show) -> int:
    demo = show.demo
    show.screen.say("", f"Starting machines and controller; the page will be at {demo.url}")
    show.children.start(_MACHINES, machines_command(demo))
    _wait_for_machines(show)
    show.children.start(_CONTROLLER, controller_command(demo))
    _wait_until_ready(show)
    _import(show)
    _wait_for_plan(show)
    show.client.post("/api/clock", {"speed": demo.speed})
    show.screen.begin()
    while not _look(show):
        time.sleep(_LOOK_EVERY_S)
    show.screen.end()
    return _close(show)


def machines_command(demo: Demo) -> list[str]:
    """Return how the simulated machines and the simulated person are started."""
    script = demo.plant / _STORY_FAULTS
    return [
        "simulators",
        str(demo.plant),
        *([f"--faults={script}"] if demo.story and script.is_file() else []),
        f"--speed={demo.speed}",
        f"--follow={demo.url}",
        f"--people={demo.url}",
        f"--state={demo.machines.resolve()}",
    ]


def controller_command(demo: Demo) -> list[str]:
    """Return how the controller is started, the first time and after it died."""
    return [
        "controller",
        "run",
        str(demo.plant),
        f"--http={HOST}:{demo.port}",
        # On this machine, for whoever looks on: nobody signs in to a demo.
        "--open",
        # The day begins when machines and orders are there.
        "--speed=0",
        f"--state={demo.state.resolve()}",
        f"--ledger={(demo.machines / LEDGER).resolve()}",
    ]


def _wait_for_machines(show: _Show) -> None:
    """The controller starts when the machines are ours: another demo may hold their ports."""
    until = time.monotonic() + _READY_WITHIN_S
    while "machines ready" not in show.children.last_words(_MACHINES):
        if show.children.ended(_MACHINES) is not None or time.monotonic() > until:
            says = "The simulated machines did not start; maybe another demo is running."
            raise DemoError(_with_log(show, _MACHINES, says))
        time.sleep(_POLL_S)


def _wait_until_ready(show: _Show) -> None:
    """Wait until every machine is linked; after a while go on without the missing ones."""
    until = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < until:
        _revive(show)
        with contextlib.suppress(UnreachableError, RefusedError):
            health = _dict(show.client.get("/api/health"))
            if health["linked"] == health["machines"]:
                show.screen.say(
                    "", f"{health['machines']} machines of {health['label']} are linked"
                )
                return
        time.sleep(_LOOK_EVERY_S)
    try:
        show.client.get("/api/health")
    except UnreachableError as error:
        raise DemoError(_with_log(show, _CONTROLLER, "The controller does not answer.")) from error
    show.screen.say("", "Not every machine is linked; the day begins without the missing ones")


def _import(show: _Show) -> None:
    file = show.demo.plant / "orders.csv"
    if not file.is_file():
        raise DemoError(f"{file} is missing: the plant has no day of orders.")
    said = _dict(show.client.post("/api/orders/import?name=orders.csv", file.read_bytes()))
    for row in said["refused"]:
        where = f"row {row['row']}" + (f", column {row['column']}" if row["column"] else "")
        value = f" “{row['value']}”" if row["value"] else ""
        show.screen.say("", f"orders.csv, {where}{value}: {row['reason']}")
    if show.story is not None:
        _say_all(show, "", opening(show.story, len(said["refused"])))


def _say_all(show: _Show, clock: str, lines: list[str]) -> None:
    for line in lines:
        show.screen.say(clock, line)


def _wait_for_plan(show: _Show) -> None:
    """The first plan exists before the first second of the day."""
    until = time.monotonic() + _PLAN_WITHIN_S
    while time.monotonic() < until:
        _revive(show)
        if _dict(show.client.get("/api/health"))["plan"] is not None:
            return
        time.sleep(_LOOK_EVERY_S)


def _look(show: _Show) -> bool:
    """Look once; returns whether the day is closed."""
    _revive(show)
    try:
        speed, line = keep(show.pace, show.lags, show.client)
        day = _dict(show.client.get("/api/day"))
        _tell_news(show)
        machines = _list(show.client.get("/api/machines"))
    except (UnreachableError, RefusedError):
        # It is starting again, or it will end: the next look says which.
        return False
    _say_all(show, day["time"], [line] if line else [])
    _kill_in_time(show, day["time"])
    _go_on_with_the_story(show, day["time"], machines)
    show.clock = day["time"]
    show.screen.show(
        Moment(
            clock=day["time"],
            speed=speed,
            url=show.demo.url,
            due=day["due"],
            packed=day["packed"],
            shipped=day["shipped"],
            cuts=[
                (f"{cut['at']} {cut['carrier']}", cut["packed"], cut["due"]) for cut in day["cuts"]
            ],
            machines=machines,
        )
    )
    return bool(day["closed"])


def _tell_news(show: _Show) -> None:
    while True:
        page = _list(show.client.get(f"/api/journal?after={show.seq}&limit=500"))
        for recorded in page:
            show.seq = recorded["seq"]
            for line in lines_of(show.told, recorded):
                show.screen.say(recorded["time"], line)
            if show.story is not None:
                _say_all(show, recorded["time"], hear(show.story, show.client, recorded))
        if not page:
            return


def _go_on_with_the_story(show: _Show, now: str, machines: list[Any]) -> None:
    if show.story is None:
        return
    with contextlib.suppress(UnreachableError, RefusedError):
        _say_all(show, now, look(show.story, show.client, machines))
        _say_all(show, now, cancel_one(show.story, show.client, now))
        _say_all(show, now, bring_back(show.story, show.client, now))
        if lines := kill_now(show.story, show.client, now, show.seq):
            _say_all(show, now, lines)
            show.children.kill(_CONTROLLER)


def _kill_in_time(show: _Show, now: str) -> None:
    if show.demo.kill_at and not show.killed and now >= show.demo.kill_at:
        show.killed = True
        show.screen.say(now, "The controller is killed (SIGKILL), as asked for with --kill-at")
        show.children.kill(_CONTROLLER)


def _revive(show: _Show) -> None:
    """Start the controller again when it died; the machines must not die."""
    if show.children.ended(_MACHINES) is not None:
        raise DemoError(_with_log(show, _MACHINES, "The simulated machines ended."))
    code = show.children.ended(_CONTROLLER)
    if code is None:
        return
    show.restarts += 1
    if show.restarts > _RESTARTS or not show.seq:
        raise DemoError(_with_log(show, _CONTROLLER, f"The controller ended with {code}."))
    show.screen.say(show.clock, f"The controller ended ({_ending(code)}); it is started again")
    show.children.start(_CONTROLLER, controller_command(show.demo))


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _with_log(show: _Show, child: str, says: str) -> str:
    words = show.children.last_words(child)
    return f"{says} The end of {show.children.log(child)}:\n{words}"


def _close(show: _Show) -> int:
    show.screen.say("", "The closing card compares the same orders; this takes a moment")
    print(show.client.text("/api/closing?format=text", timeout=_CARD_WITHIN_S))  # noqa: T201
    card = _dict(show.client.get("/api/closing", timeout=_CARD_WITHIN_S))
    good, why = verdict(card) if show.story is None else _ended_well(show, show.story, card)
    if show.demo.once:
        if why:
            show.screen.say("", why)
        return 0 if good else 1
    show.client.post("/api/clock", {"speed": 0})
    show.screen.say("", f"Plant time is paused; the pages stay at {show.demo.url} until Ctrl-C")
    while True:
        _revive(show)
        time.sleep(_LOOK_EVERY_S)


def _ended_well(show: _Show, story: Story, card: Mapping[str, Any]) -> tuple[bool, str]:
    _tell_news(show)
    orders = _list(show.client.get("/api/orders"))
    return ended_well(story, card, {each["id"] for each in orders})


def verdict(card: Mapping[str, Any]) -> tuple[bool, str]:
    """Judge a closing card: every order due is shipped, and nothing was made twice."""
    shipped, due, made = card["shipped"], card["day"]["due"], card["made"]
    if not due:
        return False, "No order was due."
    if shipped != due:
        return False, f"{due - shipped} of {due} orders due were not shipped."
    if made is None:
        return False, "Nothing is known of what was made: the machines left no ledger."
    if made["twice"]:
        return False, f"{made['twice']} parts were made twice."
    return True, ""


def _dict(said: object) -> dict[str, Any]:
    assert isinstance(said, dict)
    return said


def _list(said: object) -> list[Any]:
    assert isinstance(said, list)
    return said
