"""Small random ovens, and their best plan by trying everything: it shares no code with the engine."""

from itertools import permutations, product

from scheduler import Due, Mode, Problem, Resource, Setup, Task
from scheduler.problem import Aim, Score

FAMILIES = ("red", "blue")
LAST_S = 100_000


def random_oven(rng, jobs):
    """Draw machines with windows and setups, and jobs with releases, due times, limits and sizes."""
    machines = ("a", "b")[: rng.randint(1, 2)]
    resources = {
        name: Resource(
            id=name,
            group="ovens",
            capacity=rng.choice((6, 10)),
            max_members=rng.choice((0, 0, 2)),
            windows=_windows(rng),
            family=rng.choice(("", *FAMILIES)),
            free_s=rng.choice((0, 0, 9)),
        )
        for name in machines
    }
    tasks, dues = {}, {}
    for number in range(jobs):
        order, takes = str(number), rng.randint(1, 12)
        able = rng.sample(machines, rng.randint(1, len(machines)))
        release = rng.randint(0, 25)
        tasks[order] = Task(
            id=order,
            order=order,
            modes=tuple(Mode(name, takes) for name in able),
            family=rng.choice(FAMILIES),
            size=rng.randint(1, 6),
            release_s=release,
            most_s=rng.choice((0, takes + rng.randint(0, 8))),
        )
        dues[order] = Due(order=order, due_s=release + takes + rng.randint(-2, 20))
    return Problem(
        now_s=0,
        tasks=tasks,
        resources=resources,
        setups={
            ("ovens", before, after): Setup(rng.choice((0, 2, 7)), rng.choice((0, 1, 5)))
            for before in ("", *FAMILIES)
            for after in FAMILIES
            if rng.random() < 0.8
        },
        dues=dues,
        aim=Aim.SCORE,
        score=Score(run=rng.choice((0, 1, 3)), setup=rng.choice((0, 2)), cost=5, late=60),
        reserve_s=0,
    )


def _windows(rng):
    opens, windows = rng.randint(0, 8), []
    for _ in range(3):
        windows.append((opens, opens + rng.randint(22, 40)))
        opens = windows[-1][1] + rng.randint(0, 12)
    return (*windows, (opens, LAST_S))


def best_score(problem):
    """Return the least score of all ways to share, to place and to order."""
    names = list(problem.tasks)
    ways = [[mode.machine for mode in problem.tasks[name].modes] for name in names]
    return min(
        _best_of(problem, dict(zip(names, chosen, strict=True))) for chosen in product(*ways)
    )


def _best_of(problem, machine_of):
    """Machines share nothing, so each finds its own best."""
    total = 0
    for machine in problem.resources:
        own = [name for name, chosen in machine_of.items() if chosen == machine]
        total += min(
            _score(problem, machine, order)
            for parts in _shared(own)
            if all(_fit(problem, machine, part) for part in parts)
            for order in permutations(parts)
        )
    return total


def _shared(names):
    if not names:
        yield []
        return
    for parts in _shared(names[1:]):
        yield [[names[0]], *parts]
        for at in range(len(parts)):
            yield [*parts[:at], [names[0], *parts[at]], *parts[at + 1 :]]


def _fit(problem, machine, part):
    resource, tasks = problem.resources[machine], [problem.tasks[name] for name in part]
    takes = max(task.modes[0].takes_s for task in tasks)
    return (
        len({task.family for task in tasks}) == 1
        and sum(task.size for task in tasks) <= resource.capacity
        and not 0 < resource.max_members < len(tasks)
        and all(not task.most_s or takes <= task.most_s for task in tasks)
    )


def _score(problem, machine, order):
    resource, score = problem.resources[machine], problem.score
    total, free, before = 0, resource.free_s, resource.family
    for part in order:
        tasks = [problem.tasks[name] for name in part]
        takes = max(task.modes[0].takes_s for task in tasks)
        release = max(task.release_s for task in tasks)
        setup = problem.setups.get(("ovens", before, tasks[0].family), Setup(0))
        for opens, closes in resource.windows:
            start = max(max(opens, free) + setup.takes_s, release)
            if start + takes <= closes:
                break
        free, before = start + takes, tasks[0].family
        total += score.run * takes + score.setup * setup.takes_s + score.cost * setup.cents
        total += score.late * sum(free > problem.dues[name].due_s for name in part)
    return total
