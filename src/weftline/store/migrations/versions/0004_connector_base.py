"""What the marketplace had in place of an edited connector.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("connectors", "connector_history"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("base", sa.Text(), nullable=True))
        # Until now there was no other way in than the marketplace.
        table = sa.table(name, sa.column("base"), sa.column("document"))
        op.execute(sa.update(table).values(base=table.c.document))


def downgrade() -> None:
    for table in ("connector_history", "connectors"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("base")
