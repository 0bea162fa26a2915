"""A supervisor hears that the controller is ready and alive; the unit file starts a real command."""

import asyncio
import configparser
import shlex
import socket
from pathlib import Path

from typer.testing import CliRunner

from controller.cli import app
from controller.supervised import stay_alive, tell
from simulators.clock import run

UNIT = Path(__file__).parents[2] / "docs" / "systemd" / "lotwright.service"


def listening(path: Path) -> socket.socket:
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(str(path))
    heard.setblocking(False)
    return heard


def test_the_supervisor_is_told(tmp_path):
    with listening(tmp_path / "notify") as heard:
        tell({"NOTIFY_SOCKET": str(tmp_path / "notify")}, "READY=1")
        assert heard.recv(100) == b"READY=1"


def test_without_a_supervisor_nothing_happens(tmp_path):
    tell({}, "READY=1")
    tell({"NOTIFY_SOCKET": str(tmp_path / "gone")}, "READY=1")


def test_the_watchdog_hears_twice_in_its_time(tmp_path):
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000000"}

    async def a_minute() -> None:
        alive = asyncio.create_task(stay_alive(environment))
        await asyncio.sleep(61)
        alive.cancel()

    with listening(tmp_path / "notify") as heard:
        run(a_minute())
        said = 0
        while True:
            try:
                assert heard.recv(100) == b"WATCHDOG=1"
            except BlockingIOError:
                break
            said += 1
    assert said == 5


def test_the_unit_starts_a_command_with_options_that_exist():
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment]
    unit.read(UNIT, encoding="utf-8")
    words = shlex.split(unit["Service"]["ExecStart"])
    assert words[0].endswith("/lotwright")
    options = [word for word in words if word.startswith("--")]
    said = CliRunner().invoke(app, [words[1], "--help"], env={"COLUMNS": "200"})
    assert said.exit_code == 0
    assert options
    assert [option for option in options if option not in said.output] == []
