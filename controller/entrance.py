"""How the service is entered: refused settings, access over the journal, the first admin's link."""

import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from controller.access import Access, AccessStore, Role
from controller.access.entering import first_link
from controller.access.keys import new_secret
from controller.local_token import LocalToken, left

_log = structlog.get_logger()

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ANY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 (compared, not bound)
_PEPPER = "pins.key"
_SHORTEST_TOKEN = 16


class EntranceError(Exception):
    """The service would be entered by anybody; whoever starts it can do something about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """How the service is to be entered."""

    state: Path = Path(".lotwright")
    """Folder for the key of PINs and for the token of the command line."""
    open: bool = False
    """Nobody signs in; on loopback only."""
    token: str = ""
    """A token of the role operator, given from outside."""
    certificate: Path | None = None
    key: Path | None = None
    second_factor: bool = False
    """Engineers and admins must have one; otherwise it is offered."""
    host_names: tuple[str, ...] = ()
    """Names under which the service may be called, beside loopback."""

    @property
    def scheme(self) -> str:
        """Return how addresses of the service begin."""
        return "https" if self.certificate else "http"


def refuse_unsafe(host: str, entrance: Entrance) -> None:
    """Raise EntranceError when the service would be open to other machines, or to nobody."""
    if (entrance.certificate is None) != (entrance.key is None):
        raise EntranceError("TLS needs both files. Give --tls-cert and --tls-key.")
    if entrance.token and len(entrance.token) < _SHORTEST_TOKEN:
        raise EntranceError(
            f"The token has {len(entrance.token)} characters and can be guessed. "
            f"Take {_SHORTEST_TOKEN} or more: openssl rand -base64 32"
        )
    if host in LOOPBACK:
        return
    if entrance.open:
        raise EntranceError(
            f"--open lets everybody in, and {host} can be reached from other machines. "
            "Leave out --open, or stay on 127.0.0.1."
        )
    if entrance.certificate is None:
        raise EntranceError(
            f"{host} can be reached from other machines, and passwords would cross the network in "
            "clear. Give --tls-cert and --tls-key, or stay on 127.0.0.1."
        )
    if host in _ANY and not entrance.host_names:
        raise EntranceError(
            f"{host} is every address of this machine. Say with --host-name under which name "
            "people open it, such as --host-name plant.example."
        )


def hosts_of(host: str, entrance: Entrance) -> frozenset[str]:
    """Return the names under which the service may be called, beside loopback."""
    own = set() if host in _ANY or host in LOOPBACK else {f"[{host}]" if ":" in host else host}
    return frozenset(name.lower() for name in {*own, *entrance.host_names})


@contextlib.asynccontextmanager
async def admitted(
    entrance: Entrance, store: AccessStore, utc: Callable[[], datetime], port: int
) -> AsyncIterator[Access | None]:
    """Return access over a journal, or None in open mode; say how the first admin comes in."""
    if entrance.open:
        if entrance.token:
            _log.warning("--token does nothing with --open: nobody is asked who they are")
        if entrance.second_factor:
            _log.warning("--second-factor does nothing with --open: nobody signs in")
        yield None
        return
    access = Access(
        store,
        lambda: int(utc().timestamp()),
        pepper=_pepper(entrance.state),
        second_factor=entrance.second_factor,
    )
    own = new_secret()
    access.lend(own, "cli", Role.ADMIN)
    if entrance.token:
        access.lend(entrance.token, "station", Role.OPERATOR)
    url = f"{entrance.scheme}://127.0.0.1:{port}"
    certificate = str(entrance.certificate.resolve()) if entrance.certificate else ""
    with left(entrance.state, LocalToken(url, own, certificate)):
        secret = await first_link(access)
        if secret:
            _say_first_link(entrance, port, secret, access.limits.setup_s // 3600)
        yield access


def _say_first_link(entrance: Entrance, port: int, secret: str, hours: int) -> None:
    """Print, never log: whoever has the link becomes admin."""
    name = entrance.host_names[0] if entrance.host_names else "127.0.0.1"
    print(  # noqa: T201
        f"Nobody has an account yet. Within {hours} hours, and once, this makes the first admin:\n"
        f"  {entrance.scheme}://{name}:{port}/setup?token={secret}",
        flush=True,
    )


def _pepper(state: Path) -> bytes:
    """Return the key of PINs and second factors.

    It lies beside the database, so that neither is enough alone."""
    path = state / _PEPPER
    with contextlib.suppress(FileExistsError):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()
