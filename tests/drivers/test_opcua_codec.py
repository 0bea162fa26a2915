"""Job orders and reports survive their way through bytes, and nonsense is called nonsense."""

from types import SimpleNamespace

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import (
    extensionobject_from_binary,
    extensionobject_to_binary,
    variant_from_binary,
    variant_to_binary,
)
from asyncua.ua.uaerrors import UaError
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import JobOrder, JobState, Member, ProtocolError, Report, UnitResult, Verdict
from drivers.opcua_codec import (
    decode_order,
    decode_report,
    decode_state,
    encode_order,
    encode_report,
    encode_state,
    structure,
)
from drivers.opcua_guard import refuse_impossible_arrays
from drivers.opcua_types import extension, know_structures

WORDS = st.text(max_size=12)
VALUES = st.integers(-(2**63), 2**63 - 1) | WORDS
PAIRS = st.lists(st.tuples(WORDS, VALUES), max_size=4).map(tuple)
MEMBERS = st.builds(Member, WORDS, st.integers(0, 99), WORDS, PAIRS)
ORDERS = st.builds(
    JobOrder,
    id=WORDS,
    label=WORDS,
    machine=WORDS,
    members=st.lists(MEMBERS, max_size=4).map(tuple),
    family=WORDS,
    shared=PAIRS,
    recipe_digest=WORDS,
    takes_s=st.integers(0, 10**6),
    epoch=st.integers(1, 99),
    expected_boot=st.none() | st.integers(0, 99),
    count_before=st.none() | st.integers(0, 99),
)
RESULTS = st.builds(UnitResult, WORDS, st.sampled_from(Verdict), WORDS, PAIRS)
REPORTS = st.builds(
    Report,
    machine=st.just("M-1"),
    job_order=WORDS,
    state=st.sampled_from(JobState),
    results=st.lists(RESULTS, max_size=4).map(tuple),
    count=st.none() | st.integers(0, 10**9),
    detail=WORDS,
)


@pytest.fixture(scope="module", autouse=True)
def types() -> None:
    """Two servers give the namespace different indices."""
    know_structures(5)
    know_structures(9)


def through_bytes(said: object) -> object:
    return extensionobject_from_binary(Buffer(extensionobject_to_binary(said)))


@settings(max_examples=60, deadline=None)
@given(job=ORDERS)
def test_a_job_order_is_the_same_behind_the_wire(job: JobOrder) -> None:
    assert decode_order(through_bytes(encode_order(job))) == job


@settings(max_examples=60, deadline=None)
@given(report=REPORTS)
def test_a_report_is_the_same_behind_the_wire(report: Report) -> None:
    assert decode_report("M-1", through_bytes(encode_report(report))) == report


def test_a_structure_is_named_by_the_index_of_the_server_that_gets_it() -> None:
    report = Report(machine="M-1", job_order="x", state=JobState.RUNNING)
    for namespace in (5, 9):
        wrapped = extension("ISA95JobResponseDataType", encode_report(report), namespace)
        arrived = variant_from_binary(Buffer(variant_to_binary(wrapped))).Value
        assert arrived.data_type.NamespaceIndex == namespace
        assert decode_report("M-1", arrived) == report


@pytest.mark.parametrize("state", list(JobState))
def test_a_state_is_its_number(state: JobState) -> None:
    assert decode_state(encode_state(state)) is state


@pytest.mark.parametrize("levels", [None, [], [SimpleNamespace(StateNumber=7)]])
def test_a_state_that_is_none_is_nonsense(levels: object) -> None:
    with pytest.raises(ProtocolError):
        decode_state(levels)


def _order(*parameters: object, machines: int = 1) -> object:
    equipment = [structure("ISA95EquipmentDataType", ID="M-1")] * machines
    return structure(
        "ISA95JobOrderDataType",
        JobOrderID="x",
        JobOrderParameters=list(parameters),
        EquipmentRequirements=equipment,
    )


def _parameter(name: str, value: object, kind: ua.VariantType) -> object:
    return structure("ISA95ParameterDataType", ID=name, Value=ua.Variant(value, kind))


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (_order, "'Members' is missing"),
        (lambda: _order(machines=2), "2 machines"),
        (
            lambda: _order(
                _parameter("Members", 0, ua.VariantType.Int64),
                _parameter("Family", 1.5, ua.VariantType.Double),
            ),
            "1.5",
        ),
        (
            lambda: _order(
                _parameter("Members", 0, ua.VariantType.Int64),
                _parameter("Family", True, ua.VariantType.Boolean),
            ),
            "True",
        ),
    ],
)
def test_a_job_order_of_another_make_is_refused_with_words(order, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        decode_order(order())


def test_a_report_of_another_make_has_no_results() -> None:
    response = structure(
        "ISA95JobResponseDataType",
        JobResponseID="r",
        JobOrderID="x",
        JobState=encode_state(JobState.ENDED),
    )
    assert decode_report("M-1", response) == Report(
        machine="M-1", job_order="x", state=JobState.ENDED
    )


def test_five_bytes_that_claim_two_thousand_million_elements_are_refused() -> None:
    refuse_impossible_arrays()
    refuse_impossible_arrays()
    with pytest.raises(UaError, match="claims 2000000000 elements in 0 bytes"):
        variant_from_binary(Buffer(b"\x80" + (2_000_000_000).to_bytes(4, "little")))


def test_arrays_that_fit_are_read_as_before() -> None:
    refuse_impossible_arrays()
    two = Buffer(b"\x83" + (2).to_bytes(4, "little") + b"\x01\x02")
    assert variant_from_binary(two).Value == [1, 2]
    assert variant_from_binary(Buffer(b"\x83" + b"\xff" * 4)).Value is None
