"""A person's second factor: its secret sealed, its recovery codes hashed, each code spent once."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from controller.access.keys import digest
from controller.access.totp import DIGITS, matching
from controller.access.values import Factor

SECRET_BYTES = 20
"""Source: RFC 4226, 4, R6: 160 bits are recommended."""
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
"""80 random bits, so that a plain hash is enough."""
_NONCE = 12
_PURPOSE = b"lotwright second factor"


def seal(pepper: bytes, user: str, secret: bytes) -> str:
    """Encrypt a secret for one user, with a key that lies beside the database."""
    nonce = secrets.token_bytes(_NONCE)
    return (nonce + AESGCM(_key(pepper)).encrypt(nonce, secret, user.encode())).hex()


def unseal(pepper: bytes, user: str, sealed: str) -> bytes | None:
    """Return the secret; None when the key is another one or the row another user's."""
    kept = bytes.fromhex(sealed)
    try:
        return AESGCM(_key(pepper)).decrypt(kept[:_NONCE], kept[_NONCE:], user.encode())
    except InvalidTag:
        return None


def recovery_codes() -> tuple[str, ...]:
    """Return fresh ones, in groups of four as they are typed."""
    made = (secrets.token_bytes(_RECOVERY_BYTES) for _ in range(RECOVERY_CODES))
    plain = (base64.b32encode(each).decode().lower() for each in made)
    return tuple("-".join(each[at : at + 4] for at in range(0, len(each), 4)) for each in plain)


def kept_code(code: str) -> str:
    """Return what is kept of a recovery code, however it is grouped."""
    return digest(_bare(code))


def spend(pepper: bytes, factor: Factor, typed: str, now: int) -> Factor | None:
    """Return the factor after this code, which counts no more; None when it does not count."""
    code = _bare(typed)
    if code.isascii() and code.isdigit() and len(code) == DIGITS:
        secret = unseal(pepper, factor.user, factor.sealed)
        step = matching(secret, code, now, factor.step) if secret is not None else None
        return None if step is None else replace(factor, step=step)
    wanted = kept_code(code)
    left = tuple(each for each in factor.codes if not hmac.compare_digest(each, wanted))
    return None if len(left) == len(factor.codes) else replace(factor, codes=left)


def spent_how(before: Factor, after: Factor) -> str:
    """Say for the access log which kind of code was used; empty for the app's."""
    if len(before.codes) == len(after.codes):
        return ""
    return f"with a recovery code, {len(after.codes)} left"


def _bare(typed: str) -> str:
    return "".join(typed.split()).replace("-", "").lower()


def _key(pepper: bytes) -> bytes:
    return hmac.new(pepper, _PURPOSE, hashlib.sha256).digest()
