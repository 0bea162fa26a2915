"""What the API of access takes in and gives out; no secret is given out but one that was just made."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from controller.access import Role

_STRICT = ConfigDict(extra="forbid")
Word = Annotated[str, Field(max_length=80)]
Secret = Annotated[str, Field(max_length=300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A person's name and password, and a code of the second factor where they have one."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Word
    password: Secret
    code: Word = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSignIn:
    """The token of a shared station."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    token: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A one-time link and the new password; name and shown name are the first admin's."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    token: Secret
    password: Secret
    name: Word = ""
    display: Word = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """The password so far and the one from now on."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    password: Secret
    new: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPin:
    """A PIN or badge code, confirmed with the password; an empty one takes it away."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    password: Secret
    pin: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFactor:
    """A second factor to be, confirmed with the password."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorCode:
    """The code that the app shows."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    code: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorOff:
    """Password and a code, to take one's own second factor off."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    password: Secret
    code: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFactor:
    """A secret that was just made, shown this once: to type in, and as the path of a QR code."""

    secret: str
    address: str
    qr: str
    """SVG path of the dark modules in a square of `across`."""
    across: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodes:
    """Codes for a lost phone, each once, shown this once."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A PIN or what a badge reads as."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    pin: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to be; they set their own password."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Word
    display: Word = ""
    role: Role = Role.VIEWER


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What shall be otherwise; what is not given stays. An empty PIN takes it away."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    display: Word | None = None
    role: Role | None = None
    disabled: bool | None = None
    pin: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token to be, for a program or, with a machine's name as `station`, for a shared station."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Word
    role: Role = Role.VIEWER
    days: int = 90
    station: Word = ""
    badge: bool = True
    """At a shared station: each action asks for a badge or PIN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeNow:
    """Who asks, and what they may do."""

    actor: str
    shown: str
    role: str
    station: str
    permissions: tuple[str, ...]
    asks_badge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorNow:
    """Who acts at a shared station, and for how many seconds."""

    actor: str
    shown: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNow:
    """A user as an admin sees them."""

    name: str
    display: str
    role: Role
    disabled: bool
    password: bool
    """Whether they have set one."""
    pin: bool
    second_factor: bool
    sessions: int
    created: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkNow:
    """A one-time link, shown once; `path` is below the service's address."""

    name: str
    path: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenNow:
    """A token; its secret is not kept."""

    id: str
    name: str
    role: Role
    station: str
    badge: bool
    created: str
    expires: str
    used: str
    revoked: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeToken:
    """A token that was just made; `secret` is shown this once."""

    secret: str
    token: TokenNow


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNow:
    """A browser that is signed in."""

    id: str
    user: str
    token: str
    created: str
    seen: str
    expires: str
    address: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryNow:
    """A line of the access log."""

    utc: str
    kind: str
    who: str
    about: str
    address: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It is done and durable."""

    done: bool = True
