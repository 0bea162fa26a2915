"""What comes of a try, and when the next one is due."""

import random
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TypeAlias

from controller.outbox.book import Delivery, Stand

MOST_TRIES = 32
"""With the pauses below, about a day."""

GIVE_UP_S = 26 * 3600
"""A delivery that had to wait for its turn behind others ends with the day too."""

_FIRST_S, _LONGEST_S = 5, 3600
_JITTER = (0.8, 1.2)
_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True, slots=True)
class Arrived:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """It may arrive later. With `away` the receiver does not answer at all, so its other deliveries wait
    too."""

    why: str
    away: bool = False
    after_s: int = 0
    """The receiver asks to be left alone for so long."""


@dataclass(frozen=True, slots=True)
class Never:
    """The receiver does not take it, however often it is sent."""

    why: str


Came: TypeAlias = Arrived | NotYet | Never


def judged(status: int, after_s: int = 0) -> Came:
    """Say what an HTTP status means for a delivery."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Arrived()
    why = f"It answered {status}."
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _AGAIN:
        busy = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
        return NotYet(why, away=status in busy, after_s=after_s)
    return Never(why)


def pause_s(tries: int, chance: random.Random) -> int:
    """Return the pause after so many tries: doubled each time, spread, at most an hour."""
    doubled = min(_LONGEST_S, _FIRST_S << min(tries - 1, 20))
    return max(1, round(doubled * chance.uniform(*_JITTER)))


def after(delivery: Delivery, came: NotYet | Never, now: int, chance: random.Random) -> Delivery:
    """Return the delivery as it stands after a try that failed."""
    tried = replace(delivery, tries=delivery.tries + 1, says=came.why)
    over = tried.tries >= MOST_TRIES or now - delivery.made > GIVE_UP_S
    if isinstance(came, Never) or over:
        return replace(tried, stand=Stand.FAILED, due=now)
    return replace(
        tried, due=now + max(min(came.after_s, _LONGEST_S), pause_s(tried.tries, chance))
    )
