"""What variety costs: machine hours of our plans for few specs, and for ten times as many of equal volume.

    python benchmarks/bench_variety.py [--seconds 30] [--sizes 200 1000] [--seeds 3]

Random plants (plants.py): each spec is ordered ten times, or once (`varied`). Machine hours are setups
and runs of all machines. Every plan is judged by `violations`; two searches run beside each other, and the
cheaper plan counts. A run that the results file has is not run again. The table goes to
docs/benchmarks/variety.md.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from plants import PlantSet, plant_set, specs_in, to_problem, varied  # noqa: E402
from resumed import resumed  # noqa: E402

DOCS = ROOT / "docs" / "benchmarks"
TIMES = 10
SEARCHES = 2
FEW, MANY = "few", "many"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a plant."""

    size: int
    seed: int
    which: str
    seconds: float
    specs: int
    volume: int
    """Minutes of knitting and assembly, and area and height of all prints together."""
    cents: int
    setup: int
    """Minutes of setups, and of runs."""
    run: int
    plates: int
    load: float


def drawn(size: int, seed: int, which: str) -> PlantSet:
    """Return a plant with few or many specs."""
    few = plant_set(size, seed, size // TIMES)
    return few if which == FEW else varied(few, size // TIMES, seed)


def volume_of(plant: PlantSet) -> int:
    """Sum up all that is to be made."""
    prints = sum(each.area + each.height for each in plant.prints)
    return prints + sum(each.takes for each in plant.knits) + sum(plant.assembly)


def run(size: int, seed: int, which: str, seconds: float) -> Result:
    """Plan a plant on both cores."""
    load = os.getloadavg()[0]
    asked = [(size, seed, which, number, seconds) for number in range(SEARCHES)]
    with multiprocessing.get_context("spawn").Pool(SEARCHES) as pool:
        best = min(pool.starmap(_search, asked))
    plant = drawn(size, seed, which)
    head = (size, seed, which, seconds, specs_in(plant), volume_of(plant))
    return Result(*head, *best, load)


def _search(
    size: int, plant_seed: int, which: str, seed: int, seconds: float
) -> tuple[int, int, int, int]:
    from controller.kernels import find_kernels  # noqa: PLC0415 before kernels are loaded

    find_kernels(None).use()
    from scheduler import solve, violations  # noqa: PLC0415 it loads them
    from scheduler.schedule import setups_in  # noqa: PLC0415

    begun_s = time.monotonic()

    def share() -> float:
        return (time.monotonic() - begun_s) / seconds

    problem = to_problem(drawn(size, plant_seed, which))
    solution = solve(problem, lambda: share() >= 1, seed, share=share)
    assert solution.schedule is not None, "Windows have no end, so there is a plan."
    assert not list(violations(problem, solution.schedule)), "A wrong plan counts for nothing."
    slots = solution.schedule.slots
    setups = sum(setup.takes_s for _, _, setup in setups_in(problem, solution.schedule))
    plates = sum(slot.machine.startswith("print") for slot in slots)
    runs = sum(slot.end_s - slot.start_s for slot in slots)
    return dict(solution.levels)["cents"], setups, runs, plates


def table(results: Sequence[Result]) -> str:
    """Return the page."""
    loads = sorted(each.load for each in results)
    lines = [
        "# What variety costs",
        "",
        f"Machine hours (setups and runs of all machines) of our plans when each spec is ordered {TIMES}",
        f"times, and when each order is a spec of its own, at the same volume. {results[0].seconds:g} s,",
        f"{SEARCHES} searches; load when runs began: {loads[0]:.1f} to {loads[-1]:.1f}.",
        "",
        "| orders | seed | specs | cost | plates | setup h | run h | machine h | more |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    more = []
    pairs = {(each.size, each.seed, each.which): each for each in results}
    for size, seed in dict.fromkeys((each.size, each.seed) for each in results):
        few, many = pairs[size, seed, FEW], pairs[size, seed, MANY]
        assert few.volume == many.volume, "Both make as much."
        more.append(100 * ((many.setup + many.run) / (few.setup + few.run) - 1))
        lines += _rows((few, many), more[-1])
    return "\n".join([*lines, "", f"Mean: {mean(more):+.2f} %; worst: {max(more):+.2f} %.", ""])


def _rows(both: Sequence[Result], more: float) -> Iterator[str]:
    for each in both:
        hours = [f"{minutes / 60:.1f}" for minutes in (each.setup, each.run, each.setup + each.run)]
        said = "" if each.which == FEW else f"{more:+.2f} %"
        cells = (each.size, each.seed, each.specs, each.cents, each.plates, *hours, said)
        yield f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Run what is missing, and write the table anew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--sizes", type=int, nargs="+", default=(200, 1_000))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=DOCS / "variety.jsonl")
    asked = parser.parse_args()
    keys = product(asked.sizes, range(1, asked.seeds + 1), (FEW, MANY), (asked.seconds,))
    results = resumed(asked.results, Result, _key, keys, lambda key: run(*key))
    (DOCS / "variety.md").write_text(table(results), "utf-8")


def _key(result: Result) -> tuple[int, int, str, float]:
    return result.size, result.seed, result.which, result.seconds


if __name__ == "__main__":
    main()
