"""The reference for random plants: orders by promise, one after the other, looking back at three plates.

Prints come by (promise, release, material), knits by (promise, family). A print joins the first of the
last three plates begun for its material that has room. Plates in the order in which they were begun go
to the printer that can start them first, a tie to one that holds the material; knits to the machine
on which the end of the setup, or the release, and the setup again sum up to least. Assembly and packing
take who is ready first; ties go to the earlier promise. Shares no code with the engine.
"""

from collections.abc import Sequence

from plants import CUT, CYCLE, MISS, OTHER, PACK, PLATE, REST, SAME, PlantSet

LOOK_BACK = 3


def list_cost(plant: PlantSet) -> tuple[int, int]:
    """Return what the heuristic's plan costs, and how many orders are late."""
    ready = [0] * len(plant.promise)
    setups = _print_all(plant, ready) + _knit_all(plant, ready)
    keyed = [(at, min(plant.promise[order], 63)) for order, at in enumerate(ready)]
    assembled = _serve(keyed, plant.assembly, plant.machines[2])
    packed = _serve([(at, 0) for at in assembled], [PACK] * len(ready), plant.machines[3])
    cost, late = setups, 0
    for order, end in enumerate(packed):
        missed = -(-end // CUT) - plant.promise[order]
        if missed > 0:
            cost += MISS * plant.weight[order] * missed
            late += 1
    return cost, late


def _print_all(plant: PlantSet, ready: list[int]) -> int:
    plates: list[list[int]] = []
    begun: dict[int, list[int]] = {}
    for number in sorted(
        range(len(plant.prints)),
        key=lambda n: (
            plant.promise[plant.prints[n].order],
            plant.release[plant.prints[n].order],
            plant.prints[n].material,
        ),
    ):
        each = plant.prints[number]
        last = begun.setdefault(each.material, [])
        fits = (p for p in last if _area(plant, plates[p]) + each.area <= PLATE)
        plate = next(fits, None)
        if plate is None:
            plates.append([])
            plate = len(plates) - 1
            last[:] = [plate, *last][:LOOK_BACK]
        plates[plate].append(number)
    free, holds, setups = [0] * plant.machines[0], [-1] * plant.machines[0], 0
    for plate in plates:
        members = [plant.prints[number] for number in plate]
        material = members[0].material
        release = max(plant.release[each.order] for each in members)
        changes = [SAME if held == material else OTHER for held in holds]
        starts = [max(free[k] + changes[k], release) for k in range(len(free))]
        k = min(range(len(free)), key=lambda k: (starts[k] * 4 + (holds[k] != material), k))
        setups += changes[k]
        free[k], holds[k] = starts[k] + CYCLE + max(each.height for each in members), material
        for each in members:
            ready[each.order] = max(ready[each.order], free[k] + REST)
    return setups


def _area(plant: PlantSet, plate: list[int]) -> int:
    return sum(plant.prints[number].area for number in plate)


def _knit_all(plant: PlantSet, ready: list[int]) -> int:
    free, holds, setups = [0] * plant.machines[1], [-1] * plant.machines[1], 0
    for each in sorted(plant.knits, key=lambda each: (plant.promise[each.order], each.family)):
        changes = [0 if held < 0 else plant.change[held][each.family] for held in holds]
        starts = [max(free[k] + changes[k], plant.release[each.order]) for k in range(len(free))]
        k = min(range(len(free)), key=lambda k: (starts[k] + changes[k], k))
        setups += changes[k]
        free[k], holds[k] = starts[k] + each.takes, each.family
        ready[each.order] = max(ready[each.order], free[k])
    return setups


def _serve(keys: list[tuple[int, int]], takes: Sequence[int], stations: int) -> list[int]:
    """Return when each order ends at stations that take who is ready first."""
    free, end = [0] * stations, [0] * len(keys)
    for order in sorted(range(len(keys)), key=lambda order: (keys[order], order)):
        k = min(range(stations), key=lambda k: (free[k], k))
        free[k] = end[order] = max(free[k], keys[order][0]) + takes[order]
    return end
