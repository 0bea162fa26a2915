"""The two-minute story, watched by a browser: each scene can be seen on a page while it is told."""

import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from controller.story import SCENES
from tests.wire.test_day import free_ports, on_free_ports

T = TypeVar("T")
pytestmark = [pytest.mark.web, pytest.mark.timeout(660)]
ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 560
SLOW_MS = 20_000
BACK_MS = 60_000
"""A controller that was killed is started again and folds its journal first."""
REFUSED = re.compile(r"^orders\.csv, row (\d+)(?:, column \w+)?(?: “(.*)”)?: (.+)$")

KEEP_MAPS = """
() => {
  const keep = () => {
    const plate = document.querySelector(".plate");
    if (!plate) return;
    const texts = (found) => [...document.querySelectorAll(found)].map((each) => each.textContent.trim());
    const names = texts(".plate .pt text:first-of-type");
    window.keptMap(plate.getAttribute("aria-label"), names, texts(".totes b"));
  };
  new MutationObserver(keep).observe(document.querySelector("main"), { childList: true, subtree: true });
  keep();
}
"""
"""Plates are taken off within plant minutes, which are moments here: an open page keeps what it saw."""

KEEP_FAILURES = """
() => {
  const keep = () => {
    for (const tile of document.querySelectorAll(".tile.fail"))
      window.failures[tile.dataset.machine] = (window.failures[tile.dataset.machine] ?? "") + tile.innerText;
  };
  window.failures = {};
  new MutationObserver(keep).observe(document.querySelector("main"), { childList: true, subtree: true,
    attributes: true });
  keep();
}
"""
"""A tile says why its machine failed for as long as that lasts: the page keeps what it said."""


@dataclass
class Told:
    """The demo in a process of its own, and what it said so far."""

    process: subprocess.Popen[str]
    url: str
    lines: list[str] = field(default_factory=list)
    new: "queue.Queue[str | None]" = field(default_factory=queue.Queue)
    begun_s: float = field(default_factory=time.monotonic)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.new.put(line.rstrip())
        self.new.put(None)

    def until(self, pattern: str) -> "re.Match[str]":
        """Return the next line that fits."""
        while True:
            left = WITHIN_S - (time.monotonic() - self.begun_s)
            try:
                line = self.new.get(timeout=max(1, left))
            except queue.Empty:
                line = None
            assert line is not None, "\n".join([f"not said: {pattern}", *self.lines[-60:]])
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found


@dataclass
class Watcher:
    """What people have open: a tab that looks here and there, the floor, and the stations of printers."""

    told: Told
    tab: Page
    floor: Page
    another: Callable[[], BrowserContext]
    """Opens another browser."""
    maps: dict[tuple[str, str], tuple[list[str], list[str]]] = field(default_factory=dict)
    """(machine, plate) -> (titles of its parts, totes) as the station's page drew it."""
    begun: dict[str, str] = field(default_factory=dict)
    """What scenes need to remember of others."""

    def look(self, path: str) -> Locator:
        self.answered(lambda: self.tab.goto(f"{self.told.url}{path}"))
        return self.tab.locator("main")

    def answered(self, ask: Callable[[], T]) -> T:
        """Ask until somebody answers: the controller may be killed while another scene is looked at."""
        until_s = time.monotonic() + BACK_MS / 1000
        while True:
            try:
                return ask()
            except Error:
                if time.monotonic() > until_s:
                    raise
                self.tab.wait_for_timeout(200)

    def open(self) -> None:
        """Open the floor, which stays open through everything that follows."""
        self.floor.goto(f"{self.told.url}/floor")
        self.floor.evaluate(KEEP_FAILURES)
        self.floor.evaluate("window.neverLoadedAgain = true")

    def stand_at(self, machine: str) -> None:
        """Open the stations of this machine and of all of its kind, which stay open too, each in a browser
        of its own: one holds few streams of changes at the same time."""
        kind = machine.rstrip("0123456789")
        tiles = self.floor.locator(f".tile[id^=tile-{kind}]")
        for tile in tiles.evaluate_all("all => all.map((each) => each.id)"):
            name = tile.removeprefix("tile-")
            station = self.another().new_page()
            station.goto(f"{self.told.url}/station/{name}")
            station.expose_function("keptMap", partial(self._mapped, name))
            station.evaluate(KEEP_MAPS)

    def _mapped(self, machine: str, label: str, parts: list[str], totes: list[str]) -> None:
        self.maps[machine, label] = (parts, totes)

    def intents(self) -> Iterator[Mapping[str, Any]]:
        """Yield every job order that the journal knows."""
        after = 0
        while True:
            asked = f"{self.told.url}/api/journal?after={after}&limit=500"
            rows = self.answered(partial(self.rows, asked))
            yield from (row["event"]["job"] for row in rows if row["kind"] == "JobIntended")
            if not rows:
                return
            after = rows[-1]["seq"]

    def rows(self, asked: str) -> list[Any]:
        """Return a page of the journal."""
        said: list[Any] = self.tab.request.get(asked).json()
        return said

    def members(self, machine: str, label: str) -> set[str]:
        """Return the operations of a batch that the story named."""
        return {
            member["operation"]
            for job in self.intents()
            if (job["machine"], job["label"].lower()) == (machine, label.lower())
            for member in job["members"]
        }


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    folder = on_free_ports("sneaker", tmp_path / "plant")
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "controller", "demo", str(folder), "--story"),
            *("--speed", "480", "--port", str(port)),
        ],
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(ROOT),
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "NUMBA_DISABLE_JIT": "1",  # or each run would compile all kernels for itself
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    story = Told(process, f"http://127.0.0.1:{port}")
    reading = threading.Thread(target=story.read, daemon=True)
    reading.start()
    yield story
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    reading.join(10)
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture
def watcher(page: Page, told: Told, browser: Browser) -> Iterator[Watcher]:
    opened: list[BrowserContext] = []

    def another() -> BrowserContext:
        opened.append(browser.new_context())
        return opened[-1]

    yield Watcher(told, page, page.context.new_page(), another)
    for each in opened:
        each.close()


