"""Status out: what the journal says goes to other systems and to people, until it has arrived."""

from controller.outbox.book import (
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

__all__ = [
    "Delivery",
    "DropDelivery",
    "DropMap",
    "ExchangeBook",
    "ExchangeWriting",
    "Followed",
    "Heard",
    "PutDelivery",
    "PutHeard",
    "PutMap",
    "SavedMap",
    "Stand",
    "Told",
]
