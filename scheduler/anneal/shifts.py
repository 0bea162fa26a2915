"""Changes of sequences on parallel machines: what each costs, and if that is paid, the change itself."""

from scheduler.anneal.yard import (
    BEST,
    FORBIDDEN,
    NONE,
    Dice,
    Sequences,
    Yard,
    family_before,
    gap,
    put_run,
    run_of,
    setup_between,
    without,
)
from scheduler.search.kernel import inlined, lean, roll, spliced, wide

LITTLE = 0.3
"""What a second of work weighs that ends before the best plan does. Source: own trials of 0.1 to 1."""
LONGEST = 4
"""Tasks that are moved together to where they add least, at most."""
SINGLES, ANYWHERE = 70, 5
"""Per cent of them that are single tasks, and that take a place without looking."""
TAILS, SWAPPED, RUN, ALONE = range(4)
"""How a task may come to follow another: with all behind it, in exchange, with some behind it, alone."""
LOOKS = 4
"""Machines that are looked at for a quick one, at most. Source: own trials of 1 to 8."""


@inlined
def insert(yard: Yard, plan: Sequences, luck: Dice, budget: float, task: int) -> bool:
    """Try one or a few tasks in a row at another place, mostly the one of a machine where they add least."""
    a, place = plan.on[task], plan.place[task]
    b = _machine(yard, luck, task)
    size = 1 if roll(luck, 100) < SINGLES else 2 + roll(luck, LONGEST - 1)
    if place + size > plan.length[a]:
        return False
    to = roll(luck, plan.length[b] + 1)
    if roll(luck, 100) >= ANYWHERE:
        last = yard.family[plan.row[a, place + size - 1]]
        own = place if a == b else NONE
        to = _best_place(yard, plan, luck, b, (yard.family[task], last), (own, size))
    if a == b and place <= to <= place + size:
        return False
    return _move(yard, plan, budget, (a, place), (b, to), size)


@inlined
def follow(yard: Yard, plan: Sequences, luck: Dice, budget: float, task: int) -> bool:
    """Try to let a task follow one behind which it takes little, in one of several ways."""
    tasks, ranks = len(plan.on), yard.near.shape[1]
    drawn = yard.near[task, min(roll(luck, ranks), roll(luck, ranks))]
    b, earlier = drawn // (tasks + 1), drawn % (tasks + 1)
    a, here, there = plan.on[task], plan.place[task], 0
    if earlier < tasks:
        if plan.on[earlier] != b:
            return False
        there = plan.place[earlier] + 1
    way = roll(luck, ALONE + 1)
    if way == TAILS and a != b:
        return _exchange_tails(yard, plan, budget, (a, here), (b, there))
    if way == SWAPPED and a != b and there < plan.length[b]:
        return _exchange(yard, plan, budget, (a, here), (b, there))
    size = 1 + roll(luck, plan.length[a] - here) if way == RUN else 1
    if a == b and here <= there <= here + size:
        return False
    return _move(yard, plan, budget, (a, here), (b, there), size)


@inlined
def cross(yard: Yard, plan: Sequences, luck: Dice, budget: float, task: int) -> bool:
    """Try what two machines do from some place on, each on the other one."""
    b = _machine(yard, luck, task)
    if plan.on[task] == b:
        return False
    there = roll(luck, plan.length[b] + 1)
    return _exchange_tails(yard, plan, budget, (plan.on[task], plan.place[task]), (b, there))


@inlined
def swap(yard: Yard, plan: Sequences, luck: Dice, budget: float, task: int) -> bool:
    """Try a task on another machine, and one of its tasks here, each where it replaces the other."""
    b = _machine(yard, luck, task)
    if plan.on[task] == b or plan.length[b] == 0:
        return False
    there = roll(luck, plan.length[b])
    return _exchange(yard, plan, budget, (plan.on[task], plan.place[task]), (b, there))


@lean
def _machine(yard: Yard, luck: Dice, task: int) -> int:
    """Draw a machine, mostly one that is quick with a task."""
    k = roll(luck, len(yard.group))
    for _ in range(roll(luck, LOOKS)):
        other = roll(luck, len(yard.group))
        if 0 <= yard.takes[task, other] < yard.takes[task, k]:
            k = other
    return wide(k)


@inlined
def _best_place(
    yard: Yard, plan: Sequences, luck: Dice, k: int, ends: tuple[int, int], own: tuple[int, int]
) -> int:
    """Return the place on a machine before which a run from a family to another adds least setup; `own` is
    where it begins and how many tasks it has, if it is there now."""
    first, last = ends
    place, size = own
    least, to, ties, before = FORBIDDEN << 2, 0, 0, yard.first[k]
    for z in range(plan.length[k] + 1):
        if place != NONE and place <= z < place + size:
            continue
        added = setup_between(yard, k, before, first)
        if z < plan.length[k]:
            follows = yard.family[plan.row[k, z]]
            added += setup_between(yard, k, last, follows) - setup_between(yard, k, before, follows)
            before = follows
        if added < least:
            least, to, ties = added, z, 1
        elif added == least:
            ties += 1
            if roll(luck, ties) == 0:
                to = z
    return wide(to)


