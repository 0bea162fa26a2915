"""A plan that is carried over: what has to be made again holds up nobody but its own order."""

from dataclasses import replace

import pytest

from scheduler import Schedule, Slot, order_ends, violations
from scheduler.decode import to_schedule
from scheduler.indexed import index
from scheduler.problem import Due, Mode, Problem, Resource, Setup, Task
from scheduler.replan import repair
from scheduler.times import decode_rows

HOUR = 3_600
STEP = HOUR // 2
ORDERS, OTHERS = 12, 10
WAIT = 3
"""Steps between an order's bonding and its packing."""
LOAD, MANY = 4, 20
DAY = ((0, 24 * HOUR),)


def floor(remade, orders=ORDERS):
    """Orders whose parts are printed already, except one that is printed again; bonded and packed one
    after another. The printer has other work for hours, and then some of the remade part's family."""
    names = [("bond", STEP), ("pack", STEP)]
    tasks, dues = {}, {}
    for n in range(orders):
        first = f"{n}/print" if n == remade else ""
        for name, takes_s in ([("print", 2 * STEP)] if first else []) + names:
            task = f"{n}/{name}"
            tasks[task] = Task(
                id=task,
                order=str(n),
                modes=(Mode(name, takes_s),),
                family="late" if name == "print" else "",
                after={"print": (), "bond": (first,) * bool(first), "pack": (f"{n}/bond",)}[name],
            )
        dues[str(n)] = Due(order=str(n), due_s=(n + WAIT + 3) * STEP, late_cents=1_000)
    for n in range(OTHERS):
        order, family = f"other{n}", "late" if n == OTHERS - 1 else "early"
        made = (Mode("print", 2 * STEP),)
        tasks[order] = Task(id=order, order=order, modes=made, family=family)
        dues[order] = Due(order=order, due_s=24 * HOUR, late_cents=1_000)
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(id=name, group=name, windows=DAY, family=family)
            for name, family in (("print", "early"), ("bond", ""), ("pack", ""))
        },
        setups={
            ("print", "early", "late"): Setup(600, 200),
            ("print", "late", "early"): Setup(600, 200),
        },
        dues=dues,
    )


def with_oven(problem, orders):
    """The same, with a cure of four pairs at a time between bonding and packing."""
    cures = {
        f"{n}/cure": Task(
            id=f"{n}/cure", order=str(n), modes=(Mode("cure", STEP),), size=1, after=(f"{n}/bond",)
        )
        for n in range(orders)
    }
    packs = {
        f"{n}/pack": replace(problem.tasks[f"{n}/pack"], after=(f"{n}/cure",))
        for n in range(orders)
    }
    oven = Resource(id="cure", group="cure", windows=DAY, capacity=LOAD)
    dues = {name: replace(due, due_s=due.due_s + 4 * STEP) for name, due in problem.dues.items()}
    return replace(
        problem,
        tasks={**problem.tasks, **cures, **packs},
        resources={**problem.resources, "cure": oven},
        dues=dues,
    )


def slot(machine, name, at, takes_s, family=""):
    return Slot(
        machine=machine,
        operations=(name,),
        family=family,
        setup_start_s=at,
        start_s=at,
        end_s=at + takes_s,
    )


def plan_so_far():
    """One order after another, as if nothing had to be made again."""
    bonds = [slot("bond", f"{n}/bond", n * STEP, STEP) for n in range(ORDERS)]
    packs = [slot("pack", f"{n}/pack", (n + 1 + WAIT) * STEP, STEP) for n in range(ORDERS)]
    prints = [
        slot("print", f"other{n}", n * 2 * STEP, 2 * STEP, "early") for n in range(OTHERS - 1)
    ]
    last = slot("print", f"other{OTHERS - 1}", OTHERS * 2 * STEP, 2 * STEP, "late")
    return Schedule((*bonds, *packs, *prints, last))


@pytest.mark.parametrize("remade", [0, 1])
def test_a_part_that_is_made_again_holds_up_nobody_else(remade):
    problem = floor(remade)
    indexed = index(problem, plan_so_far())
    rows = repair(indexed, plan_so_far())
    schedule = to_schedule(indexed, rows, decode_rows(indexed, rows))
    assert next(violations(problem, schedule), None) is None
    ends = order_ends(problem, schedule)
    assert [name for name, due in problem.dues.items() if ends[name] > due.due_s] == []


def plan_with_oven(orders):
    """Oven loads of four as soon as they are full, packing behind; of bonds, it knows nothing."""
    loads, packs = [], []
    for first in range(0, orders, LOAD):
        members = tuple(f"{n}/cure" for n in range(first, first + LOAD))
        at = (first + LOAD) * STEP
        loads.append(replace(slot("cure", members[0], at, STEP), operations=tuple(sorted(members))))
        packs += [
            slot("pack", f"{n}/pack", at + (1 + n - first) * STEP, STEP)
            for n in range(first, first + LOAD)
        ]
    prints = [
        slot("print", f"other{n}", n * 2 * STEP, 2 * STEP, "early") for n in range(OTHERS - 1)
    ]
    last = slot("print", f"other{OTHERS - 1}", OTHERS * 2 * STEP, 2 * STEP, "late")
    return Schedule((*loads, *packs, *prints, last))


def test_an_oven_load_does_not_wait_for_a_part_that_is_made_again():
    """Much of the plan so far is to be put in again, and most of what is left stands behind it."""
    problem, hint = with_oven(floor(2, MANY), MANY), plan_with_oven(MANY)
    indexed = index(problem, hint)
    rows = repair(indexed, hint)
    schedule = to_schedule(indexed, rows, decode_rows(indexed, rows))
    assert next(violations(problem, schedule), None) is None
    ends = order_ends(problem, schedule)
    late = [name for name, due in problem.dues.items() if ends[name] > due.due_s]
    assert set(late) <= {"2"}
