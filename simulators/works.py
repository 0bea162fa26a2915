"""The works of a simulated machine: its cycle, what lies in it, its memory, and its time."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from drivers import JobOrder, JobState, Reading, Report, UnitResult, Used, Verdict, over
from plant_config import Evidence, Plant, initial_family
from simulators.faults import Faults
from simulators.memory import RING, Entry, Kept, Memory
from simulators.oracle import AsMade, Made
from simulators.physics import WHOLE, Cycle, Quantity, foresee, look, used_by

Seen = Literal["running", "made_good", "made_scrap", "not_made"]
"""What a person finds who walks up to the machine and looks for a job order."""


class Works:
    """What happens by itself or by hand. Time comes in as plant seconds and may jump at will."""

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
        self.group = plant.group_of(machine_id)
        self.evidence = plant.machines[machine_id].evidence or self.group.evidence
        self.faults = faults
        self._memory, self._ledger, self._seed = memory, ledger, seed
        remembered = memory.load()
        self.revived = remembered is not None
        self.kept = remembered or Kept(family=initial_family(self.group))
        self.now_s = self.kept.began_s
        self._told: list[tuple[int, Report]] = []
        """Reports with the second from which they may be seen."""

    def go_to(self, now_s: int) -> None:
        """Let everything happen that happens by itself until now, each at its own second."""
        now_s = max(now_s, self.now_s)
        while True:
            end_s = self._end_s()
            restart_s = next(iter(self._restarts_due()), None)
            due = min((at_s for at_s in (end_s, restart_s) if at_s is not None), default=now_s + 1)
            if due > now_s:
                break
            self.now_s = max(self.now_s, due)
            if due == end_s:
                self._end(due)
            else:
                self.kept.restarts += 1
                self.lose_power()
        self.now_s = now_s

    def begin(self, job_order_id: str) -> None:
        """Start for good: everything is in memory before the machine moves."""
        kept = self.kept
        if kept.active:
            self.clear(kept.active)
        job = kept.entries[job_order_id].job
        kept.count += 1
        kept.starts += 1
        kept.epoch = max(kept.epoch, job.epoch)
        kept.cycle = foresee(self.group, job, kept.family, kept.starts, self.faults, self._seed)
        kept.active, kept.family = job.id, job.family or kept.family
        kept.began_s, kept.paused_s = self.now_s, None
        kept.over, kept.occupied = False, True
        self.enter(Entry(job=job, state=JobState.RUNNING, starts=kept.count))

    def enter(self, entry: Entry) -> None:
        """Put a new or changed job order into the list, and tell it."""
        self.kept.entries[entry.job.id] = entry
        self.kept.changes += 1
        self.save()
        seen_s = self.now_s + self.faults.slow_s(self.id)
        self._told.append((seen_s, self.report(entry)))

    def clear(self, job_order_id: str) -> None:
        """Let go of a job order that is over; its result is remembered in the ring."""
        kept = self.kept
        kept.entries[job_order_id] = replace(kept.entries[job_order_id], cleared=True)
        if kept.active == job_order_id:
            kept.active = ""
        cleared = [name for name, entry in kept.entries.items() if entry.cleared]
        for name in cleared[:-RING]:
            del kept.entries[name]

    def break_off(self, at_s: int, why: str, state: JobState) -> None:
        """What was in the works is scrap; before the changeover was done, nothing was."""
        cycle = self.kept.cycle
        assert cycle is not None
        if at_s - self.kept.began_s <= cycle.setup_s:
            results = not_made(cycle.job)
        else:
            done = Fraction(at_s - self.kept.began_s - cycle.setup_s, cycle.process_s)
            results = tuple(
                UnitResult(
                    member.operation,
                    Verdict.SCRAP,
                    why,
                    used_by(member, cycle.physics, self._seed, self.id, done),
                )
                for member in cycle.job.members
            )
        self.kept.cycle = replace(cycle, breaks_s=at_s - self.kept.began_s, breaks_why=why)
        self._finish(at_s, results, state, why)

    def lose_power(self) -> None:
        """Forget what its evidence tier does not keep; what was in the works is scrap."""
        kept = self.kept
        kept.boot += 1
        if not kept.over:
            self.break_off(self.now_s, "power lost", JobState.ABORTED)
        if self.evidence is not Evidence.LEDGER:
            kept.entries, kept.active = {}, ""
            self._told = []
        if self.evidence is Evidence.NONE:
            kept.count, kept.epoch = 0, 0
            kept.ack_sequence, kept.ack_code = 0, "ok"
        kept.changes += 1
        self.save()

    def told(self) -> tuple[Report, ...]:
        """Return what changed and may be seen by now; each change once."""
        due = tuple(report for from_s, report in self._told if from_s <= self.now_s)
        self._told = [(from_s, report) for from_s, report in self._told if from_s > self.now_s]
        return due

    def reading(self, now_s: int) -> Reading:
        """Return its live values."""
        kept, cycle = self.kept, self.kept.cycle
        if cycle is None or (kept.over and not kept.occupied and not kept.active):
            return Reading(machine=self.id, activity="idle")
        if kept.over:
            failed = cycle.breaks_s is not None
            return Reading(
                machine=self.id,
                activity="failed" if failed else "finished",
                job_order=kept.active,
                progress=0 if failed else WHOLE,
                remaining_s=0,
                doing=cycle.breaks_why if failed else "Done",
            )
        seen = look(cycle, self._elapsed(now_s))
        return Reading(
            machine=self.id,
            activity="held" if kept.paused_s is not None else seen.activity,
            job_order=kept.active,
            progress=seen.progress,
            remaining_s=seen.remaining_s,
            doing=seen.doing,
            signals=tuple(spoken(quantity) for quantity in seen.quantities),
        )

    def quantities(self, now_s: int) -> tuple[Quantity, ...]:
        """Return its process values as numbers, for register maps."""
        cycle = self.kept.cycle
        if cycle is None or self.kept.over:
            return ()
        return look(cycle, self._elapsed(now_s)).quantities

    def next_s(self, now_s: int) -> int | None:
        """Return when something changes by itself; None when only others can change it."""
        coming = [from_s for from_s, _ in self._told]
        end_s = self._end_s()
        if end_s is not None:
            coming.append(end_s)
            setup_s = self.kept.began_s + self.kept.cycle.setup_s if self.kept.cycle else end_s
            coming.append(setup_s if setup_s > now_s else end_s)
        coming += [at_s for cut in self.faults.cuts(self.id) for at_s in (cut.from_s, cut.to_s)]
        coming = [at_s for at_s in coming if at_s > now_s]
        coming += self._restarts_due()[:1]
        return max(now_s, min(coming)) if coming else None

    def take_off(self, now_s: int) -> bool:
        """Take out what lies in it, as a person does; False while it works."""
        self.go_to(now_s)
        if not self.kept.over:
            return False
        self.kept.occupied = False
        self.save()
        return True

    def inspect(self, job_order_id: str, now_s: int) -> Seen:
        """Look at what really became of a job order; see `Twin.inspect`."""
        self.go_to(now_s)
        kept = self.kept
        if kept.cycle is not None and kept.cycle.job.id == job_order_id and not kept.over:
            return "running"
        made = [m for m in self._ledger.entries() if m.job_order == job_order_id]
        last = {(m.cycle, m.operation): m for m in made}
        verdicts = {entry.verdict for entry in last.values()}
        if not verdicts:
            return "not_made"
        if verdicts == {"good"}:
            return "made_good"
        self._ledger.record(
            replace(m, at_s=self.now_s, verdict="scrap")
            for m in last.values()
            if m.verdict == "good"
        )
        return "made_scrap"

    def report(self, entry: Entry) -> Report:
        """Return an entry as the machine's answer."""
        return Report(
            machine=self.id,
            job_order=entry.job.id,
            state=entry.state,
            results=entry.results,
            count=self.kept.count,
            detail=entry.detail,
            used=measured(entry.job, entry.results) if over(entry.state) else (),
        )

    def save(self) -> None:
        """Have everything durable."""
        self._memory.save(self.kept)

    def _restarts_due(self) -> list[int]:
        return list(self.faults.restarts_of(self.id)[self.kept.restarts :])

    def _end_s(self) -> int | None:
        kept = self.kept
        if kept.cycle is None or kept.over or kept.paused_s is not None:
            return None
        return kept.began_s + kept.cycle.over_s

    def _elapsed(self, now_s: int) -> int:
        until_s = max(now_s, self.now_s) if self.kept.paused_s is None else self.kept.paused_s
        return until_s - self.kept.began_s

    def _end(self, at_s: int) -> None:
        cycle = self.kept.cycle
        assert cycle is not None
        if cycle.breaks_s is not None:
            self.break_off(at_s, cycle.breaks_why, JobState.ABORTED)
        else:
            self._finish(at_s, cycle.results, JobState.ENDED, "")

    def _finish(
        self, at_s: int, results: tuple[UnitResult, ...], state: JobState, why: str
    ) -> None:
        kept, cycle = self.kept, self.kept.cycle
        assert cycle is not None
        # The world first, then the memory: a death in between repeats the line, which counts once.
        self._ledger.record(_made(cycle, results, self.id, at_s))
        kept.over, kept.paused_s = True, None
        kept.occupied = not self.group.clears_itself
        entry = kept.entries.get(cycle.job.id)
        if entry is None:
            self.save()
        else:
            self.enter(replace(entry, state=state, results=results, detail=why))


