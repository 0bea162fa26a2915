"""A search cools down over its budget, and again where it had settled long before the end."""

from itertools import pairwise

import pytest
from plants import plant

from scheduler.anneal import search
from scheduler.anneal.search import (
    CHUNK,
    ENOUGH,
    FADING,
    MOST_CYCLES,
    floor_and_memory,
    heats,
    improve,
)
from scheduler.construct import best_start
from scheduler.indexed import index


def told_heats(monkeypatch, indexed, looks):
    """Return the heats that a search asks for when it may look at the clock so many times."""
    told = []
    monkeypatch.setattr(search, "anneal", lambda *given: told.append(given[-1]))
    clock = iter(range(1, looks + 1))
    rows, _ = best_start(indexed)
    assert improve(indexed, rows, lambda: next(clock) / looks, 1, lambda *_: None) is not None
    return told


def tops(told):
    """Return where a cycle begins: the heat rises."""
    return [told[0], *(after for before, after in pairwise(told) if after > before)]


def test_a_short_search_cools_down_once(monkeypatch):
    indexed = index(plant(1, orders=20))
    told = told_heats(monkeypatch, indexed, 100)
    # It begins cooler than it could, and how much cooler shows only once some of the budget is used.
    assert len(tops(told[2:])) == 1
    assert told[-1] < 1.1 * heats(indexed, 0)[1]


@pytest.mark.parametrize("cycles", [3, 50])
def test_a_long_search_is_heated_again_and_each_time_less(monkeypatch, cycles):
    indexed = index(plant(1, orders=3))
    movable = len(floor_and_memory(indexed, 1)[0].movable)
    looks = (cycles * ENOUGH * movable + ENOUGH) // CHUNK
    found = tops(told_heats(monkeypatch, indexed, looks)[2:])
    assert len(found) == min(cycles, MOST_CYCLES)
    hottest, cold = heats(indexed, 0)
    for number, top in enumerate(found):
        assert top == pytest.approx(max(cold, hottest * FADING**number), rel=0.05)
