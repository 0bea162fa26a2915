"""Ovens: our schedules beside the best published ones, our bounds, and what is proven.

    LOTWRIGHT_DATA=folder python benchmarks/bench_ovens.py [--full] [--jobs 10 25 50] [--seconds 60]

The instances of the oven scheduling problem, use case 1 (Lackner and others 2023), each solved once by
`lotwright solve --format oven` as a person would. Every schedule is read from what the command wrote and
verified. The default is 12 instances by a hash of their names; `--full` takes all 120. A run that the
results file has is not run again. The table goes to docs/benchmarks/ovens.md, with all runs of that file
that had as many seconds.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from instances import Known, chosen, problem_of  # noqa: E402
from resumed import resumed  # noqa: E402

from scheduler import Problem, Schedule, Slot, measure_levels, violations  # noqa: E402

DOCS = ROOT / "docs" / "benchmarks"
SECONDS, COUNT = 60.0, 12
SPARE_S = 60.0
TIE = 2e-6
"""Published values are rounded; two that differ by no more count as equal."""


@dataclass(frozen=True, slots=True)
class Published:
    """An instance and what is published of it, as a share of the whole."""

    number: int
    jobs: int
    path: Path
    best: float
    proven: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an instance; values are shares of the whole as published ones are."""

    number: int
    jobs: int
    budget_s: float
    value: float | None
    """None without a right schedule."""
    bound: float
    published: float
    published_proven: bool
    proven: bool
    seconds: float
    """Until the command ended; the start of the process included."""
    found_s: float
    fault: str
    load: float

    @property
    def gap(self) -> float:
        """Return how far the value is above the published one, in per cent of that."""
        return 100.0 if self.value is None else 100 * (self.value / self.published - 1)

    @property
    def bound_gap(self) -> float:
        """Return how far the bound is below the value, in per cent of that."""
        return 100.0 if self.value is None else 100 * (1 - self.bound / self.value)

    @property
    def difference(self) -> int:
        """Return -1 if the value is better than the published one, 0 if equal, 1 if worse."""
        if self.value is None or self.value > self.published + TIE:
            return 1
        return -1 if self.value < self.published - TIE else 0


