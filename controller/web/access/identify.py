"""Cookie or bearer token to visitor."""

from collections.abc import Mapping

from controller.access import Access, Session, Token, User
from controller.web.permit import BARE, GRANTS, NOBODY, DeniedError, Visitor

_BEARER = "bearer "


def cookie_name(*, tls: bool) -> str:
    """Return the session cookie's name; a browser accepts `__Host-` from this very host only."""
    return "__Host-lotwright" if tls else "lotwright"


def cookie_of(headers: Mapping[str, str], *, tls: bool) -> str:
    """Return the session cookie's value; empty without one."""
    wanted = cookie_name(tls=tls)
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted:
            return value
    return ""


def identify(access: Access, headers: Mapping[str, str], *, tls: bool) -> Visitor:
    """Find out who calls. A wrong token is an error, not a stranger. Raises DeniedError."""
    said = headers.get("authorization", "")
    if said:
        secret = said[len(_BEARER) :].strip() if said.lower().startswith(_BEARER) else ""
        token = access.token(secret) if secret else None
        if token is None:
            why = "The token is unknown, expired or revoked. Ask an administrator for another one."
            raise DeniedError(401, why, "token")
        return _of_token(access, token)
    session = access.session(cookie_of(headers, tls=tls))
    return _of_session(access, session) if session is not None else NOBODY


def still_there(access: Access, who: Visitor) -> bool:
    """Tell whether who was let in would be let in now; asked while an answer is streamed."""
    if who.session:
        session = access.book.sessions.get(who.session)
        lives = session is not None and access.lives(session)
        return lives and (bool(who.token) or not access.must_enrol(who.user))
    return not who.token or any(
        each.id == who.token and access.holds(each)
        for each in (*access.book.tokens.values(), *access.counts.lent.values())
    )


def _of_session(access: Access, session: Session) -> Visitor:
    if session.token:
        token = access.book.tokens[session.token]
        return _at_station(access, token, session.hash)
    user = access.book.users[session.user]
    enrols = access.must_enrol(user.name)
    return Visitor(
        permissions=BARE if enrols else GRANTS[user.role],
        enrols=enrols,
        actor=f"person {user.name}",
        shown=user.display,
        role=user.role,
        user=user.name,
        session=session.hash,
    )


def _of_token(access: Access, token: Token) -> Visitor:
    if token.station:
        return _at_station(access, token, "")
    # The token of the command line on this machine names itself, without more.
    actor = "cli" if token.id == "cli" else f"token {token.name}"
    shown = f"Token {token.name}"
    return Visitor(
        permissions=GRANTS[token.role], actor=actor, shown=shown, role=token.role, token=token.id
    )


def _at_station(access: Access, token: Token, session: str) -> Visitor:
    """A shared station acts in the name of whoever showed a badge, within what both may do."""
    user: User | None = access.badge(session or token.id)
    granted = GRANTS[token.role]
    return Visitor(
        permissions=granted & GRANTS[user.role] if user else granted,
        actor=f"person {user.name}" if user else f"station {token.station}",
        station=token.station,
        shown=user.display if user else f"Station {token.station}",
        role=token.role,
        user=user.name if user else "",
        session=session,
        token=token.id,
        asks_badge=token.badge and user is None,
    )
