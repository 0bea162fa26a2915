"""What the ISA-95 methods of one simulated machine do: decode, ask the twin, encode."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeAlias

from asyncua import ua

from drivers import Command, JobOrder, ProtocolError, Report
from drivers.isa95 import ReturnStatus
from drivers.opcua_codec import decode_order, decode_state, encode_report
from simulators.machine import Said, Twin

Call: TypeAlias = Callable[..., Awaitable[object]]
Told: TypeAlias = Callable[[Callable[[int], Said]], Awaitable[object]]
"""Carries out a command at the plant second it is given, publishes, and answers."""
Answered: TypeAlias = Callable[..., Awaitable[object]]
"""Answers a question with its output arguments."""

_STATUS_OF: Mapping[str, ReturnStatus] = {
    "ok": ReturnStatus.NO_ERROR,
    "repeated": ReturnStatus.UNABLE_TO_ACCEPT | ReturnStatus.REPEATED,
    "unknown": ReturnStatus.UNKNOWN_JOB_ORDER,
    "invalid_state": ReturnStatus.INVALID_STATE,
    "busy": ReturnStatus.UNABLE_TO_ACCEPT,
    "needs_clear": ReturnStatus.UNABLE_TO_ACCEPT | ReturnStatus.NEEDS_CLEAR,
    "recipe": ReturnStatus.UNABLE_TO_ACCEPT | ReturnStatus.RECIPE,
    "stale_boot": ReturnStatus.UNABLE_TO_ACCEPT | ReturnStatus.STALE_BOOT,
    "fenced": ReturnStatus.UNABLE_TO_ACCEPT | ReturnStatus.FENCED,
    "limit": ReturnStatus.UNABLE_TO_ACCEPT | ReturnStatus.LIMIT,
}


def status(said: Said) -> ua.Variant:
    """Return the twin's answer as a return status."""
    return _bits(_STATUS_OF[said.code])


def _bits(status: ReturnStatus) -> ua.Variant:
    return ua.Variant(int(status), ua.VariantType.UInt64)


def _response(report: Report | None) -> tuple[ua.Variant, ua.Variant]:
    kind = ua.VariantType.ExtensionObject
    if report is None:
        return ua.Variant(None, kind), _bits(ReturnStatus.UNKNOWN_JOB_ORDER)
    return ua.Variant(encode_report(report), kind), _bits(ReturnStatus.NO_ERROR)


def methods(twin: Twin, told: Told, answered: Answered) -> Mapping[str, Call]:
    """Return what each method of one machine does; the library passes the object first."""

    async def response_by_id(_: ua.NodeId, job_order: ua.Variant) -> object:
        return await answered(*_response(twin.report(str(job_order.Value))))

    async def responses_by_state(_: ua.NodeId, levels: ua.Variant) -> object:
        try:
            state = decode_state(levels.Value)
        except ProtocolError:
            return [ua.Variant([], is_array=True), _bits(ReturnStatus.INVALID_REQUEST)]
        found = [encode_report(report) for report in twin.reports() if report.state is state]
        listed = ua.Variant(found, ua.VariantType.ExtensionObject, is_array=True)
        return await answered(listed, _bits(ReturnStatus.NO_ERROR))

    return {
        "Store": _by_order(told, twin.store),
        "StoreAndStart": _by_order(told, twin.store_and_start),
        "Start": _by_id(told, twin.start),
        **{
            command.value: _by_id(told, partial(twin.command, command))
            for command in Command
            if command is not Command.START
        },
        "RequestJobResponseByJobOrderID": response_by_id,
        "RequestJobResponseByJobOrderState": responses_by_state,
    }


def _by_order(told: Told, take: Callable[[JobOrder, int], Said]) -> Call:
    async def call(_: ua.NodeId, order: ua.Variant, *__: ua.Variant) -> object:
        try:
            job = decode_order(order.Value)
        except (ProtocolError, AttributeError):
            return [_bits(ReturnStatus.INVALID_REQUEST)]
        return await told(lambda now_s: take(job, now_s))

    return call


def _by_id(told: Told, take: Callable[[str, int], Said]) -> Call:
    async def call(_: ua.NodeId, job_order: ua.Variant, *__: ua.Variant) -> object:
        if not isinstance(job_order.Value, str):
            return [_bits(ReturnStatus.INVALID_REQUEST)]
        asked: str = job_order.Value
        return await told(lambda now_s: take(asked, now_s))

    return call
