"""What a machine cycle does over time: changeover, warm-up, layers, courses, doses, and its scrap.

A cycle is foreseen as a whole when it starts, and `look` says where it stands after so many
seconds. So one long step of time shows the same as many short ones, at any speed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from drivers import JobOrder, Member, UnitResult, Verdict
from plant_config import Group, changeover
from simulators.faults import Faults, chance

WHOLE = 10_000
"""Hundredths of a per cent in a finished cycle."""
_SHORTEST, _LONGEST = 980, 1040
"""A cycle takes between 98.0 and 104.0 % of its planned time; assumed."""
_WARM_PERCENT = 8
"""Share of a cycle that heats up, at most; assumed, as are the shares below."""
_ROOM_C = 22
_PRINTER_C, _MIXER_C, _OVEN_C = 215, 40, 80

_LEAST_USED, _SPREAD = 985, 46
"""A member uses between 98.5 and 103.0 % of what its recipe comes to; assumed."""

_USES: Mapping[str, Callable[[Mapping[str, int]], int]] = {
    # Volume at 1.2 mg a cubic millimetre: thermoplastic polyurethane.
    "printer": lambda known: known.get("volume_mm3", 0) * 12 // 10,
    # Metres off the feeders, at 24 mg of yarn a course of an upper; assumed.
    "knitter": lambda known: known.get("courses", 0) * 24,
    "mixer": lambda known: known.get("dose_mg", 0),
}

REASONS: Mapping[str, tuple[str, ...]] = {
    "printer": ("layer shift", "corner lifted", "stringing"),
    "knitter": ("dropped stitch", "yarn broke", "hole in the knit"),
    "mixer": ("colour off", "lump in the compound", "temperature off"),
    "oven": ("temperature off",),
    "station": ("seam open", "glue visible"),
}
"""Kind of physics -> what scrap looks like."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A process value under the role that a profile gives it, such as `temperature_c`."""

    role: str
    value: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One foreseen run of a job order: setup first, then the process."""

    job: JobOrder
    physics: str
    number: int
    """The machine's running number of its cycles."""
    setup_s: int
    setup_says: str
    process_s: int
    warm_s: int
    breaks_s: int | None
    """Seconds after the start at which it breaks off; None when it runs to its end."""
    breaks_why: str
    results: tuple[UnitResult, ...]
    """What each member turns out to be, if the cycle is not broken off."""

    @property
    def total_s(self) -> int:
        """Return its seconds from start to end."""
        return self.setup_s + self.process_s

    @property
    def over_s(self) -> int:
        """Return after how many seconds it is over, in the one way or the other."""
        return self.total_s if self.breaks_s is None else self.breaks_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Where a cycle stands."""

    activity: str
    progress: int
    remaining_s: int
    doing: str
    quantities: tuple[Quantity, ...] = ()


def foresee(
    group: Group, job: JobOrder, before: str, number: int, faults: Faults, seed: int
) -> Cycle:
    """Work out a cycle at its start; the same machine, number and seed give the same cycle."""
    setup_s, says = setup(group, before, job.family)
    takes = _varied(job.takes_s or group.batch.base, seed, job.machine, number, "process")
    setup_s = _varied(setup_s, seed, job.machine, number, "setup")
    failure = faults.failure(job.machine, number)
    warm_s = min(group.batch.base // 2, takes * _WARM_PERCENT // 100)
    return Cycle(
        job=job,
        physics=group.physics,
        number=number,
        setup_s=setup_s,
        setup_says=says,
        process_s=max(1, takes),
        warm_s=warm_s,
        breaks_s=setup_s + max(1, takes) * failure.at_percent // 100 if failure else None,
        breaks_why=failure.why if failure else "",
        results=tuple(
            replace(
                result_of(member, group.physics, faults, seed, job.machine),
                actuals=used_by(member, group.physics, seed, job.machine),
            )
            for member in job.members
        ),
    )


def setup(group: Group, before: str, after: str) -> tuple[int, str]:
    """Return the seconds of the changeover between two families and what it is."""
    rule = changeover(group, before, after)
    return (0, "") if rule is None else (rule.takes, rule.says)


def result_of(member: Member, physics: str, faults: Faults, seed: int, machine: str) -> UnitResult:
    """Draw the verdict on a member: by seed, machine, operation and attempt, and nothing else."""
    said = (seed, machine, member.operation, member.attempt)
    step = member.operation.rsplit("/", 1)[-1]
    if chance("scrap", *said) >= faults.scrap.get(step, 0.0):
        return UnitResult(member.operation, Verdict.GOOD)
    reasons = REASONS[physics]
    reason = reasons[int(chance("reason", *said) * len(reasons))]
    return UnitResult(member.operation, Verdict.SCRAP, reason)


def used_by(
    member: Member, physics: str, seed: int, machine: str, share: Fraction = Fraction(1)
) -> tuple[tuple[str, int], ...]:
    """Return what a member used up, as the machine's own scale or feeder measures it; machines that
    measure nothing say nothing. `share` is how far the cycle came."""
    amount_of = _USES.get(physics)
    if amount_of is None:
        return ()
    known = {name: value for name, value in member.recipe if isinstance(value, int)}
    plain = amount_of(known)
    drawn = int(chance("used", seed, machine, member.operation, member.attempt) * _SPREAD)
    permille = _LEAST_USED + drawn
    return (("used_mg", int(plain * permille * share) // 1000),) if plain else ()


def look(cycle: Cycle, after_s: int) -> Look:
    """Say where a cycle stands so many seconds after its start."""
    elapsed = min(max(after_s, 0), cycle.total_s)
    remaining = cycle.total_s - elapsed
    if elapsed < cycle.setup_s:
        doing = f"Changeover: {cycle.setup_says}" if cycle.setup_says else "Changeover"
        return Look(activity="setup", progress=0, remaining_s=remaining, doing=doing)
    done = elapsed - cycle.setup_s
    doing, quantities = _DOING[cycle.physics](cycle, done)
    return Look(
        activity="running",
        progress=done * WHOLE // cycle.process_s,
        remaining_s=remaining,
        doing=doing,
        quantities=quantities,
    )


_Doing = tuple[str, tuple[Quantity, ...]]


def _printing(cycle: Cycle, done: int) -> _Doing:
    height = max(_each(cycle, "height_um"), default=0)
    layer = max(_each(cycle, "layer_um"), default=0)
    layers = max(1, -(-height // layer)) if layer else 1
    print_s = cycle.process_s - 2 * cycle.warm_s
    temperature = Quantity("temperature_c", _PRINTER_C, "°C")
    if done < cycle.warm_s:
        return "Warming up", (_heating(_PRINTER_C, done, cycle.warm_s),)
    if done >= cycle.warm_s + print_s:
        return "Cooling down", (Quantity("temperature_c", _PRINTER_C // 2, "°C"),)
    return f"Layer {_of(layers, done - cycle.warm_s, print_s)} of {layers}", (temperature,)


def _knitting(cycle: Cycle, done: int) -> _Doing:
    courses = max(1, sum(_each(cycle, "courses")))
    course = _of(courses, done, cycle.process_s)
    rate = Quantity("courses_rate", courses * 60 // cycle.process_s, "a minute")
    return f"Course {course} of {courses}", (rate,)


def _mixing(cycle: Cycle, done: int) -> _Doing:
    target = sum(_each(cycle, "dose_mg"))
    dosing, rinsing = cycle.process_s * 3 // 10, cycle.process_s * 9 // 10
    dosed = target if done >= dosing else target * done // max(1, dosing)
    quantities = (
        _heating(_MIXER_C, done, max(1, dosing)),
        Quantity("dosed_g", dosed // 1000, "g"),
        Quantity("target_g", target // 1000, "g"),
    )
    if done < dosing:
        return f"Dosing {dosed // 1000} of {target // 1000} g", quantities
    return ("Mixing" if done < rinsing else "Rinsing"), quantities


def _baking(cycle: Cycle, done: int) -> _Doing:
    goal = max(_each(cycle, "temperature_c"), default=_OVEN_C)
    temperature = _heating(goal, done, max(1, cycle.warm_s))
    if done < cycle.warm_s:
        return f"Heating, {temperature.value} of {goal} °C", (temperature,)
    minutes, of = (done - cycle.warm_s) // 60, -(-(cycle.process_s - cycle.warm_s) // 60)
    return f"Holding {goal} degrees, minute {min(minutes + 1, of)} of {of}", (temperature,)


def _working(cycle: Cycle, done: int) -> _Doing:
    return "At work", ()


_DOING: Mapping[str, Callable[[Cycle, int], _Doing]] = {
    "printer": _printing,
    "knitter": _knitting,
    "mixer": _mixing,
    "oven": _baking,
    "station": _working,
}


def _each(cycle: Cycle, name: str) -> list[int]:
    said = (value for member in cycle.job.members for key, value in member.recipe if key == name)
    return [value for value in said if isinstance(value, int)]


def _of(parts: int, done: int, of_s: int) -> int:
    return min(parts, parts * done // max(1, of_s) + 1)


def _heating(goal: int, done: int, warm_s: int) -> Quantity:
    reached = _ROOM_C + (goal - _ROOM_C) * min(done, warm_s) // max(1, warm_s)
    return Quantity("temperature_c", reached, "°C")


def _varied(seconds: int, *said: object) -> int:
    permille = _SHORTEST + int(chance("takes", *said) * (_LONGEST - _SHORTEST + 1))
    return seconds * permille // 1000
