"""Sizes put together so that each portion lies between a least and a most."""

from collections.abc import Sequence

MOST_STEPS = 20_000
"""Of the search for portions; beyond, none are found."""

MOST_SIZES = 200
"""That are looked at together; among more, whoever asks takes it that they go together somehow."""


def portions(
    sizes: Sequence[int], least: int, most: int, members: int = 0
) -> list[list[int]] | None:
    """Return the numbers of the sizes in each portion, of which at most `members` go together (0: any);
    None where there are none, or none in time."""
    if len(sizes) > MOST_SIZES:
        return None
    total, members = sum(sizes), members or len(sizes)
    order = sorted(range(len(sizes)), key=lambda n: (-sizes[n], n))
    fewest = max(1, -(-total // most), -(-len(sizes) // max(1, members)))
    for count in range(fewest, max(1, total // max(1, least)) + 1):
        packed = _packed([sizes[n] for n in order], count, (least, most, members))
        if packed is not None:
            found: list[list[int]] = [[] for _ in range(count)]
            for number, portion in zip(order, packed, strict=True):
                found[portion].append(number)
            return found
    return None


def _packed(sizes: list[int], count: int, room: tuple[int, int, int]) -> list[int] | None:
    """Return the portion of each size, descending, when there are so many of them."""
    least, most, members = room
    loads, chosen, steps = [0] * count, list[int](), [0]
    behind = [sum(sizes[n:]) for n in range(len(sizes) + 1)]

    def goes_on(n: int) -> bool:
        steps[0] += 1
        missing = sum(max(0, least - load) for load in loads)
        if missing > behind[n] or steps[0] > MOST_STEPS:
            return False
        if n == len(sizes):
            return True
        for load in sorted(set(loads)):
            portion = loads.index(load)
            if load + sizes[n] <= most and chosen.count(portion) < members:
                loads[portion] += sizes[n]
                chosen.append(portion)
                if goes_on(n + 1):
                    return True
                chosen.pop()
                loads[portion] -= sizes[n]
        return False

    return chosen if goes_on(0) else None
