"""A scanned code against what is needed: the right part, or what it is and where it belongs."""

from typing import assert_never

from controller.identity import facts as f
from controller.identity import requests as r
from controller.identity.answers import FOREIGN, belongs, capital, refused
from controller.identity.codes import (
    Code,
    ForeignCode,
    LeftCode,
    OrderCode,
    PartCode,
    ToteCode,
    read_code,
    shown_code,
)
from controller.identity.matching import missing, nearest, scans_at, stands_for
from controller.identity.parts import part_name, part_now
from controller.identity.taking import take_by_code
from controller.judged import Answered, Judged
from controller.names import time_of_day
from controller.requests import Refusal
from controller.state import Job, JobPhase, Phase, State

_SHOWN = frozenset({JobPhase.ACCEPTED, JobPhase.RUNNING})


def scan(state: State, request: r.ScanPart) -> Answered:
    """Take a scan at a join, or one beside a plate that is being emptied."""
    job = state.jobs.get(request.job_order)
    if job is None or job.intended.job.machine != request.machine:
        why = f"{request.machine} does not show this work any more. Look at the page, scan again."
        return Refusal(kind="unknown", why=why)
    code = read_code(state, request.code)
    if job.phase is JobPhase.OVER:
        return take_by_code(state, job, code, request)
    if not scans_at(state, request.machine):
        return Refusal(kind="wrong", why=f"Nothing is scanned at {request.machine}.")
    if job.phase not in _SHOWN:
        why = f"{job.intended.job.label} is {job.phase.value} at {request.machine}; nothing is scanned."
        return Refusal(kind="conflict", why=why)
    return _at_the_join(state, job, code, request)


def _at_the_join(state: State, job: Job, code: Code, request: r.ScanPart) -> Answered:
    match code:
        case PartCode():
            part = stands_for(state, job, code)
            if part and part in job.scanned:
                at = time_of_day(state, job.scanned[part])
                name = capital(part_name(state, part))
                return Refusal(
                    kind="conflict", why=f"{name} was scanned at {at}. {_still(state, job)}"
                )
            if part and state.work[part].phase is Phase.DONE:
                return _right(state, job, part, request)
            return refused(request, code.operation, _other_part(state, job, code))
        case OrderCode(order=order):
            why = f"This is order {order}, not a part. {_still(state, job)}"
            return refused(request, order, why)
        case ToteCode(tote=tote):
            why = f"This is tote {tote}, {_carries(state, tote)}. {_still(state, job)}"
            return refused(request, tote, why)
        case LeftCode(order=order):
            left_over = f"Order {order} is no longer open; this part is left over. Put it aside."
            why = f"{left_over} {_still(state, job)}"
            return refused(request, order, why)
        case ForeignCode():
            why = f"{shown_code(request.code)} is no code of Lotwright's. {_still(state, job)}"
            return refused(request, "", why, kept=FOREIGN)
        case _:
            assert_never(code)


def _right(state: State, job: Job, part: str, request: r.ScanPart) -> Judged:
    scanned = f.PartScanned(machine=request.machine, job_order=request.job_order, operation=part)
    left = [name for name in missing(state, job) if name != part]
    name = capital(part_name(state, part))
    then = f"Next: {part_name(state, left[0])}." if left else "All parts are here."
    return Judged(facts=(scanned,), says=f"{name} is scanned. {then}")


def _other_part(state: State, job: Job, code: PartCode) -> str:
    """Say what was scanned and where it belongs, then what is needed and where that is."""
    found = part_now(state, code.operation, code.attempt)
    if found.cancelled:
        return (
            f"This is {found.name}; order {found.order} was cancelled. Put it aside. "
            f"{_needed(state, job, code.operation)}"
        )
    match found.stands:
        case "scrap":
            return (
                f"This {found.name} is scrap; it is made again. Put it into the scrap box. "
                f"{_needed(state, job, code.operation)}"
            )
        case "open" | "making":
            says = f"This label is for {found.name}, {found.where}."
            return f"{says} {_needed(state, job, code.operation)}"
        case _:
            return f"This is {found.name}, {belongs(found)}. {_needed(state, job, code.operation)}"


def _needed(state: State, job: Job, scanned: str) -> str:
    wanted = nearest(state, job, scanned)
    if not wanted:
        return "Here all parts are scanned: press Good."
    part = part_now(state, wanted)
    return f"Here {part.name} is needed, {part.where.removeprefix('in ')}."


def _still(state: State, job: Job) -> str:
    left = missing(state, job)
    if not left:
        return "All parts are here: press Good."
    part = part_now(state, left[0])
    return f"Scan {part.name}, {part.where.removeprefix('in ')}."


def _carries(state: State, tote: str) -> str:
    order = state.totes.get(tote)
    return f"order {order}" if order else "empty"
