"""Open cases of doubt: what is not known, what is, and what each answer does."""

from dataclasses import dataclass

from controller.state import Job
from controller.web.naming import counted, made, member_name
from controller.web.people import doubted
from controller.web.recent import Decision, Recent
from controller.web.scene import Scene, orders_of, slack_of
from controller.web.times import ago, clock_text, second_text, spare
from controller.web.words import Text

REASONS = (
    "Looked at the parts",
    "Looked at the machine",
    "Nothing there",
    "Read the machine's counter",
)
"""Reason codes for a decision; what was seen can be added in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the three honest answers."""

    verdict: str
    head: str
    does: str
    costs: str
    button: str
    losing: str
    """What the second step's button says."""
    grave: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A job order in doubt."""

    job_order: str
    machine: str
    label: str
    what: Text
    since: str
    waits: str
    why: str
    evidence: tuple[tuple[str, str, str], ...]
    orders: tuple[tuple[str, str, str], ...]
    """(order, when it ships, what is to spare)."""
    members: tuple[str, ...]
    choices: tuple[Choice, ...]


def cases(scene: Scene, recent: Recent) -> list[Case]:
    """Return the open cases, oldest first."""
    return [_case(scene, recent, job) for job in doubted(scene.state)]


def _case(scene: Scene, recent: Recent, job: Job) -> Case:
    told = job.intended.job
    since_s = recent.doubted_s.get(told.id, job.intended_s)
    orders = orders_of(job)
    return Case(
        job_order=told.id,
        machine=told.machine,
        label=told.label,
        what=made(scene.state, told),
        since=clock_text(scene.state, since_s, scene.now_s),
        waits=f"{counted(len(orders), 'order')} {'waits' if len(orders) == 1 else 'wait'}, "
        f"{ago(scene.now_s - since_s)}",
        why=job.detail or "Nobody knows what became of it.",
        evidence=tuple(
            (second_text(scene.state, at_s), says, f"journal, event {number:,}")
            for at_s, number, says in recent.evidence.get(told.id, [])
        ),
        orders=tuple(_order(scene, name) for name in orders if name in scene.state.orders),
        members=tuple(member_name(scene.state, member.operation) for member in told.members),
        choices=_choices(job),
    )


def _order(scene: Scene, name: str) -> tuple[str, str, str]:
    opened = scene.state.orders[name]
    slack_s = slack_of(scene, opened)
    ships = f"ships {clock_text(scene.state, opened.order.due_s, scene.now_s)}"
    return name, ships, spare(slack_s) if slack_s is not None else "being planned"


def _choices(job: Job) -> tuple[Choice, ...]:
    told = job.intended.job
    label = f"{told.label[:1].lower()}{told.label[1:]}"
    parts = counted(len(told.members), "part")
    return (
        Choice(
            verdict="made_good",
            head="It was made and is good",
            does=f"{told.label} counts as made; {parts} go on to the next step.",
            costs="Nothing is made again.",
            button="Made good…",
            losing=f"Count {label} as made: {parts}",
            grave=False,
        ),
        Choice(
            verdict="made_scrap",
            head="It was made and is bad",
            does=f"{told.label} is scrap; {parts} are made again, and planned anew at once.",
            costs="Its material and machine time are lost.",
            button="Made scrap…",
            losing=f"Scrap {label}: {parts} are lost",
            grave=True,
        ),
        Choice(
            verdict="not_made",
            head="It was never made",
            does=f"{parts} can be told again as soon as {told.machine} is free.",
            costs="No material is lost.",
            button="Not made…",
            losing=f"Make {label} again: {parts}",
            grave=False,
        ),
    )


def decided_lines(scene: Scene, decided: list[Decision]) -> list[tuple[str, str, str, str]]:
    """Return (machine, time, what, who and why) of what was decided lately."""
    return [
        (
            each.machine,
            clock_text(scene.state, each.at_s, scene.now_s),
            f"{each.label}, {each.verdict}",
            f"{each.actor[:1].upper()}{each.actor[1:]}: “{each.reason}”",
        )
        for each in decided
    ]
