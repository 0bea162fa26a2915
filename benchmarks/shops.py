"""Load-dominated flexible job shops of any size, and how near their bound the large-scale search comes.

A shop of N operations has N / 100 machines, at least 10 and at most 100. Orders are chains of 5 to 15
operations, the last one cut where N is reached. An operation can be made on 1 to 5 machines, drawn
without replacement; its mean duration is drawn from 10 to 100 seconds, each machine's own within 30 %
of it. All draws are uniform.

Run: python benchmarks/shops.py [CPU seconds] [operations ...]      a table, each plan verified
     python benchmarks/shops.py --write FOLDER [operations ...]     the same shops as .fjs files
"""

import sys
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from scheduler.bounds_shop import least_makespan_of  # noqa: E402
from scheduler.problem import Aim, Mode, Problem, Resource, Task  # noqa: E402
from scheduler.schedule import violations  # noqa: E402
from scheduler.search.dispatch import worth  # noqa: E402
from scheduler.search.graph import ends_of  # noqa: E402
from scheduler.search.large import improve_large  # noqa: E402
from scheduler.search.shop import LONGEST_S, Plan, to_schedule, to_shop  # noqa: E402
from scheduler.search.start import best_dispatch  # noqa: E402

SIZES = (1_000, 5_000, 20_000, 100_000)
Orders = list[list[list[tuple[int, int]]]]
"""Order -> operation -> (machine, seconds)."""


def machines_of(operations: int) -> int:
    """Return how many machines a shop of a size has."""
    return min(100, max(10, operations // 100))


def load_dominated(operations: int, seed: int) -> Orders:
    """Draw a shop."""
    dice = Random(f"shop {operations} {seed}")
    machines = range(machines_of(operations))
    orders: Orders = []
    left = operations
    while left:
        length = min(left, dice.randint(5, 15))
        orders.append([_operation(dice, machines) for _ in range(length)])
        left -= length
    return orders


def _operation(dice: Random, machines: range) -> list[tuple[int, int]]:
    mean_s = dice.randint(10, 100)
    chosen = dice.sample(machines, dice.randint(1, 5))
    return [(k, max(1, round(mean_s * dice.uniform(0.7, 1.3)))) for k in chosen]


def to_problem(orders: Orders, machines: int) -> Problem:
    """Return a problem whose aim is the makespan."""
    tasks = {
        f"{j}/{i}": Task(
            id=f"{j}/{i}",
            order=str(j),
            modes=tuple(Mode(str(k), takes_s) for k, takes_s in modes),
            after=(f"{j}/{i - 1}",) if i else (),
        )
        for j, order in enumerate(orders)
        for i, modes in enumerate(order)
    }
    resources = {
        str(k): Resource(id=str(k), group="", windows=((0, LONGEST_S),)) for k in range(machines)
    }
    return Problem(now_s=0, tasks=tasks, resources=resources, setups={}, dues={}, aim=Aim.MAKESPAN)


def to_fjs(orders: Orders, machines: int) -> str:
    """Return a shop in the format of Brandimarte's instances, machines from 1."""
    lines = [f"{len(orders)} {machines}"]
    for order in orders:
        numbers = [len(order)]
        for modes in order:
            numbers.append(len(modes))
            numbers += [number for k, takes_s in modes for number in (k + 1, takes_s)]
        lines.append(" ".join(map(str, numbers)))
    return "\n".join(lines) + "\n"


def row(operations: int, cpu_s: float, seed: int = 1) -> str:
    """Search one shop and return its line of the table."""
    orders = load_dominated(operations, seed)
    problem = to_problem(orders, machines_of(operations))
    begun_s = process_time()
    shop = to_shop(problem)
    built_s = process_time() - begun_s
    start = best_dispatch(shop, Aim.MAKESPAN, seed)
    started_s = process_time() - begun_s
    bound = least_makespan_of(shop)
    when_s = [started_s]

    def found(_plan: Plan, _value: int) -> None:
        when_s.append(process_time() - begun_s)

    best = improve_large(
        shop, start, Aim.MAKESPAN, seed, lambda: process_time() - begun_s > cpu_s, found
    )
    ends = ends_of(shop, best)
    assert next(violations(problem, to_schedule(problem, shop, best, ends)), None) is None
    gaps = [
        100 * (worth(shop, Aim.MAKESPAN, each) / bound - 1) for each in (ends_of(shop, start), ends)
    ]
    megabytes = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{operations:>10,} {bound:>8,} {built_s:8.2f} {started_s:8.2f} {gaps[0]:8.2f} "
        f"{when_s[-1]:8.2f} {gaps[1]:8.2f} {megabytes:>6,}"
    )


def main(arguments: list[str]) -> None:
    """Write shops, or search them."""
    if arguments[:1] == ["--write"]:
        for operations in map(int, arguments[2:] or SIZES):
            text = to_fjs(load_dominated(operations, 1), machines_of(operations))
            Path(arguments[1], f"shop-{operations}.fjs").write_text(text, encoding="utf-8")
        return
    cpu_s = float(arguments[0]) if arguments else 5.0
    # The first plan of a process loads the kernels.
    row(200, 0.5)
    print("operations    bound  built s  start s  start %   best s   best %     MB")
    for operations in map(int, arguments[1:] or SIZES):
        print(row(operations, cpu_s), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
