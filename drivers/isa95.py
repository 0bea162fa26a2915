"""ISA-95 Job Control v2 as tables of facts: types, structures, methods, states and their node ids.

Source: OPC 10031-4 v2.00 (2024-01-31): structures clause 7.3, receiver and its methods 7.2.1,
provider 7.2.7, status event 7.2.6; return status annex B.2. `isa95_nodes` unfolds the tables to
nodes. Left out because no part of the plant speaks it: substates (7.2.2 to 7.2.5), the response
receiver (7.2.8) and the deprecated type dictionaries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag

NAMESPACE = "http://opcfoundation.org/UA/ISA95-JOBCONTROL_V2/"


class ReturnStatus(IntFlag):
    """The bits of every method's answer; success is the value 1. Source: annex B.2."""

    NO_ERROR = 1 << 0
    UNKNOWN_JOB_ORDER = 1 << 1
    INVALID_COMMAND = 1 << 2
    INVALID_STATE = 1 << 3
    UNABLE_TO_ACCEPT = 1 << 4
    INVALID_REQUEST = 1 << 32
    REPEATED = 1 << 33
    """33 to 63 are free for implementations; these are ours."""
    NEEDS_CLEAR = 1 << 34
    RECIPE = 1 << 35
    STALE_BOOT = 1 << 36
    FENCED = 1 << 37
    LIMIT = 1 << 38


RECEIVER, PROVIDER, STATUS_EVENT = 1002, 1003, 1006

BASE: Mapping[str, int] = {
    "Boolean": 1, "Int16": 4, "UInt16": 5, "UInt32": 7, "UInt64": 9, "String": 12, "DateTime": 13,
    "LocalizedText": 21, "BaseDataType": 24, "Argument": 296, "RelativePath": 540,
    "EUInformation": 887, "DecimalString": 12878,
}  # fmt: skip
"""Data types of the base standard that the tables name. Source: OPC 10000-6, annex A."""


@dataclass(frozen=True, slots=True)
class Structure:
    """A data type: fields as `Name:Type`, `[]` for arrays, `?` for optional ones."""

    id: int
    encodings: tuple[int, int, int]
    """Default Binary, Default XML, Default JSON."""
    fields: tuple[str, ...]


_RESOURCE = ("Description:LocalizedText[]?",)
_AMOUNT = (
    "Quantity:DecimalString?",
    "EngineeringUnits:EUInformation?",
    "Properties:ISA95PropertyDataType[]?",
)
_ASKED = (
    "PersonnelRequirements:ISA95PersonnelDataType[]?",
    "EquipmentRequirements:ISA95EquipmentDataType[]?",
    "PhysicalAssetRequirements:ISA95PhysicalAssetDataType[]?",
    "MaterialRequirements:ISA95MaterialDataType[]?",
)
_USED = tuple(field.replace("Requirements", "Actuals") for field in _ASKED)
_VALUE = (
    "ID:String",
    "Value:BaseDataType",
    "Description:LocalizedText[]?",
    "EngineeringUnits:EUInformation?",
)

