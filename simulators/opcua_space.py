"""The address space of a cell gateway: a Machines folder with one object for each machine.

Below a machine stand Identification, MachineryBuildingBlocks with MachineryItemState,
MachineryOperationMode and JobManagement (JobOrderControl, an ISA-95 receiver; JobOrderResults, an
ISA-95 response provider), and Live with this plant's own variables. Source: OPC 40001-1 v1.03, 9.2
(Machines, i=1001), clauses 12 and 13 (item state, operation mode: names and numbers); OPC 40001-3
v1.0.1, 7.1 (JobManagement). Of those two and of OPC 10000-100 only browse names are used; their
types are not in this server, so state machines are plain objects with CurrentState and Number.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from asyncua import ua
from asyncua.common.node import Node
from asyncua.server.server import Server
from asyncua.ua.object_ids import ObjectIds

from drivers.isa95 import METHODS, NAMESPACE, PROVIDER, RECEIVER
from drivers.isa95_nodes import nodeset

MACHINERY = "http://opcfoundation.org/UA/Machinery/"
MACHINERY_JOBS = "http://opcfoundation.org/UA/Machinery/Jobs/"
DEVICES = "http://opcfoundation.org/UA/DI/"
OWN = "urn:lotwright:machines"

MACHINES_FOLDER = 1001

ITEM_STATES = ("NotAvailable", "OutOfService", "NotExecuting", "Executing")
OPERATION_MODES = ("None", "Maintenance", "Setup", "Processing")

LIVE: Mapping[str, ua.VariantType] = {
    "Activity": ua.VariantType.String,
    "JobOrderID": ua.VariantType.String,
    "Progress": ua.VariantType.Int64,
    "RemainingSeconds": ua.VariantType.Int64,
    "Doing": ua.VariantType.String,
    "Signals": ua.VariantType.String,
    "BootCounter": ua.VariantType.Int64,
    "StartCounter": ua.VariantType.Int64,
    "LastRefusal": ua.VariantType.String,
}
"""Progress in 0.01 %; RemainingSeconds -1 where unknown; Signals an array of `name=value`."""

_NOT_OFFERED = ("Update", "RevokeStart")
"""Optional methods that these machines lack, so that clients have something to probe."""


@dataclass(frozen=True, slots=True)
class Spaces:
    """Namespace indices of one server."""

    isa95: int
    machinery: int
    jobs: int
    devices: int
    own: int


@dataclass(frozen=True, slots=True)
class StateMachine:
    """The variables of a state machine: its current state as text and as number."""

    text: ua.NodeId
    number: ua.NodeId


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the parts of one machine's object are."""

    live: Mapping[str, ua.NodeId]
    item_state: StateMachine
    operation_mode: StateMachine
    receiver: ua.NodeId
    provider: ua.NodeId
    methods: Mapping[str, Node]


async def prepare(server: Server) -> tuple[Spaces, Node]:
    """Load the types; return the namespace indices and the Machines folder."""
    await server.import_xml(xmlstring=nodeset())
    spaces = Spaces(
        isa95=await server.get_namespace_index(NAMESPACE),
        machinery=await server.register_namespace(MACHINERY),
        jobs=await server.register_namespace(MACHINERY_JOBS),
        devices=await server.register_namespace(DEVICES),
        own=await server.register_namespace(OWN),
    )
    folder = await server.nodes.objects.add_folder(
        _numbered(MACHINES_FOLDER, spaces.machinery),
        _name("Machines", spaces.machinery),
    )
    return spaces, folder


async def add_machine(folder: Node, spaces: Spaces, machine: str, model: str) -> Machine:
    """Add a machine's object with all that stands below it."""

    def node_id(path: str) -> ua.NodeId:
        return _named(f"{machine}.{path}", spaces.own)

    root = await folder.add_object(_named(machine, spaces.own), _name(machine, spaces.own))
    plate = await root.add_object(
        node_id("Identification"), _name("Identification", spaces.devices)
    )
    for title, said in (
        ("Manufacturer", "Lotwright simulators"),
        ("Model", model),
        ("SerialNumber", machine),
        ("ProductInstanceUri", f"{OWN}:{machine}"),
    ):
        await plate.add_property(
            node_id(f"Identification.{title}"), _name(title, spaces.devices), said
        )
    blocks = await root.add_folder(
        node_id("MachineryBuildingBlocks"), _name("MachineryBuildingBlocks", spaces.machinery)
    )
    states = [
        await _state_machine(blocks, f"{machine}.{title}", title, spaces)
        for title in ("MachineryItemState", "MachineryOperationMode")
    ]
    work = await blocks.add_object(node_id("JobManagement"), _name("JobManagement", spaces.jobs))
    receiver = await work.add_object(
        node_id("JobOrderControl"),
        _name("JobOrderControl", spaces.jobs),
        objecttype=_numbered(RECEIVER, spaces.isa95),
    )
    provider = await work.add_object(
        node_id("JobOrderResults"),
        _name("JobOrderResults", spaces.jobs),
        objecttype=_numbered(PROVIDER, spaces.isa95),
    )
    return Machine(
        live=await _live(root, spaces, machine),
        item_state=states[0],
        operation_mode=states[1],
        receiver=receiver.nodeid,
        provider=provider.nodeid,
        methods=await _methods(receiver, provider, spaces),
    )


def _named(path: str, namespace: int) -> ua.NodeId:
    return ua.NodeId(ua.String(path), ua.Int16(namespace))


def _numbered(number: int, namespace: int) -> ua.NodeId:
    return ua.NodeId(ua.Int32(number), ua.Int16(namespace))


def _name(text: str, namespace: int) -> ua.QualifiedName:
    return ua.QualifiedName(ua.String(text), ua.UInt16(namespace))


async def _state_machine(parent: Node, path: str, title: str, spaces: Spaces) -> StateMachine:
    machine = await parent.add_object(_named(path, spaces.own), _name(title, spaces.machinery))
    current = await machine.add_variable(
        _named(f"{path}.CurrentState", spaces.own), _name("CurrentState", 0), ua.LocalizedText("")
    )
    number = await current.add_property(
        _named(f"{path}.CurrentState.Number", spaces.own),
        _name("Number", 0),
        ua.Variant(0, ua.VariantType.UInt32),
    )
    return StateMachine(current.nodeid, number.nodeid)


async def _live(root: Node, spaces: Spaces, machine: str) -> Mapping[str, ua.NodeId]:
    folder = await root.add_folder(_named(f"{machine}.Live", spaces.own), _name("Live", spaces.own))
    ids = {}
    for title, kind in LIVE.items():
        empty: object = "" if kind is ua.VariantType.String else 0
        if title == "Signals":
            empty = []
        variable = await folder.add_variable(
            _named(f"{machine}.Live.{title}", spaces.own),
            _name(title, spaces.own),
            ua.Variant(empty, kind, is_array=title == "Signals"),
        )
        ids[title] = variable.nodeid
    return ids


async def _methods(receiver: Node, provider: Node, spaces: Spaces) -> Mapping[str, Node]:
    methods = {}
    for title, method in METHODS.items():
        owner = receiver if method.owner == RECEIVER else provider
        node = await owner.get_child(f"{spaces.isa95}:{title}")
        if title in _NOT_OFFERED:
            # Out of sight is enough; deleting a node would search every other one for references.
            await owner.delete_reference(node, ObjectIds.HasComponent)
        else:
            methods[title] = node
    return methods
