"""Events as canonical JSON, their envelope's hash, and the steps from older shapes to today's.

A row keeps the event's text exactly as it was written; the hash is over that text, so that a
journal stays verifiable after the shapes have moved on.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TypeAlias, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from controller.events import VERSION, Event, Stamped
from controller.journal.port import Draft, JournalError, Verified

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Body: TypeAlias = dict[str, Json]
Upgrade: TypeAlias = Callable[[Body], Body]

GENESIS = "0" * 64
"""What the first event has in place of the hash of the one before."""

KINDS: Mapping[str, type[Event]] = MappingProxyType(
    {kind.__name__: kind for kind in get_args(Event)}
)
"""Kind, as stored -> class: every member of the union, so none can be forgotten."""

UPGRADES: Mapping[tuple[str, int], Upgrade] = MappingProxyType({})
"""(kind, version) -> the step from that version's body to the next; an absent key changes nothing.
A kind keeps its name: a renamed class gets a row here that says which body it has become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An envelope as it is stored, with the event as text."""

    seq: int
    at_s: int
    utc: str
    actor: str
    station: str
    boot: str
    epoch: int
    version: int
    kind: str
    body: str
    previous: str
    hash: str = ""


def canonical(value: Json) -> str:
    """Write JSON in the one form that is hashed: sorted keys, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def encode(event: Event) -> str:
    """Write an event as canonical JSON; its class is not part of it.

    It is read back at once: an event that could not be read at a restart must never be written.
    Raises JournalError.
    """
    kind = type(event).__name__
    try:
        body = canonical(_adapter(kind).dump_python(event, mode="json"))
    except (PydanticSerializationError, ValueError) as error:
        raise JournalError(f"An event {kind!r} cannot be written down: {error}") from error
    if decode(kind, VERSION, body) != event:
        raise JournalError(f"An event {kind!r} would not be read back as what it is: {event!r}.")
    return body


def decode(kind: str, version: int, body: str) -> Event:
    """Read an event of any version back. Raises JournalError for what this release cannot read."""
    if version > VERSION:
        raise JournalError(
            f"The event {kind!r} has version {version}; this release reads up to {VERSION}. "
            "Maybe a newer release wrote it: start that one."
        )
    if version < VERSION:
        body = canonical(upgrade(kind, version, json.loads(body)))
    if kind not in KINDS:
        raise JournalError(f"The event kind {kind!r} is unknown to this release.")
    try:
        return _adapter(kind).validate_json(body, strict=True)
    except ValidationError as error:
        raise JournalError(f"An event {kind!r} cannot be read: {error}") from error


def upgrade(
    kind: str,
    version: int,
    body: Body,
    *,
    steps: Mapping[tuple[str, int], Upgrade] = UPGRADES,
    to: int = VERSION,
) -> Body:
    """Bring a body from its version to another, one step a version."""
    for at in range(version, to):
        step = steps.get((kind, at))
        body = step(body) if step is not None else body
    return body


def envelope_hash(row: Row) -> str:
    """Return the SHA-256 (hex) of the canonical envelope without its own hash."""
    envelope: Body = {
        "actor": row.actor,
        "at_s": row.at_s,
        "body": row.body,
        "boot": row.boot,
        "epoch": row.epoch,
        "kind": row.kind,
        "previous": row.previous,
        "seq": row.seq,
        "station": row.station,
        "utc": row.utc,
        "version": row.version,
    }
    return hashlib.sha256(canonical(envelope).encode()).hexdigest()


def chain(
    drafts: Sequence[Draft], head: tuple[int, str], *, boot: str, epoch: int
) -> tuple[Row, ...]:
    """Give drafts their places behind `head`, the (sequence number, hash) of the last event.
    Raises JournalError."""
    seq, previous = head
    rows: list[Row] = []
    for draft in drafts:
        seq += 1
        bare = Row(
            seq=seq,
            at_s=draft.at_s,
            utc=draft.utc,
            actor=draft.actor,
            station=draft.station,
            boot=boot,
            epoch=epoch,
            version=VERSION,
            kind=type(draft.event).__name__,
            body=encode(draft.event),
            previous=previous,
        )
        previous = envelope_hash(bare)
        rows.append(replace(bare, hash=previous))
    return tuple(rows)


def stamped(row: Row, event: Event | None = None) -> Stamped:
    """Open a stored envelope; `event` saves reading back what was just written."""
    return Stamped(
        seq=row.seq,
        at_s=row.at_s,
        utc=row.utc,
        actor=row.actor,
        station=row.station,
        boot=row.boot,
        epoch=row.epoch,
        version=row.version,
        event=event if event is not None else decode(row.kind, row.version, row.body),
        previous=row.previous,
        hash=row.hash,
    )


def follow(rows: Sequence[Row], head: tuple[int, str] = (0, GENESIS)) -> Verified:
    """Walk rows behind `head` and say how many are right, or which one is the first that is not."""
    seq, previous = head
    for row in rows:
        if row.seq != seq + 1:
            return Verified(seq, seq + 1, "it is missing")
        if row.previous != previous:
            return Verified(seq, row.seq, "it does not follow from the one before")
        if row.hash != envelope_hash(row):
            return Verified(seq, row.seq, "it was changed after it was written")
        seq, previous = row.seq, row.hash
    return Verified(seq)


@cache
def _adapter(kind: str) -> TypeAdapter[Event]:
    return TypeAdapter(KINDS[kind])
