"""Results as a page of tables with a plot; losses stand first."""

import os
import platform
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import mean, median

from instances import Known
from plot import draw
from results import NAMES, NONE_GAP, Key, better, gap_of, key_of, rank, references, solvers_of
from runs import OURS, Run

LONG_S = 60.0


def write_table(folder: Path, known: Sequence[Known], runs: Sequence[Run]) -> None:
    """Write solve.md and gap.svg."""
    short = [run for run in runs if run.seconds < LONG_S]
    best = references(known, runs)
    lines = [
        "# Lotwright beside PyJobShop",
        "",
        *_conditions(runs),
        "",
        "![Mean gap over time](gap.svg)",
        "",
        *_sets([run for run in short if run.aim == "makespan"], best),
        *_behind(short, best),
        *_speed(runs),
        *_tardiness([run for run in short if run.aim == "tardiness"]),
        *_all(short, best),
    ]
    (folder / "solve.md").write_text("\n".join(lines) + "\n", "utf-8")
    plot = draw([run for run in short if run.aim == "makespan"], best)
    (folder / "gap.svg").write_text(plot, "utf-8")


def _conditions(runs: Sequence[Run]) -> Iterator[str]:
    versions = []
    for name in ("lotwright", "pyjobshop", "ortools", "numba", "docplex"):
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    loads = sorted(run.load for run in runs)
    starts = [
        f"{NAMES[solver]} {mean(run.start_s for run in runs if run.solver == solver):.2f} s"
        f"{' (to its first schedule)' if solver == OURS else ''}"
        for solver in solvers_of(runs)
    ]
    about = (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        f"{', '.join(versions)}. Load of the machine when runs began: median {median(loads):.1f}, "
        f"{loads[0]:.1f} to {loads[-1]:.1f}. Every schedule was judged anew by `violations`. Budgets: "
        "Lotwright's counts from the start of the process, PyJobShop's from the start of its search; "
        f"loading and model building before that, on average: {', '.join(starts)}. PyJobShop counts "
        "with the better of 2 and 8 workers. Gaps are over the best known value, in per cent; no "
        f"schedule counts as {NONE_GAP:g} %."
    )
    yield from textwrap.wrap(about, 120, break_on_hyphens=False)


def _sets(runs: Sequence[Run], best: dict[Key, int]) -> Iterator[str]:
    solvers = solvers_of(runs)
    yield "## Makespan, by set"
    yield ""
    heads = [f"{NAMES[s]}: mean | worst | best known | proven | none" for s in solvers]
    yield f"| set | instances | {' | '.join(heads)} |"
    yield f"|---|---|{'---|' * 5 * len(solvers)}"
    kept = better(runs)
    for name in [*sorted({run.set for run in kept}), "all"]:
        of_set = [run for run in kept if name in {run.set, "all"}]
        cells = [name, str(len({(run.set, run.instance) for run in of_set}))]
        for solver in solvers:
            medians = list(_medians([run for run in of_set if run.solver == solver], best))
            gaps = [gap for _, gap in medians]
            proven = sum(all(r.proven for r in group) for group, _ in medians)
            none = sum(any(r.value is None for r in group) for group, _ in medians)
            equal = sum(gap <= 0 for gap in gaps)
            cells += [f"{mean(gaps):.2f}", f"{max(gaps):.2f}", *map(str, (equal, proven, none))]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _medians(runs: Iterable[Run], best: dict[Key, int]) -> Iterator[tuple[list[Run], float]]:
    """Yield the seeds of each instance with the median of their gaps."""
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        groups.setdefault((run.set, run.instance), []).append(run)
    for group in groups.values():
        yield group, median(gap_of(run, best, run.value) for run in group)


