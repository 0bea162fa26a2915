"""Brings a journal database to today's tables, and refuses one that is ahead of this release."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from controller.journal.port import JournalError

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(connection: Connection) -> None:
    """Run the missing steps within the connection's transaction. Raises JournalError."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    known = {step.revision for step in scripts.walk_revisions()}
    present = MigrationContext.configure(connection).get_current_heads()
    if ahead := sorted(set(present) - known):
        raise JournalError(
            f"The database has schema {ahead[0]!r}, which is newer than this release. "
            "Maybe start the release that wrote it."
        )
    if set(present) != set(scripts.get_heads()):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
