"""The tables of the exchange with other systems as values: writings become rows, rows become a book."""

from dataclasses import fields
from typing import assert_never

import sqlalchemy as sa
from pydantic import TypeAdapter

from controller.journal.tables import COLUMN_MAPS, CURSORS, HEARD, OUTBOX, TOLD
from controller.orders import ColumnMap
from controller.outbox import (
    Delivery,
    DropDelivery,
    DropMap,
    ExchangeBook,
    ExchangeWriting,
    Followed,
    Heard,
    PutDelivery,
    PutHeard,
    PutMap,
    SavedMap,
    Stand,
    Told,
)
from controller.outbox.book import REMEMBER_S

_CURSOR = "outbox"
_MAP = TypeAdapter(ColumnMap)


def write_exchange(connection: sa.Connection, writing: ExchangeWriting) -> None:
    """Do one writing within the connection's transaction."""
    match writing:
        case Followed():
            _follow(connection, writing)
        case PutDelivery(delivery):
            _put(connection, OUTBOX, "id", delivery)
        case DropDelivery(name):
            connection.execute(sa.delete(OUTBOX).where(OUTBOX.c.id == name))
        case PutMap(saved):
            connection.execute(sa.delete(COLUMN_MAPS).where(COLUMN_MAPS.c.name == saved.name))
            body = _MAP.dump_json(saved.column_map).decode()
            kept = {"name": saved.name, "saved": saved.saved, "by": saved.by, "body": body}
            connection.execute(sa.insert(COLUMN_MAPS).values(kept))
        case DropMap(name):
            connection.execute(sa.delete(COLUMN_MAPS).where(COLUMN_MAPS.c.name == name))
        case PutHeard(heard):
            connection.execute(sa.delete(HEARD).where(HEARD.c.at < heard.at - REMEMBER_S))
            _put(connection, HEARD, "key", heard)
        case _:
            assert_never(writing)


def read_exchange(connection: sa.Connection) -> ExchangeBook:
    """Read all of it."""
    book = ExchangeBook()
    at = sa.select(CURSORS.c.seq).where(CURSORS.c.name == _CURSOR)
    book.seq = connection.execute(at).scalar_one_or_none() or 0
    for row in connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.made)).mappings():
        book.deliveries[row["id"]] = Delivery(**{**row, "stand": Stand(row["stand"])})
    for row in connection.execute(sa.select(TOLD)).mappings():
        book.told[row["order"]] = Told(**row)
    for row in connection.execute(sa.select(COLUMN_MAPS).order_by(COLUMN_MAPS.c.name)).mappings():
        kept = {name: row[name] for name in ("name", "saved", "by")}
        book.maps[row["name"]] = SavedMap(**kept, column_map=_MAP.validate_json(row["body"]))
    for row in connection.execute(sa.select(HEARD)).mappings():
        book.heard[row["key"]] = Heard(**row)
    return book


def _follow(connection: sa.Connection, followed: Followed) -> None:
    connection.execute(sa.delete(CURSORS).where(CURSORS.c.name == _CURSOR))
    connection.execute(sa.insert(CURSORS).values({"name": _CURSOR, "seq": followed.seq}))
    for delivery in followed.deliveries:
        _put(connection, OUTBOX, "id", delivery)
    for told in followed.told:
        _put(connection, TOLD, "order", told)
    if followed.closed:
        connection.execute(sa.delete(TOLD).where(TOLD.c.order.in_(followed.closed)))


def _put(
    connection: sa.Connection, table: sa.Table, key: str, value: Delivery | Told | Heard
) -> None:
    values = {each.name: getattr(value, each.name) for each in fields(value)}
    connection.execute(sa.delete(table).where(table.c[key] == values[key]))
    connection.execute(sa.insert(table).values(values))
