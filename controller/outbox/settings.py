"""integrations.yaml: who is told, by what way, and which secrets open it; read once at start."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FILE = "integrations.yaml"

ORDER_KINDS = (
    "order.accepted",
    "order.promised",
    "order.changed",
    "order.shipped",
    "order.cancelled",
)
NOTICE_KINDS = ("alarm.raised", "delivery.failed")
KINDS = (*ORDER_KINDS, *NOTICE_KINDS)
_STRANGE = "unexpected_keyword_argument"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class IntegrationError(Exception):
    """integrations.yaml cannot be used; whoever wrote it can correct it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a secret is: an environment variable or a file, never the secret itself."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    env: str = ""
    file: str = ""

    def read(self, environment: Mapping[str, str]) -> str:
        """Return the secret. Raises IntegrationError."""
        if self.file:
            try:
                return Path(self.file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise IntegrationError(f"The secret's file {self.file} cannot be read.") from error
        if found := environment.get(self.env, ""):
            return found
        raise IntegrationError(f"The environment variable {self.env!r} for a secret is not set.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A system that is told by webhook."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    name: str
    url: str
    secret: Secret
    events: tuple[str, ...] = ORDER_KINDS
    insecure: bool = False
    """Plain HTTP beyond this machine, because the network is trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """People who are told by e-mail."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Secret | None = None
    ca: str = ""
    """File with the certificate that signed the mail server's; empty: the system's."""
    events: tuple[str, ...] = NOTICE_KINDS
    name: str = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A web shop that sends its orders by webhook."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    secret: Secret
    mapping: str = ""
    """Name of a saved column map; empty: the one that fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A folder whose files are taken in."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    folder: Path
    mapping: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrations:
    """All of it; nothing is the normal case."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    receivers: tuple[Receiver, ...] = ()
    mail: Mail | None = None
    shop: Shop | None = None
    inbox: Inbox | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Integrations with their secrets by receiver."""

    integrations: Integrations = field(default_factory=Integrations)
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    shop_secret: str = field(default="", repr=False)


_TYPE = TypeAdapter(Integrations)


def read_integrations(path: Path, environment: Mapping[str, str] = os.environ) -> Opened:
    """Read the file and every secret that it names. Raises IntegrationError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IntegrationError(f"{path} cannot be read.") from error
    try:
        said = YAML(typ="rt").load(text)
        found = _TYPE.validate_python(_plain(said) if said is not None else {})
    except YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise IntegrationError(f"{path.name}:{line}: this is no YAML.") from error
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
        # A key with a slip of the pen is missing under its right name too.
        first = next((each for each in wrong if each["type"] == _STRANGE), wrong[0])
        where = ".".join(str(part) for part in first["loc"])
        line = _line(said, first["loc"])
        raise IntegrationError(f"{path.name}:{line}: {where}: {_why(first)}") from error
    _refuse(found, path.name)
    secrets = {each.name: each.secret.read(environment) for each in found.receivers}
    if found.mail is not None and found.mail.password is not None:
        secrets[found.mail.name] = found.mail.password.read(environment)
    shop = found.shop.secret.read(environment) if found.shop is not None else ""
    return Opened(integrations=found, secrets=secrets, shop_secret=shop)


def _plain(said: object) -> object:
    if isinstance(said, Mapping):
        return {str(key): _plain(value) for key, value in said.items()}
    if isinstance(said, Sequence) and not isinstance(said, str):
        return [_plain(each) for each in said]
    return said


def _line(said: object, path: Sequence[int | str]) -> int:
    """Return the line of the innermost thing of a path that stands in the file."""
    line = 1
    for part in path:
        marks = getattr(said, "lc", None)
        if marks is None or not isinstance(said, Mapping | Sequence):
            break
        try:
            line = (marks.key(part) if isinstance(said, Mapping) else marks.item(part))[0] + 1
            said = said[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
    return line


def _why(first: Mapping[str, object]) -> str:
    path = first["loc"]
    assert isinstance(path, tuple)
    if path and path[-1] in {"secret", "password"} and first["type"] != "missing":
        return "A secret is never written here. Name where it is: {env: NAME} or {file: PATH}."
    if first["type"] == _STRANGE:
        return "There is no such key."
    return f"{first['msg']}."


def _refuse(found: Integrations, file: str) -> None:
    names = [each.name for each in found.receivers] + ([found.mail.name] if found.mail else [])
    if len(set(names)) != len(names):
        raise IntegrationError(f"{file}: two receivers have the same name.")
    told = [(each.name, each.events) for each in found.receivers]
    told += [(found.mail.name, found.mail.events)] if found.mail else []
    for name, events in told:
        for event in events:
            if event not in KINDS:
                raise IntegrationError(
                    f"{file}: {name}: there is no event {event!r}. There is {', '.join(KINDS)}."
                )
    for each in found.receivers:
        parts = urlsplit(each.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise IntegrationError(f"{file}: {each.name}: {each.url!r} is no http(s) address.")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not each.insecure:
            raise IntegrationError(
                f"{file}: {each.name}: plain http goes beyond this machine. "
                "Use https, or say 'insecure: true' on a network that you trust."
            )
    mail = found.mail
    if mail and mail.password and mail.security == "none" and mail.host not in _LOOPBACK:
        raise IntegrationError(f"{file}: mail: a password is only sent over TLS or STARTTLS.")
