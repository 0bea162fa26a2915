"""What the commands to machines take in; unknown keys are refused."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from plant_config import Mode

_STRICT = ConfigDict(extra="forbid")
Words = Annotated[str, Field(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aborted:
    """Why what runs is broken off."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    reason: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOut:
    """Why nothing more is started on it, and the plant second at which it is expected back; without
    one, nobody knows."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    reason: Words
    until_s: Annotated[int, Field(ge=0, le=10**10)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InMode:
    """How far Lotwright may act on it by itself."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The operations of the batch that the person saw; another one next by now is a conflict."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    operations: Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What help is needed for; it may be empty."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    note: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It is durable; `says` is what came of it, where a sentence is needed."""

    seq: int
    says: str
