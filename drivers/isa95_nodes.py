"""The ISA-95 tables unfolded to nodes and written as NodeSet2 XML text.

Source: OPC 10000-6, annex F (UANodeSet schema); the ids and references are those of OPC 10031-4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias
from xml.sax.saxutils import quoteattr

from drivers.isa95 import (
    METHODS,
    NAMESPACE,
    PROVIDER,
    RECEIVER,
    STATES,
    STATUS_EVENT,
    STRUCTURES,
    TRANSITIONS,
    TYPES,
    VARIABLES,
    Field,
    Method,
    Structure,
    field,
)

NodeClass: TypeAlias = Literal["DataType", "Object", "ObjectType", "Variable", "Method"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node of the address space with its forward references as (reference type id, target)."""

    node_class: NodeClass
    id: int
    name: str
    """Browse name; `1:` marks this namespace, none the base one."""
    references: tuple[tuple[str, str], ...] = ()
    supertype: str = ""
    field: Field | None = None
    fields: tuple[Field, ...] = ()
    """Of a structure, or the arguments that a variable's value lists."""
    number: int | None = None
    abstract: bool = False


_HAS_TYPE, _HAS_RULE, _HAS_ENCODING = "i=40", "i=37", "i=38"
_HAS_PROPERTY, _HAS_COMPONENT, _GENERATES = "i=46", "i=47", "i=41"
_FROM_STATE, _TO_STATE, _HAS_CAUSE, _HAS_EFFECT = "i=51", "i=52", "i=53", "i=54"
_MANDATORY, _OPTIONAL = "i=78", "i=80"
_PROPERTY_TYPE, _VARIABLE_TYPE, _ENCODING_TYPE = "i=68", "i=63", "i=76"
_STATE_TYPE, _TRANSITION_TYPE = "i=2307", "i=2310"


def nodes() -> Iterator[Node]:
    """Unfold the table to all its nodes; a node comes before those that stand below it."""
    for name, structure in STRUCTURES.items():
        yield from _structure(name, structure)
    for type_id, (name, supertype, abstract) in TYPES.items():
        yield Node(
            node_class="ObjectType",
            id=type_id,
            name=f"1:{name}",
            supertype=supertype,
            abstract=abstract,
            references=tuple(_below(type_id)),
        )
    for _, variable_id, short, how in VARIABLES:
        kind = _PROPERTY_TYPE if how == "property" else _VARIABLE_TYPE
        rule = _OPTIONAL if how.startswith("optional") else _MANDATORY
        yield Node(
            node_class="Variable",
            id=variable_id,
            name=f"1:{field(short).name}",
            field=field(short),
            references=((_HAS_TYPE, kind), (_HAS_RULE, rule)),
        )
    for name, method in METHODS.items():
        yield from _method(name, method)
    for name, (state_id, number_id, number) in STATES.items():
        yield _numbered(f"1:{name}", state_id, number_id, ((_HAS_TYPE, _STATE_TYPE),))
        yield _number("StateNumber", number_id, number)
    for (before, after), (node_id, number_id, number, cause) in TRANSITIONS.items():
        references = (
            (_HAS_TYPE, _TRANSITION_TYPE),
            (_FROM_STATE, f"ns=1;i={STATES[before][0]}"),
            (_TO_STATE, f"ns=1;i={STATES[after][0]}"),
            (_HAS_EFFECT, f"ns=1;i={STATUS_EVENT}"),
            *(((_HAS_CAUSE, f"ns=1;i={METHODS[cause].id}"),) if cause else ()),
        )
        yield _numbered(f"1:From{before}To{after}", node_id, number_id, references)
        yield _number("TransitionNumber", number_id, number)


def _structure(name: str, structure: Structure) -> Iterator[Node]:
    yield Node(
        node_class="DataType",
        id=structure.id,
        name=f"1:{name}",
        supertype="i=22",
        fields=tuple(field(short) for short in structure.fields),
        references=tuple((_HAS_ENCODING, f"ns=1;i={node}") for node in structure.encodings),
    )
    for node, encoding in zip(structure.encodings, ("Binary", "XML", "JSON"), strict=True):
        yield Node(
            node_class="Object",
            id=node,
            name=f"Default {encoding}",
            references=((_HAS_TYPE, _ENCODING_TYPE),),
        )


def _below(type_id: int) -> Iterator[tuple[str, str]]:
    for owner, variable_id, _, how in VARIABLES:
        if owner == type_id:
            holds = _HAS_PROPERTY if how == "property" else _HAS_COMPONENT
            yield holds, f"ns=1;i={variable_id}"
    for method in METHODS.values():
        if method.owner == type_id:
            yield _HAS_COMPONENT, f"ns=1;i={method.id}"
    if type_id == PROVIDER:
        yield _GENERATES, f"ns=1;i={STATUS_EVENT}"
    if type_id == RECEIVER:
        for state_id, *_ in STATES.values():
            yield _HAS_COMPONENT, f"ns=1;i={state_id}"
        for transition_id, *_ in TRANSITIONS.values():
            yield _HAS_COMPONENT, f"ns=1;i={transition_id}"


