"""A floor under test: facts are folded one after the other, and rules are asked what follows."""

import asyncio
from dataclasses import dataclass, field, replace

from gloves import EVENING_S, ORIGIN, PLANT, order

from controller import events as e
from controller.decide import Step, decide
from controller.effects import AskPlan, Effect
from controller.fold import apply
from controller.frozen import frozen_of
from controller.journal import InlineJournal
from controller.planning import InlinePlanner, Question, adopt
from controller.state import State
from controller.transient import Transient
from drivers import (
    Answer,
    JobOrder,
    JobState,
    LinkChange,
    Report,
    Submit,
    UnitResult,
    Verdict,
)
from plant_config import Plant


@dataclass
class Floor:
    """State and what one run knows beside it; time is set by hand."""

    plant: Plant = PLANT
    now_s: int = 0
    transient: Transient = field(default_factory=Transient)
    facts: list[e.Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = State(self.plant)
        self.journal: list[e.Stamped] = []
        self.record(
            e.PlantOpened(plant="gloves", digest="d", origin_utc=ORIGIN.isoformat()),
            e.ClockSet(utc=ORIGIN.isoformat(), plant_s=0, speed=1),
            e.ControllerStarted(digest="d"),
        )

    def record(self, *facts: e.Event, actor: str = "") -> None:
        """Fold facts as the loop does after they are durable."""
        for fact in facts:
            stamped = e.Stamped(
                seq=self.state.seq + 1,
                at_s=self.now_s,
                utc="",
                actor=actor,
                station="",
                boot="1",
                epoch=1,
                version=1,
                event=fact,
                previous="",
                hash="",
            )
            self.journal.append(stamped)
            apply(self.state, stamped)

    def link(self, *machines: str, boot: int = 1) -> None:
        """Have machines answer and say that they hold nothing."""
        for name in machines or tuple(self.plant.machines):
            self.record(e.LinkRestored(machine=name, boot=boot, count=0))
            self.transient.reconciled.add(name)

    def accept(self, *colours: str, name: str = "A1", due_s: int = EVENING_S) -> None:
        """Take an order of one pair in each colour."""
        made = order(name, *colours, due_s=due_s)
        self.record(e.OrderAccepted(order=made, cost_cents=0, premium_cents=0))

    def plan(self) -> None:
        """Plan what is wanted and adopt the plan."""
        question = Question(
            stamp=self.state.demand,
            orders=tuple(o.order for o in self.state.orders.values() if o.packed_s is None),
            frozen=frozen_of(self.state, self.now_s),
            now_s=self.now_s,
        )
        answer = asyncio.run(InlinePlanner(self.plant, 20).ask(question))
        plan = adopt(self.state, answer, frozen_of(self.state, self.now_s), self.now_s)
        assert plan is not None
        self.record(plan)

    def steps(self) -> tuple[Step, ...]:
        """Ask the rules once."""
        return decide(self.state, self.transient, self.now_s)

    def effects(self) -> list[Effect]:
        """Return the effects of one round, planning left out."""
        found = [step.effect for step in self.steps() if step.effect is not None]
        return [effect for effect in found if not isinstance(effect, AskPlan)]

    def intents(self) -> dict[str, e.JobIntended]:
        """Return what would be dispatched now, by machine."""
        found = (step.event for step in self.steps())
        return {i.job.machine: i for i in found if isinstance(i, e.JobIntended)}

    def dispatch(self, machine: str) -> JobOrder:
        """Give a machine its next batch; it accepts."""
        intended = self.intents()[machine]
        self.record(
            intended,
            e.JobAnswered(job_order=intended.job.id, answer=Answer(Submit.ACCEPTED)),
        )
        self.transient.checked.add(intended.job.id)
        return intended.job

    def run(self, job: JobOrder) -> None:
        """Have the machine report that it runs."""
        report = Report(machine=job.machine, job_order=job.id, state=JobState.RUNNING)
        self.record(e.JobReported(report=report))

    def end(
        self,
        job: JobOrder,
        verdict: Verdict = Verdict.GOOD,
        state: JobState = JobState.ENDED,
        detail: str = "",
    ) -> None:
        """Have the machine report its end, with one verdict for all."""
        results = tuple(UnitResult(member.operation, verdict) for member in job.members)
        report = Report(
            machine=job.machine, job_order=job.id, state=state, results=results, detail=detail
        )
        self.record(e.JobReported(report=report))

    def finish(self, machine: str) -> JobOrder:
        """Dispatch, run, end, clear and confirm the next batch of a machine."""
        job = self.dispatch(machine)
        self.run(job)
        self.now_s += job.takes_s
        self.end(job)
        self.record(
            e.MachineCleared(machine=machine), e.JobConfirmed(machine=machine, job_order=job.id)
        )
        return job


def open_floor(*colours: str) -> Floor:
    """Return a floor with one planned order and every machine linked."""
    floor = Floor()
    floor.link()
    floor.accept(*(colours or ("moss",)))
    floor.plan()
    return floor


def other_mode(plant: Plant, machine: str, mode: object) -> Plant:
    """Return the plant with one machine in another mode."""
    changed = replace(plant.machines[machine], mode=mode)
    return replace(plant, machines={**plant.machines, machine: changed})


__all__ = ["Floor", "InlineJournal", "LinkChange", "open_floor", "other_mode"]
