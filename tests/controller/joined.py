"""Gloves that are joined: two knitted halves and a dyed cuff are sewn by hand, and every part is scanned."""

from dataclasses import dataclass, replace

from floor import Floor
from gloves import GROUPS, ORIGIN, PLANT, STEPS, order

from controller import events as e
from controller.decide import RULES, dispatch
from controller.identity.requests import ScanPart
from controller.judge import judge
from controller.judged import Judged
from controller.requests import BeginHandWork, FinishHandWork, Refusal, Reply, Request, Taken
from controller.state import Job
from drivers import JobOrder, UnitResult, Verdict


def _steps():
    knit, dye, sew, pack = STEPS
    return (knit, replace(dye, after=()), replace(sew, after=("knit", "dye")), pack)


def joined_plant(totes: int = 0):
    """Knit (each), dye (a pair, no wait), sew (a join of the three), pack; hands scan."""
    groups = {**GROUPS, "hands": replace(GROUPS["hands"], scans=True, clears_itself=True)}
    return replace(PLANT, processes={"glove": _steps()}, groups=groups, totes=totes)


@dataclass
class Bench(Floor):
    """A floor with the real judge at its door."""

    def ask(self, request: Request) -> Reply:
        """Have a request judged and recorded, then let what follows by itself follow."""
        judged = judge(self.state, request, now_s=self.now_s, utc=ORIGIN)
        if isinstance(judged, Refusal):
            return judged
        assert isinstance(judged, Judged)
        self.record(*judged.facts)
        self.follow()
        return judged.reply or Taken(seq=self.state.seq, says=judged.says)

    def follow(self) -> None:
        """Record what the rules say, all but starts on machines."""
        rules = [rule for rule in RULES if rule is not dispatch]
        while found := [
            step.event
            for rule in rules
            for step in rule(self.state, self.transient, self.now_s)
            if step.event is not None
        ]:
            self.record(found[0])
        for job_order, machine in list(self.state.to_confirm.items()):
            self.record(e.JobConfirmed(machine=machine, job_order=job_order))

    def make_parts(self) -> None:
        """Have machines make everything that goes to the bench."""
        while True:
            self.follow()
            machines = [name for name in self.intents() if name != "H1"]
            if not machines:
                return
            job = self.dispatch(machines[0])
            self.follow()
            self.run(job)
            self.now_s += job.takes_s
            self.end(job)
            self.record(e.MachineCleared(machine=job.machine))

    def offer(self) -> JobOrder:
        """Have the bench offer what comes next there."""
        job = self.dispatch("H1")
        self.follow()
        return job

    def scan(self, job: JobOrder, code: str) -> Reply:
        """Scan at the bench."""
        return self.ask(ScanPart(machine="H1", job_order=job.id, code=code))

    def begin(self, job: JobOrder) -> Reply:
        """Begin at the bench."""
        return self.ask(BeginHandWork(machine="H1", job_order=job.id))

    def finished(self, job: JobOrder, verdict: Verdict = Verdict.GOOD, reason: str = "") -> Reply:
        """Say what became of it."""
        results = tuple(UnitResult(m.operation, verdict, reason) for m in job.members)
        return self.ask(FinishHandWork(machine="H1", job_order=job.id, results=results))

    def job(self, told: JobOrder) -> Job:
        """Return what is known of a job order."""
        return self.state.jobs[told.id]


def bench(*orders: str, totes: int = 0) -> Bench:
    """Return a floor with one pair of each order, all parts made, in totes from T-1."""
    floor = Bench(joined_plant(totes))
    floor.link()
    for name in orders or ("A1", "A2"):
        made = order(name, "moss")
        floor.record(e.OrderAccepted(order=made, cost_cents=0, premium_cents=0))
    floor.plan()
    floor.make_parts()
    return floor


def refused(reply: Reply) -> str:
    """Return why it was refused."""
    assert isinstance(reply, Refusal), reply
    return reply.why
