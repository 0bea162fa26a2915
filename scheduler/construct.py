"""A valid schedule in milliseconds: by least slack, filling batches as it goes."""

from heapq import heapify, heappop, heappush

from scheduler.decode import to_schedule
from scheduler.indexed import NEVER_S, Indexed, Rows, index
from scheduler.placing import Board, UnplannableError, alone_s, place, sequences
from scheduler.price import price
from scheduler.problem import Problem
from scheduler.replan import in_order, repair
from scheduler.schedule import Schedule
from scheduler.times import Times, decode_rows

THRIFTS = (1, 4)
"""Weights of machine time against waiting that are tried; the cheapest plan is taken."""


def construct(problem: Problem, hint: Schedule | None = None) -> Schedule:
    """Build a schedule, from an older one where that still fits. Raises UnplannableError."""
    indexed = index(problem)
    rows = None if hint is None else repair(indexed, hint)
    times = None if rows is None else decode_rows(indexed, rows)
    if rows is None or times is None:
        rows, times = best_start(indexed)
    return to_schedule(indexed, rows, times)


def best_start(indexed: Indexed) -> tuple[Rows, Times]:
    """Return the cheapest of a few list heuristics. Raises UnplannableError."""
    starts: list[tuple[tuple[int, int], int, Rows, Times]] = []
    for number, thrift in enumerate(THRIFTS):
        rows = list_rows(indexed, thrift)
        times = decode_rows(indexed, rows)
        if times is not None:
            starts.append((price(indexed, times), number, rows, times))
    if not starts:
        raise UnplannableError("The working windows end before all tasks are done.")
    _, _, rows, times = min(starts, key=lambda start: start[:2])
    return rows, times


def list_rows(indexed: Indexed, thrift: int) -> Rows:
    """Place tasks one by one, the one that must start first first. Raises UnplannableError."""
    order = in_order(indexed)
    if len(order) < len(indexed.task_ids):
        stuck = min(set(range(len(indexed.task_ids))) - set(order))
        raise UnplannableError(f"{indexed.task_ids[stuck]} waits for itself.")
    latest_end = latest_ends(indexed, order)
    board = Board(indexed, latest_end, thrift)
    keys = [
        (latest_end[task] - alone_s(indexed, task), indexed.order_of[task], task)
        for task in range(len(order))
    ]
    left = [len(row) for row in indexed.before]
    agenda = [keys[task] for task, count in enumerate(left) if count == 0]
    heapify(agenda)
    while agenda:
        task = heappop(agenda)[2]
        place(board, task)
        for follower in indexed.after[task]:
            left[follower] -= 1
            if left[follower] == 0:
                heappush(agenda, keys[follower])
    return sequences(board)


def latest_ends(indexed: Indexed, order: list[int]) -> list[int]:
    """Return by when each task must end for its order to be in time, nights left out."""
    latest = [NEVER_S] * len(order)
    for task in reversed(order):
        ends = [latest[follower] - alone_s(indexed, follower) for follower in indexed.after[task]]
        latest[task] = min([indexed.due_s[indexed.order_of[task]], *ends])
    return latest
