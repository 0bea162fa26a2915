"""The running controller as the command line sees it: questions and requests over its HTTP API."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import httpx

from controller.local_token import find

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

DEFAULT_URL = "http://127.0.0.1:8080"
_PATIENCE_S = 10.0


class UnreachableError(Exception):
    """No controller answers; whoever asks can start one or name the right address."""


class RefusedError(Exception):
    """The controller refused and says why; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Client:
    """Speaks to one controller; every call is a connection of its own."""

    url: str = DEFAULT_URL
    actor: str = "person"
    token: str = ""
    certificate: str = ""
    """File of the one certificate to be believed, for a controller on this machine."""

    def get(self, path: str, *, timeout: float = _PATIENCE_S) -> Json:
        """Ask for a value. Raises UnreachableError and RefusedError."""
        return _json(self._call("GET", path, None, timeout))

    def text(self, path: str, *, timeout: float = _PATIENCE_S) -> str:
        """Ask for text. Raises UnreachableError and RefusedError."""
        return self._call("GET", path, None, timeout).text

    def post(self, path: str, body: Mapping[str, Json] | bytes, *, timeout: float = 60.0) -> Json:
        """Ask for a change. Raises UnreachableError and RefusedError."""
        return _json(self._call("POST", path, body, timeout))

    def patch(self, path: str, body: Mapping[str, Json]) -> Json:
        """Ask for a change of something. Raises UnreachableError and RefusedError."""
        return _json(self._call("PATCH", path, body, _PATIENCE_S))

    def delete(self, path: str) -> Json:
        """Ask for an end of something. Raises UnreachableError and RefusedError."""
        return _json(self._call("DELETE", path, None, _PATIENCE_S))

    def _call(
        self, method: str, path: str, body: Mapping[str, Json] | bytes | None, timeout: float
    ) -> httpx.Response:
        headers = {"X-Actor": self.actor, "X-Station": "cli"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/octet-stream"
        content = body if isinstance(body, bytes) else None
        sent = dict(body) if isinstance(body, Mapping) else None
        try:
            # Loopback must never go through a proxy that the environment names; reading the trusted
            # certificates takes longer than a call, so only TLS does.
            tls = self._trust() if self.url.startswith("https:") else False
            with httpx.Client(trust_env=False, timeout=timeout, verify=tls) as client:
                answer = client.request(
                    method, f"{self.url}{path}", json=sent, content=content, headers=headers
                )
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"No controller answers at {self.url}. Start one with 'lotwright run PLANT', "
                "or name another with --url."
            ) from error
        if answer.is_error:
            raise RefusedError(_why(answer))
        return answer

    def _trust(self) -> ssl.SSLContext | bool:
        if not self.certificate:
            return True
        pinned = ssl.create_default_context(cafile=self.certificate)
        # This very certificate and no other, by whatever name it was issued.
        pinned.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        pinned.check_hostname = False
        return pinned


def client_of(url: str, actor: str) -> Client:
    """Return a client with the token of the environment, or of the controller on this machine."""
    url = url.rstrip("/")
    state = Path(os.environ.get("LOTWRIGHT_STATE", ".lotwright"))
    local = find(state, url)
    token = os.environ.get("LOTWRIGHT_TOKEN", "") or (local.token if local else "")
    return Client(url, actor, token, local.certificate if local else "")


def _json(answer: httpx.Response) -> Json:
    said: Json = answer.json()
    return said


def _why(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        said = {}
    if isinstance(said, dict) and "why" in said:
        return str(said["why"])
    return f"The controller answered {answer.status_code}. Nothing was changed."
