"""A cell gateway: one OPC UA server on loopback that speaks for the machines behind an endpoint.

    async with serve(endpoint, twins, now_s) as gateway:
        while ...:
            await gateway.pump()      # physics up to now, then whatever changed goes out

Whoever may connect may also command, so it binds loopback addresses only and offers the policy
None; with a certificate Basic256Sha256 SignAndEncrypt is offered too. Nobody is administrator: only
anonymous sessions exist, and they cannot change the address space.
"""

import asyncio
import contextlib
import gc
import ipaddress
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlparse

from asyncua import ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.event_generator import EventGenerator
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager
from asyncua.ua.status_codes import StatusCodes

from drivers import JobState, Reading, Report
from drivers.isa95 import STATUS_EVENT
from drivers.opcua_codec import (
    encode_entry,
    encode_order,
    encode_report,
    encode_state,
)
from drivers.opcua_guard import refuse_impossible_arrays
from simulators.machine import Said, Twin
from simulators.opcua_methods import methods, status
from simulators.opcua_space import (
    ITEM_STATES,
    LIVE,
    OPERATION_MODES,
    Machine,
    Spaces,
    add_machine,
    prepare,
)

MAX_JOB_ORDERS = 16
"""Reported as MaxDownloadableJobOrders."""

_READING_EVERY_S = 0.1
"""Real seconds between two readings of one machine on the wire."""

_AS_MACHINERY: Mapping[str, tuple[str, str]] = {
    "idle": ("NotExecuting", "Processing"),
    "setup": ("Executing", "Setup"),
    "running": ("Executing", "Processing"),
    "held": ("NotExecuting", "Processing"),
    "finished": ("NotExecuting", "Processing"),
    "failed": ("OutOfService", "Processing"),
}
"""Activity -> MachineryItemState, MachineryOperationMode. Source: OPC 40001-1 v1.03, 12 and 13."""

_NO_COMMUNICATION = ua.StatusCode(ua.UInt32(StatusCodes.BadNoCommunication))

_NOT_STARTED = (JobState.NOT_ALLOWED_TO_START, JobState.ALLOWED_TO_START)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The server's own certificate and key, for encrypted sessions."""

    certificate: Path
    key: Path


@dataclass(slots=True)
class _Line:
    """A machine on the gateway with what was last published of it."""

    twin: Twin
    nodes: Machine
    events: EventGenerator
    reachable: bool = True
    boot: int = -1
    count: int = -1
    reading: Reading | None = None
    shown: Reading | None = None
    shown_at_s: float = field(default=float("-inf"))


class _Anonymous(UserManager):
    """Lets anonymous sessions read and call methods; refuses every name, `admin` above all."""

    def get_user(
        self,
        iserver: object,
        username: str | None = None,
        password: str | None = None,
        certificate: object = None,
    ) -> User | None:
        return User(role=UserRole.User) if username is None else None


@contextlib.asynccontextmanager
async def serve(
    endpoint: str,
    twins: Mapping[str, Twin],
    now_s: Callable[[], int],
    certificate: Certificate | None = None,
) -> AsyncIterator["Gateway"]:
    """Run a gateway while the context is open; port 0 takes a free one (see `Gateway.url`)."""
    host = urlparse(endpoint).hostname or ""
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"{endpoint!r} is not on loopback. Maybe 'opc.tcp://127.0.0.1:4840'.")
    refuse_impossible_arrays()
    # The library reports every lost connection as an error; in a simulator they are the exercise.
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    with _collecting_later():
        server = await _server(endpoint, certificate)
        gateway = await _gateway(server, twins, now_s)
    await server.start()
    try:
        yield gateway
    finally:
        await server.stop()


