"""What is compared: gaps over the best known value, the better of several runs of one solver."""

from collections.abc import Iterable

from instances import Known
from runs import OPTIMIZER, ORTOOLS, OURS, Run

NAMES = {OURS: "Lotwright", ORTOOLS: "PyJobShop", OPTIMIZER: "CP Optimizer"}
COLOURS = {OURS: "#0b6e4f", ORTOOLS: "#b45309", OPTIMIZER: "#5b4b8a"}
NONE_GAP = 100.0
"""Per cent that a solver without a schedule counts with, in means and in the plot."""

Key = tuple[str, str, str, int]
"""Set, instance, aim, seed where it matters."""


def key_of(run: Run) -> Key:
    """Return what a run is compared under."""
    return run.set, run.instance, run.aim, run.seed if run.aim == "tardiness" else 0


def references(known: Iterable[Known], runs: Iterable[Run]) -> dict[Key, int]:
    """Return best known makespans; where none is known, the best of all runs here."""
    best = {(each.set, each.name, "makespan", 0): each.best for each in known if each.best}
    published = set(best)
    for run in runs:
        if run.value is not None and key_of(run) not in published:
            best[key_of(run)] = min(run.value, best.get(key_of(run), run.value))
    return best


def gap_of(run: Run, best: dict[Key, int], value: int | None) -> float:
    """Return how far a value is above the best, in per cent."""
    least = best.get(key_of(run), 0)
    if value is None:
        return NONE_GAP
    return 100.0 * (value - least) / least if least else 0.0 if value == least else NONE_GAP


def better(runs: Iterable[Run]) -> list[Run]:
    """Keep one run of each solver, instance, aim and seed: the better number of workers."""
    kept: dict[tuple[str, str, str, str, int], Run] = {}
    for run in runs:
        key = (run.solver, run.set, run.instance, run.aim, run.seed)
        other = kept.get(key)
        if other is None or rank(run) < rank(other):
            kept[key] = run
    return list(kept.values())


def rank(run: Run) -> tuple[bool, int, bool]:
    """Return what makes one run better than another: a schedule, its value, a proof."""
    return run.value is None, run.value or 0, not run.proven


def solvers_of(runs: Iterable[Run]) -> list[str]:
    """Return who ran, ourselves first."""
    there = {run.solver for run in runs}
    return [solver for solver in NAMES if solver in there]
