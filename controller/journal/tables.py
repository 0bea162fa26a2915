"""The tables of a journal database; the migrations build exactly these."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData()

JOURNAL = Table(
    "journal",
    METADATA,
    Column(
        "seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    ),
    Column("at_s", BigInteger, nullable=False),
    Column("utc", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("boot", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(60), nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
"""Append only; `body` is the event's canonical JSON."""

LEASE = Table(
    "lease",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
)
"""Who may write; the epoch rises with every opening and is checked in every writing."""

PEOPLE = Table(
    "people",
    METADATA,
    Column("order", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("texts", Text, nullable=False),
)
"""Personal data, erasable; `texts` is a JSON list of [key, words]."""

REFUSALS = Table(
    "refusals",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("file", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("order", String(200), nullable=False, server_default=text("''")),
    UniqueConstraint("digest"),
)
"""Rows of order files that were not taken, erasable; `digest` keeps a repeated row single."""

USERS = Table(
    "users",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("display", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("password", Text, nullable=False),
    Column("pin", String(64), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
)
"""People who sign in; `password` is an argon2id hash, `pin` a keyed one. Erasable."""

FACTORS = Table(
    "factors",
    METADATA,
    Column("user", String(40), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("codes", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)
"""Second factors: `sealed` is encrypted, `codes` are SHA-256 hashes with spaces between. Erasable."""

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("user", String(40), nullable=False),
    Column("token", String(20), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
)
"""Browsers that are signed in, by the SHA-256 of their cookie."""

TOKENS = Table(
    "tokens",
    METADATA,
    Column("id", String(20), primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("role", String(20), nullable=False),
    Column("station", Text, nullable=False),
    Column("badge", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("revoked", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    UniqueConstraint("hash"),
)
"""Programs and shared stations, by the SHA-256 of their token."""

TICKETS = Table(
    "tickets",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("user", String(40), nullable=False),
    Column("expires", BigInteger, nullable=False),
)
"""One-time links that nobody has followed yet."""

ACCESS_LOG = Table(
    "access_log",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
"""Append only, but personal: not part of the chain, so that it can be erased by age."""

CURSORS = Table(
    "cursors",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""How far a follower of the journal has come."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", String(120), primary_key=True),
    Column("event", String(64), nullable=False),
    Column("receiver", String(60), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("about", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("stand", String(10), nullable=False),
    Column("says", Text, nullable=False),
)
"""Deliveries to other systems that have not arrived."""

TOLD = Table(
    "told",
    METADATA,
    Column("order", String(200), primary_key=True),
    Column("due_s", BigInteger, nullable=False),
    Column("promised", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
)
"""What other systems know of open orders."""

COLUMN_MAPS = Table(
    "column_maps",
    METADATA,
    Column("name", String(60), primary_key=True),
    Column("saved", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""What the columns of foreign order files mean; `body` is JSON."""

HEARD = Table(
    "heard",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
)
"""Webhooks of the last days by the SHA-256 of their body, with their answers."""
