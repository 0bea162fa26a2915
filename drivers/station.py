"""A person at a terminal as a machine: work is shown, begun and finished by hand.

The station has no memory of its own. What it shows comes from the controller's journal: `adopt`
puts it back after a restart. Showing work is harmless, so a station that does not show a job order
proves that it was never begun there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from drivers.driver import (
    Answer,
    Command,
    Finding,
    JobOrder,
    JobState,
    Knowledge,
    LinkChange,
    Notice,
    Reading,
    Report,
    Submit,
    UnitResult,
    Verdict,
)
from drivers.recipe import recipe_digest
from drivers.states import over

_DONE = 10_000
"""Progress of finished work, in hundredths of a per cent."""

_ACTIVITY = {
    JobState.NOT_ALLOWED_TO_START: "idle",
    JobState.ALLOWED_TO_START: "idle",
    JobState.RUNNING: "running",
    JobState.INTERRUPTED: "held",
    JobState.ENDED: "finished",
    JobState.ABORTED: "finished",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A job order that the terminal shows, and how far the person is with it."""

    job: JobOrder
    state: JobState = JobState.ALLOWED_TO_START
    begun_s: int | None = None
    results: tuple[UnitResult, ...] = ()
    detail: str = ""
    """Why it was broken off."""

    @property
    def begun(self) -> bool:
        """Tell whether a person has started on it and is not done."""
        return self.begun_s is not None and not over(self.state)


