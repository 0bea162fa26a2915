"""Users, tokens, sessions and the log as the API and the pages show them."""

from datetime import UTC, datetime

from controller.access import Access, Entry, Session, Token, User
from controller.web.access import bodies


def utc(at: int) -> str:
    """Show an epoch second; empty for never."""
    return datetime.fromtimestamp(at, UTC).isoformat() if at else ""


def user_row(access: Access, user: User) -> bodies.UserNow:
    """Show a user without their secrets."""
    live = [each for each in access.book.sessions.values() if access.lives(each)]
    return bodies.UserNow(
        name=user.name,
        display=user.display,
        role=user.role,
        disabled=user.disabled,
        password=bool(user.password),
        pin=bool(user.pin),
        second_factor=user.name in access.book.factors,
        sessions=sum(each.user == user.name for each in live),
        created=utc(user.created),
    )


def token_row(access: Access, token: Token) -> bodies.TokenNow:
    """Show a token without its hash."""
    used = max(token.used, access.counts.seen.get(token.hash, 0))
    return bodies.TokenNow(
        id=token.id,
        name=token.name,
        role=token.role,
        station=token.station,
        badge=token.badge,
        created=utc(token.created),
        expires=utc(token.expires),
        used=utc(used),
        revoked=utc(token.revoked),
        by=token.by,
    )


def session_row(access: Access, session: Session) -> bodies.SessionNow:
    """Show a session by its public id."""
    token = access.book.tokens.get(session.token)
    return bodies.SessionNow(
        id=session.id,
        user=session.user,
        token=token.name if token else "",
        created=utc(session.created),
        seen=utc(max(session.seen, access.counts.seen.get(session.hash, 0))),
        expires=utc(session.expires),
        address=session.address,
        agent=session.agent,
    )


def entry_row(entry: Entry) -> bodies.EntryNow:
    """Show a line of the log."""
    return bodies.EntryNow(
        utc=utc(entry.at),
        kind=entry.kind,
        who=entry.who,
        about=entry.about,
        address=entry.address,
        detail=entry.detail,
    )


def users(access: Access) -> list[bodies.UserNow]:
    """Show all users by name."""
    return [user_row(access, access.book.users[name]) for name in sorted(access.book.users)]


def tokens(access: Access) -> list[bodies.TokenNow]:
    """Show all tokens, the living first, then by name."""
    known = sorted(
        access.book.tokens.values(), key=lambda each: (not access.holds(each), each.name)
    )
    return [token_row(access, each) for each in known]


def sessions(access: Access) -> list[bodies.SessionNow]:
    """Show all live sessions, the newest first."""
    live = [each for each in access.book.sessions.values() if access.lives(each)]
    return [session_row(access, s) for s in sorted(live, key=lambda s: -s.created)]
