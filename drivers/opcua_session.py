"""One OPC UA connection to one machine: connected, browsed, subscribed; calls and lists.

Always a new client for a new connection: the library's own reconnect holds requests back and sends
them late, which for commands means twice (asyncua 2.1.0, `_wait_until_ready`; its issue 1660).
Whatever the library raises comes out as LinkError (nothing can be said) or ProtocolError (nonsense
was said).
"""

import asyncio
import contextlib
import logging
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.subscription import (
    DataChangeEvent,
    OpcEvent,
    OverflowPolicy,
    StatusChangeEvent,
    Subscription,
)
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.ua_binary import struct_to_binary
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from drivers.driver import JobOrder, LinkError, ProtocolError, Report
from drivers.isa95 import METHODS, STATUS_EVENT, ReturnStatus
from drivers.opcua_browse import Map, find_machine
from drivers.opcua_codec import (
    Structure,
    decode_order,
    decode_report,
    decode_state,
    encode_order,
)
from drivers.opcua_guard import refuse_impossible_arrays
from drivers.opcua_types import extension, know_structures

CALL_WITHIN_S = 2.0
"""Bound of every request, as the drivers' contract asks."""

_PUBLISHING_MS = 100.0
"""Ten readings a second, and no event waits longer."""

_SESSION_MS = 5_000
"""Short: sessions of cut connections count against the server's limit until they time out."""

_STATE_VARIABLES = ("BootCounter", "StartCounter", "Activity", "JobOrderID")
_GAUGES = ("Progress", "RemainingSeconds", "Doing", "Signals")

# The link says once that it is lost and once that it is back; the library says it many times.
logging.getLogger("asyncua").setLevel(logging.CRITICAL)
refuse_impossible_arrays()


_NOT_EXECUTED = frozenset(
    {
        StatusCodes.BadArgumentsMissing,
        StatusCodes.BadInvalidArgument,
        StatusCodes.BadMethodInvalid,
        StatusCodes.BadNodeIdInvalid,
        StatusCodes.BadNodeIdUnknown,
        StatusCodes.BadNotExecutable,
        StatusCodes.BadNothingToDo,
        StatusCodes.BadTooManyArguments,
        StatusCodes.BadUserAccessDenied,
    }
)
"""Results of a single call with which no method has run. Source: OPC 10000-4, 5.12.2.4."""


@dataclass(frozen=True, slots=True)
class Live:
    """A live variable that changed; None when the server has no good value for it."""

    name: str
    value: object


Seen: TypeAlias = Report | Live


