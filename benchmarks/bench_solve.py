"""Lotwright beside PyJobShop on the same instances, on this machine, verified by the same judge.

    LOTWRIGHT_DATA=folder python benchmarks/bench_solve.py [folder] [--full] [--count N] [--minutes N]

PyJobShop has twice the time, and counts with the better of 2 and 8 workers. A run that the results
file has is not run again. Table and plot go to docs/benchmarks/.
"""

import argparse
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

from instances import Known, chosen, known_in
from runs import OPTIMIZER, ORTOOLS, OURS, Book, Plan
from table import write_table

OURS_S, PEERS_S, LONG_S = 10.0, 20.0, 60.0
COUNT = 24
SEEDS = 3
WORKERS = (2, 8)
LONG_FROM = 240
"""Operations from which it is asked how soon the peer's value of a minute is reached."""
ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "benchmarks"


def plans(known: list[Known], *, full: bool, minutes: int = 0) -> Iterator[Plan]:
    """Yield all runs of the table, instance by instance, so that a part of it is fair too; some of the
    instances that are long enough get a minute of the peer."""
    peers = [ORTOOLS]
    if importlib.util.find_spec("docplex"):
        peers.append(OPTIMIZER)
    for each in known:
        for seed in range(SEEDS if full else 1):
            for aim in ("makespan", "tardiness") if full else ("makespan",):
                yield Plan(OURS, each, aim, OURS_S, seed)
                for solver in peers:
                    for workers in WORKERS if solver == ORTOOLS else (2,):
                        yield Plan(solver, each, aim, PEERS_S, seed, workers)
        if each.operations >= LONG_FROM and (full or minutes):
            minutes -= 1
            for workers in WORKERS:
                yield Plan(ORTOOLS, each, "makespan", LONG_S, 0, workers)


def main() -> None:
    """Run what is missing, and write table and plot anew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("LOTWRIGHT_DATA"))
    parser.add_argument(
        "--full", action="store_true", help="3 seeds, all instances, due dates, 60 s"
    )
    parser.add_argument("--count", type=int, default=COUNT, help="instances, chosen by hash")
    parser.add_argument(
        "--minutes", type=int, default=0, help="instances that PyJobShop gets 60 s for as well"
    )
    parser.add_argument("--only", default="", help="only instances whose name begins so")
    parser.add_argument("--results", type=Path, help="default: docs/benchmarks/results.jsonl")
    parser.add_argument("--docs", type=Path, default=DOCS)
    asked = parser.parse_args()
    if not asked.folder:
        parser.error("Name a folder of instances, or set LOTWRIGHT_DATA.")
    known = [each for each in known_in(Path(asked.folder)) if each.name.startswith(asked.only)]
    known = known if asked.full else chosen(known, asked.count)
    asked.docs.mkdir(parents=True, exist_ok=True)
    book = Book(asked.results or asked.docs / "results.jsonl")
    wanted = list(plans(known, full=asked.full, minutes=asked.minutes))
    runs = []
    for number, plan in enumerate(wanted, start=1):
        run = book.run(plan)
        runs.append(run)
        value = run.fault if run.value is None else run.value
        print(f"{number}/{len(wanted)} {plan.key}: {value}, {run.wall_s:.1f} s", flush=True)
    write_table(asked.docs, known, runs)


if __name__ == "__main__":
    main()
