"""The demo: what it tells, how it judges the day, and that its children never outlive it."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from controller.children import Children
from controller.demo import Demo, controller_command, machines_command, time_of_day, verdict
from controller.demo_lines import LINES, Told, lines_of
from controller.demo_screen import Moment, Screen
from controller.events import Event


def recorded(kind: str, actor: str = "controller", **event: object) -> dict[str, object]:
    return {"kind": kind, "actor": actor, "event": event}


def test_lines_are_only_told_of_events_that_exist():
    from typing import get_args

    assert set(LINES) <= {kind.__name__ for kind in get_args(Event)}


def test_a_day_is_told_in_one_line_for_each_notable_thing():
    told = Told()
    job = {"id": "a1", "machine": "P3", "label": "Plate 119"}
    scrap = [{"verdict": "scrap", "reason": "layer shift"}, {"verdict": "good", "reason": ""}]
    report = {"machine": "P3", "job_order": "a1", "state": "Ended", "results": scrap, "detail": ""}
    day = [
        recorded("LinkLost", machine="K1"),
        recorded("FileImported", name="orders.csv", accepted=2, repeated=0, refused=1),
        recorded("OrderAccepted"),
        recorded("OrderAccepted"),
        recorded("LinkLost", machine="K1"),
        recorded("LinkRestored", machine="K1"),
        recorded("JobIntended", job=job),
        recorded("JobReported", report={**report, "state": "Running"}),
        recorded("JobReported", report=report),
        recorded("JobReported", report={**report, "state": "Aborted", "detail": "nozzle low"}),
        recorded("JobDoubted", job_order="a1", why="Nobody knows."),
        recorded(
            "DoubtDecided", "person amira", job_order="a1", verdict="not_made", reason="empty"
        ),
        recorded("OrderPacked", order="4119"),
        recorded("OrderShipped", order="4119", carrier="Nord Parcel", on_time=True),
        recorded("OrderShipped", order="4120", carrier="Nord Parcel", on_time=False),
        recorded("DayClosed", shipped=2, due=2),
    ]
    assert [line for each in day for line in lines_of(told, each)] == [
        "orders.csv: 2 orders taken, 0 known, 1 row refused",
        "K1 does not answer",
        "K1 answers again",
        "P3, Plate 119: 1 part is scrap (layer shift), made again",
        "P3 stopped with Plate 119: nozzle low",
        "P3: Plate 119 is in doubt. Nobody knows.",
        "P3: Plate 119 was not made, says amira: empty",
        "Order 4119 is packed, 1 of 2",
        "Order 4120 left late with Nord Parcel",
        "The day is closed: 2 of 2 orders left (Nord Parcel 2)",
    ]


@pytest.mark.parametrize(
    ("shipped", "due", "made", "good"),
    [
        (41, 41, {"twice": 0}, True),
        (40, 41, {"twice": 0}, False),
        (41, 41, {"twice": 1}, False),
        (41, 41, None, False),
        (0, 0, {"twice": 0}, False),
    ],
)
def test_the_day_is_good_when_all_left_and_nothing_was_made_twice(shipped, due, made, good):
    judged, why = verdict({"shipped": shipped, "day": {"due": due}, "made": made})
    assert judged is good
    assert bool(why) is not good


def test_times_of_day_compare_as_text():
    assert time_of_day("9:05") == "09:05"
    assert time_of_day("") == ""
    for wrong in ("25:00", "12:60", "noon", "12"):
        with pytest.raises(ValueError, match="no time of day"):
            time_of_day(wrong)


def test_machines_follow_the_controller_that_keeps_the_clock():
    demo = Demo(plant=Path("/plants/sneaker"), port=8099)
    assert "--follow=http://127.0.0.1:8099" in machines_command(demo)
    assert "--speed=0" in controller_command(demo)
    ledger = f"{demo.machines.resolve()}/as-made.jsonl"
    assert f"--ledger={ledger}" in controller_command(demo)
    assert f"--state={demo.machines.resolve()}" in machines_command(demo)


def test_without_a_terminal_events_are_plain_lines():
    out = io.StringIO()
    screen = Screen(Console(file=out, force_terminal=False, width=200))
    screen.begin()
    moment = Moment(
        clock="11:42", speed=480, url="http://x", due=2, packed=1, shipped=0, cuts=[], machines=[]
    )
    screen.show(moment)
    screen.say("11:42", "Order [4119] is packed")
    screen.end()
    assert out.getvalue() == "11:42  Order [4119] is packed\n"


def test_on_a_terminal_the_plant_is_shown_as_it_stands():
    out = io.StringIO()
    screen = Screen(Console(file=out, force_terminal=True, width=100, color_system=None))
    machine = {
        "id": "K1",
        "state": "run",
        "word": "Running",
        "progress_percent": 41,
        "what": "Upper 4136 L",
    }
    screen.begin()
    screen.show(
        Moment(
            clock="11:42",
            speed=480,
            url="http://x",
            due=18,
            packed=9,
            shipped=0,
            cuts=[("13:30 Nord Parcel", 9, 18)],
            machines=[machine],
        )
    )
    screen.end()
    said = out.getvalue()
    assert "9 of 18 packed" in said
    assert "41 %" in said
    assert "Upper 4136 L" in said


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int, within_s: float = 10.0) -> bool:
    until = time.monotonic() + within_s
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


SLEEPER = "import time, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
SLEEPER += "print('up', flush=True); time.sleep(60)"
PARENT = """
import sys, time
from pathlib import Path
from controller.children import Children
children = Children(Path(sys.argv[1]))
children.start("sleeper", ["sleeper"])
print(children.running["sleeper"].pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal of a parent is Linux's own")
def test_children_are_gone_when_their_parent_is_killed(tmp_path):
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{root}:{tmp_path}"},
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(child)


def test_children_that_do_not_listen_are_killed(tmp_path, monkeypatch):
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    monkeypatch.setattr("controller.children._ENDS_WITHIN_S", 0.2)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    children = Children(tmp_path)
    children.start("sleeper", ["sleeper"])
    until = time.monotonic() + 20
    while "up" not in children.last_words("sleeper") and time.monotonic() < until:
        time.sleep(0.02)
    assert children.ended("sleeper") is None
    children.stop()
    assert children.ended("sleeper") == -signal.SIGKILL
    assert children.last_words("sleeper") == "up"
