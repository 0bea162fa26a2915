"""`lotwright audit` and `lotwright db`: what is done to a journal while no controller runs."""

import asyncio
from pathlib import Path

from controller.commands import DONE, REFUSED, UsageError, database_url, say
from controller.journal import Journal, Verified, upgrade_database


def verify_journal(state: Path, db: str, *, as_json: bool) -> int:
    """Walk the chain of hashes; a broken one makes the exit code 1."""

    async def walk() -> Verified:
        journal = Journal.open(_present(state, db))
        try:
            return await journal.verify()
        finally:
            journal.close()

    found = asyncio.run(walk())
    said = {"events": found.events, "broken": found.broken, "why": found.why}
    if found.broken is None:
        return say(said, f"The chain of {found.events:,} events holds.", as_json=as_json)
    words = f"Event {found.broken:,} breaks the chain: {found.why}."
    return say(said, words, as_json=as_json, code=REFUSED)


def upgrade_tables(state: Path, db: str) -> int:
    """Bring the database to this release's tables."""
    upgrade_database(_present(state, db))
    return say({}, "The database is up to date.", as_json=False, code=DONE)


def _present(state: Path, db: str) -> str:
    if not db and not (state / "journal.db").is_file():
        raise UsageError(f"There is no journal in {state}. Name it with --state or --db.")
    return database_url(state, db)
