"""Public instances with their best known bounds, and which of them are run."""

import csv
import hashlib
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from scheduler import Problem, formats

USUAL_SETS = (
    "fjsp/barnes",
    "fjsp/behnke",
    "fjsp/brandimarte",
    "fjsp/fattahi",
    "fjsp/hurink_edata",
    "fjsp/hurink_rdata",
    "fjsp/kacem",
    "jsp/abz",
    "jsp/bel",
    "jsp/la",
    "jsp/orb",
)
SETUP_SETS = ("fjsp_sdst/fattahi",)
"""Flexible job shops with setups between operations."""
DUE_FACTOR = 1.3
WEIGHTS = 4


@dataclass(frozen=True, slots=True)
class Known:
    """An instance and what is known of it; 0 where nothing is."""

    set: str
    name: str
    path: Path
    operations: int = 0
    least: int = 0
    best: int = 0

    @property
    def format(self) -> str:
        """Return the name of its format where neither ending nor text tells it."""
        return "sdst" if self.set in SETUP_SETS else ""


def known_in(folder: Path, sets: Collection[str] = USUAL_SETS) -> list[Known]:
    """Return what `bounds.csv` lists, or all instances below a folder without one."""
    listed = folder / "bounds.csv"
    if not listed.exists():
        paths = (
            p for p in sorted(folder.rglob("*")) if p.suffix in {".txt", ".fjs", ".jsp", ".fajsp"}
        )
        return [Known(path.parent.name, path.stem, path) for path in paths]
    with listed.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        Known(
            row["set"],
            row["instance"],
            folder / row["path"],
            *(
                int(row[key]) if row[key].isdigit() else 0
                for key in ("n_ops", "best_lb", "best_ub")
            ),
        )
        for row in rows
        if row["path"] and (folder / row["path"]).is_file() and row["set"] in sets
    ]


def chosen(known: Iterable[Known], count: int) -> list[Known]:
    """Return some of each set in turn, within a set by a hash of the name."""
    sets: dict[str, list[Known]] = {}
    for each in sorted(known, key=lambda k: hashlib.sha256(k.name.encode()).digest()):
        sets.setdefault(each.set, []).append(each)
    turns = zip_longest(*(sets[name] for name in sorted(sets)))
    return [each for turn in turns for each in turn if each is not None][:count]


def problem_of(known: Known) -> Problem:
    """Read an instance."""
    if known.path.suffix == ".zip":
        with zipfile.ZipFile(known.path) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    else:
        text = known.path.read_text("utf-8")
    return formats.read(text, known.path.name, known.format)


def due_lines(problem: Problem, seed: int) -> Iterator[str]:
    """Yield a line for each job: release plus 1.3 times its shortest work, and a weight by seed."""
    work: dict[str, int] = {}
    for task in problem.tasks.values():
        work[task.order] = work.get(task.order, 0) + min(mode.takes_s for mode in task.modes)
    for order, takes_s in work.items():
        digest = hashlib.sha256(f"{seed}/{order}".encode()).digest()
        yield f"{int(DUE_FACTOR * takes_s)} {1 + digest[0] % WEIGHTS}"


def with_due_dates(problem: Problem, seed: int) -> Problem:
    """Return the due-date version of an instance."""
    return formats.with_dues(problem, "\n".join(due_lines(problem, seed)))
