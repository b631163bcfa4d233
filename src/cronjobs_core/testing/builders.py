"""Valid entities for tests, each with an id and a name of its own.

Ids are numbered in the order of building, so that they sort in it; every instant is NOON. Nothing
depends on the clock or on chance. Keywords replace single fields.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Final

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.executions import Execution, ExecutionStatus, TriggerType
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.notifications import Notification, NotificationType
from cronjobs_core.domain.preferences import (
    DEFAULT_COLUMNS,
    NotificationFlags,
    NotificationPreferences,
    UiPreferences,
)
from cronjobs_core.domain.slack import SETTINGS_ID, SlackSettings
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Actor, Role, Session, User

NOON: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When everything here happens."""

_numbers = count(1)


def an_id() -> str:
    """An id that no other call returns: 36 characters in the form of a UUID4."""
    return _id(next(_numbers))


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


def a_job(**overrides: Any) -> Job:
    """An active job that calls a webhook every morning; nobody's."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": _id(number),
        "name": f"Job {number}",
        "cron_expression": "0 9 * * *",
        "target_url": "https://hooks.example.com/run",
        "end_date": date(2026, 12, 31),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Job(**values | overrides)


def an_execution(**overrides: Any) -> Execution:
    """A running execution of a job of its own; manual unless `scheduled_for` is given."""
    planned = overrides.get("scheduled_for")
    values: dict[str, Any] = {
        "id": an_id(),
        "job_id": an_id(),
        "status": ExecutionStatus.RUNNING,
        "trigger_type": TriggerType.MANUAL if planned is None else TriggerType.SCHEDULED,
        "scheduled_for": None,
        "started_at": NOON,
        "execution_type": "webhook",
        "target": "https://hooks.example.com/run",
    }
    return Execution(**values | overrides)


def a_user(**overrides: Any) -> User:
    """An active user with the role `user`."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": _id(number),
        "username": f"user{number}",
        "email": f"user{number}@example.com",
        "password_hash": f"hash{number}",
        "role": Role.USER,
        "is_active": True,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return User(**values | overrides)


def an_admin(**overrides: Any) -> User:
    """An active user with the role `admin`."""
    return a_user(**{"role": Role.ADMIN} | overrides)


def an_actor(**overrides: Any) -> Actor:
    """A signed-in user with the role `user`; `Actor.of` makes one of a stored user."""
    return replace(Actor.of(a_user()), **overrides)


def a_session(**overrides: Any) -> Session:
    """A session that is alive for the day, of a user of its own."""
    values: dict[str, Any] = {
        "id": an_id(),
        "user_id": an_id(),
        "created_at": NOON,
        "expires_at": NOON.replace(day=NOON.day + 1),
    }
    return Session(**values | overrides)


def notification_preferences(**overrides: Any) -> NotificationPreferences:
    """The flags that users begin with, of a user of their own."""
    values: dict[str, Any] = {
        "id": an_id(),
        "user_id": an_id(),
        "flags": NotificationFlags(),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return NotificationPreferences(**values | overrides)


def ui_preferences(**overrides: Any) -> UiPreferences:
    """The columns that users begin with, of a user of their own."""
    values: dict[str, Any] = {
        "id": an_id(),
        "user_id": an_id(),
        "jobs_table_columns": dict(DEFAULT_COLUMNS),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return UiPreferences(**values | overrides)


def slack_settings(**overrides: Any) -> SlackSettings:
    """Slack, switched on, under the one id that its settings have."""
    values: dict[str, Any] = {
        "id": SETTINGS_ID,
        "is_enabled": True,
        "webhook_url": "https://hooks.slack.example.com/services/T0/B0/secret",
        "channel": "#jobs",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return SlackSettings(**values | overrides)


def a_category(**overrides: Any) -> Category:
    """An active category."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": _id(number),
        "slug": f"category-{number}",
        "name": f"Category {number}",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Category(**values | overrides)


def a_pic_team(**overrides: Any) -> PicTeam:
    """An active PIC team with a Slack handle."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": _id(number),
        "slug": f"team-{number}",
        "name": f"Team {number}",
        "slack_handle": f"@team-{number}",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return PicTeam(**values | overrides)


def a_notification(**overrides: Any) -> Notification:
    """An unread notification about nothing in particular, of a user of its own."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": _id(number),
        "user_id": an_id(),
        "title": f"Title {number}",
        "message": f"Message {number}.",
        "type": NotificationType.INFO,
        "created_at": NOON,
    }
    return Notification(**values | overrides)


def an_audit_entry(**overrides: Any) -> AuditEntry:
    """The entry for a job that the service itself paused."""
    values: dict[str, Any] = {
        "id": an_id(),
        "at": NOON,
        "actor_id": None,
        "actor_name": "system",
        "action": "pause_job",
        "entity_type": "job",
        "entity_id": an_id(),
        "before": {"is_active": True},
        "after": {"is_active": False},
    }
    return AuditEntry(**values | overrides)
