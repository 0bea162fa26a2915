"""Lotwright and PyJobShop with equal time: weighted tardiness, and setups between operations.

    LOTWRIGHT_DATA=folder python benchmarks/bench_equal.py [folder] [--only tardiness|setups] [--full]
        [--seconds 30] [--count 12] [--workers 2 8]

Both have the same seconds of the same two cores. Due-date versions of the flexible job shops: a job is
due at its release and 1.3 times the sum of its shortest durations, its weight is 1 to 4 by seed. Every
schedule is verified. A run that the results file has is not run again. The tables go to
docs/benchmarks/tardiness.md and setups.md.
"""

import argparse
import os
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from statistics import mean, median

from instances import SETUP_SETS, USUAL_SETS, Known, chosen, known_in
from results import better
from runs import ORTOOLS, OURS, Book, Plan, Run

SECONDS, COUNT, SEEDS = 30.0, 12, 3
WORKERS = (2, 8)
BEHIND = 1.01
"""What is dearer than this times the peer is listed."""
DOCS = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"


@dataclass(frozen=True, slots=True)
class Table:
    """What is compared on one page."""

    name: str
    title: str
    aim: str
    sets: tuple[str, ...]
    bar: float
    """The issue's limit for Lotwright's share of the peer's value, on average."""


TABLES = (
    Table(
        "tardiness",
        "Weighted tardiness",
        "tardiness",
        tuple(name for name in USUAL_SETS if name.startswith("fjsp/")),
        0.7,
    ),
    Table("setups", "Makespan with setups between operations", "makespan", SETUP_SETS, 0.95),
)


def plans(table: Table, known: Sequence[Known], asked: argparse.Namespace) -> Iterator[Plan]:
    """Yield the runs of a table; what the peer does with more workers comes last."""
    seeds = range(SEEDS if asked.full else 1)
    for workers in asked.workers:
        for each in known:
            for seed in seeds:
                if workers == asked.workers[0]:
                    yield Plan(OURS, each, table.aim, asked.seconds, seed)
                yield Plan(ORTOOLS, each, table.aim, asked.seconds, seed, workers)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both on one instance."""

    ours: Run
    peer: Run

    @property
    def share(self) -> float | None:
        """Return ours as a share of the peer's value; None where the peer has 0 and ours has not,
        or where ours has no schedule."""
        if self.ours.value is None:
            return None
        if self.peer.value is None:
            return 0.0
        if self.peer.value == 0:
            return 1.0 if self.ours.value == 0 else None
        return self.ours.value / self.peer.value


def pairs_of(runs: Iterable[Run]) -> list[Pair]:
    """Put the better of the peer's runs beside ours."""
    by: dict[tuple[str, str, int], dict[str, Run]] = {}
    for run in better(runs):
        by.setdefault((run.set, run.instance, run.seed), {})[run.solver] = run
    return [Pair(both[OURS], both[ORTOOLS]) for both in by.values() if len(both) == 2]  # noqa: PLR2004


def page(table: Table, runs: Sequence[Run]) -> str:
    """Return the page: what it says on average, then the worst first."""
    pairs = sorted(pairs_of(runs), key=lambda pair: (pair.share is not None, -(pair.share or 0)))
    lines = [f"# {table.title}", "", *_conditions(runs), "", *_summary(table, pairs), ""]
    lines.append("| instance | operations | seed | Lotwright | PyJobShop | share | bound |")
    lines.append("|---|---|---|---|---|---|---|")
    for pair in pairs:
        ours, peer = pair.ours, pair.peer
        share = "-" if pair.share is None else f"{pair.share:.3f}"
        cells = (
            f"{ours.set} {ours.instance}",
            ours.operations,
            ours.seed,
            _said(ours),
            _said(peer),
        )
        bound = f"{max(ours.bound, peer.bound):g}"
        lines.append(f"| {' | '.join(map(str, cells))} | {share} | {bound} |")
    return "\n".join(lines) + "\n"


def _said(run: Run) -> str:
    if run.value is None:
        return run.fault[:60]
    return f"{run.value}{', proven' if run.proven else ''}"


def _conditions(runs: Sequence[Run]) -> Iterator[str]:
    loads = sorted(run.load for run in runs)
    workers = sorted({run.workers for run in runs if run.solver == ORTOOLS})
    which = f"the better of runs with {' and '.join(map(str, workers))} workers"
    about = (
        f"{os.cpu_count()} cores, {max(run.seconds for run in runs):g} s each; load of the machine "
        f"when runs began: median {median(loads):.1f}, {loads[0]:.1f} to {loads[-1]:.1f}. Lotwright's "
        "time counts from the start of its process, PyJobShop's from the start of its search. "
        f"PyJobShop counts with {which if len(workers) > 1 else f'{workers[0]} workers'}. Every "
        "schedule was verified anew. A share below 1 is Lotwright's win."
    )
    yield from textwrap.wrap(about, 120, break_on_hyphens=False)


def _summary(table: Table, pairs: Sequence[Pair]) -> Iterator[str]:
    shares = [pair.share for pair in pairs if pair.share is not None]
    if not shares:
        return
    open_ = [pair.share for pair in pairs if pair.share is not None and not pair.peer.proven]
    logs = [log(share) for share in shares if share > 0]
    whole = sum(pair.ours.value or 0 for pair in pairs), sum(p.peer.value or 0 for p in pairs)
    yield (
        f"- Mean share {mean(shares):.3f}, geometric {exp(mean(logs)):.3f}, of the sums "
        f"{whole[0] / max(1, whole[1]):.3f}, on {len(pairs)}; the bar is {table.bar:g}."
    )
    if open_ and len(open_) < len(shares):
        yield (
            f"- Where PyJobShop did not prove its value to be the least, on {len(open_)}: "
            f"{mean(open_):.3f}. On the other {len(shares) - len(open_)} nothing can be better."
        )
    behind = [pair for pair in pairs if pair.share is None or pair.share > BEHIND]
    names = ", ".join(f"{pair.ours.set} {pair.ours.instance}" for pair in behind)
    yield f"- Worse by over 1 %: {names or 'none'}."


def main() -> None:
    """Run what is missing, and write the pages anew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("LOTWRIGHT_DATA"))
    parser.add_argument("--only", choices=[table.name for table in TABLES])
    parser.add_argument("--full", action="store_true", help="all instances, 3 seeds")
    parser.add_argument("--count", type=int, default=COUNT, help="instances, chosen by hash")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--workers", type=int, nargs="+", default=WORKERS, help="of the peer")
    parser.add_argument("--results", type=Path, default=DOCS / "equal.jsonl")
    asked = parser.parse_args()
    if not asked.folder:
        parser.error("Name a folder of instances, or set LOTWRIGHT_DATA.")
    book = Book(asked.results)
    for table in TABLES:
        if asked.only in {None, table.name}:
            known = known_in(Path(asked.folder), table.sets)
            known = known if asked.full else chosen(known, asked.count)
            runs: list[Run] = []
            for plan in plans(table, known, asked):
                runs.append(book.run(plan))
                value = runs[-1].fault if runs[-1].value is None else runs[-1].value
                print(f"{plan.key}: {value}, {runs[-1].wall_s:.1f} s", flush=True)
                if pairs_of(runs):
                    (DOCS / f"{table.name}.md").write_text(page(table, runs), "utf-8")


if __name__ == "__main__":
    main()
