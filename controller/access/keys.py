"""Secrets: how they are made, how they are kept (never as they are), and what makes one good."""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata

TOKEN = "lwt_"  # noqa: S105 (how every token begins, so that scanners of leaked secrets find it)
_BYTES = 32
_SHORTEST, _LONGEST = 12, 200
_PIN = re.compile(r"[0-9]{6,12}|[\x21-\x7e]{8,64}")
_FEW = 5
"""Different characters that a password has at least."""


def new_secret() -> str:
    """Return 256 random bits, for a cookie or a link."""
    return secrets.token_urlsafe(_BYTES)


def new_token() -> tuple[str, str]:
    """Return a fresh (id, token); the token begins with a prefix and its id."""
    name = base64.b32encode(secrets.token_bytes(5)).decode().lower()
    return name, f"{TOKEN}{name}_{new_secret()}"


def digest(secret: str) -> str:
    """Return what is kept of a random secret: with 256 bits nobody needs a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def pin_hash(pepper: bytes, pin: str) -> str:
    """Return what is kept of a PIN: it is short, so the key beside the database is what protects it."""
    return hmac.new(pepper, pin.encode(), hashlib.sha256).hexdigest()


def pin_flaw(pin: str) -> str:
    """Say what is wrong with a PIN or badge code; empty when nothing is."""
    if not _PIN.fullmatch(pin):
        return "A PIN has 6 to 12 digits, a badge code 8 to 64 characters without spaces."
    if len(set(pin)) < 3 or pin in "0123456789012" or pin in "9876543210987":  # noqa: PLR2004
        return "This PIN is the first that others try. Choose another one."
    return ""


def password_flaw(password: str, name: str, display: str) -> str:
    """Say what is wrong with a new password; empty when nothing is.

    Source: OWASP ASVS 5.0, V6.2: length and known words count, not kinds of characters."""
    if len(password) < _SHORTEST:
        return f"{len(password)} characters are too few for a password. Take {_SHORTEST} or more."
    if len(password) > _LONGEST:
        return f"A password has at most {_LONGEST} characters."
    said = password.casefold()
    words = [word for word in (name.casefold(), display.casefold(), "lotwright") if word]
    rest = said
    for word in [*words, "password", "passwort", "123456", "qwerty"]:
        rest = rest.replace(word, "")
    if len(set(said)) < _FEW or len(rest) < _SHORTEST // 2:
        return "This password is easily guessed. Take four words that have nothing in common."
    return ""


def plain_password(password: str) -> str:
    """Return the same characters for every keyboard's way of typing them."""
    return unicodedata.normalize("NFC", password)
