"""The events of the plant in an append-only chain, and what is erasable beside it."""

from controller.journal.database import upgrade_database
from controller.journal.inline import InlineJournal
from controller.journal.port import Draft, JournalError, JournalHeldError, JournalPort, Verified
from controller.journal.store import Memory
from controller.journal.writer import Journal

__all__ = [
    "Draft",
    "InlineJournal",
    "Journal",
    "JournalError",
    "JournalHeldError",
    "JournalPort",
    "Memory",
    "Verified",
    "upgrade_database",
]
