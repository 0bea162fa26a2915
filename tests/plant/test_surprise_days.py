"""Days of random surprises with controllers that die: all is made once, every word given is kept."""

import pytest

from controller import events as e
from controller.requests import Imported, Taken
from tests.plant.soak import seeds
from tests.plant.surprises import SHOES, SMALL, Bounds, surprise_day
from tests.plant.truths import all_is_true
from tests.plant.virtual_day import Day, virtual_day

pytestmark = pytest.mark.timeout(600)

KINDS = [(SMALL, n) for n in seeds(2)] + [(SHOES, n) for n in seeds(1)]
"""Half of the days of a soak are shoes."""


@pytest.mark.parametrize(("bounds", "seed"), KINDS, ids=lambda each: getattr(each, "plant", each))
def test_a_day_of_surprises(bounds: Bounds, seed: int) -> None:
    day = virtual_day(surprise_day(bounds, seed))
    all_is_true(day)
    assert day.crashes > bounds.crashes // 2
    assert len(_taken(day)) > bounds.many // 2
    assert any(isinstance(s.event, e.OrderShipped) for s in day.journal)


def _taken(day: Day) -> list[str]:
    """Return what was asked and taken."""
    return [
        ask
        for ask, replies in day.replies.items()
        if any(isinstance(reply, Taken | Imported) for reply in replies)
    ]
