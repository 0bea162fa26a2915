"""The people of a virtual day: they work at the stations, clear machines and look into doubts."""

import asyncio
from collections.abc import Mapping

from controller.requests import BeginHandWork, ClearMachine, DecideDoubt, FinishHandWork
from controller.run import Run
from controller.state import Job, JobPhase
from drivers import UnitResult, Verdict
from simulators.faults import Faults, chance
from simulators.machine import Twin
from simulators.oracle import AsMade, Made

LOOK_S = 30
"""Seconds between two looks around."""


class Hands:
    """One pair of hands for each station, and one more for everything else."""

    def __init__(
        self, run: Run, twins: Mapping[str, Twin], ledger: AsMade, faults: Faults, seed: int
    ) -> None:
        self._run, self._twins, self._ledger = run, twins, ledger
        self._faults, self._seed = faults, seed

    async def work(self) -> None:
        """Look around until cancelled."""
        while True:
            for job in tuple(self._run.state.jobs.values()):
                await self._look_at(job)
            await self._clear()
            await asyncio.sleep(LOOK_S)

    async def _look_at(self, job: Job) -> None:
        machine = job.intended.job.machine
        if job.phase is JobPhase.DOUBT:
            await self._decide(job)
        elif self._run.state.plant.machines[machine].link.kind == "station":
            await self._hand_work(job)

    async def _hand_work(self, job: Job) -> None:
        told = job.intended.job
        if job.phase is JobPhase.ACCEPTED:
            begin = BeginHandWork(machine=told.machine, job_order=told.id)
            await self._run.ask(begin, actor=f"person {told.machine}")
        elif job.phase is JobPhase.RUNNING and job.started_s is not None:
            late = 0.9 + 0.2 * chance("pace", self._seed, told.id)
            if self._run.now_s() >= job.started_s + told.takes_s * late:
                await self._finish(job)

    async def _finish(self, job: Job) -> None:
        told = job.intended.job
        results = []
        for member in told.members:
            step = member.operation.rsplit("/", 1)[-1]
            lost = chance("hand", self._seed, member.operation, member.attempt)
            scrap = lost < self._faults.scrap.get(step, 0)
            verdict = Verdict.SCRAP if scrap else Verdict.GOOD
            results.append(UnitResult(member.operation, verdict, "glue visible" if scrap else ""))
        self._ledger.record(
            Made(
                at_s=self._run.now_s(),
                machine=told.machine,
                job_order=told.id,
                operation=member.operation,
                attempt=member.attempt,
                subject=member.subject,
                verdict="scrap" if result.verdict is Verdict.SCRAP else "good",
            )
            for member, result in zip(told.members, results, strict=True)
        )
        done = FinishHandWork(machine=told.machine, job_order=told.id, results=tuple(results))
        await self._run.ask(done, actor=f"person {told.machine}")

    async def _clear(self) -> None:
        for name, machine in self._run.state.machines.items():
            twin = self._twins.get(name)
            if twin is not None and (machine.needs_clear or machine.orphan):
                twin.take_off(self._run.now_s())
                await self._run.ask(ClearMachine(machine=name), actor="person Ole")

    async def _decide(self, job: Job) -> None:
        told = job.intended.job
        seen = self._twins[told.machine].inspect(told.id, self._run.now_s())
        if seen != "running":
            said = DecideDoubt(job_order=told.id, verdict=seen, reason="looked into the machine")
            await self._run.ask(said, actor="person Ole")
