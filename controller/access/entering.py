"""How a browser comes in and goes out: signing in, one-time links, shared stations, signing out."""

from dataclasses import replace

from controller.access.access import Access, By
from controller.access.errors import AccessError
from controller.access.factors import spend, spent_how
from controller.access.keys import digest, new_secret, password_flaw
from controller.access.naming import named
from controller.access.values import (
    AccessWriting,
    DropSessions,
    DropTickets,
    LogEntry,
    PutFactor,
    PutSession,
    PutTicket,
    PutUser,
    Role,
    Session,
    Ticket,
    User,
)

_WRONG = "Name or password is not right."
_WRONG_CODE = "Name, password or code is not right."
_ASKS_CODE = "Type the code that your app shows now, or a recovery code."
_VOID = "This link has been used or is too old. Ask an administrator for another one."


async def sign_in(access: Access, name: str, password: str, by: By, code: str = "") -> str:
    """Return the secret of a fresh session. Raises AccessError, of kind `code` to ask for one."""
    name = name.strip().casefold()
    access.count_attempt(f"user {name}", by.address)
    user = access.person(name)
    right = await access.passwords.matches(user.password if user else "", password)
    async with access.turn:
        # Another request may have disabled the user or changed the password meanwhile.
        if not right or user is None or access.person(name) != user:
            known = name in access.book.users
            # What was typed as a name may have been a password.
            about = name if known else "unknown name"
            await access.change(access.log("sign-in failed", by, about))
            raise AccessError("refused", _WRONG_CODE if code else _WRONG)
        writings, how = await _second(access, user, code, by)
        access.attempt_passed(f"user {name}", by.address)
        entry = access.log("signed in", _as(user, by), detail=how)
        return await _begin(access, user, by, *writings, entry)


async def _second(
    access: Access, user: User, code: str, by: By
) -> tuple[tuple[AccessWriting, ...], str]:
    """Spend a code of the second factor, for who has one. What failed stays counted."""
    factor = access.book.factors.get(user.name)
    if factor is None:
        return (), ""
    if not code.strip():
        raise AccessError("code", _ASKS_CODE)
    after = spend(access.pepper, factor, code, access.now())
    if after is None:
        await access.change(access.log("sign-in failed", by, user.name, "wrong code"))
        raise AccessError("refused", _WRONG_CODE)
    return (PutFactor(after),), spent_how(factor, after)


async def first_link(access: Access) -> str:
    """Return the secret of the first admin's link; empty when there is an admin already."""
    async with access.turn:
        if access.book.admins():
            return ""
        old = tuple(each.hash for each in access.book.tickets.values() if each.kind == "setup")
        secret = new_secret()
        expires = access.now() + access.limits.setup_s
        ticket = Ticket(hash=digest(secret), kind="setup", expires=expires)
        await access.change(DropTickets(old), PutTicket(ticket))
        return secret


def ticket_of(access: Access, secret: str) -> Ticket:
    """Return the link with this secret. Raises AccessError when it counts no longer."""
    found = access.book.tickets.get(digest(secret))
    if found is None or access.now() >= found.expires:
        raise AccessError("refused", _VOID)
    if found.kind == "setup" and access.book.admins():
        raise AccessError("refused", _VOID)
    if found.kind == "password" and access.person(found.user) is None:
        raise AccessError("refused", _VOID)
    return found


async def follow_link(
    access: Access, secret: str, password: str, by: By, *, name: str = "", display: str = ""
) -> str:
    """Set a password by a one-time link and sign in; `name` and `display` are the first admin's.

    Who has a second factor is not signed in by a link: then the answer is empty."""
    ticket = ticket_of(access, secret)
    user = access.book.users.get(ticket.user) or User(
        name=named(name), display=display.strip() or name.strip(), role=Role.ADMIN
    )
    if flaw := password_flaw(password, user.name, user.display):
        raise AccessError("wrong", flaw)
    kept = await access.passwords.hash(password)
    async with access.turn:
        ticket_of(access, secret)
        now = access.book.users.get(user.name, replace(user, created=access.now()))
        changed = replace(now, password=kept)
        entry = access.log("password set", _as(changed, by), changed.name, ticket.kind)
        others = DropSessions(access.book.sessions_of(changed.name))
        used = DropTickets((ticket.hash,))
        if changed.name in access.book.factors:
            await access.change(PutUser(changed), others, used, entry)
            return ""
        return await _begin(access, changed, by, PutUser(changed), others, used, entry)


