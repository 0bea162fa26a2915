"""One-time codes that an app counts from the clock. Source: RFC 6238 (TOTP) over RFC 4226 (HOTP)."""

import hashlib
import hmac
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
SKEW = 1
"""Steps before and after now that count too. Source: RFC 6238, 5.2 and 6."""


def step_of(now: int) -> int:
    """Return the time step of an epoch second."""
    return now // STEP_S


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step. Source: RFC 4226, 5.3, with SHA-1."""
    mac = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching(secret: bytes, typed: str, now: int, after: int) -> int | None:
    """Return the step whose code was typed, if it is near now and later than `after`."""
    here, found = step_of(now), None
    for step in range(here - SKEW, here + SKEW + 1):
        # All are compared, so that the time taken tells nothing.
        same = hmac.compare_digest(code_at(secret, step).encode(), typed.encode())
        if same and step > after:
            found = step
    return found


def address(issuer: str, name: str, secret: str) -> str:
    """Return what an app reads from the QR code; `secret` is in base 32.

    Source: Key Uri Format of Google Authenticator, which other apps read too."""
    label = f"{quote(issuer, safe='')}:{quote(name, safe='')}"
    figures = f"algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}&{figures}"
