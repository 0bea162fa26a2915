"""The ISA-95 structures as asyncua's classes, made from our own table of facts.

The library can learn structures from a server, but that takes hundreds of requests for each process
and believes what the server says. The namespace's URI already says which structures they are.
"""

from asyncua import ua
from asyncua.common.structures104 import make_structure
from asyncua.ua.ua_binary import struct_to_binary

from drivers.isa95 import BASE, STRUCTURES, Structure, field


def know_structures(namespace: int) -> None:
    """Let the library encode and decode the structures under a server's namespace index."""
    for name, structure in STRUCTURES.items():
        data_type = _id(structure.id, namespace)
        if data_type not in ua.extension_objects_by_datatype:
            made = make_structure(data_type, name, _definition(structure, namespace))[name]
            encoding = _id(structure.encodings[0], namespace)
            ua.register_extension_object(name, encoding, made, data_type)


def extension(name: str, value: object, namespace: int) -> ua.Variant:
    """Wrap a structure for a server, whatever index that server gives the namespace.

    The library would name the type by the index of the first server that it has met.
    """
    encoding = _id(STRUCTURES[name].encodings[0], namespace)
    wrapped = ua.ExtensionObject(TypeId=encoding, Body=ua.ByteString(struct_to_binary(value)))
    return ua.Variant(wrapped, ua.VariantType.ExtensionObject)


def _definition(structure: Structure, namespace: int) -> ua.StructureDefinition:
    fields = [field(short) for short in structure.fields]
    optional = any(part.optional for part in fields)
    with_optional = ua.StructureType.StructureWithOptionalFields
    return ua.StructureDefinition(
        StructureType=with_optional if optional else ua.StructureType.Structure,
        Fields=[
            ua.StructureField(
                Name=ua.String(part.name),
                DataType=_id(STRUCTURES[part.type].id, namespace)
                if part.type in STRUCTURES
                else _id(BASE[part.type], 0),
                ValueRank=ua.Int32(1 if part.array else -1),
                IsOptional=part.optional,
            )
            for part in fields
        ],
    )


def _id(number: int, namespace: int) -> ua.NodeId:
    return ua.NodeId(ua.Int32(number), ua.Int16(namespace))
