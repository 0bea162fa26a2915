"""A valid schedule in milliseconds: by least slack, filling batches as it goes."""

from scheduler.decode import to_schedule
from scheduler.indexed import Indexed, Rows, in_order, index
from scheduler.narrow import unpinned
from scheduler.placing import Board, UnplannableError, latest_ends, place_all, sequences
from scheduler.price import price
from scheduler.problem import Problem
from scheduler.replan import repair
from scheduler.schedule import Schedule
from scheduler.times import Times, decode_rows
from scheduler.wanted import without_long_waits

THRIFTS = (1, 4)
"""Weights of machine time against waiting that are tried; the cheapest plan is taken."""


def construct(problem: Problem, hint: Schedule | None = None) -> Schedule:
    """Build a schedule, from an older one where that still fits; where pins allow none, they fall
    apart. Raises UnplannableError."""
    indexed = index(problem, hint)
    rows = None if hint is None else repair(indexed, hint)
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
    starts: list[tuple[tuple[int, int], int, Rows, Times]] = []
    for number, thrift in enumerate(THRIFTS):
        rows = list_rows(indexed, thrift)
        times = decode_rows(indexed, rows)
        if times is not None:
            rows, times = without_long_waits(indexed, rows, times)
            starts.append((price(indexed, times), number, rows, times))
    if not starts:
        raise UnplannableError("The working windows end before all tasks are done.")
    _, _, rows, times = min(starts, key=lambda start: start[:2])
    return rows, times


def list_rows(indexed: Indexed, thrift: int) -> Rows:
    """Place all tasks on an empty board. Raises UnplannableError."""
    order = in_order(indexed)
    if len(order) < len(indexed.task_ids):
        stuck = min(set(range(len(indexed.task_ids))) - set(order))
        raise UnplannableError(f"{indexed.task_ids[stuck]} waits for itself.")
    board = Board(indexed, latest_ends(indexed, order), thrift)
    place_all(board)
    return sequences(board)
