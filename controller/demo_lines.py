"""What happens during the demo, a plain line for each notable event of the journal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from controller.commands import counted

Recorded = Mapping[str, Any]
"""An event as GET /api/journal gives it."""


@dataclass(slots=True)
class Told:
    """What lines need to remember: names of job orders and how many orders are packed."""

    labels: dict[str, tuple[str, str]] = field(default_factory=dict[str, "tuple[str, str]"])
    """Job order -> (machine, label)."""
    accepted: int = 0
    packed: int = 0
    shipped: dict[str, int] = field(default_factory=dict[str, int])
    begun: bool = False
    """The day's orders are in; before that, links that come and go are no news."""


def lines_of(told: Told, recorded: Recorded) -> list[str]:
    """Return what a person wants to know of an event; mostly nothing."""
    line = LINES.get(recorded["kind"])
    return [] if line is None else line(told, recorded)


def _imported(told: Told, recorded: Recorded) -> list[str]:
    told.begun = True
    event = recorded["event"]
    taken, refused = counted(event["accepted"], "order"), counted(event["refused"], "row")
    return [f"{event['name']}: {taken} taken, {event['repeated']} known, {refused} refused"]


def _accepted(told: Told, _: Recorded) -> list[str]:
    told.accepted += 1
    return []


def _planned(_: Told, recorded: Recorded) -> list[str]:
    event = recorded["event"]
    took = f"{event['took_ms'] / 1000:.1f} s"
    why = f" ({event['why']}, {took})" if event["why"] else f" ({took})"
    return [f"{event['says']}{why}"]


def _intended(told: Told, recorded: Recorded) -> list[str]:
    job = recorded["event"]["job"]
    told.labels[job["id"]] = (job["machine"], job["label"])
    return []


def _reported(told: Told, recorded: Recorded) -> list[str]:
    report = recorded["event"]["report"]
    _, label = told.labels.get(report["job_order"], ("", "a job order"))
    if report["state"] == "Aborted":
        detail = f": {report['detail']}" if report["detail"] else ""
        return [f"{report['machine']} stopped with {label}{detail}"]
    scrap = [result for result in report["results"] if result["verdict"] == "scrap"]
    if report["state"] == "Ended" and scrap:
        parts = f"{counted(len(scrap), 'part')} {'is' if len(scrap) == 1 else 'are'}"
        reason = f" ({scrap[0]['reason']})" if scrap[0]["reason"] else ""
        return [f"{report['machine']}, {label}: {parts} scrap{reason}, made again"]
    return []


def _doubted(told: Told, recorded: Recorded) -> list[str]:
    event = recorded["event"]
    machine, label = told.labels.get(event["job_order"], ("", "a job order"))
    return [f"{machine}: {label} is in doubt. {event['why']}"]


def _decided(told: Told, recorded: Recorded) -> list[str]:
    event = recorded["event"]
    machine, label = told.labels.get(event["job_order"], ("", "a job order"))
    who = str(recorded["actor"]).removeprefix("person ")
    verdict = str(event["verdict"]).replace("_", " ")
    return [f"{machine}: {label} was {verdict}, says {who}: {event['reason']}"]


def _link_lost(told: Told, recorded: Recorded) -> list[str]:
    return [f"{recorded['event']['machine']} does not answer"] if told.begun else []


def _link_restored(told: Told, recorded: Recorded) -> list[str]:
    return [f"{recorded['event']['machine']} answers again"] if told.begun else []


def _packed(told: Told, recorded: Recorded) -> list[str]:
    told.packed += 1
    order = recorded["event"]["order"]
    return [f"Order {order} is packed, {told.packed} of {told.accepted}"]


def _shipped(told: Told, recorded: Recorded) -> list[str]:
    event = recorded["event"]
    carrier = event["carrier"]
    told.shipped[carrier] = told.shipped.get(carrier, 0) + 1
    return [] if event["on_time"] else [f"Order {event['order']} left late with {carrier}"]


def _closed(told: Told, recorded: Recorded) -> list[str]:
    event = recorded["event"]
    left = ", ".join(f"{carrier} {count}" for carrier, count in told.shipped.items())
    return [f"The day is closed: {event['shipped']} of {event['due']} orders left ({left})"]


LINES: Mapping[str, Callable[[Told, Recorded], list[str]]] = {
    "FileImported": _imported,
    "OrderAccepted": _accepted,
    "PlanPublished": _planned,
    "JobIntended": _intended,
    "JobReported": _reported,
    "JobDoubted": _doubted,
    "DoubtDecided": _decided,
    "LinkLost": _link_lost,
    "LinkRestored": _link_restored,
    "OrderPacked": _packed,
    "OrderShipped": _shipped,
    "DayClosed": _closed,
}
"""Kind of event -> its lines; what is not here is no news."""
