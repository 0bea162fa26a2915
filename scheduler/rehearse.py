"""Small problems that make every compiled kernel run once."""

import sys
from collections.abc import Iterator
from itertools import count

from scheduler import formats
from scheduler.chance import draws
from scheduler.problem import Aim, Problem
from scheduler.quick import first_schedule
from scheduler.search.dispatch import dispatch
from scheduler.search.rules import Rule
from scheduler.search.shop import to_shop
from scheduler.solve import solve

RUNS = 30
"""Questions of `stop` in each rehearsal: enough for the search to blend its plans."""
JOBS, OPERATIONS, MACHINES = 7, 5, 4


def rehearse() -> tuple[str, ...]:
    """Solve each kind of small problem; returns the kernels that none of them needed."""
    for problem in _problems():
        first_schedule(problem)
        for rule in Rule:
            dispatch(to_shop(problem), rule, noise=0.1)
        asked = count(1)
        solve(problem, lambda asked=asked: next(asked) > RUNS, seed=1)  # type: ignore[misc]
    return tuple(sorted(_not_compiled()))


def load(aim: Aim) -> None:
    """Solve one small problem, so that processes forked from this one have the kernels loaded."""
    asked = count(1)
    solve(next(each for each in _problems() if each.aim is aim), lambda: next(asked) > 1, seed=1)


def _problems() -> Iterator[Problem]:
    chance = draws(1)
    flexible, classic, dues = [f"{JOBS} {MACHINES}"], [f"{JOBS} {MACHINES}"], []
    for _ in range(JOBS):
        machines = [next(chance) % MACHINES for _ in range(OPERATIONS)]
        takes = [1 + next(chance) % 20 for _ in range(OPERATIONS)]
        choices = (
            f"2 {k + 1} {s} {(k + 1) % MACHINES + 1} {s + 1}"
            for k, s in zip(machines, takes, strict=True)
        )
        flexible.append(f"{OPERATIONS} {' '.join(choices)}")
        classic.append(" ".join(f"{k} {s}" for k, s in zip(machines, takes, strict=True)))
        dues.append(f"{sum(takes) * 13 // 10} {1 + next(chance) % 4}")
    for text, kind in ((flexible, "fjs"), (classic, "jsp")):
        problem = formats.read("\n".join(text), "", kind)
        yield problem
        yield formats.with_dues(problem, "\n".join(dues))


def _not_compiled() -> Iterator[str]:
    for name, module in list(sys.modules.items()):
        if name.startswith("scheduler.search."):
            for function, value in vars(module).items():
                if (
                    getattr(value, "__module__", "") == name
                    and getattr(value, "signatures", 1) == []
                ):
                    yield f"{name}.{function}"
