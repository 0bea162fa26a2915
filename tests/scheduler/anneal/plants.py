"""Random plants whose areas feed each other: plates, families with a crew, lines, an oven, packing."""

from random import Random

from scheduler import Due, Frozen, Mode, Problem, Resource, Setup, Slot, Task

FAMILIES = ("a", "b", "c")


def plant(seed, orders):
    """Draw a plant with some of everything switched on."""
    rng = Random(f"plant {seed}")
    resources = dict(_machines(rng))
    tasks, dues = {}, {}
    for number in range(orders):
        order = f"o{number}"
        for task in _tasks(rng, order, resources):
            tasks[task.id] = task
        dues[order] = Due(
            order=order,
            due_s=rng.randint(2_000, 4_000 + 400 * orders),
            weight=rng.choice((1, 1, 3)),
            late_cents=rng.choice((0, 500, 2_000)),
        )
    return Problem(
        now_s=0,
        tasks=tasks,
        resources=resources,
        setups=dict(_setups(rng)),
        crews={"plates": rng.choice((1, 2))} | ({"knit": 1} if rng.random() < 0.7 else {}),
        dues=dues,
        rates={"knit": 2_800, "plates": 1_900, "glue": 3_000},
        frozen=_frozen(rng, resources),
    )


def _machines(rng):
    for group, count in (("plates", 3), ("knit", 3), ("glue", 2), ("oven", 1), ("pack", 2)):
        windows = _windows(rng)
        for number in range(rng.randint(1, count)):
            shared = group in {"plates", "oven"}
            yield (
                f"{group}{number}",
                Resource(
                    id=f"{group}{number}",
                    group=group,
                    capacity=10 if shared else 0,
                    max_members=rng.choice((0, 3)) if shared else 0,
                    base_s=rng.choice((0, 60)) if shared else 20 if group == "glue" else 0,
                    per_work_ms=rng.choice((0, 700)) if shared else 0,
                    per_height_ms=rng.choice((0, 300)) if shared else 0,
                    windows=windows,
                    family=rng.choice(FAMILIES),
                    free_s=rng.choice((0, 0, 500)),
                ),
            )


def _windows(rng):
    if rng.random() < 0.5:
        return ((0, 1_000_000),)
    opens, windows = 0, []
    for _ in range(200):
        opens += rng.randint(0, 500)
        windows.append((opens, opens + rng.randint(1_500, 4_000)))
        opens = windows[-1][1]
    return tuple(windows)


def _tasks(rng, order, resources):
    def modes(group, low, high, *, same=True):
        names = [name for name, resource in resources.items() if resource.group == group]
        takes = rng.randint(low, high)
        if same:
            return tuple(Mode(name, takes) for name in names)
        some = rng.sample(names, rng.randint(1, len(names)))
        return tuple(Mode(name, rng.randint(low, high)) for name in some)

    release = rng.choice((0, 0, rng.randint(0, 3_000)))
    parts = []
    for number in range(rng.choice((1, 1, 2))):
        parts.append(f"{order}/p{number}")
        yield Task(
            id=parts[-1],
            order=order,
            modes=modes("plates", 10, 200, same=rng.random() < 0.7),
            family=rng.choice(FAMILIES),
            size=rng.randint(1, 6),
            work=rng.randint(0, 300),
            height=rng.randint(0, 300),
            release_s=release,
        )
    if rng.random() < 0.7:
        parts.append(f"{order}/k")
        yield Task(
            id=parts[-1],
            order=order,
            modes=modes("knit", 50, 400, same=False),
            family=rng.choice(FAMILIES),
            release_s=release,
        )
    yield Task(id=f"{order}/g", order=order, modes=modes("glue", 20, 200), after=tuple(parts))
    last = f"{order}/g"
    if rng.random() < 0.6:
        yield Task(
            id=f"{order}/o", order=order, modes=modes("oven", 50, 300), size=1, after=(last,)
        )
        last = f"{order}/o"
    yield Task(id=f"{order}/z", order=order, modes=modes("pack", 10, 100), after=(last,))


def _setups(rng):
    for group in ("plates", "knit"):
        for before in FAMILIES:
            for after in FAMILIES:
                if before != after or rng.random() < 0.2:
                    yield (
                        (group, before, after),
                        Setup(rng.choice((0, 30, 200)), rng.choice((0, 0, 90))),
                    )


def _frozen(rng, resources):
    if rng.random() < 0.5:
        return Frozen()
    machine = rng.choice(sorted(resources))
    begin = rng.choice((-20, 5))
    running = Slot(
        machine=machine,
        operations=("o0/run",),
        family=rng.choice(FAMILIES),
        setup_start_s=begin - rng.choice((0, 15)),
        start_s=begin,
        end_s=rng.randint(10, 600),
    )
    return Frozen(running=(running,), down_until={rng.choice(sorted(resources)): 700})
