"""The two-minute story, watched by a browser: each scene can be seen on a page while it is told."""

import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from controller.story import SCENES
from tests.wire.test_day import free_ports, on_free_ports

pytestmark = [pytest.mark.web, pytest.mark.timeout(420)]
ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 330
SLOW_MS = 20_000


@dataclass
class Told:
    """The demo in a process of its own, and what it said so far."""

    process: subprocess.Popen[str]
    url: str
    lines: list[str] = field(default_factory=list)
    new: "queue.Queue[str | None]" = field(default_factory=queue.Queue)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.new.put(line.rstrip())
        self.new.put(None)

    def until(self, pattern: str, begun_s: float) -> str:
        """Return the next line that fits."""
        while True:
            left = WITHIN_S - (time.monotonic() - begun_s)
            line = self.new.get(timeout=max(1, left))
            assert line is not None, "\n".join(self.lines[-40:])
            self.lines.append(line)
            if re.search(pattern, line):
                return line


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
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    story = Told(process, f"http://127.0.0.1:{port}")
    threading.Thread(target=story.read, daemon=True).start()
    yield story
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()


def see_refused(page: Page, told: Told) -> None:
    page.goto(f"{told.url}/orders/refused")
    expect(page.locator("main")).to_contain_text("There is no", timeout=SLOW_MS)


def see_died(page: Page, told: Told) -> None:
    page.goto(f"{told.url}/floor")
    expect(page.locator("#tile-P3")).to_contain_text(
        re.compile("Out of service|Failed"), timeout=SLOW_MS
    )


def see_cancelled(page: Page, told: Told) -> None:
    page.goto(f"{told.url}/alarms")
    expect(page.locator("main")).to_be_visible(timeout=SLOW_MS)


def see_killed(page: Page, told: Told) -> None:
    """The page that was open goes on by itself once the controller is back."""


def see_back(page: Page, told: Told) -> None:
    page.goto(f"{told.url}/floor")
    expect(page.locator("#link")).to_have_text("Live", timeout=SLOW_MS)


LOOKS = {
    "refused": see_refused,
    "died": see_died,
    "cancelled": see_cancelled,
    "killed": see_killed,
    "back": see_back,
}


def test_every_scene_of_the_story_is_told_and_seen(page: Page, told: Told) -> None:
    begun_s = time.monotonic()
    name_of = {says: name for name, says in SCENES.items()}
    seen: set[str] = set()
    while len(seen) < len(SCENES):
        line = told.until(r"Scene \d+ of \d+: |The closing card", begun_s)
        assert "The closing card" not in line, f"not seen: {SCENES.keys() - seen}"
        name = name_of[line.rpartition(": ")[2]]
        if name in LOOKS:
            LOOKS[name](page, told)
        seen.add(name)
    told.until("Plant time is paused", begun_s)
    said = "\n".join(told.lines)
    assert re.search(r"Made twice\s+0", said), said
    assert re.search(r"EUR [\d.]+ is sunk", said), said
    page.goto(f"{told.url}/closing")
    expect(page.locator("main")).to_contain_text("40", timeout=SLOW_MS)
