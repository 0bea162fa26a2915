"""Refused rows know their order, so that erasing its person finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; rows of before belong to nobody that is known."""
    op.add_column(
        "refusals", sa.Column("order", sa.String(200), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("refusals", "order")
