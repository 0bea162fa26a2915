"""Small random plants: printers, knitting machines, mixers, assembly, packing, and a morning's surprises.

Times are drawn as minutes; one plant in five counts them as seconds, where everything that the engine
means by minutes is out of scale. A plant has 1 to 4 orders (up to 7 where it is not held against brute
force) of 1 to 3 parts, printed, knitted or mixed; what has two parts or more is mostly assembled, and half
of what is left packed. Every rule of a problem is switched on in some of them: plates by area, height and
work, at most so many parts, a longest cycle; family setups that differ by direction and by machine group,
with costs, cleaning, limited crews, and changes that are forbidden; mixing in campaigns of so much or so
long, no batch below a least size; machines that differ in speed and in what they can do; shifts with
gaps; releases, rests, dues with weights and later cut-offs, reserves, rates; work that runs, is being set
up for, is finished and rests, machines that are down or busy until later; in one plant of four, racks and
shelves with little room for what lies between two steps, or lies there from the morning on.
"""

from dataclasses import dataclass, field, replace
from random import Random

from scheduler import Due, Frozen, Mode, Problem, Resource, Setup, Slot, Task
from scheduler.held import without_held
from scheduler.problem import RESERVE_S

MOST_JUDGED = 8
"""Tasks up to which brute force is asked."""
FOREVER_S = 500_000
GROUPS = ("print", "knit", "mix", "join", "pack")
FAMILIES = {
    "print": ("material=0", "material=1", "material=2"),
    "knit": ("yarn=red", "yarn=blue", "yarn=green"),
    "mix": ("plain", "nuts", "milk"),
    "join": ("",),
    "pack": ("",),
}
PLATE, BOWL = 12, 20
SHARES = ("print", "mix")


@dataclass
class _Draft:
    rng: Random
    now_s: int
    resources: dict[str, Resource] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    running: list[Slot] = field(default_factory=list)
    rest_s: dict[str, int] = field(default_factory=dict)

    def of(self, group):
        return [name for name, each in self.resources.items() if each.group == group]


def small_plant(seed, *, judged=None):
    """Draw a plant; `judged` says whether it has at most MOST_JUDGED tasks, else the seed does: three
    of five have. Orders that no plan can have are left out, as they are in a plant."""
    rng = Random(f"small plant {seed}")
    judged = rng.random() < 0.6 if judged is None else judged
    most = MOST_JUDGED if judged else 24
    draft = _Draft(rng, rng.choice((0, 0, 40)))
    _machines(draft, 1 if judged else rng.choice((1, 2)))
    for number in range(rng.randint(1, 4 if judged else 7)):
        _order(draft, str(number), most)
    _surprises(draft)
    unit_s = rng.choice((1, 60, 60, 60, 60))
    plant = Problem(
        now_s=draft.now_s,
        tasks=draft.tasks,
        resources=draft.resources,
        setups=_setups(rng),
        crews={g: rng.randint(1, 2) for g in ("print", "knit", "mix") if rng.random() < 0.4},
        dues={order: _due(draft, order) for order in _orders(draft) if rng.random() < 0.95},
        rates={g: rng.choice((0, 900, 3_600, 5_000)) for g in GROUPS},
        frozen=Frozen(
            done=draft.done,
            running=tuple(draft.running),
            rest_s=draft.rest_s,
            down_until=_down(draft),
        ),
        reserve_s=rng.choice((0, 0, RESERVE_S, RESERVE_S, 450)),
    )
    plant = plant if unit_s == 1 else slower(plant, unit_s)
    rng = Random(f"small plant's buffers {seed}")
    return without_held(with_buffers(plant, rng, spare=True) if rng.random() < 0.25 else plant)


def with_buffers(plant, rng, *, spare=False):
    """Return the same plant where what most machines make lies in a rack or on a shelf. With `spare` as
    much room is added as is taken in the morning, so that there always is a plan."""
    buffers = {"rack": rng.choice((1, 2, 2, 3)), "shelf": rng.choice((1, 2, 4))}
    where = {group: rng.choice(("rack", "rack", "shelf", "")) for group in GROUPS[:-1]}
    if spare and any(each.least_size for each in plant.resources.values()):
        where["mix"] = ""
    resources = {
        name: replace(each, buffer=where.get(each.group, ""))
        for name, each in plant.resources.items()
    }
    awaited = {earlier for task in plant.tasks.values() for earlier in task.after}
    lies = {name: "rack" for name in plant.frozen.done if name in awaited and rng.random() < 0.7}
    for slot in plant.frozen.running:
        buffer = resources[slot.machine].buffer
        if buffer:
            lies |= dict.fromkeys(awaited.intersection(slot.operations), buffer)
    if spare:
        there = list(lies.values())
        buffers = {name: places + there.count(name) for name, places in buffers.items()}
    frozen = replace(plant.frozen, lies=lies)
    return replace(plant, buffers=buffers, resources=resources, frozen=frozen)


