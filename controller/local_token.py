"""The token by which the command line on this machine speaks to the controller without signing in."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

_NAME = "local.token"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class LocalToken:
    """What the controller leaves beside its database; only its own user can read it."""

    url: str
    token: str
    certificate: str = ""
    """The file of the controller's certificate, where it serves over TLS."""


@contextlib.contextmanager
def left(state: Path, kept: LocalToken) -> Iterator[None]:
    """Leave the token in the state folder while the controller runs."""
    path, fresh = state / _NAME, state / f"{_NAME}.new"
    fresh.unlink(missing_ok=True)
    # Mode 0600 from the first byte on, whatever the umask says.
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(kept), file)
    fresh.replace(path)
    try:
        yield
    finally:
        mine = find(state, kept.url)
        if mine is not None and mine.token == kept.token:
            path.unlink(missing_ok=True)


def find(state: Path, url: str) -> LocalToken | None:
    """Return the token for a controller on this machine; never one for another address."""
    try:
        said = json.loads((state / _NAME).read_text(encoding="utf-8"))
        kept = LocalToken(**said)
    except (OSError, ValueError, TypeError):
        return None
    wanted, there = urlsplit(url), urlsplit(kept.url)
    local = wanted.hostname in _LOOPBACK
    same = (wanted.scheme, wanted.port) == (there.scheme, there.port)
    return kept if local and same else None
