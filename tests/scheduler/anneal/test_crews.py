"""Who is asked first for a setup is the same whatever comes before it."""

from random import Random

import pytest
from plants import plant
from ruled import campaigning, crewing, kitting, ruled, searched

from scheduler.indexed import index


@pytest.mark.parametrize("seed", range(24))
def test_crews_behind_other_work_are_asked_in_the_same_order(seed):
    assert searched(ruled(seed, 4 + seed // 2, crewing), seed) > 0


@pytest.mark.parametrize("seed", range(6))
def test_crews_with_campaigns_and_kits(seed):
    assert searched(ruled(seed, 8, crewing, campaigning, kitting), seed) > 0


@pytest.mark.parametrize("seed", range(20))
def test_whoever_feeds_others_is_of_a_lower_level(seed):
    indexed = index(crewing(plant(seed, orders=9), Random(seed)))
    for task, row in enumerate(indexed.before):
        for earlier in row:
            highest = max(indexed.level[k] for k in indexed.takes[earlier])
            assert highest < min(indexed.level[k] for k in indexed.takes[task])
    for group, people in enumerate(indexed.crews):
        of_group = {indexed.level[k] for k, g in enumerate(indexed.group_of) if g == group}
        assert len(of_group) <= 1 or not people
