"""Batches that are worth most, and all that are worth enough: held against everything."""

from itertools import combinations
from random import Random

import numpy as np
from ovens import random_oven

from scheduler.columns import best_batches, slates, worthwhile
from scheduler.exact_batches import lengths
from scheduler.indexed import index

CLOSE = 1e-9


def drawn(seed):
    """Return slates of a small oven, how long its tasks are, until when they keep, and prices."""
    rng = Random(seed)
    indexed = index(random_oven(rng, jobs=7))
    takes = lengths(indexed)
    prices = np.array([rng.choice((0.0, 1.0, rng.random() * 9)) for _ in takes])
    return list(slates(indexed, takes)), takes, indexed.most, prices


def all_batches(slate, takes, most, seconds):
    """Yield every batch that can be so long: it fits, and is too long for nobody."""
    for count in range(1, len(slate.tasks) + 1):
        for at in combinations(range(len(slate.tasks)), count):
            members = tuple(sorted(slate.tasks[each] for each in at))
            fits = sum(slate.sizes[each] for each in at) <= slate.room
            if fits and all(takes[t] <= seconds <= most[t] for t in members):
                yield members


def test_the_best_batch_of_each_length_is_found():
    for seed in range(12):
        offered, takes, most, prices = drawn(seed)
        for slate in offered:
            worths, batches = best_batches(slate, prices)
            for at, seconds in enumerate(slate.lengths.tolist()):
                every = list(all_batches(slate, takes, most, seconds))
                best = max(sum(prices[list(each)]) for each in every)
                assert abs(worths[at] - best) < CLOSE
                assert abs(sum(prices[list(batches[at])]) - best) < CLOSE
                assert not batches[at] or batches[at] in every


def test_all_full_batches_that_are_worth_enough_are_found():
    found = 0
    for seed in range(12):
        offered, takes, most, prices = drawn(seed)
        for slate in offered:
            for at, seconds in enumerate(slate.lengths.tolist()):
                every = set(all_batches(slate, takes, most, seconds))
                full = {a for a in every if not any(set(a) < set(b) for b in every)}
                for need in (0.0, 4.0, 9.0):
                    wanted = {
                        each
                        for each in full
                        if sum(prices[list(each)]) >= need
                        and max(takes[task] for task in each) == seconds
                    }
                    own = worthwhile(slate, at, prices, need, 1_000)
                    assert len(own) == len(set(own))
                    assert set(own) == wanted
                    found += len(own)
    assert found


def test_too_many_batches_are_not_listed():
    offered, _, _, prices = drawn(3)
    listed = [worthwhile(slate, 0, prices, 0.0, 1_000) for slate in offered]
    assert any(listed)
    for slate, every in zip(offered, listed, strict=True):
        assert worthwhile(slate, 0, prices, 0.0, len(every)) == every
        if every:
            assert worthwhile(slate, 0, prices, 0.0, len(every) - 1) is None