def _method(name: str, method: Method) -> Iterator[Node]:
    both = (
        (method.inputs_id, "InputArguments", method.inputs),
        (method.outputs_id, "OutputArguments", method.outputs),
    )
    rule = _MANDATORY if method.mandatory else _OPTIONAL
    yield Node(
        node_class="Method",
        id=method.id,
        name=f"1:{name}",
        references=(
            (_HAS_RULE, rule),
            *((_HAS_PROPERTY, f"ns=1;i={node}") for node, _, _ in both),
        ),
    )
    for node, title, arguments in both:
        yield Node(
            node_class="Variable",
            id=node,
            name=title,
            field=Field(title, "Argument", array=True, optional=False),
            fields=tuple(field(short) for short in arguments),
            references=((_HAS_TYPE, _PROPERTY_TYPE), (_HAS_RULE, _MANDATORY)),
        )


def _numbered(
    name: str, node: int, number_id: int, references: tuple[tuple[str, str], ...]
) -> Node:
    below = (_HAS_PROPERTY, f"ns=1;i={number_id}")
    return Node(node_class="Object", id=node, name=name, references=(*references, below))


def _number(title: str, node: int, number: int) -> Node:
    return Node(
        node_class="Variable",
        id=node,
        name=title,
        field=Field(title, "UInt32", array=False, optional=False),
        number=number,
        references=((_HAS_TYPE, _PROPERTY_TYPE), (_HAS_RULE, _MANDATORY)),
    )


_NODESET = "http://opcfoundation.org/UA/2011/03/UANodeSet.xsd"
_TYPES = "http://opcfoundation.org/UA/2008/02/Types.xsd"
_HOLDS = (_HAS_PROPERTY, _HAS_COMPONENT, _HAS_ENCODING)


def nodeset() -> str:
    """Write the whole table as NodeSet2 XML, the form in which servers import address spaces."""
    listed = list(nodes())
    above = {
        target: (kind, f"ns=1;i={node.id}")
        for node in listed
        for kind, target in node.references
        if kind in _HOLDS
    }
    body = "".join(_xml(node, above.get(f"ns=1;i={node.id}")) for node in listed)
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<UANodeSet xmlns="{_NODESET}"><NamespaceUris><Uri>{NAMESPACE}</Uri></NamespaceUris>'
        f'<Models><Model ModelUri="{NAMESPACE}" Version="2.0.0"'
        ' PublicationDate="2024-01-31T00:00:00Z">'
        '<RequiredModel ModelUri="http://opcfoundation.org/UA/" Version="1.04.11"'
        ' PublicationDate="2022-03-29T00:00:00Z"/></Model></Models>'
        f"{body}</UANodeSet>"
    )


def _xml(node: Node, above: tuple[str, str] | None) -> str:
    attributes = {"NodeId": f"ns=1;i={node.id}", "BrowseName": node.name}
    if node.field is not None:
        attributes["DataType"] = node.field.type_id
        if node.field.array:
            attributes |= {"ValueRank": "1", "ArrayDimensions": str(len(node.fields))}
    if node.abstract:
        attributes["IsAbstract"] = "true"
    if above is not None and above[0] != _HAS_ENCODING:
        attributes["ParentNodeId"] = above[1]
    title = node.name.removeprefix("1:")
    said = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    references = [_reference(kind, target) for kind, target in node.references]
    if above is not None:
        references.append(_reference(*above, forward=False))
    if node.supertype:
        references.append(_reference("i=45", node.supertype, forward=False))
    return (
        f"<UA{node.node_class} {said}><DisplayName>{title}</DisplayName>"
        f"<References>{''.join(references)}</References>{_rest(node)}</UA{node.node_class}>"
    )


def _reference(kind: str, target: str, *, forward: bool = True) -> str:
    inverse = "" if forward else ' IsForward="false"'
    return f'<Reference ReferenceType="{kind}"{inverse}>{target}</Reference>'


def _rest(node: Node) -> str:
    if node.node_class == "DataType":
        fields = "".join(_field(part) for part in node.fields)
        return f"<Definition Name={quoteattr(node.name)}>{fields}</Definition>"
    if node.number is not None:
        return f'<Value><UInt32 xmlns="{_TYPES}">{node.number}</UInt32></Value>'
    if node.fields:
        arguments = "".join(_argument(part) for part in node.fields)
        listed = f'<ListOfExtensionObject xmlns="{_TYPES}">{arguments}</ListOfExtensionObject>'
        return f"<Value>{listed}</Value>"
    return ""


def _field(part: Field) -> str:
    rank = ' ValueRank="1" ArrayDimensions="0"' if part.array else ""
    optional = ' IsOptional="true"' if part.optional else ""
    return f'<Field Name="{part.name}" DataType="{part.type_id}"{rank}{optional}/>'


def _argument(part: Field) -> str:
    dimensions = "<UInt32>0</UInt32>" if part.array else ""
    return (
        "<ExtensionObject><TypeId><Identifier>i=297</Identifier></TypeId><Body><Argument>"
        f"<Name>{part.name}</Name><DataType><Identifier>{part.type_id}</Identifier></DataType>"
        f"<ValueRank>{1 if part.array else -1}</ValueRank>"
        f"<ArrayDimensions>{dimensions}</ArrayDimensions></Argument></Body></ExtensionObject>"
    )