def _behind(runs: Sequence[Run], best: dict[Key, int]) -> Iterator[str]:
    """List where a peer is better, and every run that failed."""
    yield "## Where Lotwright is behind"
    yield ""
    values: dict[tuple[str, str, str, int], dict[str, Run]] = {}
    for run in better(runs):
        values.setdefault((run.set, run.instance, run.aim, run.seed), {})[run.solver] = run
    none = True
    for (set_, name, aim, seed), by in sorted(values.items()):
        ours = by.get(OURS)
        for solver, peer in by.items():
            if ours is not None and solver != OURS and rank(peer)[:2] < rank(ours)[:2]:
                none = False
                yield (
                    f"- {set_} {name}, {aim}, seed {seed}: {ours.value} ({ours.fault or 'verified'}), "
                    f"{NAMES[solver]} {peer.value}; best known {best.get(key_of(ours))}"
                )
    if none:
        yield "Nowhere in these runs."
    yield ""


def _speed(runs: Sequence[Run]) -> Iterator[str]:
    """Say how soon the peer's value of a minute was reached."""
    long = better([run for run in runs if run.seconds >= LONG_S and run.value is not None])
    if not long:
        return
    ours = {(run.set, run.instance): run for run in runs if run.solver == OURS and run.seed == 0}
    yield "## PyJobShop's value after 60 s"
    yield ""
    yield "| instance | operations | value | Lotwright: reached after | of that start-up | 60 s over search |"
    yield "|---|---|---|---|---|---|"
    ratios = []
    for peer in long:
        mine = ours.get((peer.set, peer.instance))
        if mine is None or peer.value is None:
            continue
        reached = next((s for s, value in mine.found if value <= peer.value), None)
        cells = ["not in 10 s", f"{mine.start_s:.2f}", "0"]
        ratios.append(0.0)
        if reached is not None:
            ratios[-1] = LONG_S / max(0.001, reached - mine.start_s)
            cells = [f"{reached:.2f} s", f"{mine.start_s:.2f} s", f"{ratios[-1]:.0f}"]
        row = [f"{peer.set} {peer.instance}", str(peer.operations), str(peer.value), *cells]
        yield f"| {' | '.join(row)} |"
    yield ""
    yield f"Median: {median(ratios):.0f} times as fast; more than 60,000 means: with the first schedule."
    yield ""


def _tardiness(runs: Sequence[Run]) -> Iterator[str]:
    if not runs:
        return
    yield "## Weighted tardiness"
    yield ""
    yield "Due: 1.3 times the sum of a job's shortest durations; weights 1 to 4 by seed."
    yield ""
    yield "| instance | seed | " + " | ".join(NAMES[s] for s in solvers_of(runs)) + " |"
    yield f"|---|---|{'---|' * len(solvers_of(runs))}"
    rows: dict[tuple[str, str, int], dict[str, Run]] = {}
    for run in better(runs):
        rows.setdefault((run.set, run.instance, run.seed), {})[run.solver] = run
    for (set_, name, seed), by in sorted(rows.items()):
        cells = [_said(by.get(solver)) for solver in solvers_of(runs)]
        yield f"| {set_} {name} | {seed} | {' | '.join(cells)} |"
    yield ""


def _all(runs: Sequence[Run], best: dict[Key, int]) -> Iterator[str]:
    makespan = [run for run in runs if run.aim == "makespan"]
    yield "## Every instance"
    yield ""
    columns = sorted(
        {(run.solver, run.workers) for run in makespan}, key=lambda c: (c[0] != OURS, c)
    )
    heads = [f"{NAMES[s]}{'' if s == OURS else f', {w} workers'}" for s, w in columns]
    yield f"| instance | operations | seed | best known | {' | '.join(heads)} |"
    yield f"|---|---|---|---|{'---|' * len(columns)}"
    rows: dict[tuple[str, str, int, int], dict[tuple[str, int], Run]] = {}
    for run in makespan:
        key = (run.set, run.instance, run.operations, run.seed)
        rows.setdefault(key, {})[run.solver, run.workers] = run
    for (set_, name, operations, seed), by in sorted(rows.items()):
        least = best.get((set_, name, "makespan", 0))
        cells = [_said(by.get(column)) for column in columns]
        yield f"| {set_} {name} | {operations} | {seed} | {least} | {' | '.join(cells)} |"


def _said(run: Run | None) -> str:
    if run is None:
        return ""
    return run.fault[:60] if run.value is None else f"{run.value}{' proven' if run.proven else ''}"
