"""The tables: those of the previous backend under the same names, and our additions.

Column keys are the names of the entities' fields (see `rows`). Whatever refers to a row that is
deleted goes with it, or forgets it, by the database's own rules.
"""

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from cronjobs_adapters.sqlalchemy.types import (
    Addresses,
    Day,
    Instant,
    JsonObject,
    Key,
    Switches,
    Word,
    identifier,
)
from cronjobs_core.domain.executions import ExecutionStatus, TriggerType
from cronjobs_core.domain.notifications import NotificationType
from cronjobs_core.domain.users import Role

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# A constant in the statement's text: only then can a planner see that the partial index fits.
RUNNING: Final = literal_column(f"'{ExecutionStatus.RUNNING}'", String)


def _id() -> Column[str]:
    return Column("id", identifier(), primary_key=True)


def _reference(name: str, target: str, rule: str, **options: Any) -> Column[str]:
    options.setdefault("nullable", rule == "SET NULL")
    return Column(name, identifier(), ForeignKey(f"{target}.id", ondelete=rule), **options)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _changes() -> tuple[Column[Any], Column[Any]]:
    return (
        Column("created_at", Instant, nullable=False),
        Column("updated_at", Instant, nullable=False),
    )


users: Final = Table(
    "users",
    metadata,
    _id(),
    Column("username", Key(80), nullable=False, unique=True, index=True),
    Column("email", Key(120), nullable=False, unique=True, index=True),
    Column("password_hash", String(255), nullable=False),
    Column("role", Word(Role, 20, Role.VIEWER), nullable=False, server_default=Role.VIEWER),
    _flag("is_active"),
    *_changes(),
    Column("sessions_end_before", Instant),
)

user_sessions: Final = Table(
    "user_sessions",
    metadata,
    _id(),
    _reference("user_id", "users", "CASCADE", index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

jobs: Final = Table(
    "jobs",
    metadata,
    _id(),
    Column("name", Key(255), nullable=False, unique=True),
    Column("cron_expression", String(100), nullable=False),
    Column("target_url", String(500)),
    Column("github_owner", String(255)),
    Column("github_repo", String(255)),
    Column("github_workflow_name", String(255)),
    Column("job_metadata", JsonObject, key="metadata"),
    Column("category", Key(100), nullable=False, server_default="general"),
    Column("end_date", Day),
    Column("pic_team", Key(100)),
    _flag("enable_email_notifications"),
    Column("notification_emails", Addresses),
    _flag("notify_on_success"),
    _reference("created_by", "users", "SET NULL", index=True),
    _flag("is_active"),
    *_changes(),
    Column("options", JsonObject),
)

job_executions: Final = Table(
    "job_executions",
    metadata,
    _id(),
    _reference("job_id", "jobs", "CASCADE"),
    Column("status", Word(ExecutionStatus, 20, ExecutionStatus.FAILED), nullable=False),
    Column("trigger_type", Word(TriggerType, 20, TriggerType.SCHEDULED), nullable=False),
    Column("started_at", Instant, nullable=False, index=True),
    Column("completed_at", Instant),
    Column("duration_seconds", Float),
    Column("execution_type", Key(50)),
    Column("target", String(500)),
    Column("response_status", Integer),
    Column("error_message", Text),
    Column("output", Text),
    Column("scheduled_for", Instant),
    Column("reason", String(50)),
    Column("attempt", Integer, nullable=False, server_default="1"),
    _reference("triggered_by", "users", "SET NULL"),
    # This makes a claim happen once; manual runs (null) are never refused by it.
    UniqueConstraint("job_id", "scheduled_for", name="uq_job_executions_occurrence"),
    Index("ix_job_executions_job_id_started_at", "job_id", "started_at"),
    Index("ix_job_executions_status_started_at", "status", "started_at"),
)

Index(
    "ix_job_executions_running",
    job_executions.c.job_id,
    sqlite_where=job_executions.c.status == RUNNING,
    postgresql_where=job_executions.c.status == RUNNING,
)

# Without it the deletion of a user would read the whole history.
Index(
    "ix_job_executions_triggered_by",
    job_executions.c.triggered_by,
    sqlite_where=job_executions.c.triggered_by.is_not(None),
    postgresql_where=job_executions.c.triggered_by.is_not(None),
)

notifications: Final = Table(
    "notifications",
    metadata,
    _id(),
    _reference("user_id", "users", "CASCADE"),
    Column("title", String(255), nullable=False),
    Column("message", Text, nullable=False),
    Column("type", Word(NotificationType, 50, NotificationType.INFO), nullable=False),
    # Indexed, or the deletion of a job with a long history would scan this table for each run.
    _reference("related_job_id", "jobs", "SET NULL", index=True),
    _reference("related_execution_id", "job_executions", "SET NULL", index=True),
    _flag("is_read"),
    Column("read_at", Instant),
    Column("created_at", Instant, nullable=False),
    Index("ix_notifications_user_id_is_read_created_at", "user_id", "is_read", "created_at"),
    Index("ix_notifications_user_id_created_at_id", "user_id", "created_at", "id"),
)

job_categories: Final = Table(
    "job_categories",
    metadata,
    _id(),
    Column("slug", String(100), nullable=False, unique=True, index=True),
    Column("name", String(255), nullable=False),
    _flag("is_active"),
    *_changes(),
)

pic_teams: Final = Table(
    "pic_teams",
    metadata,
    _id(),
    Column("slug", String(100), nullable=False, unique=True, index=True),
    Column("name", String(255), nullable=False),
    Column("slack_handle", String(255)),
    _flag("is_active"),
    *_changes(),
)

slack_settings: Final = Table(
    "slack_settings",
    metadata,
    _id(),
    _flag("is_enabled"),
    Column("webhook_url", Text),
    Column("channel", String(255)),
    *_changes(),
)

user_notification_preferences: Final = Table(
    "user_notification_preferences",
    metadata,
    _id(),
    _reference("user_id", "users", "CASCADE", unique=True),
    _flag("email_on_job_success"),
    _flag("email_on_job_failure"),
    _flag("email_on_job_disabled"),
    _flag("browser_notifications"),
    _flag("daily_digest"),
    _flag("weekly_report"),
    *_changes(),
)

user_ui_preferences: Final = Table(
    "user_ui_preferences",
    metadata,
    _id(),
    _reference("user_id", "users", "CASCADE", unique=True),
    Column("jobs_table_columns", Switches),
    *_changes(),
)

audit_log: Final = Table(
    "audit_log",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    Column("actor_id", identifier()),  # no foreign key: the log outlives the people in it
    Column("actor_name", String(80), nullable=False),
    Column("action", String(50), nullable=False),
    Column("entity_type", String(30), nullable=False),
    Column("entity_id", identifier(), nullable=False),
    Column("before", JsonObject, nullable=False),
    Column("after", JsonObject, nullable=False),
    Index("ix_audit_log_at_id", "at", "id"),
)