@spliced
def _energy(plan: Sequences, end: int) -> float:
    """Return what a machine's end weighs: what lies not before the best plan's counts in full."""
    return float(LITTLE * end + max(0, end - plan.counts[BEST] + 1))


@spliced
def _pays(plan: Sequences, budget: float, a: int, b: int, more_a: int, more_b: int) -> bool:
    """Say whether a change stays within a budget, and if so note the new ends of its machines."""
    if max(more_a, more_b) >= FORBIDDEN >> 1:
        return False
    if a == b:
        more = _energy(plan, plan.end[a] + more_a + more_b) - _energy(plan, plan.end[a])
    else:
        more = _energy(plan, plan.end[a] + more_a) - _energy(plan, plan.end[a])
        more += _energy(plan, plan.end[b] + more_b) - _energy(plan, plan.end[b])
    if more > budget:
        return False
    plan.end[a] += more_a
    plan.end[b] += more_b
    return True


@inlined
def _move(
    yard: Yard, plan: Sequences, budget: float, at: tuple[int, int], to: tuple[int, int], size: int
) -> bool:
    """Try a run of tasks before a place that it does not touch."""
    a, place = at
    b, there = to
    inside = run_of(yard, plan, a, b, place, place + size)
    if inside >= FORBIDDEN:
        return False
    first, last = yard.family[plan.row[a, place]], yard.family[plan.row[a, place + size - 1]]
    before = family_before(yard, plan, b, there)
    added = setup_between(yard, b, before, first) + gap(yard, plan, b, last, there) + inside
    added -= gap(yard, plan, b, before, there)
    if not _pays(plan, budget, a, b, -without(yard, plan, a, place, size), added):
        return False
    put_run(plan, a, place, b, there, size)
    return True


@inlined
def _exchange(
    yard: Yard, plan: Sequences, budget: float, at: tuple[int, int], to: tuple[int, int]
) -> bool:
    """Try two tasks of two machines where each replaces the other."""
    a, here = at
    b, there = to
    one, other = plan.row[a, here], plan.row[b, there]
    if yard.takes[one, b] < 0 or yard.takes[other, a] < 0:
        return False
    more_a = _replaced(yard, plan, a, here, other)
    more_b = _replaced(yard, plan, b, there, one)
    if not _pays(plan, budget, a, b, more_a, more_b):
        return False
    plan.row[a, here], plan.row[b, there] = other, one
    plan.on[one], plan.place[one], plan.on[other], plan.place[other] = b, there, a, here
    return True


@spliced
def _replaced(yard: Yard, plan: Sequences, k: int, place: int, task: int) -> int:
    """Return how much later a machine ends with another task at a place."""
    before, family = family_before(yard, plan, k, place), yard.family[task]
    there = setup_between(yard, k, before, family) + gap(yard, plan, k, family, place + 1)
    there -= gap(yard, plan, k, before, place + 1)
    return wide(yard.takes[task, k] + there - without(yard, plan, k, place, 1))


@inlined
def _exchange_tails(
    yard: Yard, plan: Sequences, budget: float, at: tuple[int, int], to: tuple[int, int]
) -> bool:
    """Try two sequences with what follows exchanged from a place of each on."""
    a, i = at
    b, j = to
    more_a = _tail(yard, plan, a, i, to) - _tail(yard, plan, a, i, at)
    more_b = _tail(yard, plan, b, j, at) - _tail(yard, plan, b, j, to)
    if not _pays(plan, budget, a, b, more_a, more_b):
        return False
    size, other = plan.length[a] - i, plan.length[b] - j
    for z in range(max(size, other)):
        one, two = plan.row[a, i + z], plan.row[b, j + z]
        if z < other:
            plan.row[a, i + z], plan.on[two], plan.place[two] = two, a, i + z
        if z < size:
            plan.row[b, j + z], plan.on[one], plan.place[one] = one, b, j + z
    plan.length[a], plan.length[b] = i + other, j + size
    return True


@lean
def _tail(yard: Yard, plan: Sequences, k: int, place: int, of: tuple[int, int]) -> int:
    """Return what a machine takes from a place on with what stands from a place of a sequence on."""
    other, begin = of
    if begin >= plan.length[other]:
        return 0
    before = family_before(yard, plan, k, place)
    ready = setup_between(yard, k, before, yard.family[plan.row[other, begin]])
    return wide(ready + run_of(yard, plan, other, k, begin, plan.length[other]))
