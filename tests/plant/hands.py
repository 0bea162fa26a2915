"""What the simulated people of a virtual day see and touch: the desk itself instead of HTTP."""

from controller.identity.matching import codes_to_scan
from controller.identity.requests import ScanPart
from controller.requests import (
    BeginHandWork,
    ClearMachine,
    DecideDoubt,
    FinishHandWork,
    Refusal,
    Request,
)
from controller.run import Run
from controller.state import Job, JobPhase
from drivers import UnitResult
from simulators.person import Doubt, Piece, RefusedError, Work
from simulators.works import Seen


class DeskApi:
    """Fulfils `simulators.person.Api` without a wire."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def work(self) -> tuple[Work, ...]:
        """Return the open hand work."""
        plant = self._run.state.plant
        return tuple(
            Work(
                machine=told.machine,
                job_order=told.id,
                label=told.label,
                state="begun" if job.phase is JobPhase.RUNNING else "offered",
                members=tuple(Piece(m.operation, m.subject) for m in told.members),
                takes_s=told.takes_s,
                scan=codes_to_scan(self._run.state, job),
            )
            for job in self._run.state.jobs.values()
            for told in (job.intended.job,)
            if plant.machines[told.machine].link.kind == "station"
            and (job.phase is JobPhase.RUNNING or self._can_begin(told.machine, job))
        )

    def _can_begin(self, machine: str, job: Job) -> bool:
        """Nobody begins at a station that is out of service: whoever works there is not there."""
        return job.phase is JobPhase.ACCEPTED and self._run.state.machines[machine].out is None

    async def uncleared(self) -> tuple[str, ...]:
        """Return the machines that wait for somebody."""
        return tuple(
            name
            for name, machine in self._run.state.machines.items()
            if machine.needs_clear or machine.orphan
        )

    async def doubts(self) -> tuple[Doubt, ...]:
        """Return what is in doubt."""
        return tuple(
            Doubt(machine=job.intended.job.machine, job_order=name, label=job.intended.job.label)
            for name, job in self._run.state.jobs.items()
            if job.phase is JobPhase.DOUBT
        )

    async def begin(self, machine: str, job_order: str) -> None:
        """Say that hand work is begun."""
        await self._ask(BeginHandWork(machine=machine, job_order=job_order))

    async def scan(self, machine: str, job_order: str, code: str) -> None:
        """Scan a part's label."""
        await self._ask(ScanPart(machine=machine, job_order=job_order, code=code))

    async def finish(self, machine: str, job_order: str, results: tuple[UnitResult, ...]) -> None:
        """Say that hand work is done."""
        await self._ask(FinishHandWork(machine=machine, job_order=job_order, results=results))

    async def clear(self, machine: str) -> None:
        """Say that a machine is cleared."""
        await self._ask(ClearMachine(machine=machine))

    async def decide(self, job_order: str, verdict: Seen, reason: str) -> None:
        """Say what became of a job order in doubt."""
        assert verdict != "running"
        await self._ask(DecideDoubt(job_order=job_order, verdict=verdict, reason=reason))

    async def _ask(self, request: Request) -> None:
        reply = await self._run.ask(request, actor="person amira", station="floor")
        if isinstance(reply, Refusal):
            raise RefusedError(reply.why)
