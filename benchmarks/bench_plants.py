"""Plants, and machines with setups: Lotwright beside published values and a list heuristic.

    LOTWRIGHT_DATA=folder python benchmarks/bench_plants.py [folder] [--full] [--kind K] [--seconds N]

Parallel machines stand beside the best published values of all methods, random plants (plants.py)
beside the list heuristic (list_heuristic.py) and one CP-SAT model of the whole (monolithic.py). Every
plan is judged by `violations`. A run that the results file has is not run again. The table of all runs in
it goes to docs/benchmarks/plants.md.
"""

import argparse
import csv
import gzip
import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from list_heuristic import list_cost  # noqa: E402
from monolithic import solved_whole  # noqa: E402
from plants import plant_set, to_problem  # noqa: E402
from resumed import resumed  # noqa: E402

from controller.bounding import Bounding  # noqa: E402

DOCS = ROOT / "docs" / "benchmarks"
PARALLEL, PLANTS = "parallel", "plant"
DEFAULT = {PARALLEL: 4, PLANTS: 6}
"""Instances of each kind, chosen by hash."""
SEARCHES = 2
PLANT_SIZES, PLANT_SEEDS = (50, 200, 1_000), (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Case:
    """An instance, and the value that it is held against."""

    kind: str
    name: str
    size: int
    reference: float
    path: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it."""

    kind: str
    name: str
    size: int
    reference: float
    seconds: float
    value: float
    bound: float
    proven: bool
    load: float
    whole: int | str = ""
    """What one model of the whole plant finds, or why nothing."""


def parallels(folder: Path) -> Iterator[Case]:
    """Yield parallel machines with the best published value of all methods."""
    listed = folder / "parallel_setup" / "bounds_baumgratz2021.csv"
    for row in csv.DictReader(listed.read_text("utf-8").splitlines()) if listed.exists() else ():
        jobs, machines, setups, number = row["inst"].split("_")
        name = f"I_{jobs}_{machines}_S_1-{setups}_{number}.txt.gz"
        path = folder / "parallel_setup" / "large" / name
        if path.exists():
            yield Case(PARALLEL, row["inst"], int(jobs), float(row["bks"]), str(path))


def plants() -> Iterator[Case]:
    """Yield random plants with the cost of the list heuristic."""
    for size in PLANT_SIZES:
        for seed in PLANT_SEEDS:
            yield Case(PLANTS, f"{size}-{seed}", size, list_cost(plant_set(size, seed))[0])


def chosen(folder: Path, *, full: bool) -> Iterator[Case]:
    """Yield all cases, or some of each kind by a hash of their names."""
    for cases in (list(parallels(folder)), list(plants())):
        by_hash = sorted(cases, key=lambda c: hashlib.sha256(c.name.encode()).digest())
        yield from cases if full else by_hash[: DEFAULT[cases[0].kind] if cases else 0]


def run(case: Case, seconds: float) -> Run:
    """Solve a case on both cores."""
    load = os.getloadavg()[0]
    solve_it = _solve_plant if case.kind == PLANTS else _solve_file
    value, bound, proven = solve_it(case, seconds)
    whole = solved_whole(*_plant_of(case), seconds) if case.kind == PLANTS else ""
    about = (case.kind, case.name, case.size, case.reference)
    return Run(*about, seconds, value, bound, proven, load, whole)


def _plant_of(case: Case) -> tuple[int, int]:
    size, seed = map(int, case.name.split("-"))
    return size, seed


def _solve_file(case: Case, seconds: float) -> tuple[float, float, bool]:
    with tempfile.TemporaryDirectory() as place:
        path, out = Path(case.path), Path(place) / "out.json"
        if path.suffix == ".gz":
            path = Path(place) / path.stem
            path.write_bytes(gzip.decompress(Path(case.path).read_bytes()))
        words = [sys.executable, "-m", "controller", "solve", str(path), f"--format={case.kind}"]
        words += [f"--seconds={seconds}", f"--out={out}"]
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
        said = json.loads(out.read_text("utf-8"))
    objective = said["objective"]
    return objective["makespan"], said["bound"], said["proven"]


def _solve_plant(case: Case, seconds: float) -> tuple[float, float, bool]:
    size, seed = _plant_of(case)
    asked = [(size, seed, number, seconds) for number in range(SEARCHES)]
    problem = to_problem(plant_set(size, seed))
    with (
        Bounding(problem, time.monotonic() + seconds) as bounding,
        multiprocessing.get_context("spawn").Pool(SEARCHES) as pool,
    ):
        answers = pool.starmap(_search, asked)
        bound = max(bounding.best(), *(each[1] for each in answers))
    value = min(each[0] for each in answers)
    return value, bound, value <= bound


def _search(size: int, plant_seed: int, seed: int, seconds: float) -> tuple[int, int]:
    from controller.kernels import find_kernels  # noqa: PLC0415 before kernels are loaded

    find_kernels(None).use()
    from scheduler import solve, violations  # noqa: PLC0415 it loads them

    begun_s = time.monotonic()

    def share() -> float:
        return (time.monotonic() - begun_s) / seconds

    problem = to_problem(plant_set(size, plant_seed))
    solution = solve(problem, lambda: share() >= 1, seed, share=share)
    assert solution.schedule is not None, "Windows have no end, so there is a plan."
    assert not list(violations(problem, solution.schedule)), "A wrong plan counts for nothing."
    return dict(solution.levels)["cents"], solution.bound or 0


def table(runs: list[Run]) -> str:
    """Return the page."""
    lines = ["# Plants, and machines with setups", ""]
    loads = sorted(run.load for run in runs)
    lines += [
        f"{os.cpu_count()} cores; load when runs began: {loads[0]:.1f} to {loads[-1]:.1f}.",
        "",
    ]
    for kind, title, ratio in (
        (PARALLEL, "Parallel machines with setups, beside the best published value", _over),
        (PLANTS, "Random plants, beside the list heuristic", _of),
    ):
        lines += _section([run for run in runs if run.kind == kind], title, ratio)
    return "\n".join(lines)


def _over(run: Run) -> float:
    return 100 * (run.value - run.reference) / run.reference


def _of(run: Run) -> float:
    return 100 * run.value / run.reference


def _section(runs: list[Run], title: str, ratio: Callable[[Run], float]) -> Iterator[str]:
    if not runs:
        return
    what = "per cent of it" if ratio is _of else "per cent over it"
    head = ["instance", "size", "Lotwright", "reference", what, "bound", "s"]
    head += ["one CP-SAT model"] if ratio is _of else []
    yield from (f"## {title}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|")
    for run in sorted(runs, key=lambda run: (-ratio(run), run.name)):
        proof = ", proven" if run.proven else ""
        cells: tuple[object, ...]
        cells = (run.name, run.size, f"{run.value:g}", f"{run.reference:g}", f"{ratio(run):.2f}")
        cells += (f"{run.bound:g}{proof}", f"{run.seconds:g}")
        cells += (run.whole,) if ratio is _of else ()
        yield f"| {' | '.join(map(str, cells))} |"
    yield from ("", f"Mean of {len(runs)}: {mean(map(ratio, runs)):.2f}.", "")


def main() -> None:
    """Run what is missing, and write the table anew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("LOTWRIGHT_DATA"))
    parser.add_argument("--full", action="store_true", help="all instances")
    parser.add_argument("--kind", choices=tuple(DEFAULT), help="only these")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--results", type=Path, default=DOCS / "plants.jsonl")
    asked = parser.parse_args()
    if not asked.folder:
        parser.error("Name a folder of instances, or set LOTWRIGHT_DATA.")
    cases = {
        (case.kind, case.name, asked.seconds): case
        for case in chosen(Path(asked.folder), full=asked.full)
        if asked.kind in {None, case.kind}
    }
    resumed(
        asked.results,
        Run,
        lambda each: (each.kind, each.name, each.seconds),
        cases,
        lambda key: run(cases[key], asked.seconds),
    )
    lines = asked.results.read_text("utf-8").splitlines()
    runs = sorted(
        (Run(**json.loads(line)) for line in lines), key=lambda each: (each.size, each.name)
    )
    (DOCS / "plants.md").write_text(table(runs) + "\n", "utf-8")


if __name__ == "__main__":
    main()
