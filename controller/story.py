"""The two-minute story: what an ordinary bad day looks like, told from the journal while it happens.

Each scene waits for its moment in the journal, says what can be seen, and where a person would act,
acts through the same API as the pages.
"""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from controller.client import Client, RefusedError, UnreachableError
from controller.commands import counted

Recorded = Mapping[str, Any]
"""An event as GET /api/journal gives it."""

KILL_AT = "14:10"
"""Plant time of day at which the controller is killed: machines and benches are busy then."""
AWAY_SPEED = 60
"""Plant seconds per second while the controller is away: on a fast day, the seconds that it takes to
start again would be hours of idle benches."""
_LINKED_WITHIN_S = 40
"""The story goes on without a machine that is not linked again by then, and says how many are."""
_CANCEL_FROM = "10:30"
_BACK_FROM = "12:00"
"""Plant time of day at which the printer that died is repaired."""
_SHARED_BY = 3
"""A plate of at least so many customers is worth a look."""

SCENES: Mapping[str, str] = {
    "refused": "rows that cannot be made are refused, each with its reason",
    "shared": "one plate carries the parts of several customers",
    "died": "a printer dies in the middle of a plate",
    "remade": "its parts are made again elsewhere",
    "cancelled": "an order is cancelled, and what it cost so far is said",
    "killed": "the controller is killed",
    "back": "it is back, and nothing is lost",
    "scan": "a wrong part is refused where parts are joined",
}
"""Scene -> what it shows, in the order in which they usually come."""


