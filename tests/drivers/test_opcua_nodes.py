"""The table of ISA-95 facts says what the official node set says."""

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.isa95 import BASE, METHODS, STATES, STRUCTURES, ReturnStatus
from drivers.isa95_nodes import Node, nodes, nodeset
from drivers.states import STATE_NUMBERS

_SET = "{http://opcfoundation.org/UA/2011/03/UANodeSet.xsd}"
_TYPES = "{http://opcfoundation.org/UA/2008/02/Types.xsd}"


def _elements(root: ET.Element) -> dict[str, ET.Element]:
    return {e.attrib["NodeId"]: e for e in root if e.tag.startswith(f"{_SET}UA")}


def _aliases(root: ET.Element) -> dict[str, str]:
    return {a.attrib["Alias"]: a.text or "" for a in root.iter(f"{_SET}Alias")}


def _triples(root: ET.Element) -> set[tuple[str, str, str]]:
    """Return every reference of a node set as (source, type, target), all of them forward."""
    alias = _aliases(root)
    found = set()
    for node_id, element in _elements(root).items():
        for reference in element.iter(f"{_SET}Reference"):
            kind = reference.attrib["ReferenceType"]
            ends = (node_id, alias.get(kind, kind), reference.text or "")
            forward = reference.get("IsForward", "true") == "true"
            found.add(ends if forward else (ends[2], ends[1], ends[0]))
    return found


def _fields(element: ET.Element, alias: dict[str, str]) -> list[tuple[str, str, bool, bool]]:
    return [
        (
            f.attrib["Name"],
            alias.get(f.get("DataType", "i=24"), f.get("DataType", "i=24")),
            f.get("ValueRank") == "1",
            f.get("IsOptional") == "true",
        )
        for f in element.iter(f"{_SET}Field")
    ]


def _arguments(element: ET.Element) -> list[tuple[str, str, bool]]:
    return [
        (
            a.findtext(f"{_TYPES}Name", ""),
            a.findtext(f"{_TYPES}DataType/{_TYPES}Identifier", ""),
            a.findtext(f"{_TYPES}ValueRank") == "1",
        )
        for a in element.iter(f"{_TYPES}Argument")
    ]


def _ours() -> Iterator[Node]:
    yield from nodes()


@pytest.fixture(scope="module")
def official() -> ET.Element:
    folder = os.environ.get("LOTWRIGHT_DATA")
    if not folder:
        pytest.skip("LOTWRIGHT_DATA does not say where the official node sets are")
    path = Path(folder) / "nodesets" / "opc.ua.isa95-jobcontrol.nodeset2.xml"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    return ET.parse(path).getroot()


def test_every_node_has_the_official_class_name_and_type(official: ET.Element) -> None:
    elements, alias = _elements(official), _aliases(official)
    for node in _ours():
        theirs = elements[f"ns=1;i={node.id}"]
        assert theirs.tag == f"{_SET}UA{node.node_class}", node
        assert theirs.attrib["BrowseName"] == node.name
        assert (theirs.get("IsAbstract") == "true") is node.abstract, node
        if node.field is not None:
            said = theirs.attrib["DataType"]
            assert alias.get(said, said) == node.field.type_id, node
            assert (theirs.get("ValueRank") == "1") is node.field.array, node


def test_every_structure_has_the_official_fields(official: ET.Element) -> None:
    elements, alias = _elements(official), _aliases(official)
    structures = [node for node in _ours() if node.node_class == "DataType"]
    assert len(structures) == len(STRUCTURES)
    for node in structures:
        ours = [(f.name, f.type_id, f.array, f.optional) for f in node.fields]
        assert ours == _fields(elements[f"ns=1;i={node.id}"], alias), node.name


def test_every_method_has_the_official_arguments(official: ET.Element) -> None:
    elements = _elements(official)
    listed = [node for node in _ours() if node.field is not None and node.fields]
    assert len(listed) == 2 * len(METHODS)
    for node in listed:
        ours = [(f.name, f.type_id, f.array) for f in node.fields]
        assert ours == _arguments(elements[f"ns=1;i={node.id}"]), node


def test_every_state_and_transition_has_the_official_number(official: ET.Element) -> None:
    elements = _elements(official)
    for node in _ours():
        if node.number is not None:
            said = elements[f"ns=1;i={node.id}"].findtext(f"{_SET}Value/{_TYPES}UInt32")
            assert said == str(node.number), node


def test_the_references_among_the_nodes_are_the_official_ones(official: ET.Element) -> None:
    known = {f"ns=1;i={node.id}" for node in _ours()}

    def inside(triples: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        return {
            (source, kind, target)
            for source, kind, target in triples
            if all(end in known or not end.startswith("ns=1") for end in (source, target))
        }

    assert inside(_triples(ET.fromstring(nodeset()))) == inside(_triples(official))


def test_every_type_that_the_table_names_is_known() -> None:
    for node in _ours():
        for part in (*node.fields, *([node.field] if node.field else [])):
            assert part.type in STRUCTURES or part.type in BASE, part


def test_state_numbers_agree_with_the_life_of_a_job_order() -> None:
    assert {s.value: n for s, n in STATE_NUMBERS.items()} == {
        name: number for name, (_, _, number) in STATES.items()
    }


def test_success_is_the_value_one() -> None:
    assert ReturnStatus.NO_ERROR.value == 1
    assert ReturnStatus.INVALID_REQUEST.value == 1 << 32
