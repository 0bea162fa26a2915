"""The tables of a journal database; the migrations build exactly these."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text, UniqueConstraint

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
    UniqueConstraint("digest"),
)
"""Rows of order files that were not taken, erasable; `digest` keeps a repeated row single."""

IDEMPOTENCY = Table(
    "idempotency",
    METADATA,
    Column("key", String(200), primary_key=True),
    Column("actor", Text, nullable=False),
    Column("body_sha256", String(64), nullable=False),
    Column("response", Text, nullable=False),
)
"""Answers to requests that carried a key, so that a repeated request has one effect."""