def spoken(quantity: Quantity) -> tuple[str, str]:
    """Return a process value as pages show it: `temperature`, `62 °C`."""
    name = quantity.role.rsplit("_", 1)[0].replace("_", " ")
    return name, f"{quantity.value} {quantity.unit}"


def measured(job: JobOrder, results: Iterable[UnitResult]) -> tuple[Used, ...]:
    """Return what the members of a cycle used up together; a machine names its material if it was told."""
    figures = (value for r in results for name, value in r.actuals if name == "used_mg")
    total = sum(value for value in figures if isinstance(value, int))
    told = {str(v) for member in job.members for name, v in member.recipe if name == "material"}
    material = next(iter(told)) if len(told) == 1 else ""
    return (Used(quantity=total, unit="mg", material=material),) if total else ()


def not_made(job: JobOrder) -> tuple[UnitResult, ...]:
    """Return the verdicts on members that were never in the works."""
    return tuple(UnitResult(member.operation, Verdict.NOT_MADE) for member in job.members)


def _made(cycle: Cycle, results: Iterable[UnitResult], machine: str, at_s: int) -> Iterable[Made]:
    member_of = {member.operation: member for member in cycle.job.members}
    for result in results:
        if result.verdict is Verdict.NOT_MADE:
            continue
        member = member_of[result.operation]
        yield Made(
            at_s=at_s,
            machine=machine,
            job_order=cycle.job.id,
            operation=result.operation,
            attempt=member.attempt,
            subject=member.subject,
            verdict="good" if result.verdict is Verdict.GOOD else "scrap",
            cycle=cycle.number,
        )