@contextlib.contextmanager
def _collecting_later() -> Iterator[None]:
    """Hold the garbage collector back: walking six thousand new nodes doubles the start-up time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


async def _server(endpoint: str, certificate: Certificate | None) -> Server:
    server = Server(user_manager=_Anonymous())
    server.disable_clock()
    await server.init()
    server.set_endpoint(endpoint)
    server.set_server_name("Lotwright cell gateway")
    server.allow_remote_admin(False)
    server.set_identity_tokens([ua.AnonymousIdentityToken])
    policies = [ua.SecurityPolicyType.NoSecurity]
    if certificate is not None:
        await server.load_certificate(certificate.certificate)
        await server.load_private_key(certificate.key)
        policies.append(ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt)
    server.set_security_policy(policies)
    return server


async def _gateway(
    server: Server, twins: Mapping[str, Twin], now_s: Callable[[], int]
) -> "Gateway":
    spaces, folder = await prepare(server)
    lines = {}
    for twin in twins.values():
        nodes = await add_machine(folder, spaces, twin.id, twin.group.label)
        event_type = ua.NodeId(ua.Int32(STATUS_EVENT), ua.Int16(spaces.isa95))
        events = await server.get_event_generator(event_type, nodes.receiver)
        lines[twin.id] = _Line(twin, nodes, events)
    gateway = Gateway(server, lines, now_s)
    for line in lines.values():
        await gateway.connect(line, spaces)
    return gateway


class Gateway:
    """The running server; `pump` moves the machines on and publishes."""

    def __init__(
        self, server: Server, lines: Mapping[str, _Line], now_s: Callable[[], int]
    ) -> None:
        self._server = server
        self._lines = lines
        self._now_s = now_s
        self._open = True

    @property
    def url(self) -> str:
        """Return the endpoint with the port that was really taken."""
        assert self._server.bserver is not None
        return f"opc.tcp://{self._server.bserver.hostname}:{self._server.bserver.port}"

    async def pump(self) -> None:
        """Let every machine live up to now, and publish what has changed."""
        for line in self._lines.values():
            await self._advance(line)
        self._refuse_or_accept()

    def hang_up(self) -> None:
        """Cut every connection, as a gateway does that loses power."""
        assert self._server.bserver is not None
        for protocol in list(self._server.bserver.clients):
            if protocol.transport is not None:
                protocol.transport.abort()

    async def connect(self, line: _Line, spaces: Spaces) -> None:
        """Put the machine's methods behind its method nodes and publish its first values."""
        told, answered = partial(self._told, line), partial(self._answered, line)
        for name, call in methods(line.twin, told, answered).items():
            self._server.link_method(line.nodes.methods[name], call)
        title = f"{spaces.isa95}:MaxDownloadableJobOrders"
        limit = await self._server.get_node(line.nodes.receiver).get_child(title)
        await limit.write_value(ua.Variant(MAX_JOB_ORDERS, ua.VariantType.UInt16))
        await self._publish_lists(line)

    async def _told(self, line: _Line, say: Callable[[int], Said]) -> object:
        """Carry out a command, publish its effects, and answer, unless the reply is to be lost."""
        if not line.twin.reachable:
            return _NO_COMMUNICATION
        said = say(self._now_s())
        if not said.ok:
            await self._write(line.nodes.live["LastRefusal"], said.detail, ua.VariantType.String)
        await self._advance(line, lists=True)
        await self._lose_reply_if_due(line)
        return [status(said)]

    async def _answered(self, line: _Line, *values: ua.Variant) -> object:
        """Answer a question about job orders, under the same faults as a command."""
        if not line.twin.reachable:
            return _NO_COMMUNICATION
        await self._lose_reply_if_due(line)
        return list(values)

    async def _lose_reply_if_due(self, line: _Line) -> None:
        if line.twin.swallow_reply():
            assert self._server.bserver is not None
            here = asyncio.current_task()
            for protocol in list(self._server.bserver.clients):
                # A method runs in the task of the connection that called it.
                if protocol._task is here and protocol.transport is not None:  # noqa: SLF001
                    protocol.transport.abort()
            await asyncio.Future()  # until the library cancels the connection's task

    def _refuse_or_accept(self) -> None:
        """With no machine in reach the gateway itself is off the network."""
        reachable = any(line.twin.reachable for line in self._lines.values())
        if reachable is not self._open:
            self._open = reachable
            self._server.iserver.max_connections = 1000 if reachable else 0
            if not reachable:
                self.hang_up()

    async def _advance(self, line: _Line, *, lists: bool = False) -> None:
        changes = line.twin.advance(self._now_s())
        reports = [change for change in changes if isinstance(change, Report)]
        for change in changes:
            if isinstance(change, Reading):
                line.reading = change
        if line.twin.reachable is not line.reachable:
            line.reachable = line.twin.reachable
            if not line.reachable:
                await self._go_dark(line)
            line.boot = line.count = -1
            line.reading, line.shown = line.twin.reading(self._now_s()), None
            lists = True
        if not line.reachable:
            return
        if reports or lists:
            await self._publish_lists(line)
        for report in reports:
            await self._publish_event(line, report)
        await self._publish_live(line)

    async def _go_dark(self, line: _Line) -> None:
        """Say of every value that there is no communication; the gateway itself still answers."""
        lists = ("JobOrderList", "JobOrderResponseList")
        for node_id in (*line.nodes.live.values(), *(_list_id(line, name) for name in lists)):
            await self._server.write_attribute_value(
                node_id, ua.DataValue(ua.Variant(None), StatusCode=_NO_COMMUNICATION)
            )
        await self._publish_states(line, "NotAvailable", "None")

    async def _publish_lists(self, line: _Line) -> None:
        twin = line.twin
        reports = twin.reports()
        orders = [(twin.job(report.job_order), report.state) for report in reports]
        entries = [encode_entry(job, state) for job, state in orders if job is not None]
        responses = [encode_report(r) for r in reports if r.state not in _NOT_STARTED]
        kind = ua.VariantType.ExtensionObject
        await self._write(_list_id(line, "JobOrderList"), entries, kind)
        await self._write(_list_id(line, "JobOrderResponseList"), responses, kind)

    async def _publish_event(self, line: _Line, report: Report) -> None:
        job = line.twin.job(report.job_order)
        fields: Mapping[str, object] = {
            "JobOrder": encode_order(job) if job is not None else None,
            "JobState": encode_state(report.state),
            "JobResponse": encode_report(report),
        }
        for name, value in fields.items():
            # Afresh each time: the library derives a field's type from the empty type node.
            line.events.event.add_property(name, value, ua.VariantType.ExtensionObject)
        await line.events.trigger(message=f"{report.job_order} {report.state.value}")

    async def _publish_live(self, line: _Line) -> None:
        twin, live, whole = line.twin, line.nodes.live, ua.VariantType.Int64
        if twin.boot != line.boot:
            line.boot = twin.boot
            await self._write(live["BootCounter"], twin.boot, whole)
        if twin.count != line.count:
            line.count = twin.count
            await self._write(live["StartCounter"], twin.count, whole)
        reading, now_s = line.reading, asyncio.get_running_loop().time()
        if reading is None or reading == line.shown:
            return
        was = line.shown
        same = was is not None and was.activity == reading.activity
        if same and now_s - line.shown_at_s < _READING_EVERY_S:
            return
        values: Mapping[str, object] = {
            "Activity": reading.activity,
            "JobOrderID": reading.job_order,
            "Progress": reading.progress,
            "RemainingSeconds": -1 if reading.remaining_s is None else reading.remaining_s,
            "Doing": reading.doing,
            "Signals": [f"{name}={value}" for name, value in reading.signals],
        }
        for name, value in values.items():
            await self._write(live[name], value, LIVE[name])
        if not same:
            await self._publish_states(line, *_AS_MACHINERY[reading.activity])
        line.shown, line.shown_at_s = reading, now_s

    async def _publish_states(self, line: _Line, item_state: str, mode: str) -> None:
        for machine, text, names in (
            (line.nodes.item_state, item_state, ITEM_STATES),
            (line.nodes.operation_mode, mode, OPERATION_MODES),
        ):
            value = ua.LocalizedText(text)
            await self._write(machine.text, value, ua.VariantType.LocalizedText)
            await self._write(machine.number, names.index(text), ua.VariantType.UInt32)

    async def _write(self, node_id: ua.NodeId, value: object, kind: ua.VariantType) -> None:
        variant = ua.Variant(value, kind, is_array=isinstance(value, list))
        await self._server.write_attribute_value(node_id, ua.DataValue(variant))


def _list_id(line: _Line, name: str) -> ua.NodeId:
    above = line.nodes.receiver if name == "JobOrderList" else line.nodes.provider
    return ua.NodeId(ua.String(f"{above.Identifier!s}.{name}"), above.NamespaceIndex)
