"""A simulated machine as its controller meets it: job orders, commands, reports, refusals."""

from dataclasses import dataclass, replace
from typing import assert_never

from drivers import Command, JobOrder, JobState, Reading, Report, over, recipe_digest
from plant_config import Evidence, Plant
from simulators.faults import Faults
from simulators.memory import Code, Entry, Memory
from simulators.oracle import AsMade
from simulators.physics import Quantity
from simulators.works import Seen, Works, not_made

_MOST_STORED = 4
"""Job orders that wait in the machine at the same time (MaxDownloadableJobOrders)."""


@dataclass(frozen=True, slots=True)
class Said:
    """A machine's answer: what it did, or why it did not."""

    ok: bool
    code: Code
    detail: str = ""


_OK = Said(ok=True, code="ok")


class Twin:
    """One machine. Time comes in as plant seconds and may jump as far as it likes."""

    def __init__(
        self,
        plant: Plant,
        machine_id: str,
        memory: Memory,
        ledger: AsMade,
        faults: Faults,
        seed: int,
    ) -> None:
        self.id = machine_id
        self.plant_machine = plant.machines[machine_id]
        self._works = Works(plant, machine_id, memory, ledger, faults, seed)
        self.group = self._works.group
        self.evidence = self._works.evidence
        self._swallow = False
        self._read: Reading | None = None

    @property
    def revived(self) -> bool:
        """Tell whether it was there before this process; it is owed a `restart` then."""
        return self._works.revived

    @property
    def boot(self) -> int:
        """Return how often it was switched on."""
        return self._works.kept.boot

    @property
    def count(self) -> int:
        """Return its part counter: starts of job orders."""
        return self._works.kept.count

    @property
    def changes(self) -> int:
        """Return a number that rises with each change of a job order."""
        return self._works.kept.changes

    @property
    def active(self) -> str:
        """Return the job order that runs, or is over and not cleared; empty without one."""
        return self._works.kept.active

    @property
    def occupied(self) -> bool:
        """Tell whether something lies in it."""
        return self._works.kept.occupied

    @property
    def done_s(self) -> int:
        """Return the second at which its last cycle was over, or will be."""
        kept = self._works.kept
        return kept.began_s + (0 if kept.cycle is None else kept.cycle.over_s)

    @property
    def acknowledged(self) -> tuple[int, Code]:
        """Return the last command's sequence number and what came of it, for register maps."""
        return self._works.kept.ack_sequence, self._works.kept.ack_code

    @property
    def reachable(self) -> bool:
        """Tell whether its network lets anything through at the last second it heard of."""
        return not any(
            cut.from_s <= self._works.now_s < cut.to_s for cut in self._works.faults.cuts(self.id)
        )

    def swallow_reply(self) -> bool:
        """Tell once whether the answer to the call just made must be lost on its way."""
        swallow, self._swallow = self._swallow, False
        return swallow

    def acknowledge(self, sequence: int, code: Code) -> None:
        """Keep what came of a numbered command."""
        self._works.kept.ack_sequence, self._works.kept.ack_code = sequence, code
        self._works.save()

    def store(self, job: JobOrder, now_s: int) -> Said:
        """Take a job order into the list without starting it."""
        self._works.go_to(now_s)
        refusal = self._refusal(job)
        if refusal is not None:
            return refusal
        self._works.enter(Entry(job=job, state=JobState.NOT_ALLOWED_TO_START))
        return _OK

    def store_and_start(self, job: JobOrder, now_s: int) -> Said:
        """Take a job order and start it at once, or refuse it as a whole."""
        self._works.go_to(now_s)
        self._ask_to_start()
        refusal = self._refusal(job) or self._occupation()
        if refusal is not None:
            return refusal
        self._works.kept.entries[job.id] = Entry(job=job, state=JobState.ALLOWED_TO_START)
        self._works.begin(job.id)
        return _OK

    def start(self, job_order_id: str, now_s: int) -> Said:
        """Start a stored job order."""
        self._works.go_to(now_s)
        self._ask_to_start()
        entry = self._works.kept.entries.get(job_order_id)
        if entry is None:
            return Said(ok=False, code="unknown", detail="It has no such job order.")
        if entry.starts:
            return Said(
                ok=False, code="invalid_state", detail=f"It is {entry.state.value} already."
            )
        refusal = self._occupation()
        if refusal is not None:
            return refusal
        self._works.begin(job_order_id)
        return _OK

    def command(self, command: Command, job_order_id: str, now_s: int) -> Said:
        """Do what a Job Control method says to a job order in the list."""
        if command is Command.START:
            return self.start(job_order_id, now_s)
        self._works.go_to(now_s)
        entry = self._works.kept.entries.get(job_order_id)
        if entry is None:
            return Said(ok=False, code="unknown", detail="It has no such job order.")
        return self._carry_out(command, entry)

    def reports(self) -> tuple[Report, ...]:
        """Return what it holds: every job order that is not cleared."""
        return tuple(
            self._works.report(e) for e in self._works.kept.entries.values() if not e.cleared
        )

    def report(self, job_order_id: str) -> Report | None:
        """Return what it remembers of a job order, cleared ones included."""
        entry = self._works.kept.entries.get(job_order_id)
        return None if entry is None else self._works.report(entry)

    def job(self, job_order_id: str) -> JobOrder | None:
        """Return a job order from its list."""
        entry = self._works.kept.entries.get(job_order_id)
        return None if entry is None else entry.job

    def remembered(self) -> tuple[Entry, ...]:
        """Return every entry of its list, cleared ones included, oldest first."""
        return tuple(self._works.kept.entries.values())

    def go_to(self, now_s: int) -> None:
        """Let physics go on to now; what changes waits for the next `advance`."""
        self._works.go_to(now_s)

    def advance(self, now_s: int) -> tuple[Report | Reading, ...]:
        """Let physics go on to now, and return what changed since the last call."""
        self._works.go_to(now_s)
        told, reading = self._works.told(), self.reading(now_s)
        if reading == self._read:
            return told
        self._read = reading
        return (*told, reading)

    def reading(self, now_s: int) -> Reading:
        """Return its live values."""
        return self._works.reading(now_s)

    def quantities(self, now_s: int) -> tuple[Quantity, ...]:
        """Return its process values as numbers, for register maps."""
        return self._works.quantities(now_s)

    def next_s(self, now_s: int) -> int | None:
        """Return when something changes by itself; None when only others can change it."""
        return self._works.next_s(now_s)

    def take_off(self, now_s: int) -> bool:
        """Take out what lies in it, as a person does; False while it works."""
        return self._works.take_off(now_s)

    def inspect(self, job_order_id: str, now_s: int) -> Seen:
        """Look at what really became of a job order. A mixed lot is thrown away as a whole,
        since one verdict must do for all of it."""
        return self._works.inspect(job_order_id, now_s)

    def restart(self, now_s: int) -> None:
        """Lose power and come back: a running cycle is scrap; evidence says what it keeps."""
        self._works.go_to(now_s)
        self._works.lose_power()

    def _refusal(self, job: JobOrder) -> Said | None:
        kept = self._works.kept
        known = job.id in kept.entries
        if known and (self.group.dedupes or self.evidence is Evidence.LEDGER):
            return Said(ok=False, code="repeated", detail="It has this job order already.")
        if known and kept.entries[job.id].state is JobState.RUNNING:
            return Said(ok=False, code="busy", detail="It works on this job order.")
        if job.epoch < kept.epoch:
            return Said(ok=False, code="fenced", detail=f"Controller {kept.epoch} is in charge.")
        if self._stale(job):
            return Said(ok=False, code="stale_boot", detail="It was switched off since then.")
        if self.evidence is Evidence.COUNTER and job.count_before not in (None, kept.count):
            return Said(
                ok=False, code="repeated", detail=f"It has started {kept.count} since then."
            )
        return self._unfit(job)

    def _stale(self, job: JobOrder) -> bool:
        checked = self.evidence is not Evidence.NONE and job.expected_boot is not None
        return checked and job.expected_boot != self._works.kept.boot

    def _unfit(self, job: JobOrder) -> Said | None:
        if job.machine != self.id or not job.members:
            return Said(ok=False, code="recipe", detail=f"It is for {job.machine!r}.")
        if recipe_digest(job.family, job.shared, job.members) != job.recipe_digest:
            return Said(ok=False, code="recipe", detail="The recipe is not what its digest says.")
        for member in job.members:
            for name, value in member.recipe:
                low, high = self.group.limits.get(name, (value, value))
                if isinstance(value, int) and not low <= value <= high:  # type: ignore[operator]
                    said = f"{name} {value} is not from {low} to {high}."
                    return Said(ok=False, code="limit", detail=said)
        waiting = sum(not entry.starts for entry in self._works.kept.entries.values())
        if waiting >= _MOST_STORED or len(job.members) > (self.group.batch.max_members or 10_000):
            return Said(ok=False, code="limit", detail="It takes no more.")
        return None

    def _occupation(self) -> Said | None:
        kept = self._works.kept
        if not kept.over:
            return Said(ok=False, code="busy", detail="It works on another job order.")
        if self.group.clears_itself and not kept.occupied:
            return None
        if kept.active or kept.occupied:
            return Said(ok=False, code="needs_clear", detail="It is not cleared.")
        return None

    def _ask_to_start(self) -> None:
        self._works.kept.asked += 1
        self._swallow = self._works.faults.loses_reply(self.id, self._works.kept.asked)
        self._works.save()

    def _carry_out(self, command: Command, entry: Entry) -> Said:
        running = entry.job.id == self._works.kept.active and not self._works.kept.over
        match command:
            case Command.PAUSE if running and self._works.kept.paused_s is None:
                self._works.kept.paused_s = self._works.now_s
                self._works.enter(replace(entry, state=JobState.INTERRUPTED))
            case Command.RESUME if running and self._works.kept.paused_s is not None:
                self._works.kept.began_s += self._works.now_s - self._works.kept.paused_s
                self._works.kept.paused_s = None
                self._works.enter(replace(entry, state=JobState.RUNNING))
            case Command.STOP if running:
                self._works.break_off(self._works.now_s, "stopped", JobState.ENDED)
            case Command.ABORT if running:
                self._works.break_off(self._works.now_s, "aborted", JobState.ABORTED)
            case Command.ABORT if not entry.starts and not over(entry.state):
                results = not_made(entry.job)
                self._works.enter(replace(entry, state=JobState.ABORTED, results=results))
            case Command.CANCEL if not entry.starts:
                del self._works.kept.entries[entry.job.id]
                self._works.save()
            case Command.CLEAR if over(entry.state):
                self._works.clear(entry.job.id)
                self._works.save()
            case (
                Command.START
                | Command.PAUSE
                | Command.RESUME
                | Command.STOP
                | Command.ABORT
                | Command.CANCEL
                | Command.CLEAR
            ):
                said = f"{command.value} does not fit: it is {entry.state.value}."
                return Said(ok=False, code="invalid_state", detail=said)
            case _:
                assert_never(command)
        return _OK