@contextlib.contextmanager
def translated(machine: str) -> Iterator[None]:
    """Turn whatever the library raises into LinkError or ProtocolError."""
    try:
        yield
    except UaStatusCodeError as error:
        raise LinkError(f"{machine}: {error}") from error
    except (OSError, TimeoutError) as error:
        raise LinkError(f"{machine}: {str(error) or type(error).__name__}") from error
    # What the decoder was seen to raise on mutated frames (research, 135,000 of them), and its kin.
    except (
        UaError,
        struct.error,
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise ProtocolError(f"{machine}: {type(error).__name__}: {error}") from error


@contextlib.contextmanager
def plainly_cancelled() -> Iterator[None]:
    """Let a cancellation through as itself. When a reply meets a time limit, the library's wait raises
    a subclass that carries the reply, and asyncio.timeout() takes that for no time-out of its own."""
    try:
        yield
    except asyncio.CancelledError as error:
        if type(error) is asyncio.CancelledError:
            raise
        raise asyncio.CancelledError from error


class NotExecutedError(Exception):
    """The server says that it did not carry the call out; whoever set the machine up can act."""


class Session:
    """Owns a client, its session and its subscription."""

    def __init__(
        self, machine: str, client: Client, nodes: Map, subscription: Subscription
    ) -> None:
        self.machine = machine
        self.boot: int | None = None
        self.count: int | None = None
        self.held: tuple[Report, ...] = ()
        """What the machine held when the connection was ready."""
        self.opened_s = asyncio.get_running_loop().time()
        self._client = client
        self._nodes = nodes
        self._subscription = subscription
        self._listening: asyncio.Task[None] | None = None

    @property
    def offers(self) -> frozenset[str]:
        """Return the names of the methods that this machine has."""
        return frozenset(self._nodes.methods)

    async def beat(self) -> None:
        """Read a variable of the machine itself, so that a gateway cannot answer in its place."""
        await self.live("BootCounter")

    async def counters(self) -> tuple[int | None, int | None]:
        """Read the machine's boot and start counters afresh."""
        boot, count = await self.live("BootCounter"), await self.live("StartCounter")
        return (
            boot if isinstance(boot, int) else None,
            count if isinstance(count, int) else None,
        )

    async def live(self, name: str) -> object:
        """Read a live variable; None where the machine has none. Raises LinkError."""
        node = self._nodes.variables.get(name, ua.NodeId(ua.Int32(2256)))  # ServerStatus
        value = await self._read(node)
        return value if name in self._nodes.variables else None

    async def stored(self, job_order: str) -> JobOrder | None:
        """Read a job order back from JobOrderList, as the machine understood it."""
        with translated(self.machine):
            for entry in await self._list("JobOrderList"):
                if entry.JobOrder.JobOrderID == job_order:
                    return decode_order(entry.JobOrder)
        return None

    async def reports(self) -> tuple[Report, ...]:
        """Read both lists: a report for each job order that the machine holds, results included.

        Orders that others gave it are there too, with no more than id and state.
        """
        entries = await self._list("JobOrderList")
        responses = await self._list("JobOrderResponseList")
        with translated(self.machine):
            told = [decode_report(self.machine, response) for response in responses]
            bare = [
                Report(
                    machine=self.machine,
                    job_order=str(entry.JobOrder.JobOrderID),
                    state=decode_state(entry.State),
                )
                for entry in entries
            ]
        report_of = {report.job_order: report for report in told}
        return tuple(report_of.get(report.job_order, report) for report in bare)

    async def response(self, job_order: str) -> Report | None:
        """Ask for one job order; None when the machine does not know it."""
        answer = await self.call(
            "RequestJobResponseByJobOrderID", ua.Variant(job_order, ua.VariantType.String)
        )
        with translated(self.machine):
            found, status = answer[0].Value, ReturnStatus(answer[1].Value)
            if status & ReturnStatus.NO_ERROR and found is not None:
                return decode_report(self.machine, found)
            if status & ReturnStatus.UNKNOWN_JOB_ORDER:
                return None
        raise ProtocolError(f"{self.machine}: answers {int(status):#x} to a question.")

    async def command(self, method: str, about: str | JobOrder, comment: str) -> ReturnStatus:
        """Call a method of the receiver. What was sent and not answered raises LinkError."""
        first = (
            ua.Variant(about, ua.VariantType.String)
            if isinstance(about, str)
            else extension("ISA95JobOrderDataType", encode_order(about), self._nodes.isa95)
        )
        why = ua.Variant([ua.LocalizedText(comment)], ua.VariantType.LocalizedText, is_array=True)
        (status,) = await self.call(method, first, why)
        with translated(self.machine):
            return ReturnStatus(status.Value)

    async def call(self, method: str, *arguments: ua.Variant) -> list[ua.Variant]:
        """Call a method node of this machine and return its output arguments."""
        request = ua.CallMethodRequest(
            ObjectId=self._nodes.owners[method],
            MethodId=self._nodes.methods[method],
            InputArguments=list(arguments),
        )
        with translated(self.machine):
            async with asyncio.timeout(CALL_WITHIN_S):
                with plainly_cancelled():
                    (result,) = await self._client.uaclient.session.call([request])
            if result.StatusCode.value in _NOT_EXECUTED:
                raise NotExecutedError(f"{method}: {result.StatusCode.name}")
            result.StatusCode.check()
            if len(result.OutputArguments or ()) != len(METHODS[method].outputs):
                raise ProtocolError(f"{self.machine}: {method} returns an odd number of values.")
            return list(result.OutputArguments)

    def listen(self, see: Callable[[Seen], None], lost: Callable[[BaseException], None]) -> None:
        """Hand over what the subscription delivers until the session is closed."""

        def ended(task: asyncio.Task[None]) -> None:
            error = None if task.cancelled() else task.exception()
            if error is not None:
                lost(error)

        self._listening = asyncio.get_running_loop().create_task(self._listen(see))
        self._listening.add_done_callback(ended)

    async def close(self) -> None:
        """Close politely if that goes fast, and in any case; never raises."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await close_client(self._client)

    async def _list(self, name: str) -> list[Structure]:
        node = self._nodes.variables.get(name)
        return [] if node is None else list(await self._read(node) or ())

    async def _read(self, node: ua.NodeId) -> Structure:
        with translated(self.machine):
            async with asyncio.timeout(CALL_WITHIN_S):
                with plainly_cancelled():
                    (value,) = await self._client.uaclient.session.read_attributes(
                        [node], AttributeIds.Value
                    )
            if value.StatusCode is not None:
                value.StatusCode.check()
            return None if value.Value is None else value.Value.Value

    async def _listen(self, see: Callable[[Seen], None]) -> None:
        name_of = {node: name for name, node in self._nodes.variables.items()}
        async for event in self._subscription:
            if isinstance(event, OpcEvent):
                response: Structure = getattr(event.event, "JobResponse", None)
                if response is not None:
                    with translated(self.machine):
                        see(decode_report(self.machine, response))
            elif isinstance(event, DataChangeEvent):
                see(Live(name_of[event.node.nodeid], event.value))
            elif isinstance(event, StatusChangeEvent):
                raise LinkError(f"{self.machine}: the subscription has ended.")


async def open_session(
    machine: str, endpoint: str, name: str, lost: Callable[[BaseException], None]
) -> Session:
    """Connect, find the machine, subscribe, read its lists. Raises LinkError, ProtocolError."""
    client = Client(endpoint, timeout=CALL_WITHIN_S, watchdog_intervall=3600.0)
    client.name = client.description = f"Lotwright for {machine}"
    client.application_uri = "urn:lotwright:driver"
    client.session_timeout = _SESSION_MS

    async def library_lost(error: Exception) -> None:
        lost(error)

    client.connection_lost_callback = library_lost
    async with contextlib.AsyncExitStack() as undo:
        undo.push_async_callback(close_client, client)
        with translated(machine), plainly_cancelled():
            await client.connect()
            nodes = await find_machine(client, name)
            if nodes is None:
                raise ProtocolError(f"{machine}: the server has no machine {name!r}.")
            know_structures(nodes.isa95)
            subscription = await _subscribe(client, nodes)
        session = Session(machine, client, nodes, subscription)
        session.boot, session.count = await session.counters()
        session.held = await session.reports()
        undo.pop_all()
    return session


async def close_client(client: Client) -> None:
    """Close a client within half a second, whatever state it is in."""
    with contextlib.suppress(OSError, TimeoutError, UaError):
        async with asyncio.timeout(0.5):
            with plainly_cancelled():
                await client.disconnect()
    client.disconnect_socket()


async def _subscribe(client: Client, nodes: Map) -> Subscription:
    wanted = ua.CreateSubscriptionParameters(
        RequestedPublishingInterval=_PUBLISHING_MS,
        RequestedLifetimeCount=ua.UInt32(100),
        RequestedMaxKeepAliveCount=ua.UInt32(20),
        MaxNotificationsPerPublish=ua.UInt32(1000),
        PublishingEnabled=True,
    )
    subscription = await client.create_subscription(wanted, overflow=OverflowPolicy.DISCONNECT)
    event_type = ua.NodeId(ua.Int32(STATUS_EVENT), ua.Int16(nodes.isa95))
    path = [ua.QualifiedName(ua.String("JobResponse"), ua.UInt16(nodes.isa95))]
    select = ua.SimpleAttributeOperand(
        TypeDefinitionId=event_type, BrowsePath=path, AttributeId=AttributeIds.Value
    )
    selects = ua.EventFilter(SelectClauses=[select])
    await subscription.subscribe_events(nodes.receiver, evfilter=selects, queuesize=100)
    # Of a state every step matters, of a gauge only where it is now.
    for names, queue in ((_STATE_VARIABLES, 10), (_GAUGES, 1)):
        present = [client.get_node(nodes.variables[n]) for n in names if n in nodes.variables]
        if present:
            await subscription.subscribe_data_change(present, queuesize=queue)
    return subscription


def sayable(job: JobOrder) -> str:
    """Return why a job order cannot be put into bytes, before any has left; empty when it can."""
    try:
        struct_to_binary(encode_order(job))
    except (UaError, struct.error, TypeError, ValueError) as error:
        return str(error)
    return ""
