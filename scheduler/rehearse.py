"""Small problems that make every compiled kernel run once."""

import sys
from collections.abc import Iterator
from itertools import count

from scheduler import formats
from scheduler.bounding.offers import offers
from scheduler.bounding.prices import raise_prices
from scheduler.chance import draws
from scheduler.indexed import index
from scheduler.problem import (
    ALL_TIME_S,
    Aim,
    Due,
    Mode,
    Problem,
    Resource,
    Score,
    Setup,
    Task,
)
from scheduler.quick import first_schedule
from scheduler.schedule import Schedule
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
    return tuple(sorted(_not_compiled("scheduler.search.")))


def rehearse_sums() -> tuple[str, ...]:
    """The same for the kernels of costs that are sums over orders and batches."""
    _stand_by(load_sums())
    shares = count(1)
    solve(_parallel(), lambda: True, seed=1, share=lambda: next(shares) / 2)
    for _ in raise_prices(offers(index(_ovens())), 9.0 * JOBS, lambda: False):
        pass
    left = (*_not_compiled("scheduler.anneal."), *_not_compiled("scheduler.bounding."))
    return tuple(sorted(left))


def load(aim: Aim, *, is_path: bool = True) -> None:
    """Solve one small problem, so that processes forked from this one have the kernels loaded."""
    if not is_path:
        load_sums()
        return
    asked = count(1)
    solve(next(each for each in _problems() if each.aim is aim), lambda: next(asked) > 1, seed=1)


def load_sums() -> Schedule:
    """Solve a problem of ovens, so that processes forked from this one have the kernels of sums loaded."""
    shares = count(1)
    solution = solve(_ovens(), lambda: True, seed=1, share=lambda: next(shares) / 2)
    assert solution.schedule is not None, "Ovens without end take all jobs."
    return solution.schedule


def _stand_by(schedule: Schedule) -> None:
    # Loading it loads numba, and so must wait until whoever asks for it has set where kernels are.
    from scheduler.anneal.standby import stand_by  # noqa: PLC0415

    ready = stand_by(_ovens(), schedule)
    assert ready is not None, "The plan is the search's own."
    ready.fail("0", 1, 2)


def _parallel() -> Problem:
    """Pose some tasks on two machines with setups, where the latest end counts."""
    tasks = {
        f"{n}/0": Task(
            id=f"{n}/0", order=str(n), modes=(Mode("0", 3 + n), Mode("1", 4)), family=str(n % 2)
        )
        for n in range(2 * JOBS)
    }
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={k: Resource(id=k, group="", windows=((0, ALL_TIME_S - 1),)) for k in ("0", "1")},
        setups={("", "0", "1"): Setup(1), ("", "1", "0"): Setup(2)},
        dues={},
        aim=Aim.MAKESPAN,
    )


def _ovens() -> Problem:
    """Pose some jobs on two machines that hold two of them, with setups."""
    tasks = {
        f"{n}/0": Task(
            id=f"{n}/0",
            order=str(n),
            modes=(Mode("0", 3 + n % 3), Mode("1", 4)),
            family=str(n % 2),
            size=1,
        )
        for n in range(JOBS)
    }
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(id=name, group="", capacity=2, windows=((0, ALL_TIME_S),))
            for name in "01"
        },
        setups={("", "0", "1"): Setup(2, 1), ("", "1", "0"): Setup(1, 2)},
        dues={name: Due(order=name, due_s=5) for name in map(str, range(JOBS))},
        aim=Aim.SCORE,
        score=Score(run=1, setup=1, cost=1, late=9),
    )


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


def _not_compiled(package: str) -> Iterator[str]:
    for name, module in list(sys.modules.items()):
        if name.startswith(package):
            for function, value in vars(module).items():
                own = getattr(value, "__module__", "") == name
                if own and getattr(value, "signatures", 1) == [] and not _is_spliced(value):
                    yield f"{name}.{function}"


def _is_spliced(kernel: object) -> bool:
    """Say whether a kernel is compiled with its callers only."""
    options: object = getattr(kernel, "targetoptions", {})
    return isinstance(options, dict) and options.get("inline") == "always"