@dataclass(slots=True)
class Story:
    """What was shown so far, and what later scenes need to remember."""

    speed: int = 1
    """How fast the day goes."""
    slowed: bool = False
    shown: list[str] = field(default_factory=list[str])
    labels: dict[str, tuple[str, str]] = field(default_factory=dict[str, "tuple[str, str]"])
    """Job order -> (machine, label)."""
    members: dict[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    lost: set[str] = field(default_factory=set[str])
    """Operations that broke off with the printer."""
    remade: set[str] = field(default_factory=set[str])
    died: str = ""
    repaired: bool = False
    killed_at: float = 0.0
    """Real seconds."""
    events: int = 0
    """Events that were durable when the controller was killed."""
    begun: set[str] = field(default_factory=set[str])
    """Orders of which something is made."""
    accepted: set[str] = field(default_factory=set[str])
    left: set[str] = field(default_factory=set[str])
    """Orders that were shipped, or taken back."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what was not shown."""
        return tuple(says for name, says in SCENES.items() if name not in self.shown)


def hear(story: Story, client: Client, recorded: Recorded) -> list[str]:
    """Take one event of the journal in, act where a person would, and return what to say."""
    match recorded["kind"]:
        case "JobIntended":
            _remember(story, recorded)
        case "OrderAccepted":
            story.accepted.add(recorded["event"]["order"]["id"])
        case "OrderShipped" | "OrderDropped":
            story.left.add(recorded["event"]["order"])
        case _:
            pass
    scene = SCENE_OF.get(recorded["kind"])
    return [] if scene is None else scene(story, client, recorded)


def opening(story: Story, refused: int) -> list[str]:
    """Say what became of the rows that cannot be made."""
    if not refused:
        return []
    return [_title(story, "refused"), f"{counted(refused, 'row')} refused; the good ones are in."]


def kill_now(story: Story, client: Client, now: str, seq: int) -> list[str]:
    """Return what to say when the controller is to be killed now; nothing otherwise."""
    if "killed" in story.shown or not now or now < KILL_AT:
        return []
    speed = min(AWAY_SPEED, story.speed)
    if not story.slowed:
        # The machines hear of it until the next look.
        client.post("/api/clock", {"speed": speed})
        story.slowed = True
        return []
    story.killed_at, story.events = time.monotonic(), seq
    slower = f" Until it is back, time goes at x{speed}." if speed < story.speed else ""
    return [
        _title(story, "killed"),
        f"SIGKILL, after {seq:,} durable events. Machines work on.{slower}",
    ]


def look(story: Story, client: Client, machines: list[Mapping[str, Any]]) -> list[str]:
    """See whether the controller that was killed is back."""
    if "killed" not in story.shown or "back" in story.shown:
        return []
    health = client.get("/api/health")
    assert isinstance(health, dict)
    seq = health["seq"]
    assert isinstance(seq, int)
    linked = sum(bool(each["linked"]) for each in machines)
    took_s = time.monotonic() - story.killed_at
    if linked < len(machines) and took_s < _LINKED_WITHIN_S:
        return []
    kept = client.get(f"/api/journal?after={max(0, story.events - 1)}&limit=1")
    assert isinstance(kept, list)
    if not kept:
        return []
    client.post("/api/clock", {"speed": story.speed})
    return [
        _title(story, "back"),
        (
            f"After {took_s:.1f} s {'all ' if linked == len(machines) else ''}{linked} machines are linked "
            "again and were asked what they hold;"
            f" {story.events:,} events kept, {seq - story.events:,} new."
        ),
    ]


def bring_back(story: Story, client: Client, now: str) -> list[str]:
    """Take the repaired printer in again."""
    if not story.died or story.repaired or now < _BACK_FROM:
        return []
    story.repaired = True
    with contextlib.suppress(RefusedError):
        client.post(f"/api/machines/{story.died}/in", {})
        return [f"{story.died} is repaired and in service again."]
    return []


def cancel_one(story: Story, client: Client, now: str) -> list[str]:
    """Take an order back that is being made."""
    if "cancelled" in story.shown or now < _CANCEL_FROM or not story.begun:
        return []
    for order in sorted(story.begun):
        with contextlib.suppress(RefusedError):
            said = client.post(f"/api/orders/{order}/cancel", {"reason": "customer changed plans"})
            assert isinstance(said, dict)
            return [_title(story, "cancelled"), str(said.get("says", ""))]
    return []


def ended_well(story: Story, card: Mapping[str, Any], open_now: set[str]) -> tuple[bool, str]:
    """Judge the day: on a bad day an order may be late, but none is lost and none is made twice."""
    due, made = card["day"]["due"], card["made"]
    if story.missing:
        return False, f"The story is incomplete: not seen was {'; '.join(story.missing)}."
    if lost := story.accepted - story.left - open_now:
        return False, f"Lost, neither shipped nor open: {', '.join(sorted(lost))}."
    if not card["shipped"] or made is None or made["twice"]:
        return False, "Nothing was shipped, parts were made twice, or nobody counted them."
    late = due - card["shipped"]
    return True, f"{counted(late, 'order')} of {due} missed the truck, open and planned on." * (
        late > 0
    )


def _title(story: Story, name: str) -> str:
    story.shown.append(name)
    return f"Scene {len(story.shown)} of {len(SCENES)}: {SCENES[name]}"


def _remember(story: Story, recorded: Recorded) -> None:
    told = recorded["event"]["job"]
    operations = tuple(member["operation"] for member in told["members"])
    story.labels[told["id"]] = (told["machine"], told["label"])
    story.members[told["id"]] = operations


def _intended(story: Story, client: Client, recorded: Recorded) -> list[str]:
    told = recorded["event"]["job"]
    operations = story.members[told["id"]]
    orders = sorted({operation.partition("/")[0] for operation in operations})
    lines: list[str] = []
    plate = str(told["label"]).startswith("Plate ")
    if "shared" not in story.shown and plate and len(orders) >= _SHARED_BY:
        lines += [
            _title(story, "shared"),
            (
                f"{told['label']} on {told['machine']}: {counted(len(operations), 'part')} for "
                f"{counted(len(orders), 'order')}: {', '.join(orders)}."
            ),
        ]
    again = story.lost & set(operations)
    if again and told["machine"] != story.died:
        first = not story.remade
        story.remade |= again
        if first:
            lines.append(_title(story, "remade"))
        lines.append(
            f"{told['machine']} makes {len(again)} of the {len(story.lost)} lost parts "
            f"on {_small(told['label'])}."
        )
        story.lost -= again
    return lines


def _reported(story: Story, client: Client, recorded: Recorded) -> list[str]:
    report = recorded["event"]["report"]
    machine, label = story.labels.get(report["job_order"], ("", ""))
    if report["state"] == "Running" and "cancelled" not in story.shown:
        operations = story.members.get(report["job_order"], ())
        story.begun |= {operation.partition("/")[0] for operation in operations}
        return []
    if report["state"] != "Aborted" or "died" in story.shown:
        return []
    story.died = machine
    story.lost = set(story.members.get(report["job_order"], ()))
    lines = [
        _title(story, "died"),
        (
            f"{machine} stopped with {_small(label)}: {report['detail']}. "
            f"{counted(len(story.lost), 'part')} of "
            f"{counted(len({each.partition('/')[0] for each in story.lost}), 'order')} are lost."
        ),
    ]
    with contextlib.suppress(RefusedError, UnreachableError):
        client.post(f"/api/machines/{machine}/out", {"reason": "repair", "until_s": None})
        lines.append(f"{machine} is taken out of service; the plan is repaired around it.")
    return lines


def _planned(story: Story, client: Client, recorded: Recorded) -> list[str]:
    if not story.died or "remade" in story.shown:
        return []
    event = recorded["event"]
    return [f"Plan {event['number']} in {event['took_ms'] / 1000:.1f} s: {event['why']}."]


def _scan_refused(story: Story, client: Client, recorded: Recorded) -> list[str]:
    if "scan" in story.shown:
        return []
    event = recorded["event"]
    return [_title(story, "scan"), f"{event['machine']}: {event['why']}"]


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]


SCENE_OF: Mapping[str, Callable[[Story, Client, Recorded], list[str]]] = {
    "JobIntended": _intended,
    "JobReported": _reported,
    "PlanPublished": _planned,
    "ScanRefused": _scan_refused,
}
"""Kind of event -> the scene that it may begin or go on with."""
