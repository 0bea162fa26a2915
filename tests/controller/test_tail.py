"""What is kept of the journal is what the journal holds, or nothing is said."""

from collections import deque

import pytest

from controller.events import MachineCleared, Stamped
from controller.tail import Tail


def stamped(seq: int) -> Stamped:
    return Stamped(
        seq=seq,
        at_s=seq,
        utc="2026-11-24T05:00:00+00:00",
        actor="controller",
        station="",
        boot="run 1",
        epoch=1,
        version=2,
        event=MachineCleared(machine="P1"),
        previous="",
        hash="",
    )


def kept(first: int, last: int, most: int = 100) -> Tail:
    tail = Tail(deque(maxlen=most))
    for seq in range(first, last + 1):
        tail.add(stamped(seq))
    return tail


@pytest.mark.parametrize("after", range(8))
def test_it_returns_what_follows(after: int) -> None:
    found = kept(1, 6).after(after)
    assert found is not None
    assert [each.seq for each in found] == list(range(after + 1, 7))


def test_what_is_no_longer_kept_is_not_made_up() -> None:
    tail = kept(1, 10, most=4)
    assert tail.after(5) is None
    found = tail.after(6)
    assert found is not None
    assert [each.seq for each in found] == [7, 8, 9, 10]


def test_an_empty_tail_knows_nothing() -> None:
    assert Tail().after(0) is None
