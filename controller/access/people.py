"""Users as an admin and they themselves change them, and the badges that name them at a station."""

import hmac
from dataclasses import replace

from controller.access.access import Access, By
from controller.access.errors import AccessError
from controller.access.keys import digest, new_secret, pin_flaw, pin_hash
from controller.access.naming import named
from controller.access.values import (
    DropFactor,
    DropSessions,
    DropTickets,
    DropUser,
    PutTicket,
    PutUser,
    Role,
    Ticket,
    User,
)

_LAST = "{name} is the last admin. Make somebody else admin first. Nothing was changed."


async def add_user(access: Access, name: str, display: str, role: Role, by: By) -> tuple[User, str]:
    """Add a user; return them and the secret of the link by which they set their password."""
    name = named(name)
    async with access.turn:
        if name in access.book.users:
            raise AccessError("conflict", f"There is a user {name} already. Nothing was changed.")
        shown = display.strip()[:60] or name.capitalize()
        user = User(name=name, display=shown, role=role, created=access.now())
        secret, ticket = _link(access, name)
        entry = access.log("user added", by, name, role)
        await access.change(PutUser(user), PutTicket(ticket), entry)
        return user, secret


async def change_user(
    access: Access,
    name: str,
    by: By,
    *,
    display: str | None = None,
    role: Role | None = None,
    disabled: bool | None = None,
) -> User:
    """Change what is given. Raises AccessError, also when nobody could let others in afterwards."""
    async with access.turn:
        old = known(access, name)
        new = replace(
            old,
            display=old.display if display is None else display.strip()[:60] or old.display,
            role=old.role if role is None else role,
            disabled=old.disabled if disabled is None else disabled,
        )
        if access.book.admins() == [name] and (new.disabled or new.role is not Role.ADMIN):
            raise AccessError("conflict", _LAST.format(name=name))
        ends = access.book.sessions_of(name) if new.disabled else ()
        links = _links_of(access, name) if new.disabled else ()
        entry = access.log("user changed", by, name, _changes(old, new))
        await access.change(PutUser(new), DropSessions(ends), DropTickets(links), entry)
        return new


async def remove_user(access: Access, name: str, by: By) -> None:
    """Forget a user; what they did stays in the journal under their name."""
    async with access.turn:
        known(access, name)
        if access.book.admins() == [name]:
            raise AccessError("conflict", _LAST.format(name=name))
        await access.change(
            DropUser(name),
            DropFactor(name),
            DropSessions(access.book.sessions_of(name)),
            DropTickets(_links_of(access, name)),
            access.log("user removed", by, name),
        )


async def link_for(access: Access, name: str, by: By) -> str:
    """Return the secret of a fresh link to set a password; older links are void."""
    async with access.turn:
        user = known(access, name)
        if user.disabled:
            raise AccessError("conflict", f"{name} is disabled. Enable the user first.")
        secret, ticket = _link(access, name)
        void = DropTickets(_links_of(access, name))
        await access.change(void, PutTicket(ticket), access.log("link made", by, name))
        return secret


async def set_pin(access: Access, name: str, pin: str, by: By) -> None:
    """Set a PIN or badge code; an empty one takes it away. Raises AccessError."""
    if pin and (flaw := pin_flaw(pin)):
        raise AccessError("wrong", flaw)
    kept = pin_hash(access.pepper, pin) if pin else ""
    async with access.turn:
        user = known(access, name)
        others = [each for each in access.book.users.values() if each.name != name]
        if kept and any(hmac.compare_digest(each.pin, kept) for each in others):
            raise AccessError("conflict", "This PIN cannot be used. Choose another one.")
        entry = access.log("PIN set" if kept else "PIN taken away", by, name)
        await access.change(PutUser(replace(user, pin=kept)), entry)


async def show_badge(access: Access, key: str, station: str, pin: str, by: By) -> tuple[User, int]:
    """Name who acts next at a shared station; return them and for how many seconds it counts."""
    attempt = f"badge {key}"
    access.count_attempt(attempt, attempt)
    kept = pin_hash(access.pepper, pin)
    found = None
    for user in access.book.users.values():
        # All are compared, so that the time taken tells nothing.
        if user.pin and hmac.compare_digest(user.pin, kept) and not user.disabled:
            found = user
    if found is None:
        async with access.turn:
            await access.change(access.log("badge refused", by, station))
        raise AccessError("refused", "Nobody has this badge or PIN. Nothing was changed.")
    access.attempt_passed(attempt, attempt)
    access.counts.badges[key] = (found.name, access.now() + access.limits.badge_s)
    return found, access.limits.badge_s


def known(access: Access, name: str) -> User:
    """Return a user. Raises AccessError."""
    user = access.book.users.get(name)
    if user is None:
        raise AccessError("unknown", f"There is no user {name[:40]!r}.")
    return user


def _link(access: Access, name: str) -> tuple[str, Ticket]:
    secret = new_secret()
    expires = access.now() + access.limits.link_s
    return secret, Ticket(hash=digest(secret), kind="password", user=name, expires=expires)


def _links_of(access: Access, name: str) -> tuple[str, ...]:
    return tuple(each.hash for each in access.book.tickets.values() if each.user == name)


def _changes(old: User, new: User) -> str:
    said = []
    if new.role is not old.role:
        said.append(f"{old.role} to {new.role}")
    if new.disabled is not old.disabled:
        said.append("disabled" if new.disabled else "enabled")
    if new.display != old.display:
        said.append("shown name")
    return ", ".join(said)
