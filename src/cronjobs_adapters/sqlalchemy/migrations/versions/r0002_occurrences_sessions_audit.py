"""Occurrences, sign-ins, the audit log and jobs' options; what a deletion takes along; indexes.

SQLite rebuilds the tables whose constraints change: it copies their rows. Constraints without a
name, as the previous backend made them there, get theirs by the convention.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

ID: Final = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
_CONVENTION: Final = {
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}


def upgrade() -> None:
    """Add them."""
    _executions()
    _accounts()
    _audit()
    op.add_column("jobs", sa.Column("options", sa.Text))
    _delete_rule("jobs", "created_by", "SET NULL")
    _delete_rule("user_notification_preferences", "user_id", "CASCADE")
    _delete_rule("user_ui_preferences", "user_id", "CASCADE")
    op.create_index("ix_jobs_created_by", "jobs", ["created_by"])
    for name in ("related_job_id", "related_execution_id"):
        op.create_index(f"ix_notifications_{name}", "notifications", [name])
    for columns in (["user_id", "is_read", "created_at"], ["user_id", "created_at", "id"]):
        op.create_index(f"ix_notifications_{'_'.join(columns)}", "notifications", columns)


def _executions() -> None:
    table = "job_executions"
    with op.batch_alter_table(table, naming_convention=_CONVENTION) as batch:
        batch.add_column(sa.Column("scheduled_for", sa.DateTime))
        batch.add_column(sa.Column("reason", sa.String(50)))
        batch.add_column(sa.Column("attempt", sa.Integer, nullable=False, server_default="1"))
        batch.add_column(sa.Column("triggered_by", ID))
        key = f"fk_{table}_triggered_by_users"
        batch.create_foreign_key(key, "users", ["triggered_by"], ["id"], ondelete="SET NULL")
        occurrence = ["job_id", "scheduled_for"]
        batch.create_unique_constraint("uq_job_executions_occurrence", occurrence)
        batch.drop_index("ix_job_executions_job_id")  # the next one begins with it
    op.create_index("ix_job_executions_job_id_started_at", table, ["job_id", "started_at"])
    op.create_index("ix_job_executions_started_at", table, ["started_at"])
    op.create_index("ix_job_executions_status_started_at", table, ["status", "started_at"])
    for name, column, rows in (
        ("running", "job_id", sa.text("status = 'running'")),
        ("triggered_by", "triggered_by", sa.text("triggered_by IS NOT NULL")),
    ):
        index = f"ix_job_executions_{name}"
        op.create_index(index, table, [column], sqlite_where=rows, postgresql_where=rows)


def _accounts() -> None:
    op.add_column("users", sa.Column("sessions_end_before", sa.DateTime))
    user = sa.ForeignKey("users.id", ondelete="CASCADE")
    op.create_table(
        "user_sessions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user_id", ID, user, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    op.create_index("ix_user_sessions_user_id", "user_sessions", ["user_id"])


def _audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor_id", ID),
        sa.Column("actor_name", sa.String(80), nullable=False),
        sa.Column("action", sa.String(50), nullable=False),
        sa.Column("entity_type", sa.String(30), nullable=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
    )
    op.create_index("ix_audit_log_at_id", "audit_log", ["at", "id"])


def _delete_rule(table: str, column: str, rule: str) -> None:
    """Give the reference to a user another rule."""
    name = f"fk_{table}_{column}_users"
    keys = sa.inspect(op.get_bind()).get_foreign_keys(table)
    present = next(key["name"] for key in keys if key["constrained_columns"] == [column])
    with op.batch_alter_table(table, naming_convention=_CONVENTION) as batch:
        batch.drop_constraint(present or name, type_="foreignkey")
        batch.create_foreign_key(name, "users", [column], ["id"], ondelete=rule)
