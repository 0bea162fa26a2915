"""Job orders and reports as ISA-95 structures, and back.

A job order travels as an ISA95JobOrderDataType: id, label as Description, machine as the only
EquipmentRequirement, everything else as JobOrderParameters:

    RecipeDigest, Family, PlannedSeconds, Epoch [, ExpectedBoot] [, CountBefore]
    Shared    one subparameter for each parameter of the whole cycle
    Members   one subparameter for each member, in order: ID the operation, Value the subject, and
              below it Attempt and Recipe with one subparameter for each recipe value

A report travels as an ISA95JobResponseDataType: JobState, and as JobResponseData

    [Count,] [Detail,]
    Results   one subparameter for each member: ID the operation, Value the verdict, and below it
              Reason and Actuals with one subparameter for each actual value

and as MaterialActuals what the whole cycle used up: MaterialUse `material consumed`, Quantity
with its EngineeringUnits, MaterialDefinitionID where the machine knows the material. Machines of others may
fill in only these. Quantities in other units of mass, volume or count are converted, any other is
passed over: it says nothing that could be booked.

Whole numbers are Int64, texts are String; nothing else is a value. Source: OPC 10031-4 v2.00,
clauses 7.3.4, 7.3.5 and 7.3.10 (ISA95ParameterDataType is recursive).
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from asyncua import ua

from drivers.driver import (
    JobOrder,
    JobState,
    Member,
    ProtocolError,
    Report,
    UnitResult,
    Value,
    Verdict,
)
from drivers.opcua_material import decode_used, encode_used
from drivers.states import STATE_NUMBERS

Structure: TypeAlias = Any
"""An instance of a class that asyncua makes at run time from a server's data type definitions."""

_STATE_OF = {number: state for state, number in STATE_NUMBERS.items()}


def structure(name: str, **fields: object) -> Structure:
    """Make a structure by name; its class exists once a server's types are loaded."""
    return getattr(ua, name)(**fields)


def encode_order(job: JobOrder) -> Structure:
    """Return the job order as ISA95JobOrderDataType."""
    members = (
        _parameter(
            member.operation,
            member.subject,
            (
                _parameter("Attempt", member.attempt),
                _parameter("Recipe", len(member.recipe), _values(member.recipe)),
            ),
        )
        for member in job.members
    )
    parameters = [
        _parameter("RecipeDigest", job.recipe_digest),
        _parameter("Family", job.family),
        _parameter("PlannedSeconds", job.takes_s),
        _parameter("Epoch", job.epoch),
        *_given("ExpectedBoot", job.expected_boot),
        *_given("CountBefore", job.count_before),
        _parameter("Shared", len(job.shared), _values(job.shared)),
        _parameter("Members", len(job.members), members),
    ]
    return structure(
        "ISA95JobOrderDataType",
        JobOrderID=job.id,
        Description=[ua.LocalizedText(job.label)],
        JobOrderParameters=parameters,
        EquipmentRequirements=[structure("ISA95EquipmentDataType", ID=job.machine)],
    )


def decode_order(order: Structure) -> JobOrder:
    """Return the job order that a structure holds. Raises ProtocolError."""
    given = _by_id(_list(order, "JobOrderParameters"))
    equipment, labels = _list(order, "EquipmentRequirements"), _list(order, "Description")
    if len(equipment) != 1:
        raise ProtocolError(f"{order.JobOrderID!r} names {len(equipment)} machines, not one.")
    return JobOrder(
        id=_string(order.JobOrderID),
        label=(labels[0].Text or "") if labels else "",
        machine=_string(equipment[0].ID),
        members=tuple(_member(below) for below in _below(given, "Members")),
        family=_text(given, "Family"),
        shared=_pairs(_below(given, "Shared")),
        recipe_digest=_text(given, "RecipeDigest"),
        takes_s=_number(given, "PlannedSeconds"),
        epoch=_number(given, "Epoch"),
        expected_boot=_number(given, "ExpectedBoot") if "ExpectedBoot" in given else None,
        count_before=_number(given, "CountBefore") if "CountBefore" in given else None,
    )


def encode_report(report: Report) -> Structure:
    """Return the report as ISA95JobResponseDataType."""
    results = (
        _parameter(
            result.operation,
            result.verdict.value,
            (
                _parameter("Reason", result.reason),
                _parameter("Actuals", len(result.actuals), _values(result.actuals)),
            ),
        )
        for result in report.results
    )
    data = [
        *_given("Count", report.count),
        *((_parameter("Detail", report.detail),) if report.detail else ()),
        _parameter("Results", len(report.results), results),
    ]
    return structure(
        "ISA95JobResponseDataType",
        JobResponseID=f"{report.job_order}/response",
        JobOrderID=report.job_order,
        JobState=encode_state(report.state),
        JobResponseData=data,
        MaterialActuals=encode_used(report.used) or None,
    )


