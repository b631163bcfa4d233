"""Row ↔ entity, in one pair of functions for all tables: columns bear the names of fields.

Rows are read by position: whatever is read with `from_row` was selected by `columns`. The slots of
entities, which only hold what they are given, are filled one by one. By names and through
`__init__` a list of ten thousand jobs took almost twice as long.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Row, Table

from cronjobs_adapters.sqlalchemy import tables
from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.executions import Execution
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.notifications import Notification
from cronjobs_core.domain.preferences import NotificationFlags, UiPreferences
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Session, User

Entity = TypeVar(
    "Entity",
    Job,
    Execution,
    User,
    Session,
    NotificationFlags,
    UiPreferences,
    SlackSettings,
    Category,
    PicTeam,
    Notification,
    AuditEntry,
)

_TABLES: Final[dict[type[Any], Table]] = {
    Job: tables.jobs,
    Execution: tables.job_executions,
    User: tables.users,
    Session: tables.user_sessions,
    NotificationFlags: tables.user_notification_preferences,
    UiPreferences: tables.user_ui_preferences,
    SlackSettings: tables.slack_settings,
    Category: tables.job_categories,
    PicTeam: tables.pic_teams,
    Notification: tables.notifications,
    AuditEntry: tables.audit_log,
}
_FIELDS: Final[dict[type[Any], tuple[str, ...]]] = {
    kind: tuple(one.name for one in fields(kind)) for kind in _TABLES
}
_SETTERS: Final[dict[type[Any], tuple[Callable[[Any, Any], None], ...]]] = {
    kind: tuple(getattr(kind, name).__set__ for name in names) for kind, names in _FIELDS.items()
}


def columns(kind: type[Any]) -> list[Column[Any]]:
    """The columns that hold an entity, in the order of its fields."""
    return [_TABLES[kind].c[name] for name in _FIELDS[kind]]


def from_row(kind: type[Entity], row: Row[*tuple[Any, ...]]) -> Entity:
    """The entity in a row that begins with its columns; what follows them is left out."""
    entity = object.__new__(kind)
    for fill, value in zip(_SETTERS[kind], row, strict=False):
        fill(entity, value)
    return entity


def to_row(entity: Entity) -> dict[str, Any]:
    """The values of a row that holds the entity."""
    return {name: getattr(entity, name) for name in _FIELDS[type(entity)]}
