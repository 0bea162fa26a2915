"""Work that waits for hands or for a person's word: open hand work and doubts."""

from controller.desk import Desk
from controller.doubts.value import value_cents
from controller.doubts.words import standing
from controller.identity.matching import codes_to_scan
from controller.state import Job, JobPhase, State
from controller.web.bodies import DoubtNow, WorkMember, WorkNow
from controller.web.naming import line_of, member_name
from controller.web.recent import Recent
from controller.web.scene import is_station, order_id
from drivers import Member


def open_work(desk: Desk) -> list[WorkNow]:
    """Return what hand stations offer and what was begun there, oldest first."""
    return [
        WorkNow(
            machine=job.intended.job.machine,
            job_order=job.intended.job.id,
            label=job.intended.job.label,
            state="begun" if job.phase is JobPhase.RUNNING else "offered",
            members=members(desk, job),
            takes_s=job.intended.job.takes_s,
            scan=codes_to_scan(desk.state, job),
        )
        for job in desk.state.jobs.values()
        if is_station(desk.state, job.intended.job.machine)
        and job.phase in {JobPhase.ACCEPTED, JobPhase.RUNNING}
    ]


def open_doubts(desk: Desk, recent: Recent) -> list[DoubtNow]:
    """Return the job orders in doubt, oldest first."""
    return [
        DoubtNow(
            job_order=job.intended.job.id,
            machine=job.intended.job.machine,
            label=job.intended.job.label,
            why=job.detail,
            since_s=recent.doubted_s.get(job.intended.job.id, job.intended_s),
            members=members(desk, job),
            value_cents=value_cents(desk.state, job),
            signed_by=job.signatures[-1].by if job.signatures else "",
            signed_verdict=job.signatures[-1].verdict if job.signatures else "",
            says=standing(desk.state, job),
        )
        for job in doubted(desk.state)
    ]


def doubted(state: State) -> list[Job]:
    """Return the job orders in doubt."""
    return [job for job in state.jobs.values() if job.phase is JobPhase.DOUBT]


def members(desk: Desk, job: Job) -> tuple[WorkMember, ...]:
    """Return the members of a job order with their customers' own words."""
    return tuple(
        WorkMember(
            operation=member.operation,
            subject=member.subject,
            name=member_name(desk.state, member.operation),
            recipe=dict(member.recipe),
            texts=_texts(desk, member),
        )
        for member in job.intended.job.members
    )


def _texts(desk: Desk, member: Member) -> dict[str, str]:
    order = order_id(member.subject)
    opened = desk.state.orders.get(order)
    if opened is None:
        return {}
    whole = member.subject == order
    number = str(line_of(opened, member.subject).number)
    found: dict[str, str] = {}
    for key, words in desk.person(order).texts:
        line, _, feature = key.partition(".")
        if whole or line == number:
            found[feature] = words
    return found
