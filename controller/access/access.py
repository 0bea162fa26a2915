"""The one place that knows who is signed in: a book of values in memory, each change durable first."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from controller.access.book import Book
from controller.access.errors import AccessError
from controller.access.keys import digest
from controller.access.limits import DAY_S, STRICT, Limits
from controller.access.passwords import Passwords
from controller.access.rates import BackOff, Buckets
from controller.access.values import (
    AccessWriting,
    DropSessions,
    Entry,
    LogEntry,
    PutSession,
    PutToken,
    Role,
    Session,
    Token,
    User,
)


class AccessStore(Protocol):
    """What access needs of the journal's database."""

    async def keep_access(self, writings: Sequence[AccessWriting]) -> None:
        """Do all or none, durably. Raises JournalError."""
        ...

    def access_book(self) -> Book:
        """Return users, sessions, tokens and links."""
        ...

    def access_log(self, limit: int = 200) -> tuple[Entry, ...]:
        """Return the last lines of the access log, the newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who asks for a change of access, and from where."""

    who: str = "nobody"
    address: str = ""
    agent: str = ""


@dataclass(slots=True)
class _Counts:
    """What is forgotten with the process: waits, rates, badges, last uses."""

    users: BackOff
    addresses: BackOff
    rates: Buckets
    strangers: Buckets
    badges: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])
    """By session or token: who showed a badge, and until when it counts."""
    seen: dict[str, int] = field(default_factory=dict[str, int])
    offered: dict[str, tuple[bytes, int]] = field(
        default_factory=dict[str, tuple[bytes, int]], repr=False
    )
    """By user: the secret of a second factor that is not confirmed yet, and until when it can be."""
    lent: dict[str, Token] = field(default_factory=dict[str, Token])
    """By hash: tokens of this run, which are in no table."""


