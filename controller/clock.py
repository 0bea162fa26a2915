"""Plant time, which may run faster than real time, and the real time that guards machines."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

_LOOK_AGAIN_S = 1.0
"""A sleeper looks at the wall clock this often, so that a stepped clock cannot oversleep it."""

_US = timedelta(microseconds=1)
_US_PER_S = 1_000_000


class ClockPort(Protocol):
    """Plant time for plans and physics; monotonic time for everything that guards machines (R9)."""

    def now_s(self) -> int:
        """Return plant time in whole seconds from the plan's origin."""
        ...

    def utc(self) -> datetime:
        """Return the wall clock, with its time zone."""
        ...

    def monotonic(self) -> float:
        """Return real seconds that never jump, for ages and time limits."""
        ...

    async def sleep_until(self, plant_s: int) -> None:
        """Sleep until plant time is there; return early when the clock is set."""
        ...

    def set(self, utc: datetime, plant_s: int, speed: int) -> None:
        """From `utc` on, count from `plant_s`, `speed` times as fast; 0 is a pause."""
        ...


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where plant time and wall clock met last, and how many times as fast plant time goes."""

    utc: datetime
    plant_s: int
    speed: int

    def plant_at(self, utc: datetime) -> int:
        """Return plant time at a moment, by whole microseconds, so that no float drifts."""
        return self.plant_s + (utc - self.utc) // _US * self.speed // _US_PER_S

    def real_s_until(self, plant_s: int, utc: datetime) -> float | None:
        """Return real seconds until plant time is there; None when it stands still before that."""
        if self.speed <= 0:
            return None if plant_s > self.plant_s else 0.0
        plant_us = (plant_s - self.plant_s) * _US_PER_S
        real_us = -(-plant_us // self.speed) - (utc - self.utc) // _US
        return max(0, real_us) / _US_PER_S


class RealClock:
    """The clock of production: stands at second 0 until it is set from the journal.

    Between two settings plant time never goes backwards: when the wall clock is set back, it waits.
    """

    def __init__(
        self,
        read_utc: Callable[[], datetime] | None = None,
        read_monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read_utc = read_utc or _system_utc
        self._read_monotonic = read_monotonic
        self._anchor = Anchor(self._read_utc(), 0, 0)
        self._latest_s = 0
        self._changed = asyncio.Event()

    def now_s(self) -> int:
        """Return plant time."""
        self._latest_s = max(self._latest_s, self._anchor.plant_at(self._read_utc()))
        return self._latest_s

    def utc(self) -> datetime:
        """Return the wall clock."""
        return self._read_utc()

    def monotonic(self) -> float:
        """Return real seconds."""
        return self._read_monotonic()

    async def sleep_until(self, plant_s: int) -> None:
        """Sleep until plant time is there or the clock is set."""
        changed = self._changed
        while not changed.is_set() and self.now_s() < plant_s:
            left = self._anchor.real_s_until(plant_s, self._read_utc())
            await _wait(changed, _LOOK_AGAIN_S if left is None else min(left, _LOOK_AGAIN_S))

    def set(self, utc: datetime, plant_s: int, speed: int) -> None:
        """Put down a new anchor and wake every sleeper."""
        self._anchor = Anchor(utc, plant_s, speed)
        self._latest_s = plant_s
        self._changed.set()
        self._changed = asyncio.Event()


class LoopClock:
    """The clock of virtual time: the event loop's own seconds, counted from a fixed moment.

    The wall clock is `origin` plus the loop's time, so nothing here reads a real clock."""

    def __init__(self, origin: datetime, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._origin = origin
        self._loop = loop
        self._anchor = Anchor(origin, 0, 1)
        self._changed = asyncio.Event()

    def now_s(self) -> int:
        """Return plant time."""
        return self._anchor.plant_at(self.utc())

    def utc(self) -> datetime:
        """Return the moment that the loop's time stands for."""
        return self._origin + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return the loop's time."""
        return (self._loop or asyncio.get_running_loop()).time()

    async def sleep_until(self, plant_s: int) -> None:
        """Sleep until plant time is there or the clock is set."""
        changed = self._changed
        while not changed.is_set() and self.now_s() < plant_s:
            await _wait(changed, self._anchor.real_s_until(plant_s, self.utc()))

    def set(self, utc: datetime, plant_s: int, speed: int) -> None:
        """Put down a new anchor and wake every sleeper."""
        self._anchor = Anchor(utc, plant_s, speed)
        self._changed.set()
        self._changed = asyncio.Event()


async def _wait(changed: asyncio.Event, seconds: float | None) -> None:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return


def _system_utc() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 the one place where the wall clock is read
