"""Tokens of programs and shared stations: made, looked through, revoked."""

from dataclasses import replace

from controller.access.access import Access, By, days
from controller.access.errors import AccessError
from controller.access.keys import digest, new_token
from controller.access.naming import named
from controller.access.values import DropSessions, PutToken, Role, Token


async def add_token(
    access: Access,
    name: str,
    role: Role,
    by: By,
    *,
    valid_days: int = 0,
    station: str = "",
    badge: bool = True,
) -> tuple[Token, str]:
    """Make a token; return it and the secret, which nobody can be told again."""
    name = named(name)
    longest = access.limits.token_days
    valid_days = valid_days or longest
    if not 1 <= valid_days <= longest:
        raise AccessError("wrong", f"A token lasts from 1 to {longest} days, not {valid_days}.")
    if station and role is not Role.OPERATOR:
        raise AccessError("wrong", "A shared station has the role operator.")
    async with access.turn:
        if any(each.name == name and access.holds(each) for each in access.book.tokens.values()):
            raise AccessError("conflict", f"There is a token {name} already. Revoke it first.")
        token_id, secret = new_token()
        token = Token(
            id=token_id,
            name=name,
            hash=digest(secret),
            role=role,
            station=station,
            badge=bool(station) and badge,
            created=access.now(),
            expires=access.now() + days(valid_days),
            by=by.who,
        )
        await access.change(PutToken(token), access.log("token made", by, name, _what(token)))
        return token, secret


async def revoke_token(access: Access, token_id: str, by: By) -> Token:
    """Make a token void at once, with the sessions of its station. Raises AccessError."""
    async with access.turn:
        token = access.book.tokens.get(token_id)
        if token is None or token.revoked:
            raise AccessError("unknown", "There is no such token, or it is revoked already.")
        ends = tuple(s.hash for s in access.book.sessions.values() if s.token == token_id)
        revoked = replace(token, revoked=access.now())
        entry = access.log("token revoked", by, token.name)
        await access.change(PutToken(revoked), DropSessions(ends), entry)
        return revoked


def _what(token: Token) -> str:
    return f"{token.role}, station {token.station}" if token.station else token.role.value
