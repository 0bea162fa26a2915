"""How a second factor is set up, confirmed with a first code, and taken off again."""

import base64
import secrets
from dataclasses import dataclass, field

from controller.access.access import Access, By
from controller.access.entering import confirm
from controller.access.errors import AccessError
from controller.access.factors import (
    SECRET_BYTES,
    kept_code,
    recovery_codes,
    seal,
    spend,
    spent_how,
)
from controller.access.people import known
from controller.access.totp import address, matching
from controller.access.values import DropFactor, DropSessions, Factor, PutFactor, User

_HAS_ONE = "You have a second factor already. Take it off first. Nothing was changed."
_WRONG = "The code is not right. Look at the clock of the phone, and type the next code."
_NOT_RIGHT = "Password or code is not right. Nothing was changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A secret for a person's app, told this once."""

    secret: str = field(repr=False)
    """Base 32, to be typed in."""
    address: str = field(repr=False)
    """The same with everything that an app wants to know, for the QR code."""


async def offer_factor(access: Access, user: User, password: str, issuer: str, by: By) -> Offered:
    """Make a secret, which counts only once it is confirmed with a code. Raises AccessError."""
    await confirm(access, user, password, by)
    if user.name in access.book.factors:
        raise AccessError("conflict", _HAS_ONE)
    secret = secrets.token_bytes(SECRET_BYTES)
    access.counts.offered[user.name] = (secret, access.now() + access.limits.offer_s)
    typed = base64.b32encode(secret).decode()
    return Offered(secret=typed, address=address(issuer, user.name, typed))


async def confirm_factor(
    access: Access, user: User, code: str, session: str, by: By
) -> tuple[str, ...]:
    """Keep the offered secret, end the person's other sessions, return the recovery codes."""
    async with access.turn:
        if user.name in access.book.factors:
            raise AccessError("conflict", _HAS_ONE)
        secret, until = access.counts.offered.get(user.name, (b"", 0))
        if access.now() >= until or access.person(user.name) is None:
            access.counts.offered.pop(user.name, None)
            raise AccessError("conflict", "The QR code is too old. Begin again.")
        step = matching(secret, "".join(code.split()), access.now(), 0)
        if step is None:
            raise AccessError("refused", _WRONG)
        codes = recovery_codes()
        factor = Factor(
            user=user.name,
            sealed=seal(access.pepper, user.name, secret),
            step=step,
            codes=tuple(kept_code(each) for each in codes),
            created=access.now(),
        )
        # Whoever came in elsewhere came in without it.
        others = tuple(each for each in access.book.sessions_of(user.name) if each != session)
        entry = access.log("second factor set", by, user.name)
        await access.change(PutFactor(factor), DropSessions(others), entry)
        access.counts.offered.pop(user.name, None)
        return codes


async def give_up_factor(access: Access, user: User, password: str, code: str, by: By) -> None:
    """Take off one's own second factor, with password and a code. Raises AccessError."""
    # Counted by itself: a right password elsewhere does not forgive wrong codes here.
    key = f"code {user.name}"
    access.count_attempt(key, by.address)
    right = await access.passwords.matches(user.password, password)
    async with access.turn:
        factor = access.book.factors.get(user.name)
        if factor is None:
            raise AccessError("conflict", "There is no second factor to take off.")
        after = spend(access.pepper, factor, code, access.now()) if right else None
        if after is None or access.person(user.name) != user:
            await access.change(access.log("second factor kept", by, user.name, "wrong code"))
            raise AccessError("refused", _NOT_RIGHT)
        access.attempt_passed(key, by.address)
        how = spent_how(factor, after)
        entry = access.log("second factor taken off", by, user.name, how)
        await access.change(DropFactor(user.name), entry)


async def take_factor(access: Access, name: str, by: By) -> None:
    """Take off somebody's second factor, as for a lost phone, and sign them out everywhere."""
    async with access.turn:
        known(access, name)
        if by.who == f"person {name}":
            why = "Take off your own on your own page, with a code. Nothing was changed."
            raise AccessError("conflict", why)
        if name not in access.book.factors:
            raise AccessError("conflict", f"{name} has no second factor. Nothing was changed.")
        ends = DropSessions(access.book.sessions_of(name))
        entry = access.log("second factor taken off", by, name)
        await access.change(DropFactor(name), ends, entry)