def slower(plant, times):
    """Return the same plant where everything takes so many times as long."""
    frozen = plant.frozen
    return replace(
        plant,
        now_s=plant.now_s * times,
        tasks={name: _slower_task(task, times) for name, task in plant.tasks.items()},
        resources={name: _slower_machine(each, times) for name, each in plant.resources.items()},
        setups={
            key: replace(setup, takes_s=setup.takes_s * times)
            for key, setup in plant.setups.items()
        },
        dues={
            name: replace(
                due, due_s=due.due_s * times, again_s=tuple(cut * times for cut in due.again_s)
            )
            for name, due in plant.dues.items()
        },
        frozen=Frozen(
            done={name: end_s * times for name, end_s in frozen.done.items()},
            running=tuple(
                replace(
                    slot,
                    setup_start_s=slot.setup_start_s * times,
                    start_s=slot.start_s * times,
                    end_s=slot.end_s * times,
                )
                for slot in frozen.running
            ),
            rest_s={name: rest_s * times for name, rest_s in frozen.rest_s.items()},
            down_until={name: until_s * times for name, until_s in frozen.down_until.items()},
        ),
    )


def _slower_task(task, times):
    return replace(
        task,
        modes=tuple(Mode(mode.machine, mode.takes_s * times) for mode in task.modes),
        release_s=task.release_s * times,
        rest_s=task.rest_s * times,
        most_s=task.most_s * times,
    )


def _slower_machine(each, times):
    return replace(
        each,
        base_s=each.base_s * times,
        per_work_ms=each.per_work_ms * times,
        per_height_ms=each.per_height_ms * times,
        windows=tuple((opens * times, closes * times) for opens, closes in each.windows),
        free_s=each.free_s * times,
        most_run_s=each.most_run_s * times,
        ran=each.ran * (times if each.most_run_s else 1),
    )


def _orders(draft):
    names = [task.order for task in draft.tasks.values()]
    names += [name.partition("/")[0] for slot in draft.running for name in slot.operations]
    return sorted(set(names))


def _machines(draft, scale):
    rng = draft.rng
    counts = {
        "print": rng.randint(1, 2 * scale),
        "knit": rng.randint(1, 2 * scale),
        "mix": 1 if rng.random() < 0.4 else 0,
        "join": 1,
        "pack": rng.randint(1, scale),
    }
    shifts = rng.random() < 0.4
    for group, count in counts.items():
        cycle_s = rng.choice((0, 10, 25))
        for number in range(count):
            name = f"{group}{number}"
            shared = group in SHARES
            draft.resources[name] = Resource(
                **(_campaigns(rng) if group == "mix" else {}),
                id=name,
                group=group,
                capacity={"print": PLATE, "mix": BOWL}.get(group, 0),
                max_members=rng.choice((0, 0, 2, 3)) if shared else 0,
                base_s=cycle_s if shared else rng.choice((0, 0, 5)),
                per_work_ms=rng.choice((0, 0, 700, 2_000)) if shared else 0,
                per_height_ms=rng.choice((0, 300, 1_000)) if group == "print" else 0,
                windows=_shifts(rng) if shifts else ((0, FOREVER_S),),
                family=rng.choice(("", *FAMILIES[group])),
                free_s=draft.now_s + rng.randint(1, 60) if rng.random() < 0.15 else 0,
            )


def _campaigns(rng):
    """A run is long enough for any one batch of one part."""
    kind = rng.choice(("", "", "most_run_s", "most_run_size"))
    most = {"most_run_s": rng.randint(70, 150), "most_run_size": rng.randint(14, 30)}.get(kind, 0)
    limits = {kind: most, "ran": rng.choice((0, rng.randint(0, most)))} if kind else {}
    return limits | {"least_size": rng.choice((0, 0, 0, 3, 6))}


def _shifts(rng):
    """Some short stretches, then one that holds whatever is left."""
    opens, windows = rng.choice((0, 0, 30)), []
    for _ in range(4):
        windows.append((opens, opens + rng.randint(150, 300)))
        opens = windows[-1][1] + rng.choice((0, 20, 90))
    return (*windows, (opens, FOREVER_S))


def _order(draft, order, most):
    rng = draft.rng
    release_s = rng.choice((0, 0, 0, rng.randint(10, 150)))
    makes = [_print, _print, _knit]
    if draft.of("mix"):
        makes = [*makes, _mix, _mix]
    parts = []
    for number in range(rng.choice((1, 1, 2, 2, 3))):
        if len(draft.tasks) == most:
            break
        made = rng.choice(makes)(draft, f"{order}/part{number}", order)
        draft.tasks[made.id] = replace(made, release_s=release_s)
        parts.append(made.id)
    last = tuple(parts)
    if len(parts) > 1 and rng.random() < 0.8 and len(draft.tasks) < most:
        _hand(draft, f"{order}/join", order, "join", last)
        last = (f"{order}/join",)
    if last and rng.random() < 0.5 and len(draft.tasks) < most:
        _hand(draft, f"{order}/pack", order, "pack", last)