def see_refused(at: Watcher) -> None:
    """Every row that was refused stands there with its value and its reason."""
    rows = [found.groups() for line in at.told.lines if (found := REFUSED.match(line))]
    assert len({reason for _, _, reason in rows}) >= 3, at.told.lines
    shown = at.look("/orders/refused").locator("tbody tr")
    expect(shown).to_have_count(len(rows), timeout=SLOW_MS)
    for number, value, reason in rows:
        row = shown.filter(has=at.tab.get_by_role("cell", name=number, exact=True))
        expect(row).to_contain_text(reason)
        expect(row).to_contain_text(value or "orders.csv")
    at.open()


def see_shared(at: Watcher) -> None:
    """The plate's own map is drawn when it is taken off; the page that waits for it stays open."""
    said = at.told.until(r"(Plate \d+) on (\w+): \d+ parts? for \d+ orders: (.+)\.$")
    label, machine, orders = said.groups()
    at.begun |= {"plate": label, "orders": orders, "printer": machine}
    at.stand_at(machine)


def see_died(at: Watcher) -> None:
    """The tile says that it failed for as long as nobody has cleared it; the alarm keeps the cause."""
    said = at.told.until(r"  (\w+) stopped with (plate \d+): (.+?)\. \d+ parts? of")
    machine, label, why = said.groups()
    at.begun |= {"died": machine, "lost": label}
    tile = at.floor.locator(f"#tile-{machine}")
    expect(tile).to_contain_text(re.compile("Failed|Out of service"), timeout=SLOW_MS)
    why_kept = "machine => /Failed.*Stopped|lost at/s.test(window.failures[machine] ?? '')"
    at.floor.wait_for_function(why_kept, arg=machine, timeout=SLOW_MS)
    said = at.look("/alarms")
    expect(said).to_contain_text(f"{machine} failed: {why}", timeout=SLOW_MS)


def see_remade(at: Watcher) -> None:
    """The order's page knows both attempts: the one that broke off and the one elsewhere."""
    machine, label = at.told.until(r"  (\w+) makes \d+ of the \d+ lost parts? on (.+)\.$").groups()
    died, lost = at.begun["died"], at.begun["lost"]
    again = at.members(died, lost) & at.members(machine, label)
    order, part, *_ = min(again).split("/")
    rows = at.look(f"/orders/{order}").locator(".made tbody tr").filter(has_text=f"{order}/{part}")
    broken_off = rows.filter(has_text=f"{died}, {lost}").filter(
        has_text=re.compile("Scrap|Not made")
    )
    expect(broken_off.first).to_be_visible(timeout=SLOW_MS)
    expect(rows.filter(has_text=f"{machine}, {label}").first).to_contain_text(
        re.compile(r"\d(nd|rd|th)"), timeout=SLOW_MS
    )