STRUCTURES: Mapping[str, Structure] = {
    "ISA95PropertyDataType": Structure(
        3002, (5002, 5003, 5004), (*_VALUE, "Subproperties:ISA95PropertyDataType[]?")
    ),
    "ISA95ParameterDataType": Structure(
        3003, (5005, 5006, 5007), (*_VALUE, "Subparameters:ISA95ParameterDataType[]?")
    ),
    "ISA95EquipmentDataType": Structure(
        3005, (5008, 5009, 5010), ("ID:String", *_RESOURCE, "EquipmentUse:String?", *_AMOUNT)
    ),
    "ISA95StateDataType": Structure(
        3006,
        (5029, 5030, 5031),
        ("BrowsePath:RelativePath", "StateText:LocalizedText", "StateNumber:UInt32"),
    ),
    "ISA95WorkMasterDataType": Structure(
        3007,
        (5011, 5012, 5013),
        ("ID:String", "Description:LocalizedText?", "Parameters:ISA95ParameterDataType[]?"),
    ),
    "ISA95PersonnelDataType": Structure(
        3011, (5020, 5021, 5022), ("ID:String", *_RESOURCE, "PersonnelUse:String?", *_AMOUNT)
    ),
    "ISA95PhysicalAssetDataType": Structure(
        3012, (5023, 5024, 5025), ("ID:String", *_RESOURCE, "PhysicalAssetUse:String?", *_AMOUNT)
    ),
    "ISA95MaterialDataType": Structure(
        3010,
        (5017, 5018, 5019),
        (
            "MaterialClassID:String?",
            "MaterialDefinitionID:String?",
            "MaterialLotID:String?",
            "MaterialSublotID:String?",
            *_RESOURCE,
            "MaterialUse:String?",
            *_AMOUNT,
        ),
    ),
    "ISA95JobOrderDataType": Structure(
        3008,
        (5014, 5015, 5016),
        (
            "JobOrderID:String",
            "Description:LocalizedText[]?",
            "WorkMasterID:ISA95WorkMasterDataType[]?",
            "StartTime:DateTime?",
            "EndTime:DateTime?",
            "Priority:Int16?",
            "JobOrderParameters:ISA95ParameterDataType[]?",
            *_ASKED,
        ),
    ),
    "ISA95JobResponseDataType": Structure(
        3013,
        (5026, 5027, 5028),
        (
            "JobResponseID:String",
            "Description:LocalizedText?",
            "JobOrderID:String",
            "StartTime:DateTime?",
            "EndTime:DateTime?",
            "JobState:ISA95StateDataType[]",
            "JobResponseData:ISA95ParameterDataType[]?",
            *_USED,
        ),
    ),
    "ISA95JobOrderAndStateDataType": Structure(
        3015,
        (5032, 5033, 5034),
        ("JobOrder:ISA95JobOrderDataType", "State:ISA95StateDataType[]"),
    ),
}
"""In an order in which every structure follows those that it is made of. Source: clause 7.3."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the receiver or provider; arguments as `Name:Type[]`."""

    owner: int
    id: int
    inputs_id: int
    outputs_id: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    mandatory: bool = False


_COMMENT, _STATUS = "Comment:LocalizedText[]", "ReturnStatus:UInt64"
_BY_ORDER = (("JobOrder:ISA95JobOrderDataType", _COMMENT), (_STATUS,))
_BY_ID = (("JobOrderID:String", _COMMENT), (_STATUS,))

METHODS: Mapping[str, Method] = {
    "Store": Method(RECEIVER, 7001, 6040, 6041, *_BY_ORDER),
    "StoreAndStart": Method(RECEIVER, 7004, 6051, 6052, *_BY_ORDER),
    "Start": Method(RECEIVER, 7005, 6053, 6054, *_BY_ID),
    "Stop": Method(RECEIVER, 7006, 6055, 6056, *_BY_ID),
    "Pause": Method(RECEIVER, 7007, 6057, 6058, *_BY_ID),
    "Resume": Method(RECEIVER, 7008, 6059, 6060, *_BY_ID),
    "Update": Method(RECEIVER, 7009, 6061, 6062, *_BY_ORDER),
    "Abort": Method(RECEIVER, 7010, 6063, 6064, *_BY_ID),
    "Cancel": Method(RECEIVER, 7011, 6065, 6066, *_BY_ID),
    "Clear": Method(RECEIVER, 7012, 6067, 6068, *_BY_ID),
    "RevokeStart": Method(RECEIVER, 7013, 6069, 6070, *_BY_ID),
    "RequestJobResponseByJobOrderID": Method(
        PROVIDER,
        7002,
        6042,
        6043,
        ("JobOrderID:String",),
        ("JobResponse:ISA95JobResponseDataType", _STATUS),
        mandatory=True,
    ),
    "RequestJobResponseByJobOrderState": Method(
        PROVIDER,
        7014,
        6016,
        6017,
        ("JobOrderState:ISA95StateDataType[]",),
        ("JobResponses:ISA95JobResponseDataType[]", _STATUS),
        mandatory=True,
    ),
}