class StationDriver:
    """Shows one job order at a time; always linked: its terminal is a page of the controller."""

    def __init__(
        self, machine: str, now_s: Callable[[], int], *, refresh_s: float | None = 1.0
    ) -> None:
        """`refresh_s` is how often a reading comes by itself; None: only when something changes."""
        self._machine = machine
        self._now_s = now_s
        self._refresh_s = refresh_s
        self._offers: dict[str, Offer] = {}
        self._notices: asyncio.Queue[Notice | None] = asyncio.Queue()

    @property
    def machine(self) -> str:
        """Return the id of the station."""
        return self._machine

    def offers(self) -> tuple[Offer, ...]:
        """Return what the terminal shows."""
        return tuple(self._offers.values())

    def adopt(
        self,
        job: JobOrder,
        state: JobState,
        *,
        begun_s: int | None = None,
        results: Sequence[UnitResult] = (),
    ) -> None:
        """Show again what the journal says was shown here before a restart."""
        self._offers[job.id] = Offer(job, state, begun_s, tuple(results))

    def begin(self, job_order: str) -> Answer:
        """Have the person start; Running comes as a notice."""
        answer = self._begin(job_order)
        if answer.outcome is Submit.ACCEPTED:
            self._report(job_order)
        return answer

    def finish(self, job_order: str, results: Sequence[UnitResult]) -> Answer:
        """Have the person be done, with a verdict on each member; Ended comes as a notice."""
        offer = self._offers.get(job_order)
        if offer is None:
            return self._unknown(job_order)
        if over(offer.state):
            same = offer.results == tuple(results)
            outcome = Submit.DUPLICATE if same else Submit.REJECTED
            return Answer(outcome, f"{offer.job.label} is already finished.")
        if offer.state is not JobState.RUNNING:
            return Answer(Submit.REJECTED, f"{offer.job.label} is not being worked on.")
        asked = [member.operation for member in offer.job.members]
        if sorted(asked) != sorted(result.operation for result in results):
            return Answer(Submit.REJECTED, f"Each of {', '.join(asked)} needs one verdict.")
        self._offers[job_order] = replace(offer, state=JobState.ENDED, results=tuple(results))
        self._report(job_order)
        return Answer(Submit.ACCEPTED)

    async def submit(self, job: JobOrder) -> Answer:
        """Show the work; showing the same work again changes nothing."""
        if job.id in self._offers:
            return Answer(Submit.DUPLICATE, f"{self._machine} shows it already.")
        if job.machine != self._machine:
            return Answer(Submit.REJECTED, f"It is for {job.machine}, not for {self._machine}.")
        if job.recipe_digest != recipe_digest(job.family, job.shared, job.members):
            return Answer(Submit.REJECTED, "Its recipe is not the one that was meant.")
        if self._offers:
            shown = next(iter(self._offers.values())).job.label
            return Answer(Submit.REJECTED, f"{self._machine} still shows {shown}.")
        self._offers[job.id] = Offer(job)
        self._notices.put_nowait(self.reading())
        return Answer(Submit.ACCEPTED)

    async def look_up(self, job: JobOrder) -> Finding:
        """Say whether it is shown; what is not shown was never begun."""
        offer = self._offers.get(job.id)
        if offer is None:
            return Finding(knowledge=Knowledge.NEVER_SEEN, detail="The terminal does not show it.")
        knowledge = Knowledge.OVER if over(offer.state) else Knowledge.HELD
        return Finding(knowledge=knowledge, report=self._report_of(offer))

    async def held(self) -> tuple[Report, ...] | None:
        """Return a report on everything that is shown."""
        return tuple(self._report_of(offer) for offer in self._offers.values())

    async def command(self, command: Command, job_order: str, comment: str) -> Answer:
        """Follow what was decided elsewhere.

        Start and Stop tell the terminal that the journal has the work as begun, or as finished: no
        report follows. Clear forgets the work, whatever became of it.
        """
        offer = self._offers.get(job_order)
        if offer is None:
            return self._unknown(job_order)
        match command:
            case Command.START:
                answer = self._begin(job_order)
            case Command.STOP:
                answer = self._to(offer, JobState.ENDED)
            case Command.PAUSE if offer.state is JobState.RUNNING:
                answer = self._to(offer, JobState.INTERRUPTED, says=True)
            case Command.RESUME if offer.state is JobState.INTERRUPTED:
                answer = self._to(offer, JobState.RUNNING, says=True)
            case Command.CANCEL if not offer.begun and not over(offer.state):
                answer = self._to(_broken_off(offer, comment), JobState.ABORTED, says=True)
            case Command.ABORT if not over(offer.state):
                answer = self._to(_broken_off(offer, comment), JobState.ABORTED, says=True)
            case Command.CLEAR:
                answer = self._forget(job_order)
            case _:
                said = f"{command.value} does not apply: {offer.job.label} is {offer.state.value}."
                answer = Answer(Submit.REJECTED, said)
        return answer

    async def notices(self) -> AsyncIterator[Notice]:
        """Yield that it is linked, then every change, and a reading now and then."""
        yield LinkChange(machine=self._machine, up=True)
        yield self.reading()
        while True:
            notice: Notice | None
            try:
                async with asyncio.timeout(self._refresh_s):
                    notice = await self._notices.get()
            except TimeoutError:
                notice = self.reading()
            if notice is None:
                return
            yield notice

    async def close(self) -> None:
        """End the notices; the person goes on with what they do."""
        self._notices.put_nowait(None)

    def reading(self) -> Reading:
        """Return how far the person should be by now."""
        if not self._offers:
            return Reading(machine=self._machine, activity="idle")
        offer = next(iter(self._offers.values()))
        takes_s = offer.job.takes_s
        spent_s = max(0, self._now_s() - offer.begun_s) if offer.begun_s is not None else 0
        progress = min(_DONE, spent_s * _DONE // takes_s) if takes_s else 0
        return Reading(
            machine=self._machine,
            activity=_ACTIVITY[offer.state],
            job_order=offer.job.id,
            progress=_DONE if over(offer.state) else progress,
            remaining_s=max(0, takes_s - spent_s) if offer.begun else None,
        )

    def _begin(self, job_order: str) -> Answer:
        offer = self._offers.get(job_order)
        if offer is None:
            return self._unknown(job_order)
        if offer.state is JobState.INTERRUPTED:
            return self._to(offer, JobState.RUNNING)
        if offer.begun:
            return Answer(Submit.DUPLICATE, f"{offer.job.label} is already begun.")
        if over(offer.state):
            return Answer(Submit.REJECTED, f"{offer.job.label} is already finished.")
        return self._to(replace(offer, begun_s=self._now_s()), JobState.RUNNING)

    def _to(self, offer: Offer, state: JobState, *, says: bool = False) -> Answer:
        self._offers[offer.job.id] = replace(offer, state=state)
        if says:
            self._report(offer.job.id)
        else:
            self._notices.put_nowait(self.reading())
        return Answer(Submit.ACCEPTED)

    def _forget(self, job_order: str) -> Answer:
        del self._offers[job_order]
        self._notices.put_nowait(self.reading())
        return Answer(Submit.ACCEPTED)

    def _report(self, job_order: str) -> None:
        self._notices.put_nowait(self._report_of(self._offers[job_order]))
        self._notices.put_nowait(self.reading())

    def _report_of(self, offer: Offer) -> Report:
        return Report(
            machine=self._machine,
            job_order=offer.job.id,
            state=offer.state,
            results=offer.results,
            detail=offer.detail,
        )

    def _unknown(self, job_order: str) -> Answer:
        return Answer(Submit.REJECTED, f"{self._machine} does not show {job_order}.")


def _broken_off(offer: Offer, reason: str) -> Offer:
    """What was begun by hand is spoilt; what was only shown was never made."""
    verdict = Verdict.SCRAP if offer.begun else Verdict.NOT_MADE
    results = tuple(UnitResult(member.operation, verdict, reason) for member in offer.job.members)
    return replace(offer, results=results, detail=reason)
