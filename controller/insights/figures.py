"""Figures of each machine, folded from its job orders.

Source: ISO 22400-2, time elements and indicators: actual unit set-up time (AUST), actual production
time (APT), actual unit processing time (AUPT = APT + AUST), planned busy time (PBT); availability =
APT / PBT, set-up ratio = AUST / AUPT, quality ratio = good / produced.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from controller.events import Stamped
from controller.insights.history import Run, read_history
from drivers import Verdict
from plant_config import Plant, windows


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFigures:
    """What a machine did with its planned busy time; seconds of plant time."""

    machine: str
    busy_s: int
    """Actual production time."""
    setup_s: int
    """Actual unit set-up time, as predicted by the changeover that was made."""
    waiting_s: int
    """Planned busy time that was neither."""
    planned_s: int
    """Planned busy time: the shifts of its calendar up to the end of the span."""
    good: int
    scrapped: int

    @property
    def availability(self) -> float:
        """Return actual production time over planned busy time."""
        return self.busy_s / self.planned_s if self.planned_s else 0.0

    @property
    def setup_ratio(self) -> float:
        """Return set-up time over processing time."""
        spent = self.busy_s + self.setup_s
        return self.setup_s / spent if spent else 0.0

    @property
    def quality(self) -> float:
        """Return good members over all members made; 1 when nothing was made."""
        made = self.good + self.scrapped
        return self.good / made if made else 1.0


def machine_figures(
    events: Iterable[Stamped], plant: Plant, until_s: int | None = None
) -> tuple[MachineFigures, ...]:
    """Return the figures of every machine from second 0 to `until_s`, by default the last event."""
    history = read_history(events)
    end_s = history.last_s if until_s is None else until_s
    runs = [run for run in history.runs.values() if run.intended_s < end_s]
    return tuple(_figures(machine, runs, plant, end_s) for machine in plant.machines)


def planned_seconds(plant: Plant, group: str, until_s: int) -> int:
    """Return the shift seconds of a group's calendar in [0, until_s)."""
    days = -(-max(until_s, 0) // 86_400)
    return sum(
        max(0, min(end_s, until_s) - begin_s) for begin_s, end_s in windows(plant, group, 0, days)
    )


def _figures(machine: str, runs: list[Run], plant: Plant, end_s: int) -> MachineFigures:
    own = [run for run in runs if run.intended.job.machine == machine]
    begun = [run for run in own if run.began_s is not None]
    setup_s = sum(min(run.intended.setup_s, _span(run, end_s)) for run in begun)
    busy_s = sum(_span(run, end_s) for run in begun) - setup_s
    planned_s = planned_seconds(plant, plant.machines[machine].group, end_s)
    return MachineFigures(
        machine=machine,
        busy_s=busy_s,
        setup_s=setup_s,
        waiting_s=max(0, planned_s - busy_s - setup_s),
        planned_s=planned_s,
        good=sum(run.count(Verdict.GOOD) for run in own),
        scrapped=sum(run.count(Verdict.SCRAP) for run in own),
    )


def _span(run: Run, end_s: int) -> int:
    """Return the seconds from start to end; a machine reports that it runs when its setup begins."""
    began_s = run.began_s if run.began_s is not None else end_s
    ended_s = end_s if run.ended_s is None else min(run.ended_s, end_s)
    return max(0, ended_s - began_s)