class Access:
    """Owns the book; all of it on the loop's thread, one change after the other."""

    def __init__(
        self,
        store: AccessStore,
        now: Callable[[], int],
        *,
        pepper: bytes,
        limits: Limits | None = None,
        second_factor: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the book. `now` gives real epoch seconds; `pepper` keys the hashes of PINs.

        `second_factor`: engineers and admins must have one."""
        self.limits = limits or Limits()
        self.second_factor = second_factor
        self.now = now
        self.monotonic = monotonic
        self.pepper = pepper
        self.passwords = Passwords()
        self.book = store.access_book()
        self.turn = asyncio.Lock()
        """Held from the last look at the book until its change is durable."""
        self.counts = _Counts(
            users=BackOff(self.limits.free_failures, self.limits.user_wait_s),
            addresses=BackOff(self.limits.free_failures * 4, self.limits.address_wait_s),
            rates=Buckets(self.limits.rate, self.limits.burst),
            strangers=Buckets(self.limits.stranger_rate, self.limits.stranger_burst),
        )
        self._store = store

    def session(self, secret: str) -> Session | None:
        """Return the live session of a cookie's value; expired, ended and forged ones are none."""
        found = self.book.sessions.get(digest(secret))
        return found if found is not None and self.lives(found) else None

    def lives(self, session: Session) -> bool:
        """Tell whether a session still counts: its age, its idleness, and whose it is."""
        now = self.now()
        if session.hash not in self.book.sessions or now >= session.expires:
            return False
        idle_s = now - self.counts.seen.get(session.hash, session.seen)
        if session.token:
            token = self.book.tokens.get(session.token)
            held = token is not None and self.holds(token)
            return held and idle_s < self.limits.station_idle_s
        user = self.person(session.user)
        if user is None:
            return False
        young = now - session.created < self.limits.absolute_of(user.role)
        return young and idle_s < self.limits.idle_of(user.role)

    def person(self, name: str) -> User | None:
        """Return a user who may sign in."""
        user = self.book.users.get(name)
        return user if user is not None and not user.disabled else None

    def must_enrol(self, name: str) -> bool:
        """Tell whether a person has yet to set up the second factor that their role needs."""
        user = self.book.users.get(name)
        needed = self.second_factor and user is not None and user.role in STRICT
        return needed and name not in self.book.factors

    def token(self, secret: str) -> Token | None:
        """Return the live token with this secret."""
        kept = digest(secret)
        lent = self.counts.lent.get(kept)
        if lent is not None:
            return lent
        # An id is no secret, so that comparing the hash is the only thing that takes one.
        found = self.book.tokens.get(secret.removeprefix("lwt_").partition("_")[0])
        same = found is not None and found.hash == kept
        return found if found is not None and same and self.holds(found) else None

    def holds(self, token: Token) -> bool:
        """Tell whether a token still counts."""
        if token.id not in self.book.tokens:
            return token.hash in self.counts.lent
        return not token.revoked and self.now() < token.expires

    def lend(self, secret: str, name: str, role: Role) -> Token:
        """Take a secret as a token for this run of the controller."""
        token = Token(id=name, name=name, hash=digest(secret), role=role, created=self.now())
        self.counts.lent[token.hash] = token
        return token

    def badge(self, key: str) -> User | None:
        """Return who showed a badge at a station a moment ago; `key` is its session or token."""
        name, until = self.counts.badges.get(key, ("", 0))
        return self.person(name) if self.now() < until else None

    async def seen(self, used: Session | Token) -> None:
        """Note a use; it is written down now and then."""
        now = self.now()
        key = used.hash
        last = used.seen if isinstance(used, Session) else used.used
        self.counts.seen[key] = now
        if now - last < self.limits.touch_s or key in self.counts.lent:
            return
        async with self.turn:
            if isinstance(used, Session) and key in self.book.sessions:
                await self.change(PutSession(replace(self.book.sessions[key], seen=now)))
            elif isinstance(used, Token) and used.id in self.book.tokens:
                await self.change(PutToken(replace(self.book.tokens[used.id], used=now)))

    async def change(self, *writings: AccessWriting) -> None:
        """Write, then know; the caller holds `turn`. Raises JournalError, and nothing has changed."""
        await self._store.keep_access(writings)
        for writing in writings:
            if not isinstance(writing, LogEntry):
                self.book.apply(writing)

    def log(self, kind: str, by: By, about: str = "", detail: str = "") -> LogEntry:
        """Return a line for the access log."""
        return LogEntry(
            Entry(
                at=self.now(),
                kind=kind,
                who=by.who,
                about=about,
                address=by.address,
                detail=detail,
            )
        )

    def latest(self, limit: int = 200) -> tuple[Entry, ...]:
        """Return the last lines of the access log, the newest first."""
        return self._store.access_log(limit)

    def expired(self) -> DropSessions:
        """Return the writing that forgets sessions which no longer count."""
        over = [each.hash for each in self.book.sessions.values() if not self.lives(each)]
        for each in over:
            self.counts.seen.pop(each, None)
            self.counts.badges.pop(each, None)
        return DropSessions(tuple(over))

    def count_attempt(self, user: str, address: str) -> None:
        """Count an attempt before it is looked at, so that many at once are many. Raises AccessError."""
        now = self.now()
        wait_s = max(
            self.counts.users.wait_s(user, now), self.counts.addresses.wait_s(address, now)
        )
        if wait_s:
            raise AccessError(
                "slow",
                f"Too many wrong attempts. Try again in {_in_words(wait_s)}.",
                retry_s=wait_s,
            )
        self.counts.users.failed(user, now)
        self.counts.addresses.failed(address, now)

    def attempt_passed(self, user: str, address: str) -> None:
        """Forget the failures before a success."""
        self.counts.users.passed(user)
        self.counts.addresses.passed(address)


def days(count: int) -> int:
    """Return days in seconds."""
    return count * DAY_S


def _in_words(seconds: int) -> str:
    return f"{seconds} s" if seconds < 90 else f"{-(-seconds // 60)} min"  # noqa: PLR2004
