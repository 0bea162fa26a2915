"""Random plain problems: any partial order over orders' bounds too, releases, machines free later."""

from random import Random

from hypothesis import strategies as st

from scheduler.problem import Due, Mode, Problem, Resource, Task
from scheduler.search.shop import LONGEST_S


@st.composite
def plain_problems(draw, most_tasks=12, most_machines=4, longest=9):
    """Draw a problem without setups, batches or working hours; durations of zero are in it too."""
    machines = [f"m{k}" for k in range(draw(st.integers(1, most_machines)))]
    count = draw(st.integers(1, most_tasks))
    orders = draw(st.integers(1, 4))
    now_s = draw(st.integers(0, 3))
    tasks = {}
    for x in range(count):
        chosen = draw(st.lists(st.sampled_from(machines), min_size=1, unique=True))
        after = draw(st.sets(st.integers(0, x - 1), max_size=3)) if x else set()
        tasks[f"t{x}"] = Task(
            id=f"t{x}",
            order=f"o{draw(st.integers(0, orders - 1))}",
            modes=tuple(Mode(k, draw(st.integers(0, longest))) for k in chosen),
            after=tuple(f"t{y}" for y in sorted(after)),
            release_s=draw(st.sampled_from((0, 0, 4, 11))),
        )
    return Problem(
        now_s=now_s,
        tasks=tasks,
        resources={
            name: Resource(
                id=name,
                group="",
                windows=((0, LONGEST_S),),
                free_s=draw(st.sampled_from((0, 0, 5))),
            )
            for name in machines
        },
        setups={},
        dues={
            f"o{j}": Due(
                order=f"o{j}",
                due_s=draw(st.integers(0, 40)),
                weight=draw(st.integers(1, 5)),
            )
            for j in range(orders)
            if draw(st.booleans())
        },
    )


def wide_problem(tasks, machines=5, seed=1, longest=20):
    """Return a problem of orders of about six tasks in a row, some joined with the order before."""
    dice = Random(seed)
    made = {}
    for x in range(tasks):
        after = [f"t{x - 1}"] if x % 6 else [f"t{x - 1}"] if x and dice.random() < 0.2 else []
        chosen = dice.sample(range(machines), dice.randint(1, min(3, machines)))
        made[f"t{x}"] = Task(
            id=f"t{x}",
            order=f"o{x // 6}",
            modes=tuple(Mode(f"m{k}", dice.randint(1, longest)) for k in chosen),
            after=tuple(after),
            release_s=dice.choice((0, 0, 0, 15)),
        )
    names = sorted({task.order for task in made.values()})
    return Problem(
        now_s=0,
        tasks=made,
        resources={
            f"m{k}": Resource(id=f"m{k}", group="", windows=((0, LONGEST_S),), free_s=3 * k)
            for k in range(machines)
        },
        setups={},
        dues={
            name: Due(order=name, due_s=dice.randint(20, 200), weight=dice.randint(1, 4))
            for name in names
        },
    )
