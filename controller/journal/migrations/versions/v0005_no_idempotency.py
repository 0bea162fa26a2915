"""Answers to repeated requests are facts of the journal; their table goes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop it; nothing was ever written to it."""
    op.drop_table("idempotency")


def downgrade() -> None:
    """Make it again."""
    op.create_table(
        "idempotency",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("response", sa.Text, nullable=False),
    )
