"""Row ↔ entity, in one pair of functions for all tables: columns bear the names of fields."""

from dataclasses import fields
from typing import Any, Final, TypeVar

from sqlalchemy import RowMapping

from cronjobs_core.domain.audit import AuditEntry
from cronjobs_core.domain.executions import Execution
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.notifications import Notification
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Session, User

Entity = TypeVar(
    "Entity", Job, Execution, User, Session, Category, PicTeam, Notification, AuditEntry
)

_FIELDS: Final[dict[type[Any], tuple[str, ...]]] = {
    kind: tuple(one.name for one in fields(kind))
    for kind in (Job, Execution, User, Session, Category, PicTeam, Notification, AuditEntry)
}


def from_row(kind: type[Entity], row: RowMapping) -> Entity:
    """The entity in a row; columns that are none of its fields are left out."""
    return kind(**{name: row[name] for name in _FIELDS[kind]})


def to_row(entity: Entity) -> dict[str, Any]:
    """The values of a row that holds the entity."""
    return {name: getattr(entity, name) for name in _FIELDS[type(entity)]}
