"""The certificate of the service: loaded strictly, watched until it expires, taken anew when renewed."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from cryptography import x509

_log = structlog.get_logger()

_LOOK_EVERY_S = 3600.0
_WARN_DAYS = (60, 30, 7, 1)
_DAY = timedelta(days=1)


class CertificateError(Exception):
    """Certificate or key cannot be used; whoever started the service can name others."""


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return a context for TLS 1.2 and newer. Raises CertificateError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load(context, certificate, key)
    return context


def expires(certificate: Path) -> datetime:
    """Return until when a certificate holds. Raises CertificateError."""
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        raise CertificateError(f"{certificate} is no certificate in PEM form: {error}") from error


def warning(until: datetime, now: datetime) -> str:
    """Say that a certificate expires soon; empty while it does not."""
    left = until - now
    if left <= timedelta(0):
        return f"The certificate expired on {until:%Y-%m-%d %H:%M} UTC; browsers refuse it."
    if left <= _WARN_DAYS[0] * _DAY:
        return f"The certificate expires in {left // _DAY} days, on {until:%Y-%m-%d %H:%M} UTC."
    return ""


async def watch(
    context: ssl.SSLContext, certificate: Path, key: Path, utc: Callable[[], datetime]
) -> None:
    """Warn ahead of the expiry, once at each threshold, and load a renewed file without a restart."""
    loaded, warned = _stamp(certificate), None
    while True:
        if _stamp(certificate) != loaded:
            loaded = _renew(context, certificate, key, loaded)
        now, until = utc(), _until(certificate)
        level = _level(until, now)
        if until is not None and level is not None and level != warned:
            _log.warning(warning(until, now), certificate=str(certificate))
        warned = level
        await asyncio.sleep(_LOOK_EVERY_S)


def _renew(context: ssl.SSLContext, certificate: Path, key: Path, before: float) -> float:
    try:
        _load(context, certificate, key)
    except CertificateError as error:
        # Maybe it is half written; the old one goes on, and the next look tries again.
        _log.warning("the renewed certificate is not taken", why=str(error))
        return before
    _log.info("the renewed certificate is taken", certificate=str(certificate))
    return _stamp(certificate)


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    for path in (certificate, key):
        if not path.is_file():
            raise CertificateError(f"There is no file {path}. Name it with --tls-cert, --tls-key.")
    try:
        # A key with a passphrase would ask at the terminal, where nobody is.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        raise CertificateError(
            f"{certificate} and {key} cannot be used: {error}. They must be PEM files that belong "
            "together, the key without a passphrase."
        ) from error


def _until(certificate: Path) -> datetime | None:
    try:
        return expires(certificate)
    except CertificateError:
        return None


def _level(until: datetime | None, now: datetime) -> int | None:
    """Return the tightest threshold that is passed; 0 when the certificate has expired."""
    if until is None:
        return None
    passed = [days for days in (*_WARN_DAYS, 0) if until - now <= days * _DAY]
    return min(passed) if passed else None


def _stamp(certificate: Path) -> float:
    try:
        return certificate.stat().st_mtime
    except OSError:
        return 0.0
