"""The tables of the exchange with other systems: cursor, outbox, what was told, maps, webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "cursors",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )
    # What happened before anybody listened is not told: the cursor starts at the journal's end.
    op.execute(
        "insert into cursors (name, seq) select 'outbox', coalesce(max(seq), 0) from journal"
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("receiver", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("stand", sa.String(10), nullable=False),
        sa.Column("says", sa.Text, nullable=False),
    )
    op.create_table(
        "told",
        sa.Column("order", sa.String(200), primary_key=True),
        sa.Column("due_s", sa.BigInteger, nullable=False),
        sa.Column("promised", sa.Boolean, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
    )
    op.create_table(
        "column_maps",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("saved", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "heard",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("heard", "column_maps", "told", "outbox", "cursors"):
        op.drop_table(table)
