"""The tables of the previous backend (contract section 9)."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

ID: Final = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")


def upgrade() -> None:
    """Create them."""
    _people()
    _jobs()
    _lists()
    _settings()


def _people() -> None:
    op.create_table(
        "users",
        _id(),
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role", sa.String(20), nullable=False, server_default="viewer"),
        _flag("is_active"),
        *_changes(),
    )
    op.create_index("ix_users_username", "users", ["username"], unique=True)
    op.create_index("ix_users_email", "users", ["email"], unique=True)


def _jobs() -> None:
    op.create_table(
        "jobs",
        _id(),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("cron_expression", sa.String(100), nullable=False),
        sa.Column("target_url", sa.String(500)),
        sa.Column("github_owner", sa.String(255)),
        sa.Column("github_repo", sa.String(255)),
        sa.Column("github_workflow_name", sa.String(255)),
        sa.Column("job_metadata", sa.Text),
        sa.Column("category", sa.String(100), nullable=False, server_default="general"),
        sa.Column("end_date", sa.Date),
        sa.Column("pic_team", sa.String(100)),
        _flag("enable_email_notifications"),
        sa.Column("notification_emails", sa.Text),
        _flag("notify_on_success"),
        _reference("created_by", "users", None, nullable=True),
        _flag("is_active"),
        *_changes(),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "job_executions",
        _id(),
        _reference("job_id", "jobs", "CASCADE"),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("trigger_type", sa.String(20), nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("completed_at", sa.DateTime),
        sa.Column("duration_seconds", sa.Float),
        sa.Column("execution_type", sa.String(50)),
        sa.Column("target", sa.String(500)),
        sa.Column("response_status", sa.Integer),
        sa.Column("error_message", sa.Text),
        sa.Column("output", sa.Text),
    )
    op.create_index("ix_job_executions_job_id", "job_executions", ["job_id"])
    op.create_table(
        "notifications",
        _id(),
        _reference("user_id", "users", "CASCADE"),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("type", sa.String(50), nullable=False),
        _reference("related_job_id", "jobs", "SET NULL", nullable=True),
        _reference("related_execution_id", "job_executions", "SET NULL", nullable=True),
        _flag("is_read"),
        sa.Column("read_at", sa.DateTime),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )


def _lists() -> None:
    for table, more in (
        ("job_categories", ()),
        ("pic_teams", (sa.Column("slack_handle", sa.String(255)),)),
    ):
        op.create_table(
            table,
            _id(),
            sa.Column("slug", sa.String(100), nullable=False),
            sa.Column("name", sa.String(255), nullable=False),
            *more,
            _flag("is_active"),
            *_changes(),
        )
        op.create_index(f"ix_{table}_slug", table, ["slug"], unique=True)


def _settings() -> None:
    op.create_table(
        "slack_settings",
        _id(),
        _flag("is_enabled"),
        sa.Column("webhook_url", sa.Text),
        sa.Column("channel", sa.String(255)),
        *_changes(),
    )
    flags = (
        "email_on_job_success",
        "email_on_job_failure",
        "email_on_job_disabled",
        "browser_notifications",
        "daily_digest",
        "weekly_report",
    )
    for table, columns in (
        ("user_notification_preferences", [_flag(name) for name in flags]),
        ("user_ui_preferences", [sa.Column("jobs_table_columns", sa.Text)]),
    ):
        op.create_table(
            table,
            _id(),
            _reference("user_id", "users", None),
            *columns,
            *_changes(),
            sa.UniqueConstraint("user_id"),
        )


def _id() -> sa.Column[Any]:
    return sa.Column("id", ID, primary_key=True)


def _reference(
    name: str, target: str, rule: str | None, *, nullable: bool = False
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", ondelete=rule)
    return sa.Column(name, ID, key, nullable=nullable)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _changes() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return (
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
    )
