"""Open cases of doubt: what is not known, what is, and what each answer does."""

from dataclasses import dataclass

from controller.doubts.words import standing
from controller.state import Job, State
from controller.web.doubt_ways import Choice, choices
from controller.web.naming import counted, made, member_name
from controller.web.people import doubted
from controller.web.recent import Decision, Recent
from controller.web.scene import Scene, orders_of
from controller.web.times import ago, clock_text, second_text
from controller.web.words import Text

REASONS = (
    "Looked at the parts",
    "Looked at the machine",
    "Nothing there",
    "Read the machine's counter",
)
"""Reason codes for a decision; what was seen can be added in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far two persons are with a doubt; it changes while the page is open."""

    job_order: str
    says: str
    """Empty where one person decides."""
    signed: bool


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
    members: tuple[str, ...]
    choices: tuple[Choice, ...]
    standing: Standing


def standing_of(state: State, job: Job) -> Standing:
    """Say how far two persons are with a doubt."""
    return Standing(
        job_order=job.intended.job.id, says=standing(state, job), signed=bool(job.signatures)
    )


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
        members=tuple(member_name(scene.state, member.operation) for member in told.members),
        choices=choices(scene, job),
        standing=standing_of(scene.state, job),
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
