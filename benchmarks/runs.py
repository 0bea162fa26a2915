"""Runs of solvers, each verified from its schedule alone, kept in a file that later runs go on from."""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from instances import Known, due_lines, problem_of, with_due_dates
from peer import IMPROVED

from scheduler import Problem, Schedule, Slot, measure_levels, violations

OURS, ORTOOLS, OPTIMIZER = "lotwright", "ortools", "cpoptimizer"
SPARE_S = 120.0
"""A peer may need this long to load, to build its model and to end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run."""

    solver: str
    known: Known
    aim: str
    seconds: float
    seed: int
    workers: int = 2

    @property
    def key(self) -> str:
        """Name the run in the results file."""
        about = f"{self.aim} {self.seconds:g}s seed {self.seed} workers {self.workers}"
        return f"{self.solver} {self.known.set} {self.known.name} {about}"


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it; `value` is None without a right schedule."""

    key: str
    solver: str
    set: str
    instance: str
    operations: int
    aim: str
    seconds: float
    seed: int
    workers: int
    value: int | None
    bound: float
    proven: bool
    wall_s: float
    start_s: float
    """Loading, reading and building the model, before the search has its first question."""
    found: list[tuple[float, int]] = field(default_factory=list)
    """Seconds and value of each incumbent; the peer's count from the start of its search."""
    fault: str = ""
    load: float = 0.0


class Book:
    """Owns the results file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        self.runs = {run["key"]: Run(**run) for run in map(json.loads, lines)}

    def run(self, plan: Plan) -> Run:
        """Return the run as it was, or run it now and write it down."""
        if plan.key not in self.runs:
            run = run_ours(plan) if plan.solver == OURS else run_peer(plan)
            self.runs[plan.key] = run
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(run)) + "\n")
        return self.runs[plan.key]


def run_ours(plan: Plan) -> Run:
    """Run `lotwright solve` as a person would."""
    problem = _problem(plan)
    with tempfile.TemporaryDirectory() as folder:
        out, due = Path(folder, "out.json"), Path(folder, "due.txt")
        command = [sys.executable, "-m", "controller", "solve", str(plan.known.path), "--json"]
        command += ["--seconds", f"{plan.seconds:g}", "--seed", str(plan.seed), "--out", str(out)]
        if plan.known.format:
            command += ["--format", plan.known.format]
        if plan.aim == "tardiness":
            due.write_text("\n".join(due_lines(problem, plan.seed)), "utf-8")
            command += ["--due", str(due)]
        begun, load = time.monotonic(), os.getloadavg()[0]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=plan.seconds + SPARE_S
        )
        wall_s = time.monotonic() - begun
        if done.returncode or not out.exists():
            return _run(plan, problem, [], (wall_s, 0.0, load), fault=done.stderr[-400:])
        said = json.loads(out.read_text("utf-8"))
    slots = [
        [task["start"], task["end"], f"{task['job']}/{task['operation']}", str(task["machine"])]
        for task in said["tasks"]
    ]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = [(line["seconds"], line["objective"][plan.aim]) for line in lines]
    start_s = found[0][0] if found else 0.0
    return _run(plan, problem, slots, (wall_s, start_s, load), found, said["bound"])


def run_peer(plan: Plan) -> Run:
    """Run PyJobShop in a process of its own; its budget begins when its model is built."""
    problem = _problem(plan)
    given = pickle.dumps((problem, plan.solver, plan.seconds, plan.workers, plan.seed))
    begun, load = time.monotonic(), os.getloadavg()[0]
    try:
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("peer.py"))],
            input=given,
            capture_output=True,
            check=False,
            timeout=plan.seconds + SPARE_S,
        )
        lines, fault = done.stdout.decode().splitlines(), done.stderr.decode()[-400:]
        code = done.returncode
    except subprocess.TimeoutExpired:
        lines, fault, code = [], f"It had not ended {SPARE_S:g} s after its budget.", 1
    wall_s = time.monotonic() - begun
    if code:
        return _run(plan, problem, [], (wall_s, 0.0, load), fault=fault)
    said = json.loads(lines[-1])
    matches = filter(None, map(IMPROVED.match, lines))
    found = [(float(match[1]), int(match[2])) for match in matches]
    start_s = said["import_s"] + said["build_s"]
    return _run(plan, problem, said["slots"], (wall_s, start_s, load), found, said["bound"])


def _problem(plan: Plan) -> Problem:
    problem = problem_of(plan.known)
    return with_due_dates(problem, plan.seed) if plan.aim == "tardiness" else problem


def _slots(problem: Problem, said: list[list]) -> Iterator[Slot]:
    """Yield (start, end, task, machine) as slots, each set up just before it starts."""
    before: dict[str, str] = {}
    for start, end, task, machine in sorted(said):
        family, group = problem.tasks[task].family, problem.resources[machine].group
        setup = problem.setups.get((group, before.get(machine, ""), family))
        before[machine] = family
        yield Slot(
            machine=machine,
            operations=(task,),
            family=family,
            setup_start_s=start - (setup.takes_s if setup else 0),
            start_s=start,
            end_s=end,
        )


def _run(
    plan: Plan,
    problem: Problem,
    slots: list[list],
    clock: tuple[float, float, float],
    found: list[tuple[float, int]] | None = None,
    bound: float = 0.0,
    fault: str = "",
) -> Run:
    """Verify the schedule and measure it anew: what a solver says of itself does not count."""
    value = None
    wall_s, start_s, load = clock
    if slots:
        schedule = Schedule(tuple(_slots(problem, slots)))
        fault = next(violations(problem, schedule), "")
        value = None if fault else measure_levels(problem, schedule)[-1][1]
    return Run(
        key=plan.key,
        solver=plan.solver,
        set=plan.known.set,
        instance=plan.known.name,
        operations=len(problem.tasks),
        aim=plan.aim,
        seconds=plan.seconds,
        seed=plan.seed,
        workers=plan.workers,
        value=value,
        bound=bound,
        proven=value is not None and bound >= value - 1e-6,
        wall_s=wall_s,
        start_s=start_s,
        found=found or [],
        fault=fault or ("" if slots else "no schedule"),
        load=load,
    )