def decode_report(machine: str, response: Structure) -> Report:
    """Return the report that a structure holds; results are ours to name, so others may lack them.

    Raises ProtocolError.
    """
    given = _by_id(_list(response, "JobResponseData"))
    return Report(
        machine=machine,
        job_order=_string(response.JobOrderID),
        state=decode_state(response.JobState),
        results=tuple(map(_result, _below(given, "Results") if "Results" in given else ())),
        count=_number(given, "Count") if "Count" in given else None,
        detail=_text(given, "Detail") if "Detail" in given else "",
        used=decode_used(_list(response, "MaterialActuals")),
    )


def encode_entry(job: JobOrder, state: JobState) -> Structure:
    """Return an entry of JobOrderList."""
    return structure(
        "ISA95JobOrderAndStateDataType", JobOrder=encode_order(job), State=encode_state(state)
    )


def encode_state(state: JobState) -> list[Structure]:
    """Return a state as the list of levels that ISA-95 asks for; there are no substates here."""
    text = ua.LocalizedText(state.value)
    return [
        structure("ISA95StateDataType", StateText=text, StateNumber=STATE_NUMBERS[state]),
    ]


def decode_state(levels: Structure) -> JobState:
    """Return the top-level state, passing over substates. Raises ProtocolError."""
    if not levels:
        raise ProtocolError("A job order is reported without a state.")
    number = levels[0].StateNumber
    if number not in _STATE_OF:
        raise ProtocolError(f"{number!r} is no state number of ISA-95 job orders.")
    return _STATE_OF[number]


def _parameter(name: str, value: Value, below: Iterable[Structure] = ()) -> Structure:
    kind = ua.VariantType.String if isinstance(value, str) else ua.VariantType.Int64
    return structure(
        "ISA95ParameterDataType",
        ID=name,
        Value=ua.Variant(value, kind),
        Subparameters=list(below) or None,
    )


def _given(name: str, value: int | None) -> tuple[Structure, ...]:
    return () if value is None else (_parameter(name, value),)


def _values(pairs: tuple[tuple[str, Value], ...]) -> Iterable[Structure]:
    return (_parameter(name, value) for name, value in pairs)


def _list(holder: Structure, name: str) -> list[Structure]:
    return list(getattr(holder, name, None) or ())


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ProtocolError(f"{value!r} is no text.")
    return value


def _by_id(parameters: list[Structure]) -> Mapping[str, Structure]:
    return {_string(parameter.ID): parameter for parameter in parameters}


def _find(given: Mapping[str, Structure], name: str) -> Structure:
    if name not in given:
        raise ProtocolError(f"The parameter {name!r} is missing.")
    return given[name]


def _below(given: Mapping[str, Structure], name: str) -> list[Structure]:
    return _list(_find(given, name), "Subparameters")


def _value(parameter: Structure) -> Value:
    said = getattr(parameter.Value, "Value", parameter.Value)
    if isinstance(said, bool) or not isinstance(said, int | str):
        raise ProtocolError(f"The parameter {parameter.ID!r} has the value {said!r}.")
    return said


def _text(given: Mapping[str, Structure], name: str) -> str:
    return _string(_value(_find(given, name)))


def _number(given: Mapping[str, Structure], name: str) -> int:
    said = _value(_find(given, name))
    if not isinstance(said, int):
        raise ProtocolError(f"The parameter {name!r} has the value {said!r}, not a whole number.")
    return said


def _pairs(parameters: list[Structure]) -> tuple[tuple[str, Value], ...]:
    return tuple((_string(parameter.ID), _value(parameter)) for parameter in parameters)


def _member(parameter: Structure) -> Member:
    given = _by_id(_list(parameter, "Subparameters"))
    return Member(
        operation=_string(parameter.ID),
        attempt=_number(given, "Attempt"),
        subject=_string(_value(parameter)),
        recipe=_pairs(_below(given, "Recipe")),
    )


def _result(parameter: Structure) -> UnitResult:
    said = _value(parameter)
    if said not in list(Verdict):
        raise ProtocolError(f"{parameter.ID!r} has the verdict {said!r}.")
    given = _by_id(_list(parameter, "Subparameters"))
    return UnitResult(
        operation=_string(parameter.ID),
        verdict=Verdict(said),
        reason=_text(given, "Reason"),
        actuals=_pairs(_below(given, "Actuals")),
    )
