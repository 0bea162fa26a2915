"""How patient plates should be: days like those seen are played with each patience that is worth a try.

A rollout knows one group of machines and what arrived for it. Gaps between arrivals and the parts
themselves are drawn anew from those seen, each by itself. A part says when its plate must start at the
latest for its order to be in time; missing that costs the order's margin. Parts of a family go on a plate
by when they must start, as long as they fit; of several plates the one that must start first goes first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from scheduler.chance import draws
from scheduler.objectives import HOUR_S
from scheduler.postpone import FULL, NEVER_S, Patience
from scheduler.problem import Resource, Setup

FILLS = (20, 40, 60, 80)
SPARES_S = (0, 1_800, 3_600, 7_200)
ROLLOUTS = 20
"""Days that each patience is tried on; the same ones for all."""
BETTER = 0.99
"""A plate waits only if that saves more than this leaves: waiting for nothing helps nobody."""
FRESH = 8
"""Plates of a family that are looked at for one more part, the one that must start first first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What arrived for the machines at a second."""

    at_s: int
    latest_s: int
    """Its plate must have started by then."""
    family: str
    size: int
    work: int = 0
    height: int = 0
    takes_s: int = 0
    late_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Machines of one kind, and what their hours and setups cost."""

    resource: Resource
    machines: int
    rate_cents: int
    setups: Mapping[tuple[str, str], Setup]
    """(family before, family after) -> setup; a missing pair means none."""


def tuned(
    pool: Pool,
    seen: Sequence[Part],
    seed: int,
    fills: Sequence[int] = FILLS,
    spares_s: Sequence[int] = SPARES_S,
    rollouts: int = ROLLOUTS,
) -> Patience:
    """Return the patience that costs least on days like those seen; none without at least two parts."""
    none = Patience()
    if len(seen) < 2:  # noqa: PLR2004
        return none
    days = [list(_day(seen, draws(seed + number))) for number in range(rollouts)]
    tried = [Patience(fill=fill, spare_s=spare) for fill, spare in product(fills, spares_s)]
    costs = {each: sum(cost(pool, day, each) for day in days) for each in (none, *tried)}
    best = min(tried, key=lambda each: costs[each])
    return best if costs[best] < BETTER * costs[none] else none


def _day(seen: Sequence[Part], chance: Iterator[int]) -> Iterator[Part]:
    """Draw as many parts as were seen, with gaps as they were seen."""
    times = sorted(part.at_s for part in seen)
    gaps = [b - a for a, b in pairwise(times)]
    at_s = times[0]
    for _ in seen:
        part = seen[next(chance) % len(seen)]
        yield Part(
            at_s=at_s,
            latest_s=at_s + part.latest_s - part.at_s,
            family=part.family,
            size=part.size,
            work=part.work,
            height=part.height,
            takes_s=part.takes_s,
            late_cents=part.late_cents,
        )
        at_s += gaps[next(chance) % len(gaps)]


@dataclass(slots=True)
class _Plate:
    parts: list[Part]
    size: int
    latest_s: int


def cost(pool: Pool, day: Sequence[Part], patience: Patience) -> int:
    """Return what a day costs in cents * 3600: cycles, setups and margin lost."""
    free, holds = [0] * pool.machines, [pool.resource.family] * pool.machines
    coming = sorted(day, key=lambda part: part.at_s)
    open_: list[_Plate] = []
    total, now_s, number = 0, 0, 0
    while number < len(coming) or open_:
        while number < len(coming) and coming[number].at_s <= now_s:
            _put(pool.resource, open_, coming[number])
            number += 1
        next_s = coming[number].at_s if number < len(coming) else NEVER_S
        machine = min(range(pool.machines), key=lambda k: free[k])
        plate, start_s = _next(pool, open_, patience, max(now_s, free[machine]))
        if plate is None or start_s >= next_s:
            # What arrives meanwhile may join.
            now_s = min(next_s, start_s)
            continue
        open_.remove(plate)
        total += _run(pool, plate, machine, start_s, free, holds)
        now_s = max(now_s, min(start_s, next_s))
    return total


def _put(resource: Resource, open_: list[_Plate], part: Part) -> None:
    """Put a part on the open plate of its family that must start first, if it has room there."""
    most = resource.max_members or NEVER_S
    of_family = [plate for plate in open_ if plate.parts[0].family == part.family]
    for plate in sorted(of_family, key=lambda plate: plate.latest_s)[:FRESH]:
        if plate.size + part.size <= resource.capacity and len(plate.parts) < most:
            plate.parts.append(part)
            plate.size += part.size
            plate.latest_s = min(plate.latest_s, part.latest_s)
            return
    open_.append(_Plate([part], part.size, part.latest_s))


def _next(
    pool: Pool, open_: Sequence[_Plate], patience: Patience, free_s: int
) -> tuple[_Plate | None, int]:
    """Return the plate that goes next and when, if nothing arrives before."""
    best: tuple[int, int, _Plate] | None = None
    for plate in open_:
        full = plate.size * FULL >= patience.fill * pool.resource.capacity
        start_s = free_s if full else max(free_s, plate.latest_s - patience.spare_s)
        if best is None or (start_s, plate.latest_s) < best[:2]:
            best = (start_s, plate.latest_s, plate)
    return (None, NEVER_S) if best is None else (best[2], best[0])


def _run(
    pool: Pool, plate: _Plate, machine: int, start_s: int, free: list[int], holds: list[str]
) -> int:
    """Run a plate, and return what it costs."""
    resource, family = pool.resource, plate.parts[0].family
    setup = pool.setups.get((holds[machine], family), Setup(0))
    takes_s = (
        resource.base_s
        + sum(part.work for part in plate.parts) * resource.per_work_ms // 1000
        + max(part.height for part in plate.parts) * resource.per_height_ms // 1000
        + max(part.takes_s for part in plate.parts)
    )
    begun_s = start_s + setup.takes_s
    free[machine], holds[machine] = begun_s + takes_s, family
    late = sum(part.late_cents for part in plate.parts if begun_s > part.latest_s)
    paid = (setup.takes_s + resource.base_s) * pool.rate_cents
    return paid + (setup.cents + late) * HOUR_S
