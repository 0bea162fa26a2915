"""What decoded sequences cost beyond money: pins and waits that are missed, and moves on the floor."""

from collections.abc import Iterator

from scheduler.hours import end_from
from scheduler.indexed import NEVER_S, NO_PIN, Batch, Indexed, Rows, facts_of
from scheduler.objectives import HOUR_S, MOVED_S
from scheduler.times import Times, decode_rows
from scheduler.wishes import PIN_SLACK_S

MISSED = 10**9 * HOUR_S
"""A wish that is missed weighs more than the money of any day, and a move where moves come first
weighs more than money too. Cents * 3600."""
MOVE_FIRST = 10**6 * HOUR_S
MISSED_PER_S = 100 * HOUR_S
"""What nudges a late pin towards its start, for each second."""
MOVE_PRICE, MOVE_LATER_PRICE = 30 * HOUR_S, 2 * HOUR_S
"""Each operation that the floor will find elsewhere has to save this: 30 cents where it was to begin
soon, 2 cents later, assumed. A plan that is a few cents cheaper and moves everything is no better one
for those who work by it; but they prepare the next hour, not the evening."""
SOON_S = HOUR_S
"""What begins within an hour is being prepared, assumed: parts are fetched, plates are put ready."""


def missed(indexed: Indexed, times: Times) -> tuple[int, int]:
    """Return (money, guide) of pins that start late and batches that wait too long."""
    count, nudge = 0, 0
    for pin in indexed.pins:
        end_s = times.end[pin.tasks[0]]
        if end_s:
            start_s = end_s - facts_of(indexed, pin.machine, pin.tasks)[1]
            late_s = start_s - max(pin.start_s, indexed.now_s)
            count += late_s > PIN_SLACK_S
            nudge += late_s * MISSED_PER_S
    if indexed.wait_s < NEVER_S:
        for _, _, over_s in long_waits(indexed, times):
            count += 1
            nudge += over_s * MISSED_PER_S
    return count * MISSED, nudge


def moved(indexed: Indexed, times: Times) -> Iterator[int]:
    """Yield when operations were to begin that the floor will find elsewhere, as `objectives` counts."""
    was = indexed.was
    for machine, row in enumerate(times.rows):
        for batch, start_s in zip(row, times.start[machine], strict=True):
            for task in batch:
                place = was[task]
                if place is not None and (
                    place[0] != machine or abs(place[1] - start_s) >= MOVED_S
                ):
                    yield place[1]


def move_price(indexed: Indexed, times: Times) -> int:
    """Return what it weighs that the floor will find operations elsewhere."""
    if indexed.moves_first:
        return MOVE_FIRST * sum(1 for _ in moved(indexed, times))
    soon = indexed.now_s + SOON_S
    return sum(MOVE_PRICE if was_s < soon else MOVE_LATER_PRICE for was_s in moved(indexed, times))


def long_waits(indexed: Indexed, times: Times) -> Iterator[tuple[int, int, int]]:
    """Yield (machine, position, seconds too long) of each batch that waits too long for members."""
    for machine, row in enumerate(times.rows):
        if not indexed.resources[machine].capacity:
            continue
        for at, batch in enumerate(row):
            if len(batch) > 1 and not (indexed.pin_of and indexed.pin_of[batch[0]] != NO_PIN):
                could_s = _could_start(
                    indexed, times, machine, at, min(_readies(indexed, times, batch))
                )
                over_s = times.start[machine][at] - could_s - indexed.wait_s
                if over_s > 0:
                    yield machine, at, over_s


def without_long_waits(indexed: Indexed, rows: Rows, times: Times) -> tuple[Rows, Times]:
    """Part batches that wait too long: who is ready in time goes, the others follow at once."""
    while indexed.wait_s < NEVER_S:
        waits = next(long_waits(indexed, times), None)
        if waits is None:
            break
        machine, at, over_s = waits
        batch, latest = rows[machine][at], times.start[machine][at] - over_s
        readies = _readies(indexed, times, batch)
        in_time = tuple(t for t, ready in zip(batch, readies, strict=True) if ready <= latest)
        behind = tuple(task for task in batch if task not in in_time)
        if not behind:
            break  # it waits for room where it is put, not for members
        parted = [*rows[machine][:at], in_time, behind, *rows[machine][at + 1 :]]
        tried = [parted if k == machine else row for k, row in enumerate(rows)]
        again = decode_rows(indexed, tried)
        if again is None:
            break
        rows, times = tried, again
    return rows, times


def _readies(indexed: Indexed, times: Times, batch: Batch) -> list[int]:
    return [
        max(
            indexed.earliest[task],
            *(times.end[earlier] + indexed.rest[earlier] for earlier in indexed.before[task]),
            0,
        )
        for task in batch
    ]


def _could_start(indexed: Indexed, times: Times, machine: int, at: int, ready: int) -> int:
    """Return when a batch could start if its first member were enough, as long as it is."""
    row = times.rows[machine]
    family, seconds, _, _ = facts_of(indexed, machine, row[at])
    before = indexed.first_family[machine] if at == 0 else indexed.family_of[row[at - 1][0]]
    free = 0 if at == 0 else times.end[row[at - 1][0]]
    change_s = indexed.setup_s[indexed.group_of[machine]][before][family]
    setup_start = times.setup_start[machine][at]
    windows = zip(indexed.opens[machine], indexed.closes[machine], strict=True)
    for window, (opens, closes) in enumerate(windows):
        begin = max(free, opens)
        if change_s and opens <= setup_start < closes:
            begin = max(begin, setup_start)
        could = max(begin + change_s, ready)
        if end_from(indexed, machine, window, could, seconds) is not None:
            return could
    return times.start[machine][at]
