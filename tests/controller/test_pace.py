"""A demo day goes slower where the machine under it is busy, and never fights with people over the clock."""

from dataclasses import dataclass, field

import pytest

from controller.pace import Pace, keep


def going(lags: list[float], wanted: int = 480, every_s: float = 0.5) -> list[int]:
    """Return the speed after each look."""
    pace = Pace(wanted, wanted)
    return [pace.next(lag, at * every_s) for at, lag in enumerate(lags)]


def test_a_calm_machine_goes_as_fast_as_it_was_asked_to() -> None:
    assert set(going([0.03] * 40)) == {480}


@pytest.mark.parametrize(
    ("lag", "speed"), [(0.3, 480), (0.4, 240), (0.7, 120), (1.3, 60), (9.0, 30)]
)
def test_the_longer_the_hold_up_the_slower_at_once(lag: float, speed: int) -> None:
    assert going([0.03, lag]) == [480, speed]


def test_it_gets_faster_step_by_step_once_it_was_calm_for_a_while() -> None:
    speeds = going([1.3] + [0.02] * 60)
    assert speeds[:12] == [60] * 12
    assert speeds == sorted(speeds)
    assert {60, 120, 240, 480} == set(speeds)
    assert speeds[-1] == 480


def test_a_hold_up_now_and_then_keeps_it_slow() -> None:
    speeds = going(([0.7] + [0.02] * 7) * 6)
    assert set(speeds) == {120}


def test_a_slow_day_stays_a_slow_day() -> None:
    assert set(going([5.0] * 9, wanted=1)) == {1}


@dataclass
class Clock:
    """A controller of which only the clock is asked."""

    speed: int
    set_to: list[int] = field(default_factory=list)

    def get(self, path: str) -> dict[str, int]:
        return {"speed": self.speed}

    def post(self, path: str, body: dict[str, int]) -> None:
        self.speed = body["speed"]
        self.set_to.append(self.speed)


@dataclass
class Lags:
    lag_s: float

    def take(self) -> float:
        return self.lag_s


def test_people_are_told_once_that_the_machine_is_busy() -> None:
    clock, pace = Clock(480), Pace(480, 480)
    assert keep(pace, Lags(0.0), clock) == (480, "")
    speed, line = keep(pace, Lags(0.7), clock)
    assert (speed, clock.set_to) == (120, [120])
    assert line == "This machine is busy: plant time goes at x120 until it is not"
    assert keep(pace, Lags(1.3), clock) == (60, "")


@pytest.mark.parametrize("speed", [0, 7, 100])
def test_what_somebody_else_has_the_clock_go_at_stays(speed: int) -> None:
    clock, pace = Clock(speed), Pace(480, 480)
    assert keep(pace, Lags(3.0), clock) == (speed, "")
    assert clock.set_to == []
