"""A stream of whole numbers that is the same for the same seed on every machine, for ever."""

from collections.abc import Iterator

_MASK = (1 << 64) - 1


def draws(seed: int) -> Iterator[int]:
    """Yield numbers from 0 to 2**32 - 1 without end.

    Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014 (SplitMix64).
    """
    state = seed & _MASK
    while True:
        state = (state + 0x9E3779B97F4A7C15) & _MASK
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        yield (mixed ^ (mixed >> 31)) >> 32
