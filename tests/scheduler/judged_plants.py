"""Small random plants (small_plants.py), planned and judged: by `violations`, and by brute force.

    python tests/scheduler/judged_plants.py [--plants 10000] [--first 1] [--processes 2] [--results FILE]

Each plant is planned as `solve` plans it for the floor (Python search and exact solver), by the search
in Python alone, and by the compiled search alone. A line for each goes to the results file; plants that it
has are not planned again. Ends with 1 if any of them is wrong or dear.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from fractions import Fraction
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

MOVES, ALONE, TURNS = 2_000, 600, 10
"""Questions of `stop` for `solve`, moves of the Python search alone, thousands of the compiled one."""
LIMIT = Fraction(101, 100)
NO_PLAN = Fraction(1 << 60)
WAYS = ("solve", "python", "compiled")


def planned(problem, way, seed):
    """Return a schedule, and what `solve` said."""
    from scheduler import solve

    if way == "solve":
        return solve(problem, counting(MOVES), seed)
    if way == "compiled":
        turns = chain((0, 0), range(1, TURNS + 1))  # two looks before it begins
        # With nothing left of the budget the exact solver is not asked, and Python's search ends.
        return solve(problem, lambda: True, seed, share=lambda: next(turns, TURNS) / TURNS)
    return alone(problem, seed)


def alone(problem, seed):
    """Search in Python alone, without the exact solver."""
    from scheduler import measure_levels
    from scheduler.construct import best_start
    from scheduler.decode import to_schedule
    from scheduler.improve import improve
    from scheduler.indexed import index
    from scheduler.placing import UnplannableError
    from scheduler.solution import Solution
    from scheduler.times import decode_rows

    indexed = index(problem)
    try:
        rows, _ = best_start(indexed)
    except UnplannableError as error:
        return Solution(schedule=None, why=str(error))
    rows, _ = improve(indexed, rows, counting(ALONE), seed)
    schedule = to_schedule(indexed, rows, decode_rows(indexed, rows))
    return Solution(schedule=schedule, levels=measure_levels(problem, schedule))


def counting(moves):
    """Return a stop() that lets this many calls pass."""
    left = iter(range(moves))
    return lambda: next(left, None) is None


def verdicts(seed, ways=WAYS, most=30_000):
    """Plan a plant in some ways; return what is to be said of it."""
    from small_plants import MOST_JUDGED, small_plant

    problem = small_plant(seed)
    said = {"seed": seed, "tasks": len(problem.tasks), "faults": [], "cents": {}, "least": None}
    found, lacking = [], []
    for way in ways:
        begun_s = time.process_time()
        solution = planned(problem, way, seed)
        said[f"{way}_s"] = round(time.process_time() - begun_s, 4)
        said["faults"] += [f"{way}: {fault}" for fault in faults_of(problem, solution)]
        if solution.schedule is None:
            lacking.append(f"{way}: no plan: {solution.why}")
        else:
            said["cents"][way] = dict(solution.levels)["cents"]
            found.append(solution.schedule)
    if len(problem.tasks) <= MOST_JUDGED:
        begun_s = time.process_time()
        said |= judged(problem, found, most)
        none = said["tried"] and said["least"] is None
        said["faults"] += [f for f in lacking if not none]
        said["brute_s"] = round(time.process_time() - begun_s, 4)
    elif lacking:
        said["unplanned"] = lacking
    if said["least"] is not None:
        said["dear"] = [
            way for way, cents in said["cents"].items() if cents > LIMIT * Fraction(said["least"])
        ]
    return said


def faults_of(problem, solution):
    """Say what is wrong with an answer: a wrong plan, none, one that was dropped, other cents."""
    from brute_force import cost_of

    from scheduler import violations

    yield from (f"{note}" for note in solution.tiers if note.startswith("dropped a wrong plan"))
    if solution.schedule is None:
        return
    yield from violations(problem, solution.schedule)
    cents, own = dict(solution.levels)["cents"], cost_of(problem, solution.schedule.slots)
    if cents != own.numerator // own.denominator:
        yield f"it is said to cost {cents} cents, and costs {float(own)}"


def judged(problem, schedules, most):
    """Return the least cost of all, and whether all schedules were tried."""
    from brute_force import TooManyError, cost_of, least_cost

    from scheduler import Schedule, violations

    cheapest = min((cost_of(problem, each.slots) for each in schedules), default=NO_PLAN)
    try:
        better = least_cost(problem, cheapest, most)
    except TooManyError:
        return {"tried": False}
    if better is None:
        return {"tried": True, "least": None if cheapest == NO_PLAN else str(cheapest)}
    wrong = list(violations(problem, Schedule(better[1])))
    assert not wrong, f"Brute force itself is wrong: {wrong}"
    return {"tried": True, "least": str(better[0])}


def main():
    """Judge what the results file does not have yet, and sum up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plants", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--results", type=Path, default=ROOT / ".lotwright" / "plants.jsonl")
    asked = parser.parse_args()
    asked.results.parent.mkdir(parents=True, exist_ok=True)
    lines = asked.results.read_text("utf-8").splitlines() if asked.results.exists() else []
    book = {said["seed"]: said for said in map(json.loads, lines)}
    wanted = range(asked.first, asked.first + asked.plants)
    missing = [seed for seed in wanted if seed not in book]
    spawning = multiprocessing.get_context("spawn")
    with (
        asked.results.open("a", encoding="utf-8") as file,
        spawning.Pool(asked.processes, _begin) as pool,
    ):
        for said in pool.imap_unordered(verdicts, missing, chunksize=8):
            book[said["seed"]] = said
            file.write(json.dumps(said) + "\n")
            file.flush()
            for line in (*said["faults"], *(f"dear by {way}" for way in said.get("dear", ()))):
                sys.stdout.write(f"plant {said['seed']}: {line}\n")
    return summary([book[seed] for seed in wanted])


def _begin():
    from controller.kernels import find_kernels

    find_kernels(Path(os.environ.get("LOTWRIGHT_STATE", ROOT / ".lotwright"))).use()


def summary(all_said):
    """Print what came of all; return 1 if anything is wrong or dear."""
    wrong = [said for said in all_said if said["faults"]]
    tried = [said for said in all_said if said.get("tried")]
    left = sum(said.get("tried") is False for said in all_said)
    sys.stdout.write(
        f"{len(all_said)} plants, {len(wrong)} with a fault; {len(tried)} of at most 8 tasks held "
        f"against brute force, {left} with too many schedules for it.\n"
    )
    dear = 0
    for way in WAYS:
        over = [said for said in tried if way in said["dear"]]
        best = sum(said["cents"].get(way) == int(Fraction(said["least"])) for said in tried)
        dear += len(over) if way == "solve" else 0
        seconds = sum(said.get(f"{way}_s", 0) for said in all_said)
        sys.stdout.write(
            f"{way}: {best} as cheap as can be, {len(over)} dearer by over 1 %; "
            f"{seconds:.0f} CPU s\n"
        )
    return 1 if wrong or dear else 0


if __name__ == "__main__":
    sys.exit(main())