def _hand(draft, name, order, group, after):
    modes = tuple(Mode(each, draft.rng.randint(4, 20)) for each in draft.of(group))
    draft.tasks[name] = Task(id=name, order=order, modes=modes, after=after)


def _print(draft, name, order):
    rng = draft.rng
    return Task(
        id=name,
        order=order,
        modes=_modes(draft, "print", 0, 6),
        family=rng.choice(FAMILIES["print"][: rng.randint(1, 3)]),
        size=rng.randint(1, 7),
        work=rng.randint(0, 9),
        height=rng.randint(2, 40),
        rest_s=rng.choice((0, 15, 45)),
        most_s=rng.choice((0, 0, 0, 120)),
    )


def _knit(draft, name, order):
    modes = _modes(draft, "knit", 10, 50)
    return Task(id=name, order=order, modes=modes, family=draft.rng.choice(FAMILIES["knit"]))


def _mix(draft, name, order):
    rng = draft.rng
    return Task(
        id=name,
        order=order,
        modes=_modes(draft, "mix", 5, 15),
        family=rng.choice(FAMILIES["mix"]),
        size=rng.randint(2, 12),
        work=rng.randint(0, 9),
        rest_s=rng.choice((0, 0, 20)),
    )


def _modes(draft, group, least_s, most_s):
    able = draft.of(group)
    able = able if draft.rng.random() < 0.8 else draft.rng.sample(able, 1)
    return tuple(Mode(name, draft.rng.randint(least_s, most_s)) for name in able)


def _setups(rng):
    """Materials are prepared for even if they stay; recipes are cleaned off in one direction, and some
    may not follow each other."""
    setups = {}
    forbidden = {
        (group, before, after)
        for group, before, after in (("mix", "nuts", "plain"), ("knit", "yarn=red", "yarn=blue"))
        if rng.random() < 0.25
    }
    for group in ("print", "knit", "mix"):
        takes = rng.choice(((0, 5), (10, 30), (20, 60)))
        for before in ("", *FAMILIES[group]):
            for after in FAMILIES[group]:
                same = before == after
                if (group, before, after) in forbidden:
                    setups[group, before, after] = Setup(0, forbidden=True)
                    continue
                if same and (group == "knit" or rng.random() < 0.5):
                    continue
                seconds = takes[0] // 2 if same else rng.randint(*takes)
                if group == "mix" and before == "plain" and not same:
                    seconds = 0
                cents = rng.choice((0, 0, seconds, 40))
                if seconds or cents:
                    cleaning = group == "mix" and before == "nuts"
                    setups[group, before, after] = Setup(seconds, cents, cleaning)
    return setups


def _due(draft, order):
    due_s = draft.now_s + draft.rng.randint(20, 400)
    again = tuple(due_s + 90 * cut for cut in range(1, draft.rng.choice((1, 1, 3, 5))))
    return Due(
        order=order,
        due_s=due_s,
        weight=draft.rng.choice((1, 1, 1, 3)),
        late_cents=draft.rng.choice((0, 100, 100, 250)),
        again_s=again,
    )


def _surprises(draft):
    """Some first parts are finished or run already; what runs was handed over before now."""
    rng = draft.rng
    waited_for = {earlier for task in draft.tasks.values() for earlier in task.after}
    for name in sorted(waited_for):
        draw, task = rng.random(), draft.tasks[name]
        if task.after or task.release_s > draft.now_s:
            continue
        if draw < 0.12:
            draft.done[name] = draft.now_s - rng.randint(0, 30)
        elif draw >= 0.3 or not _runs(draft, task):
            continue
        del draft.tasks[name]
        if task.rest_s:
            draft.rest_s[name] = task.rest_s


def _runs(draft, task):
    """Hand a task to an idle machine: it is being set up, or the cycle runs."""
    busy = {slot.machine for slot in draft.running}
    able = [mode.machine for mode in task.modes if mode.machine not in busy]
    if not able:
        return False
    setup_start_s = draft.now_s - draft.rng.randint(0, 30)
    start_s = setup_start_s + draft.rng.choice((0, 20, 40))
    draft.running.append(
        Slot(
            machine=able[0],
            operations=(task.id,),
            family=task.family,
            setup_start_s=setup_start_s,
            start_s=start_s,
            end_s=max(draft.now_s + 1, start_s) + draft.rng.randint(5, 60),
        )
    )
    return True


def _down(draft):
    """A printer or knitting machine fails now and then, a running one too."""
    names = [*draft.of("print"), *draft.of("knit")]
    down = draft.rng.random() < 0.15
    return {draft.rng.choice(names): draft.now_s + draft.rng.randint(20, 120)} if down else {}
