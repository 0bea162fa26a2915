"""What people say about parts and totes becomes a fact, or a refusal that says why."""

from typing import assert_never

from controller import events as e
from controller.identity import facts as f
from controller.identity import requests as r
from controller.identity.codes import shown_code, tote_of
from controller.identity.parts import part_name
from controller.identity.scan import scan
from controller.identity.taking import scrap, take
from controller.identity.totes import exists
from controller.judged import Answered, Judged
from controller.names import time_of_day
from controller.requests import Refusal
from controller.state import JobPhase, Phase, State

UNDO_S = 30
"""Seconds in which the last own action can be taken back (ui.md section 14)."""


def judge(state: State, request: r.IdentityRequest, now_s: int) -> Answered:
    """Answer a request about parts and totes from the state alone."""
    match request:
        case r.ScanPart():
            return scan(state, request)
        case r.TakePart():
            return take(state, request)
        case r.ScrapPart():
            return scrap(state, request)
        case r.UndoScan():
            return _undo_scan(state, request, now_s)
        case r.UndoFinish():
            return _undo_finish(state, request, now_s)
        case r.MoveTote():
            return _move(state, request)
        case _:
            assert_never(request)


def _in_time(state: State, at_s: int, now_s: int) -> bool:
    """People undo in their own time, however fast the plant's goes."""
    return now_s - at_s <= UNDO_S * max(1, state.clock[2])


def _undo_scan(state: State, request: r.UndoScan, now_s: int) -> Answered:
    job = state.jobs.get(request.job_order)
    if job is None or job.intended.job.machine != request.machine:
        return _no("It cannot be undone: the next step has begun.")
    last = next(reversed(job.scanned), "")
    if not last or last != request.operation:
        return _no("It cannot be undone: something else was done since.")
    if not _in_time(state, job.scanned[last], now_s):
        at = time_of_day(state, job.scanned[last])
        return _no(f"It cannot be undone: it was at {at}, more than {UNDO_S} s ago.")
    undone = f.ScanUndone(machine=request.machine, job_order=request.job_order, operation=last)
    put_back = job.phase is JobPhase.OVER
    name = part_name(state, last) if last in state.work else "the part"
    says = f"Put {name} back." if put_back else f"Undone. Scan {name} again."
    return Judged(facts=(undone,), says=says)


def _undo_finish(state: State, request: r.UndoFinish, now_s: int) -> Answered:
    closed = state.closed.get(request.machine, ())
    open_here = request.job_order in state.jobs
    if not open_here and (not closed or closed[-1] != request.job_order):
        return _no("It cannot be undone: the next step has begun.")
    made = tuple(
        name
        for name, work in state.work.items()
        if work.job_order == request.job_order and work.phase is Phase.DONE
    )
    if not made:
        return _no("It cannot be undone: nothing of it is good and open any more.")
    for operation in made:
        opened = state.orders[operation.partition("/")[0]]
        graph = opened.routing.graph
        begun = any(state.work[x].phase is not Phase.OPEN for x in graph.successors(operation))
        if begun or opened.packed_s is not None:
            return _no("It cannot be undone: the next step has begun.")
        if not _in_time(state, state.work[operation].ended_s, now_s):
            at = time_of_day(state, state.work[operation].ended_s)
            return _no(f"It cannot be undone: it was at {at}, more than {UNDO_S} s ago.")
    undone = f.FinishUndone(machine=request.machine, job_order=request.job_order, operations=made)
    return Judged(facts=(undone,), says="Undone. It comes back here as the plan has it.")


def _move(state: State, request: r.MoveTote) -> Answered:
    opened, tote = state.orders.get(request.order), tote_of(request.tote)
    if opened is None:
        gone = request.order in state.known_orders
        why = "is no longer open; it has left" if gone else "is not known"
        return Refusal(kind="unknown", why=f"Order {shown_code(request.order)} {why}.")
    if not tote or not exists(state, tote):
        return Refusal(
            kind="unknown",
            why=f"{shown_code(request.tote)} is no tote. Scan the card of an empty one.",
        )
    if tote == opened.tote:
        return _no(f"Order {request.order} is already in {tote}.")
    other = state.totes.get(tote)
    if other is not None:
        return _no(f"Tote {tote} carries order {other}. Scan the card of an empty one.")
    before = f" instead of {opened.tote}" if opened.tote else ""
    return Judged(
        facts=(e.ToteAssigned(order=request.order, tote=tote),),
        says=f"Order {request.order} is in {tote}{before} now.",
    )


def _no(why: str) -> Refusal:
    return Refusal(kind="conflict", why=why)