async def change_password(access: Access, user: User, old: str, new: str, by: By) -> str:
    """Set a new password, end all sessions of the user, and return the secret of a fresh one."""
    await confirm(access, user, old, by)
    if flaw := password_flaw(new, user.name, user.display):
        raise AccessError("wrong", flaw)
    kept = await access.passwords.hash(new)
    async with access.turn:
        now = access.person(user.name)
        if now is None or now.password != user.password:
            raise AccessError("conflict", "The password was changed elsewhere. Sign in again.")
        changed = replace(now, password=kept)
        others = DropSessions(access.book.sessions_of(user.name))
        entry = access.log("password changed", by, user.name)
        return await _begin(access, changed, by, PutUser(changed), others, entry)


async def confirm(access: Access, user: User, password: str, by: By) -> None:
    """Ask for the password again before something that matters. Raises AccessError."""
    key = f"user {user.name}"
    access.count_attempt(key, by.address)
    if not await access.passwords.matches(user.password, password):
        async with access.turn:
            await access.change(access.log("password wrong", by, user.name))
        raise AccessError("refused", "The password is not right. Nothing was changed.")
    access.attempt_passed(key, by.address)


async def enter_station(access: Access, secret: str, by: By) -> str:
    """Sign a browser in as the shared station of a token; return the secret of its session."""
    access.count_attempt("station", by.address)
    token = access.token(secret.strip())
    if token is None or not token.station:
        async with access.turn:
            await access.change(access.log("station refused", by))
        why = "This is no token of a shared station, or it has expired. Ask an administrator."
        raise AccessError("refused", why)
    access.attempt_passed("station", by.address)
    async with access.turn:
        if not access.holds(token):
            raise AccessError("refused", "The token has just been revoked.")
        begun, made = _session(access, by, token=token.id, expires=token.expires)
        entry = access.log("station signed in", replace_who(by, f"token {token.name}"))
        await access.change(PutSession(made), entry)
        return begun


async def sign_out(access: Access, session: Session, by: By) -> None:
    """End one session."""
    async with access.turn:
        entry = access.log("signed out", by)
        await access.change(DropSessions((session.hash,)), entry)
        access.counts.badges.pop(session.hash, None)


async def sign_out_everywhere(access: Access, user: str, by: By) -> int:
    """End all sessions of a person; return how many."""
    async with access.turn:
        hashes = access.book.sessions_of(user)
        await access.change(
            DropSessions(hashes), access.log("signed out everywhere", by, user, str(len(hashes)))
        )
        return len(hashes)


async def end_session(access: Access, session_id: str, by: By) -> None:
    """End the session with this public id, for an admin. Raises AccessError."""
    async with access.turn:
        found = next((s for s in access.book.sessions.values() if s.id == session_id), None)
        if found is None:
            raise AccessError("unknown", "This session has already ended.")
        about = found.user or f"token {found.token}"
        await access.change(DropSessions((found.hash,)), access.log("session ended", by, about))


def replace_who(by: By, who: str) -> By:
    """Return the same place with another name."""
    return replace(by, who=who)


def _as(user: User, by: By) -> By:
    return replace(by, who=f"person {user.name}")


async def _begin(access: Access, user: User, by: By, *writings: AccessWriting) -> str:
    """Begin a session with a secret of its own, whatever cookie the browser came with."""
    expires = access.now() + access.limits.absolute_of(user.role)
    secret, made = _session(access, by, user=user.name, expires=expires)
    first = [each for each in writings if not isinstance(each, LogEntry)]
    entries = [each for each in writings if isinstance(each, LogEntry)]
    await access.change(access.expired(), *first, PutSession(made), *entries)
    return secret


def _session(
    access: Access, by: By, *, expires: int, user: str = "", token: str = ""
) -> tuple[str, Session]:
    secret, now = new_secret(), access.now()
    made = Session(
        hash=digest(secret),
        user=user,
        token=token,
        created=now,
        seen=now,
        expires=expires,
        address=by.address,
        agent=by.agent[:120],
    )
    return secret, made
