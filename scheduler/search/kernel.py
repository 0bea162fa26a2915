"""Compiled functions over arrays, and the random numbers that they draw."""

import os
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")

COMPILES = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}
"""Without it nothing is compiled and numba is not even loaded, which takes half a second."""


def kernel(function: Callable[P, T]) -> Callable[P, T]:
    """Compile a function at its first call, and keep the machine code where numba is told to.

    numba notices a change of the function's own file only, so whoever sets NUMBA_CACHE_DIR names
    the folder after all kernel sources. With NUMBA_DISABLE_JIT=1 it runs as written.
    """
    return _compiled(function)


def lean(function: Callable[P, T]) -> Callable[P, T]:
    """The same for a function that makes and slices no arrays: those that it is given are not counted
    at each use, which costs more than the work itself in what runs a million times a second."""
    return _compiled(function, _nrt=False)


def inlined(function: Callable[P, T]) -> Callable[P, T]:
    """The same, copied into its callers."""
    return _compiled(function, forceinline=True, _nrt=False)


def spliced(function: Callable[P, T]) -> Callable[P, T]:
    """The same, put into its callers as it is written: where many arrays go along, compiling it by
    itself takes longer than all that it does."""
    return _compiled(function, inline="always", _nrt=False)


def _compiled(function: Callable[P, T], **options: bool | str) -> Callable[P, T]:
    if not COMPILES:
        return function
    import numba  # noqa: PLC0415 see COMPILES

    compiled = cast("Callable[..., Callable[[Callable[P, T]], Callable[P, T]]]", numba.njit)
    return compiled(cache=True, **options)(function)


def dice(seed: int) -> NDArray[np.uint64]:
    """Return the state of a stream of random numbers, for `roll`."""
    mixed = (int(seed) * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) & (2**64 - 1)
    return np.array([mixed or 1], np.uint64)


@inlined
def wide(number: int | np.integer[Any]) -> int:
    """Return a whole number as one of 64 bits with a sign: numba's own `int` keeps unsigned ones, and
    makes floats of their sums with signed ones."""
    return np.int64(number)  # type: ignore[return-value]


@inlined
def _drawn(state: NDArray[np.uint64]) -> np.uint64:
    """Return the next 64 bits. Source: Marsaglia 2003, Xorshift RNGs, section 4 (13, 7, 17)."""
    x: np.uint64 = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@inlined
def roll(state: NDArray[np.uint64], sides: int) -> int:
    """Draw from 0 to sides - 1."""
    return wide((_drawn(state) >> np.uint64(33)) % np.uint64(sides))


@inlined
def fraction(state: NDArray[np.uint64]) -> float:
    """Draw from [0, 1)."""
    return float(_drawn(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
