"""What a controller and a driver host say to each other: JSON frames behind their length."""

import asyncio
import struct
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from drivers.driver import (
    Answer,
    Command,
    Finding,
    JobOrder,
    LinkChange,
    Reading,
    Report,
)
from plant_config import Modbus, OpcUa, Station

FRAME_LIMIT = 8 * 1024 * 1024
"""No frame is longer: the other side may have gone mad."""

_HEAD = struct.Struct(">I")

F = TypeVar("F")


class FrameError(Exception):
    """The other end of the socket does not speak this language; its maker can do something."""


@dataclass(frozen=True, slots=True)
class OpenHost:
    """The first frame to a host: which machines it owns, and where the plant's files lie."""

    folder: str
    digest: str
    """The controller's plant; a host that finds other files refuses to work (R12). Empty: any."""
    links: dict[str, OpcUa | Modbus | Station]
    """Machine -> where it is reached, which may differ from the files."""
    kind: Literal["open"] = "open"


@dataclass(frozen=True, slots=True)
class CallSubmit:
    """Ask a driver to submit."""

    id: int
    job: JobOrder
    kind: Literal["submit"] = "submit"


@dataclass(frozen=True, slots=True)
class CallLookUp:
    """Ask a driver to look a job order up."""

    id: int
    job: JobOrder
    kind: Literal["look_up"] = "look_up"


@dataclass(frozen=True, slots=True)
class CallHeld:
    """Ask a driver what its machine holds."""

    id: int
    machine: str
    kind: Literal["held"] = "held"


@dataclass(frozen=True, slots=True)
class CallCommand:
    """Ask a driver to give a command."""

    id: int
    machine: str
    command: Command
    job_order: str
    comment: str
    kind: Literal["command"] = "command"


Call: TypeAlias = CallSubmit | CallLookUp | CallHeld | CallCommand
ToHost: TypeAlias = OpenHost | Call


@dataclass(frozen=True, slots=True)
class Answered:
    """The outcome of a submit or a command."""

    id: int
    answer: Answer
    kind: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a look-up."""

    id: int
    finding: Finding
    kind: Literal["found"] = "found"


@dataclass(frozen=True, slots=True)
class Holds:
    """What a machine holds."""

    id: int
    reports: tuple[Report, ...] | None
    kind: Literal["holds"] = "holds"


@dataclass(frozen=True, slots=True)
class Raised:
    """The driver raised one of the contract's errors."""

    id: int
    error: Literal["link", "protocol"]
    detail: str
    kind: Literal["raised"] = "raised"


Reply: TypeAlias = Answered | Found | Holds | Raised


@dataclass(frozen=True, slots=True)
class Reported:
    """A notice: a report."""

    notice: Report
    kind: Literal["report"] = "report"


@dataclass(frozen=True, slots=True)
class Read:
    """A notice: a reading."""

    notice: Reading
    kind: Literal["reading"] = "reading"


@dataclass(frozen=True, slots=True)
class Relinked:
    """A notice: a link came up or was lost."""

    notice: LinkChange
    kind: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class Beat:
    """The host's event loop turns; the first one says that it is ready for calls."""

    kind: Literal["beat"] = "beat"


FromHost: TypeAlias = Reply | Reported | Read | Relinked | Beat

_TO_HOST: TypeAdapter[ToHost] = TypeAdapter(Annotated[ToHost, Field(discriminator="kind")])
_FROM_HOST: TypeAdapter[FromHost] = TypeAdapter(Annotated[FromHost, Field(discriminator="kind")])


def to_host(frame: ToHost) -> bytes:
    """Write a frame for a host. Raises FrameError when it is too long."""
    return _framed(_TO_HOST.dump_json(frame))


def from_host(frame: FromHost) -> bytes:
    """Write a frame for a controller. Raises FrameError when it is too long."""
    return _framed(_FROM_HOST.dump_json(frame))


async def read_to_host(reader: asyncio.StreamReader) -> ToHost | None:
    """Read what a controller says; None at its end. Raises FrameError."""
    return _parsed(_TO_HOST, await _read(reader))


async def read_from_host(reader: asyncio.StreamReader) -> FromHost | None:
    """Read what a host says; None at its end. Raises FrameError."""
    return _parsed(_FROM_HOST, await _read(reader))


def _framed(body: bytes) -> bytes:
    if len(body) > FRAME_LIMIT:
        raise FrameError(f"A frame of {len(body)} bytes is too long; {FRAME_LIMIT} are allowed.")
    return _HEAD.pack(len(body)) + body


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    try:
        (length,) = _HEAD.unpack(await reader.readexactly(_HEAD.size))
        if length > FRAME_LIMIT:
            raise FrameError(f"A frame claims {length} bytes; {FRAME_LIMIT} are allowed.")
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def _parsed(adapter: TypeAdapter[F], body: bytes | None) -> F | None:
    if body is None:
        return None
    try:
        return adapter.validate_json(body, strict=True)
    except ValidationError as error:
        raise FrameError(f"A frame cannot be read: {error}") from error
