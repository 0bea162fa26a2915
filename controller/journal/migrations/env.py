"""Runs the steps on the connection that the journal hands over, all in its one transaction."""

from alembic import context

from controller.journal.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
