"""A valid schedule in milliseconds: by least slack, filling batches as it goes."""

from collections.abc import Iterable, Iterator
from itertools import islice

from scheduler.campaigns import forbids, reordered
from scheduler.decode import to_schedule
from scheduler.emptied import emptied, in_waves
from scheduler.fill import filled
from scheduler.indexed import Indexed, Rows, in_order, index
from scheduler.narrow import unpinned
from scheduler.placing import Board, UnplannableError, latest_ends, place_all, sequences
from scheduler.price import price
from scheduler.problem import Problem
from scheduler.replan import repair
from scheduler.runs import too_small
from scheduler.schedule import Schedule
from scheduler.times import Times, decode_rows
from scheduler.wanted import without_long_waits

THRIFTS = (1, 4)
"""Weights of machine time against waiting that are tried; the cheapest plan is taken."""
FEW = 40
"""Tasks up to which every start that empties buffers is tried; beyond, the first that goes where no other
does."""


def construct(problem: Problem, hint: Schedule | None = None) -> Schedule:
    """Build a schedule, from an older one where that still fits; where pins allow none, they fall
    apart. Raises UnplannableError."""
    indexed = index(problem, hint)
    rows = None if hint is None else repair(indexed, hint)
    rows = None if rows is None else lawful(indexed, rows)
    times = None if rows is None else decode_rows(indexed, rows)
    if rows is not None and times is not None:
        return to_schedule(indexed, *without_long_waits(indexed, rows, times))
    try:
        return to_schedule(indexed, *best_start(indexed))
    except UnplannableError:
        if indexed.pins:
            return construct(unpinned(problem), hint)
        raise


def best_start(indexed: Indexed) -> tuple[Rows, Times]:
    """Return the cheapest of a few list heuristics. Raises UnplannableError."""
    listed = [list_rows(indexed, thrift) for thrift in THRIFTS]
    starts = list(_timed(indexed, listed))
    if indexed.buffers.are_used and all(times.held for _, _, times in starts):
        # From a start that keeps out of the way of buffers a search finds other plans than from one that
        # runs into them.
        starts += _timed(indexed, in_waves(indexed, THRIFTS[0], lax=forbids(indexed)))
        most = None if len(indexed.task_ids) <= FEW else int(not starts)
        starts += islice(_timed(indexed, emptied(indexed, listed[0])), most)
    if not starts:
        raise UnplannableError(_why_none(indexed))
    _, rows, times = min(starts, key=lambda start: start[0])
    return rows, times


def _timed(
    indexed: Indexed, listed: Iterable[Rows]
) -> Iterator[tuple[tuple[int, int], Rows, Times]]:
    """Yield (price, sequences, times) of those that can be run, mended where they must be."""
    for each in listed:
        rows = lawful(indexed, each)
        times = None if rows is None else decode_rows(indexed, rows)
        if rows is not None and times is not None:
            rows, times = without_long_waits(indexed, rows, times)
            yield price(indexed, times), rows, times


def _why_none(indexed: Indexed) -> str:
    """Say what stands in the way of the list heuristics."""
    rows = list_rows(indexed, THRIFTS[0])
    full = filled(indexed, rows) if too_small(indexed, rows) is not None else rows
    if full is None:
        return "Batches of some family do not fill up to what their machine begins."
    if forbids(indexed) and reordered(indexed, full) is None:
        return "No order of the families was found in which each may follow the last."
    if indexed.buffers.are_used and decode_rows(indexed, full, partial=True) is not None:
        return "No order of the work was found in which no buffer stays full."
    return "The working windows end before all tasks are done."


def lawful(indexed: Indexed, rows: Rows) -> Rows | None:
    """Mend what a list heuristic cannot see ahead; None where that fails."""
    full = filled(indexed, rows) if too_small(indexed, rows) is not None else rows
    if full is None or not forbids(indexed):
        return full
    return reordered(indexed, full)


def list_rows(indexed: Indexed, thrift: int) -> Rows:
    """Place all tasks on an empty board. Raises UnplannableError."""
    order = in_order(indexed)
    if len(order) < len(indexed.task_ids):
        stuck = min(set(range(len(indexed.task_ids))) - set(order))
        raise UnplannableError(f"{indexed.task_ids[stuck]} waits for itself.")
    board = Board(indexed, latest_ends(indexed, order), thrift, lax=forbids(indexed))
    place_all(board)
    return sequences(board)
