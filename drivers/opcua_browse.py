"""Find a machine below a server's Machines folder and note where its parts are.

Source: OPC 40001-1 v1.03, 9.2 (the Machines folder is the entry point); OPC 10031-4 v2.00, 7.2.
Methods are taken from the machine's own object, never from the type: node-opcua answers a call
through the type's method with BadInternalError, and only browsing tells which optional ones exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.object_ids import ObjectIds

from drivers.isa95 import METHODS, NAMESPACE, RECEIVER

_DEPTH = 5
"""Machine, building blocks, job management, receiver, its methods."""

_VARIABLES = frozenset(
    {
        "JobOrderList",
        "JobOrderResponseList",
        "BootCounter",
        "StartCounter",
        "Activity",
        "JobOrderID",
        "Progress",
        "RemainingSeconds",
        "Doing",
        "Signals",
        "LastRefusal",
    }
)


@dataclass(frozen=True, slots=True)
class Map:
    """Node ids of one machine."""

    isa95: int
    """Index of the ISA-95 namespace on this server."""
    receiver: ua.NodeId
    methods: Mapping[str, ua.NodeId]
    owners: Mapping[str, ua.NodeId]
    """Method -> the object on which it is called."""
    variables: Mapping[str, ua.NodeId]


async def find_machine(client: Client, name: str) -> Map | None:
    """Return where the parts of a machine are, or None when the server has no such machine."""
    namespaces = await client.get_namespace_array()
    if NAMESPACE not in namespaces:
        return None
    isa95 = namespaces.index(NAMESPACE)
    objects = ua.NodeId(ua.Int32(ObjectIds.ObjectsFolder))
    machines = [found for found in await _below(client, [objects]) if _called(found, "Machines")]
    below = await _below(client, [found.NodeId for found in machines])
    roots = [found.NodeId for found in below if _called(found, name)]
    if len(roots) != 1:
        return None
    return await _walk(client, roots[0], isa95)


async def _walk(client: Client, root: ua.NodeId, isa95: int) -> Map | None:
    receiver: ua.NodeId | None = None
    methods: dict[str, ua.NodeId] = {}
    owners: dict[str, ua.NodeId] = {}
    variables: dict[str, ua.NodeId] = {}
    edge, seen = [root], {root}
    for _ in range(_DEPTH):
        following = []
        for above, found in await _below_each(client, edge):
            title = str(found.BrowseName.Name)
            if found.NodeId in seen:
                continue  # HasNotifier is hierarchical: a child can be listed twice
            seen.add(found.NodeId)
            if found.NodeClass == ua.NodeClass.Method and title in METHODS:
                methods[title], owners[title] = found.NodeId, above
            elif found.NodeClass == ua.NodeClass.Variable and title in _VARIABLES:
                variables[title] = found.NodeId
            elif found.NodeClass == ua.NodeClass.Object:
                following.append(found.NodeId)
                if _is_type(found, RECEIVER, isa95):
                    receiver = found.NodeId
        edge = following
    provided = "RequestJobResponseByJobOrderID" in methods
    if receiver is None or not provided or "JobOrderList" not in variables:
        return None
    return Map(isa95, receiver, methods, owners, variables)


async def _below(client: Client, nodes: list[ua.NodeId]) -> list[ua.ReferenceDescription]:
    return [found for _, found in await _below_each(client, nodes)]


async def _below_each(
    client: Client, nodes: list[ua.NodeId]
) -> list[tuple[ua.NodeId, ua.ReferenceDescription]]:
    """Browse one level below all these nodes in a single request."""
    if not nodes:
        return []
    asked = ua.BrowseParameters(
        NodesToBrowse=[
            ua.BrowseDescription(
                NodeId=node,
                BrowseDirection=ua.BrowseDirection.Forward,
                ReferenceTypeId=ua.NodeId(ua.Int32(ObjectIds.HierarchicalReferences)),
                IncludeSubtypes=True,
                NodeClassMask=ua.UInt32(
                    ua.NodeClass.Object | ua.NodeClass.Variable | ua.NodeClass.Method
                ),
                ResultMask=ua.UInt32(ua.BrowseResultMask.All),
            )
            for node in nodes
        ]
    )
    results = await client.uaclient.session.browse(asked)
    return [
        (above, found)
        for above, result in zip(nodes, results, strict=True)
        for found in result.References or ()
    ]


def _called(found: ua.ReferenceDescription, name: str) -> bool:
    return str(found.BrowseName.Name) == name


def _is_type(found: ua.ReferenceDescription, number: int, namespace: int) -> bool:
    kind = found.TypeDefinition
    return (kind.Identifier, kind.NamespaceIndex) == (number, namespace)
