"""The token with which simulated people and clocks speak to a controller that demands one."""

import json
import os
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

_LOCAL = "local.token"


class Bearer(httpx.Auth):
    """Shows the token of LOTWRIGHT_TOKEN, or the one that the controller leaves in its state folder.

    The latter changes with each start of the controller, so it is read again when it is refused."""

    def __init__(self) -> None:
        self._token = os.environ.get("LOTWRIGHT_TOKEN", "")
        self._given = bool(self._token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Ask with the token known so far, and once more with what is in the file."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code != httpx.codes.UNAUTHORIZED or self._given:
            return
        self._token = _left(str(request.url))
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request


def _left(url: str) -> str:
    state = Path(os.environ.get("LOTWRIGHT_STATE", ".lotwright"))
    try:
        said = json.loads((state / _LOCAL).read_text(encoding="utf-8"))
        there, wanted = urlsplit(str(said["url"])), urlsplit(url)
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    # A token of this machine is told to nobody else.
    same = there.port == wanted.port and wanted.hostname in {"127.0.0.1", "localhost"}
    return str(said["token"]) if same else ""
