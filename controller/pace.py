"""How fast plant time may go on a machine that is busy with other things: a second that a process has to
wait is eight plant minutes at 480 times real speed, and nobody's plan has room for that at each step."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

from controller.client import Client

BEARABLE_S = 150
"""Plant seconds by which a step on the floor may be late because of this machine; assumed."""
_SLOWEST = 16
"""The speed that is wanted is halved down to this part of it."""
_REMEMBERED_S = 6.0
"""Real seconds for which a hold-up counts, so that the speed does not change at each of them."""
_STEP_S = 0.02
"""Real seconds of each sleep that is watched."""


@dataclass(slots=True)
class Pace:
    """The speed that was set last, and what held up this machine of late."""

    wanted: int
    speed: int
    lags: deque[tuple[float, float]] = field(default_factory=deque[tuple[float, float]])
    """(real second, seconds of a hold-up), oldest first."""
    is_told: bool = False
    """People know that it is not always the speed that was asked for."""

    def next(self, lag_s: float, at_s: float) -> int:
        """Return the speed to go on with after the worst hold-up since the last look: down at once, up by
        one step when the last seconds were calm."""
        self.lags.append((at_s, lag_s))
        while self.lags[0][0] < at_s - _REMEMBERED_S:
            self.lags.popleft()
        worst_s = max(lag for _, lag in self.lags)
        bearable = _fitting(self.wanted, worst_s)
        if bearable > self.speed:
            if self.lags[0][0] > at_s - _REMEMBERED_S / 2:
                return self.speed
            self.lags.clear()
            bearable = min(bearable, 2 * self.speed)
        self.speed = bearable
        return bearable

    def is_ours(self, speed: int) -> bool:
        """Say whether a clock goes as it was last told to here, and not as somebody else wants it."""
        return speed in {self.speed, self.wanted}


def _fitting(wanted: int, lag_s: float) -> int:
    speed = wanted
    while speed * lag_s > BEARABLE_S and speed > max(1, wanted // _SLOWEST):
        speed = max(1, speed // 2)
    return speed


class LagWatch:
    """Owns a thread that sleeps and sees by how much it wakes too late: what a busy machine does to all
    processes."""

    def __init__(self) -> None:
        self._worst_s = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def take(self) -> float:
        """Return the worst hold-up since the last call, in seconds."""
        worst_s, self._worst_s = self._worst_s, 0.0
        return worst_s

    def _watch(self) -> None:
        while True:
            before_s = time.monotonic()
            time.sleep(_STEP_S)
            self._worst_s = max(self._worst_s, time.monotonic() - before_s - _STEP_S)


def keep(pace: Pace, watch: LagWatch, client: Client) -> tuple[int, str]:
    """Have plant time go as fast as this machine bears; returns its speed, and what is to be said of it.
    Raises UnreachableError and RefusedError."""
    begun_s = time.monotonic()
    clock = client.get("/api/clock")
    assert isinstance(clock, dict)
    speed = clock["speed"]
    assert isinstance(speed, int)
    at_s = time.monotonic()
    lag_s = max(watch.take(), at_s - begun_s)
    if not pace.is_ours(speed):
        return speed, ""
    chosen = pace.next(lag_s, at_s)
    if chosen == speed:
        return speed, ""
    client.post("/api/clock", {"speed": chosen})
    if pace.is_told or chosen > speed:
        return chosen, ""
    pace.is_told = True
    return chosen, f"This machine is busy: plant time goes at x{chosen} until it is not"
