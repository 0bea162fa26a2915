"""When to start a half-full plate: at once, when it is full, or by a rule that rollouts have tuned.

    python benchmarks/bench_postpone.py [--days 3] [--seeds 5] [--gaps 12 20 40]

Plays days of a print shop (print_shop.py says what arrives and what it costs) with each rule; the planner
is the same. The tuned rule has seen the days of another seed. Every day is judged by `violations` at its
end. A run that the results file has is not run again. The table goes to docs/benchmarks/postpone.md.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from print_shop import (  # noqa: E402
    CLOSES,
    DAY,
    MINUTE,
    PLATE,
    Floor,
    Holds,
    orders,
    printers,
    seen,
    to_problem,
)
from resumed import resumed  # noqa: E402

from scheduler import Problem, Schedule, measure_levels, order_ends, violations  # noqa: E402
from scheduler.postpone import Patience, waits  # noqa: E402
from scheduler.rollout import tuned  # noqa: E402

DOCS = ROOT / "docs" / "benchmarks"
AVAILABLE, FULL, FULL_OR_DUE, TUNED = "when available", "when full", "full or due", "tuned"
RULES = (AVAILABLE, FULL, FULL_OR_DUE, TUNED)
FULL_FROM = 80
"""Per cent of its room from which a plate counts as full."""
ANOTHER = 1_000
"""What is added to a seed for the days that were seen before."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of some days."""

    rule: str
    gap: float
    seed: int
    days: int
    orders: int
    cost: float
    """Plates, preparing and missed carriers."""
    late: int
    plates: int
    fill: float
    """Mean share of a plate's room, in per cent."""
    hours: float
    """Of printers: preparing and printing."""
    patience: tuple[int, int]
    """Per cent and minutes of the tuned rule."""


def holds_of(rule: str, patience: Patience) -> Holds:
    """Return the rule that holds plates back."""

    def by_slack(problem: Problem, plan: Schedule) -> dict[str, int]:
        return {
            wait.slot.machine: wait.until_s for wait in waits(problem, plan, {"print": patience})
        }

    def until_full(problem: Problem, plan: Schedule) -> dict[str, int]:
        """Whatever is due: a plate starts when it is full, or when no order comes in any more."""
        closes_s = (problem.now_s // (DAY * MINUTE) * DAY + CLOSES) * MINUTE
        return {
            machine: closes_s
            for machine, row in plan.by_machine.items()
            if machine.startswith("print")
            and sum(problem.tasks[n].size for n in row[0].operations) * 100 < FULL_FROM * PLATE
        }

    return until_full if rule == FULL else by_slack


def play(rule: str, gap: float, seed: int, days: int) -> Result:
    """Play some days by a rule."""
    patience = Patience()
    if rule == FULL_OR_DUE:
        patience = Patience(fill=FULL_FROM)
    elif rule == TUNED:
        patience = tuned(printers(), seen(orders(seed + ANOTHER, gap, days)), seed)
    arrived = orders(seed, gap, days)
    made = Floor(list(arrived), holds_of(rule, patience)).run()
    problem = to_problem(arrived)
    wrong = list(violations(problem, made))
    assert not wrong, wrong[:3]
    ends = order_ends(problem, made)
    prints = [slot for slot in made.slots if slot.machine.startswith("print")]
    areas = [sum(problem.tasks[name].size for name in slot.operations) for slot in prints]
    return Result(
        rule=rule,
        gap=gap,
        seed=seed,
        days=days,
        orders=len(arrived),
        cost=dict(measure_levels(problem, made))["cents"] / 100,
        late=sum(ends[name] > due.due_s for name, due in problem.dues.items()),
        plates=len(prints),
        fill=100 * mean(areas) / PLATE,
        hours=sum(slot.end_s - slot.setup_start_s for slot in prints) / 3_600,
        patience=(patience.fill, patience.spare_s // 60),
    )


def table(results: Sequence[Result]) -> str:
    """Return the page."""
    days, seeds = results[0].days, len({each.seed for each in results})
    lines = [
        "# When to start a half-full plate",
        "",
        f"Days of a print shop whose orders arrive one by one, {days} days each, {seeds} seeds; what",
        "arrives and what it costs is written in `benchmarks/print_shop.py`. All rules have the same",
        f"planner. 'When full': {FULL_FROM} % of its room, or the day's last order is in. 'Full or due':",
        "the same, but a plate starts as soon as an order would be late otherwise. 'Tuned': fill and",
        "reserve by rollouts over other days of the same kind; both are in the last column.",
        "",
        "| mean gap | rule | orders | cost | of 'available' | late | plates | fill | printer h | tuned to |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for gap in sorted({each.gap for each in results}):
        lines += _rows([each for each in results if each.gap == gap])
    return "\n".join(lines) + "\n"


def _rows(results: Sequence[Result]) -> Iterator[str]:
    base = mean(each.cost for each in results if each.rule == AVAILABLE)
    for rule in RULES:
        own = [each for each in results if each.rule == rule]
        cost = mean(each.cost for each in own)
        said = sorted({f"{fill} %, {spare} min" for fill, spare in (r.patience for r in own)})
        cells = (
            f"{own[0].gap:g} min",
            rule,
            f"{mean(each.orders for each in own):.0f}",
            f"{cost:.0f}",
            f"{100 * cost / base:.1f} %",
            f"{mean(each.late for each in own):.1f}",
            f"{mean(each.plates for each in own):.1f}",
            f"{mean(each.fill for each in own):.0f} %",
            f"{mean(each.hours for each in own):.0f}",
            "; ".join(said) if rule == TUNED else "",
        )
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Play what is missing, and write the table anew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--gaps", type=float, nargs="+", default=(12.0, 20.0, 40.0))
    parser.add_argument("--results", type=Path, default=DOCS / "postpone.jsonl")
    asked = parser.parse_args()
    keys = (
        (rule, gap, seed, asked.days)
        for gap in asked.gaps
        for seed in range(1, asked.seeds + 1)
        for rule in RULES
    )
    results = resumed(asked.results, Result, _key, keys, lambda key: play(*key))
    (DOCS / "postpone.md").write_text(table([_tupled(each) for each in results]), "utf-8")


def _key(result: Result) -> tuple[str, float, int, int]:
    return result.rule, result.gap, result.seed, result.days


def _tupled(result: Result) -> Result:
    """A result that was read from a file has a list where a new one has a pair."""
    return Result(**{**asdict(result), "patience": tuple(result.patience)})


if __name__ == "__main__":
    main()