def see_scan(at: Watcher) -> None:
    """The line names the part in the hand, and the one that belongs there; the order's page has it."""
    said = at.told.until(
        r"(\w+): (This .+) Here (.+?) (\d+)(?: [\d.]+)? (\w) is needed, (?:tote )?(.+)\.$"
    )
    machine, held, part, right, side, tote = said.groups()
    wrong = re.search(r"\d+", held)
    assert wrong, said.group()
    assert wrong[0] != right, said.group()
    main = at.look(f"/orders/{right}")
    expect(main.locator(".facts")).to_contain_text(tote, timeout=SLOW_MS)
    joined = main.locator(".made tbody tr").filter(has_text=machine)
    scanned = re.compile(rf"{part} (?:[\d.]+ )?{side} scanned", re.IGNORECASE)
    # What a killed controller missed is scanned again when the work is done.
    expect(joined.filter(has_text=scanned).first).to_be_visible(timeout=BACK_MS)


def see_cancelled(at: Watcher) -> None:
    order, sunk = at.told.until(r"Order (\d+) is cancelled; (EUR [\d.,]+) is sunk").groups()
    main = at.look(f"/orders/{order}")
    expect(main.locator(".facts")).to_contain_text("Cancelled", timeout=SLOW_MS)
    expect(main.locator(".facts")).to_contain_text(f"{sunk} spent")
    expect(main.locator(".note").first).to_contain_text(re.compile(f"{sunk} (sunk|was lost)"))


def see_killed(at: Watcher) -> None:
    """The page that was open says that nobody answers, and goes on by itself."""
    expect(at.floor.locator("#link")).to_have_text("No connection", timeout=SLOW_MS)
    expect(at.floor.locator("#stale")).to_contain_text("No connection since")
    expect(at.floor.locator("#link")).to_have_text("Live", timeout=BACK_MS)
    expect(at.floor.locator("#stale")).to_be_hidden()


def see_back(at: Watcher) -> None:
    kept = at.told.until(r"(\d+) machines are linked again .*; ([\d,]+) events kept")
    assert int(kept[2].replace(",", "")) > 0
    expect(at.floor.locator(".tile")).to_have_count(int(kept[1]))
    expect(at.floor.locator("#link")).to_have_text("Live", timeout=SLOW_MS)
    assert at.floor.evaluate("window.neverLoadedAgain"), "The page was loaded again."


def see_maps(at: Watcher) -> None:
    """A plate of several customers was drawn with everybody's part and tote when it was taken off.

    It is the one of the story, or another one where the controller was away just then.
    """
    until_s = time.monotonic() + BACK_MS / 1000
    while not any(len(set(totes)) >= 2 for _, totes in list(at.maps.values())):
        assert time.monotonic() < until_s, at.maps
        at.tab.wait_for_timeout(200)
    for (machine, label), (titles, totes) in list(at.maps.items()):
        orders = {operation.partition("/")[0] for operation in at.members(machine, label)}
        assert {title.split()[0] for title in titles} == orders, (machine, label)
        assert len(set(totes)) == len(orders), (machine, label)
    begun = at.begun["printer"], at.begun["plate"]
    if begun in at.maps:
        titles, _ = at.maps[begun]
        assert {title.split()[0] for title in titles} == set(at.begun["orders"].split(", "))


def see_card(at: Watcher) -> None:
    at.told.until("Plant time is paused")
    said = "\n".join(at.told.lines)
    assert re.search(r"Made twice\s+0", said), said
    card = at.look("/closing")
    expect(card.locator(".hero .n")).to_contain_text("/ 40", timeout=SLOW_MS)
    expect(card.locator(".hero")).to_contain_text(f"{at.begun['died']} stopped at")
    expect(card.locator(".hero")).to_contain_text("the controller was started again once")
    expect(card.locator(".r").filter(has_text="Made twice")).to_contain_text("0")
    expect(card.get_by_text("First come, first served").last).to_be_visible()


LOOKS: Mapping[str, Callable[[Watcher], None]] = {
    "refused": see_refused,
    "shared": see_shared,
    "died": see_died,
    "remade": see_remade,
    "cancelled": see_cancelled,
    "killed": see_killed,
    "back": see_back,
    "scan": see_scan,
}


def test_every_scene_of_the_story_is_told_and_seen(watcher: Watcher) -> None:
    name_of = {says: name for name, says in SCENES.items()}
    assert LOOKS.keys() == SCENES.keys()
    seen: set[str] = set()
    while len(seen) < len(SCENES):
        line = watcher.told.until(r"Scene \d+ of \d+: (.+)|The closing card")
        assert line[1], f"not seen: {SCENES.keys() - seen}"
        name = name_of[line[1]]
        LOOKS[name](watcher)
        seen.add(name)
    see_maps(watcher)
    see_card(watcher)
