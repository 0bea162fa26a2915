"""Random plants with rules that the plain ones do without, and what every search over them must keep."""

from dataclasses import replace
from random import Random

from plants import FAMILIES, plant

from scheduler import Setup, violations
from scheduler.anneal.floor import NONE
from scheduler.anneal.load import advances, load, to_rows
from scheduler.anneal.loop import KEPT, anneal
from scheduler.anneal.search import floor_and_memory
from scheduler.anneal.state import ADVANCE, ENDS, MONEY
from scheduler.construct import best_start
from scheduler.decode import to_schedule
from scheduler.held import without_held
from scheduler.indexed import index
from scheduler.price import price
from scheduler.times import decode_rows, stale


def ruled(seed, orders, *switches):
    """Draw a plant and switch rules on; what no plan can have is left out."""
    problem, rng = plant(seed, orders), Random(f"rules {seed}")
    for switch in switches:
        problem = switch(problem, rng)
    return without_held(problem)


def forbidding(problem, rng):
    """Forbid some changes between different families."""
    setups = {
        key: replace(setup, forbidden=key[1] != key[2] and rng.random() < 0.4)
        for key, setup in problem.setups.items()
    }
    return replace(problem, setups=setups)


def campaigning(problem, rng):
    """Clean after long runs of a family, by seconds on plates and by size there or elsewhere; begin no
    batch that is very small."""
    resources = dict(problem.resources)
    by_size = rng.random() < 0.5
    for name, resource in resources.items():
        if resource.group == "plates":
            size = {"most_run_size": 12} if by_size else {"most_run_s": 900}
            resources[name] = replace(resource, ran=rng.choice((0, 5)), **size)
        if resource.group == "knit":
            resources[name] = replace(resource, most_run_s=600, ran=rng.choice((0, 300)))
        if resource.group == "oven":
            resources[name] = replace(resource, least_size=rng.choice((0, 2, 3)))
    cleaned = {
        (group, family, family): Setup(rng.choice((40, 300)), 150, cleaning=True)
        for group in ("plates", "knit")
        for family in FAMILIES
    }
    return replace(problem, resources=resources, setups={**problem.setups, **cleaned})


def resting(problem, rng):
    """Let the batches of some groups rest over breaks, on machines that have breaks."""
    groups = [group for group in ("plates", "knit", "glue", "oven", "pack") if rng.random() < 0.7]
    resources = dict(problem.resources)
    for name, resource in resources.items():
        if resource.group in groups:
            hours = [(opens, opens + 600) for opens in range(50, 500_000, 750)]
            resources[name] = replace(resource, resumable=True, windows=tuple(hours))
    return replace(problem, resources=resources)


def kitting(problem, rng):
    """Let the parts of joins cost while they lie about, some of which are over already."""
    tasks = {
        name: replace(task, kit_cents=rng.choice((0, 900, 40_000))) if task.after else task
        for name, task in problem.tasks.items()
    }
    done = {"o0/before": -40, "o1/before": 5}
    for name in ("o0/g", "o1/g"):
        tasks[name] = replace(tasks[name], after=(*tasks[name].after, f"{name[:2]}/before"))
    frozen = replace(problem.frozen, done={**problem.frozen.done, **done})
    return replace(problem, tasks=tasks, frozen=frozen)


def spoiling(problem, rng):
    """Let some work keep for a short time only."""
    tasks = {
        name: replace(task, keeps_s=rng.choice((0, 0, 200, 900, 4_000)))
        for name, task in problem.tasks.items()
    }
    return replace(problem, tasks=tasks)


def crewing(problem, rng):
    """Let few people set up what comes later too: they are asked in the order in which machines are free."""
    groups = [group for group in ("glue", "oven", "pack") if rng.random() < 0.7]
    setups = {(group, "", ""): Setup(rng.choice((20, 90)), 10) for group in groups}
    crews = {**problem.crews, **dict.fromkeys(groups, 1)}
    return replace(problem, setups={**problem.setups, **setups}, crews=crews)


def searched(problem, seed, rounds=3, moves=40):
    """Search a little; after each round, hold all times and the money against the full decoder, and
    what is found against the rules. Return how many moves were kept."""
    indexed = index(problem)
    rows, times = best_start(indexed)
    broken = list(violations(problem, to_schedule(indexed, rows, times)))
    assert len(broken) == len(list(stale(indexed, times)))
    floor, memory = floor_and_memory(indexed, seed)
    state = load(floor, memory, rows, advances(indexed, floor, times), times.held)
    for heat in (1e8, 1e7, 1e6, 1e5, 1e4)[-rounds:] * 2:
        anneal(floor, state, memory, moves, heat, heat / 2)
        rows = to_rows(floor, state)
        times = decode_rows(indexed, rows, held=state.hold.tolist())
        assert times is not None
        assert list(state.task[:, ENDS]) == times.end
        assert state.total[MONEY] == price(indexed, times)[0]
        broken = list(violations(problem, to_schedule(indexed, rows, times)))
        assert len(broken) == len(list(stale(indexed, times)))
        again = load(floor, memory, rows, list(state.task[:, ADVANCE]), list(state.hold))
        assert (again.total == state.total).all()
    assert NONE not in state.task[:, ENDS]
    return int(memory.tally[KEPT])