def published_in(folder: Path) -> list[Published]:
    """Read what is published: the first column is the number, n the jobs, opt says that bks is proven."""
    files = {int(path.name.split("Random")[0]): path for path in folder.rglob("*.dzn")}
    with (folder / "osp_uc1_best.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found: list[Published] = []
    for row in rows:
        number = int(row[""])
        is_proven = float(row["opt"]) == 1.0
        best = float(row["bks"])
        found.append(Published(number, int(row["n"]), files[number], best, is_proven))
    return found


def run(each: Published, seconds: float) -> Result:
    """Solve an instance by the command, and judge what it wrote."""
    problem = problem_of(_known(each))
    load, begun_s = os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.json")
        command = [sys.executable, "-m", "controller", "solve", str(each.path), "--format", "oven"]
        command += ["--seconds", f"{seconds:g}", "--out", str(out)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=seconds + SPARE_S
        )
        ended_s = time.monotonic() - begun_s
        said = json.loads(out.read_text("utf-8")) if out.exists() else {}
    whole = problem.score.whole
    value, fault = (
        _judged(problem, said) if said else (None, done.stderr[-400:] or "nothing written")
    )
    bound = said.get("bound", 0)
    # Rounding the published value to whole points takes at most half of one.
    if bound > round(each.best * whole):
        fault = f"{fault} The bound {bound} is above the published {each.best * whole:.1f}.".strip()
    return Result(
        number=each.number,
        jobs=each.jobs,
        budget_s=seconds,
        value=None if value is None or fault else value / whole,
        bound=bound / whole,
        published=each.best,
        published_proven=each.proven,
        proven=value is not None and not fault and bound >= value,
        seconds=round(ended_s, 2),
        found_s=said.get("found_seconds", 0.0),
        fault=fault,
        load=round(load, 2),
    )


def _judged(problem: Problem, said: dict) -> tuple[int | None, str]:
    """Verify a schedule and measure it anew: what the command says of itself does not count."""
    schedule = Schedule(tuple(_slots(problem, said["batches"])))
    fault = next(violations(problem, schedule), "")
    return (None, fault) if fault else (measure_levels(problem, schedule)[-1][1], "")


def _slots(problem: Problem, batches: Sequence[dict]) -> Iterator[Slot]:
    """Yield batches as slots, each set up just before it starts."""
    before = {name: resource.family for name, resource in problem.resources.items()}
    for batch in sorted(batches, key=lambda each: each["start"]):
        machine, names = str(batch["machine"]), tuple(f"{job}/0" for job in batch["jobs"])
        family, group = problem.tasks[names[0]].family, problem.resources[machine].group
        setup = problem.setups.get((group, before[machine], family))
        before[machine] = family
        yield Slot(
            machine=machine,
            operations=names,
            family=family,
            setup_start_s=batch["start"] - (setup.takes_s if setup else 0),
            start_s=batch["start"],
            end_s=batch["end"],
        )


def _known(each: Published) -> Known:
    return Known(f"{each.jobs:03} jobs", each.path.name, each.path)


def table(results: Sequence[Result]) -> str:
    """Return the page: what it says by size, then every instance, losses first."""
    return "\n".join(
        [
            "# Ovens",
            "",
            *textwrap.wrap(_conditions(results), 120, break_on_hyphens=False),
            "",
            "| jobs | run | mean gap % | worst | better | equal | worse | bound gap % | proven | published |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *_sizes(results),
            "",
            "| instance | jobs | Lotwright | published | gap % | bound | bound gap % | proven | seconds |",
            "|---|---|---|---|---|---|---|---|---|",
            *(_row(each) for each in sorted(results, key=_rank)),
            "",
        ]
    )


def _conditions(results: Sequence[Result]) -> str:
    loads = sorted(each.load for each in results)
    return (
        "The oven scheduling problem, use case 1 (Lackner and others 2023), by `lotwright solve "
        f"--format oven --seconds {max(each.budget_s for each in results):g}`, one run each, verified "
        f"anew ({platform.machine()}, {os.cpu_count()} cores; load of the machine when runs began: "
        f"{loads[0]:.1f} to {loads[-1]:.1f}). Published: the best of all published solvers, among them "
        "exact ones with an hour; values are shares of each instance's upper bound, and a difference "
        f"of up to {TIE:g} counts as equal. The bound gap is what lies between our bound and our value. "
        f"A run ends when its value is proven; the last column of the first table counts published proofs. "
        f"{len(results)} of 120 instances were run."
    )


def _sizes(results: Sequence[Result]) -> Iterator[str]:
    sizes = sorted({each.jobs for each in results})
    for name, own in (
        *((str(jobs), [each for each in results if each.jobs == jobs]) for jobs in sizes),
        ("all", list(results)),
    ):
        cells = (
            name,
            len(own),
            f"{mean(each.gap for each in own):+.3f}",
            f"{max(each.gap for each in own):+.3f}",
            *(sum(each.difference == way for each in own) for way in (-1, 0, 1)),
            f"{mean(each.bound_gap for each in own):.2f}",
            sum(each.proven for each in own),
            sum(each.published_proven for each in own),
        )
        yield f"| {' | '.join(map(str, cells))} |"


def _rank(each: Result) -> tuple[bool, int]:
    return each.difference < 1, each.number


def _row(each: Result) -> str:
    cells = (
        each.number,
        each.jobs,
        each.fault[:60] if each.value is None else f"{each.value:.6f}",
        f"{each.published:.6f}",
        f"{each.gap:+.3f}" if each.difference else "equal",
        f"{each.bound:.6f}",
        f"{each.bound_gap:.2f}",
        ("yes" if each.published_proven else "yes, first") if each.proven else "",
        f"{each.seconds:.1f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Run what is missing, and write the table anew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="all instances")
    parser.add_argument("--jobs", type=int, nargs="+", help="only instances of these sizes")
    parser.add_argument("--only", type=int, nargs="+", help="only instances of these numbers")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--results", type=Path, default=DOCS / "ovens.jsonl")
    asked = parser.parse_args()
    everything = published_in(Path(os.environ["LOTWRIGHT_DATA"]) / "oven")
    by_name = {each.path.name: each for each in everything}
    wanted = everything
    if not (asked.full or asked.jobs or asked.only):
        wanted = [by_name[each.name] for each in chosen(map(_known, everything), COUNT)]
    keys = {
        (each.number, asked.seconds): each
        for each in sorted(wanted, key=lambda each: each.number)
        if (not asked.jobs or each.jobs in asked.jobs)
        and (not asked.only or each.number in asked.only)
    }
    resumed(
        asked.results,
        Result,
        lambda each: (each.number, each.budget_s),
        keys,
        lambda key: run(keys[key], asked.seconds),
    )
    lines = map(json.loads, asked.results.read_text("utf-8").splitlines())
    results = [
        each for each in (Result(**line) for line in lines) if each.budget_s == asked.seconds
    ]
    (DOCS / "ovens.md").write_text(table(results), "utf-8")
    print(f"{sum(each.proven for each in results)} of {len(results)} proven")


if __name__ == "__main__":
    main()