STATES: Mapping[str, tuple[int, int, int]] = {
    "NotAllowedToStart": (5035, 6071, 1),
    "AllowedToStart": (5036, 6072, 2),
    "Running": (5037, 6073, 3),
    "Interrupted": (5038, 6074, 4),
    "Ended": (5039, 6075, 5),
    "Aborted": (5040, 6076, 6),
}
"""State -> its node, the node of its number, its number. Source: clause 7.2.1."""

TRANSITIONS: Mapping[tuple[str, str], tuple[int, int, int, str]] = {
    ("NotAllowedToStart", "NotAllowedToStart"): (5041, 6077, 1, "Update"),
    ("NotAllowedToStart", "AllowedToStart"): (5042, 6078, 2, "Start"),
    ("AllowedToStart", "NotAllowedToStart"): (5043, 6079, 3, "RevokeStart"),
    ("AllowedToStart", "AllowedToStart"): (5044, 6080, 4, "Update"),
    ("AllowedToStart", "Running"): (5045, 6081, 5, ""),
    ("Running", "Interrupted"): (5046, 6082, 6, "Pause"),
    ("Running", "Ended"): (5047, 6083, 7, "Stop"),
    ("Running", "Aborted"): (5048, 6084, 8, "Abort"),
    ("Interrupted", "Aborted"): (5049, 6085, 9, "Abort"),
    ("Interrupted", "Running"): (5050, 6086, 10, "Resume"),
    ("Interrupted", "Ended"): (5051, 6087, 11, "Stop"),
    ("NotAllowedToStart", "Aborted"): (5084, 6009, 12, "Abort"),
    ("AllowedToStart", "Aborted"): (5085, 6010, 13, "Abort"),
}
"""From, to -> its node, the node of its number, its number, the method that causes it."""

VARIABLES: tuple[tuple[int, int, str, str], ...] = (
    (RECEIVER, 6088, "MaxDownloadableJobOrders:UInt16", "property"),
    (RECEIVER, 6033, "JobOrderList:ISA95JobOrderAndStateDataType[]", "component"),
    (RECEIVER, 6034, "WorkMaster:ISA95WorkMasterDataType[]", "component"),
    (RECEIVER, 6035, "MaterialClassID:String[]", "component"),
    (RECEIVER, 6036, "MaterialDefinitionID:String[]", "component"),
    (RECEIVER, 6037, "EquipmentID:String[]", "component"),
    (RECEIVER, 6038, "PhysicalAssetID:String[]", "component"),
    (RECEIVER, 6039, "PersonnelID:String[]", "component"),
    (PROVIDER, 6050, "JobOrderResponseList:ISA95JobResponseDataType[]", "optional component"),
    (STATUS_EVENT, 6047, "JobOrder:ISA95JobOrderDataType", "property"),
    (STATUS_EVENT, 6048, "JobState:ISA95StateDataType[]", "property"),
    (STATUS_EVENT, 6049, "JobResponse:ISA95JobResponseDataType", "property"),
)

TYPES: Mapping[int, tuple[str, str, bool]] = {
    RECEIVER: ("ISA95JobOrderReceiverObjectType", "i=2771", False),
    PROVIDER: ("ISA95JobResponseProviderObjectType", "i=58", False),
    STATUS_EVENT: ("ISA95JobOrderStatusEventType", "i=2041", True),
}
"""Object type -> name, supertype (finite state machine, base object, base event), abstract."""


@dataclass(frozen=True, slots=True)
class Field:
    """A structure's field, an argument or a variable's type, parsed from the tables' short form."""

    name: str
    type: str
    array: bool
    optional: bool

    @property
    def type_id(self) -> str:
        """Return the node id of the data type, `ns=1;` being this namespace."""
        own = STRUCTURES.get(self.type)
        return f"ns=1;i={own.id}" if own is not None else f"i={BASE[self.type]}"


def field(short: str) -> Field:
    """Parse `Name:Type[]?`."""
    name, _, kind = short.partition(":")
    bare = kind.removesuffix("?")
    return Field(name, bare.removesuffix("[]"), bare.endswith("[]"), kind.endswith("?"))
