"""The rows of the store in memory."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.executions import Execution
from cronjobs_core.domain.ids import (
    CategoryId,
    ExecutionId,
    JobId,
    NotificationId,
    PicTeamId,
    SessionId,
    UserId,
)
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.notifications import Notification
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.preferences import NotificationPreferences, UiPreferences
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Session, User

Row = TypeVar(
    "Row",
    Job,
    Execution,
    User,
    Session,
    NotificationPreferences,
    UiPreferences,
    SlackSettings,
    Category,
    PicTeam,
    Notification,
    AuditEntry,
)
Item = TypeVar("Item")


@dataclass(slots=True)
class Tables:
    """Every row, by table and id, preferences by user.

    Tables that are `settled` never change again.
    """

    jobs: dict[JobId, Job] = field(default_factory=dict)
    executions: dict[ExecutionId, Execution] = field(default_factory=dict)
    users: dict[UserId, User] = field(default_factory=dict)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    notification_preferences: dict[UserId, NotificationPreferences] = field(default_factory=dict)
    ui_preferences: dict[UserId, UiPreferences] = field(default_factory=dict)
    slack: dict[str, SlackSettings] = field(default_factory=dict)
    categories: dict[CategoryId, Category] = field(default_factory=dict)
    pic_teams: dict[PicTeamId, PicTeam] = field(default_factory=dict)
    notifications: dict[NotificationId, Notification] = field(default_factory=dict)
    audit: dict[str, AuditEntry] = field(default_factory=dict)
    settled: bool = False

    def copy(self) -> Self:
        """The same rows in tables that may be written."""
        tables = replace(self, settled=False)
        for one in fields(self):
            rows = getattr(self, one.name)
            if isinstance(rows, dict):
                setattr(tables, one.name, dict(rows))
        return tables

    def writable(self) -> Self:
        """These tables, to be written; raises RuntimeError where they are settled."""
        if self.settled:
            raise RuntimeError("this unit of work only reads, or has been committed")
        return self


def as_stored(entity: Row) -> Row:
    """The entity as a database gives it back: instants in UTC, mappings of its own."""
    changes: dict[str, Any] = {}
    for one in fields(entity):
        value = getattr(entity, one.name)
        if isinstance(value, datetime):
            changes[one.name] = value.astimezone(UTC)
        elif isinstance(value, Mapping):
            changes[one.name] = deepcopy(dict(value))
    return replace(entity, **changes)


def without_dangling(tables: Tables, notification: Notification) -> Notification:
    """The notification, naming nothing that is not in the tables."""
    job_id, execution_id = notification.related_job_id, notification.related_execution_id
    return replace(
        notification,
        related_job_id=job_id if job_id in tables.jobs else None,
        related_execution_id=execution_id if execution_id in tables.executions else None,
    )


def cut(rows: Sequence[Item], page: Page) -> list[Item]:
    """The rows that stand on the page."""
    return list(rows[page.offset : page.offset + page.size])
