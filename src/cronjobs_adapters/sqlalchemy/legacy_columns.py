"""What the columns of the previous backend hold, and how to read each shape of it.

SQLite stores whatever text it is given, so scripts and older versions have left values there that
the column's type does not promise.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from cronjobs_core.domain.executions import ExecutionStatus, TriggerType
from cronjobs_core.domain.notifications import NotificationType
from cronjobs_core.domain.taxonomy import GENERAL
from cronjobs_core.domain.users import Role

Read = Callable[[Any], Any]
"""Reads a stored value that is neither null nor, other than for texts, blank.

Raises ValueError, TypeError, KeyError or RecursionError for what it cannot read.
"""

EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- naive UTC, as it is stored
_SHOWN: Final = 60
_STATUSES: Final = {"completed": ExecutionStatus.SUCCESS, "error": ExecutionStatus.FAILED}


def text(value: Any) -> str:
    """Text; bytes that are no UTF-8 become U+FFFD."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def instant(value: Any) -> datetime:
    """A naive UTC instant, from any ISO 8601 form; one with an offset is converted."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(text(value).strip())
    if found.tzinfo is None:
        return found
    try:
        return found.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(value) from error


def day(value: Any) -> date:
    """A day; the time of day, where there is one, is left out."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    return datetime.fromisoformat(text(value).strip()).date()


def flag(value: Any) -> bool:
    """A boolean, from a number or a word."""
    if isinstance(value, int | float):
        return value != 0
    return {"1": True, "true": True, "t": True, "0": False, "false": False, "f": False}[
        text(value).strip().lower()
    ]


def number(value: Any) -> float:
    """A finite number."""
    found = float(value)
    if not math.isfinite(found):
        raise ValueError(value)
    return found


def json_object(value: Any) -> str:
    """The text of a JSON object, as it is."""
    if not isinstance(json.loads(text(value)), dict):
        raise TypeError(value)
    return text(value)


def word(words: type[StrEnum], synonyms: Mapping[str, StrEnum] | None = None) -> Read:
    """A reader of one of the words, in any case."""
    known = {one.value: one for one in words} | dict(synonyms or {})
    return lambda value: known[text(value).strip().lower()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """How a column is read.

    For null, and for what cannot be read, stands the value of the column `like`, else `otherwise`;
    or, where `keep` says so, the unreadable value itself. `missing` is for a table that has no
    such column.
    """

    read: Read = text
    like: str | None = None
    otherwise: Any = None
    missing: Any = None
    keep: bool = False


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Converted:
    """A row as this backend stores it, and the columns whose value could not be read."""

    row: dict[str, Any]
    unreadable: tuple[str, ...]


def convert(fields: Fields, stored: Mapping[str, Any]) -> Converted:
    """Read a row; columns that `fields` does not name are left out."""
    row: dict[str, Any] = {}
    unreadable = []
    for name, field in fields.items():
        value = stored.get(name, field.missing)
        row[name] = None
        if value is None or (field.read is not text and _is_blank(value)):
            continue
        try:
            row[name] = field.read(value)
        except (ValueError, KeyError, TypeError, RecursionError):
            unreadable.append(name)
            row[name] = text(value) if field.keep else None
    _fill(row, fields)
    return Converted(row, tuple(unreadable))


def _fill(row: dict[str, Any], fields: Fields) -> None:
    for name in [name for name, value in row.items() if value is None]:
        field = fields[name]
        like = row[field.like] if field.like else None
        row[name] = field.otherwise if like is None else like


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def shown(value: object) -> str:
    """A stored value in a message for people."""
    return ascii(value)[:_SHOWN]


def _flags(*names: str) -> Fields:
    return {name: Field(read=flag, otherwise=False) for name in names}


_TEXT: Final = Field()
_ID: Final[Fields] = {"id": _TEXT}
_MOMENT: Final = Field(read=instant)
_ACTIVE: Final[Fields] = {"is_active": Field(read=flag, otherwise=False, missing=True)}
_CHANGES: Final[Fields] = {
    "created_at": Field(read=instant, like="updated_at", otherwise=EPOCH),
    "updated_at": Field(read=instant, like="created_at", otherwise=EPOCH),
}
_NAMED: Final[Fields] = {"slug": Field(like="id"), "name": Field(like="slug")}

TABLES: Final[Mapping[str, Fields]] = {
    "users": {
        **_ID,
        "username": Field(like="id"),
        "email": Field(like="id"),
        "password_hash": Field(otherwise=""),
        "role": Field(read=Role, otherwise=Role.VIEWER),  # in another case it gave no rights
        **_ACTIVE,
        **_CHANGES,
    },
    "job_categories": {**_ID, **_NAMED, **_ACTIVE, **_CHANGES},
    "pic_teams": {**_ID, **_NAMED, "slack_handle": _TEXT, **_ACTIVE, **_CHANGES},
    "slack_settings": {
        **_ID,
        **_flags("is_enabled"),
        "webhook_url": _TEXT,
        "channel": _TEXT,
        **_CHANGES,
    },
    "user_notification_preferences": {
        **_ID,
        "user_id": _TEXT,
        **_flags(
            "email_on_job_success",
            "email_on_job_failure",
            "email_on_job_disabled",
            "browser_notifications",
            "daily_digest",
            "weekly_report",
        ),
        **_CHANGES,
    },
    "user_ui_preferences": {
        **_ID,
        "user_id": _TEXT,
        "jobs_table_columns": Field(read=json_object, keep=True),
        **_CHANGES,
    },
    "jobs": {
        **_ID,
        "name": Field(like="id"),
        "cron_expression": Field(otherwise=""),
        "target_url": _TEXT,
        "github_owner": _TEXT,
        "github_repo": _TEXT,
        "github_workflow_name": _TEXT,
        "job_metadata": Field(read=json_object, keep=True),
        "category": Field(otherwise=GENERAL),
        "end_date": Field(read=day),
        "pic_team": _TEXT,
        "notification_emails": _TEXT,
        **_flags("enable_email_notifications", "notify_on_success"),
        "created_by": _TEXT,
        **_ACTIVE,
        **_CHANGES,
    },
    "job_executions": {
        **_ID,
        "job_id": _TEXT,
        "status": Field(read=word(ExecutionStatus, _STATUSES), otherwise=ExecutionStatus.FAILED),
        "trigger_type": Field(read=word(TriggerType), otherwise=TriggerType.SCHEDULED),
        "started_at": Field(read=instant, like="completed_at", otherwise=EPOCH),
        "completed_at": _MOMENT,
        "duration_seconds": Field(read=number),
        "execution_type": _TEXT,
        "target": _TEXT,
        "response_status": Field(read=int),
        "error_message": _TEXT,
        "output": _TEXT,
    },
    "notifications": {
        **_ID,
        "user_id": _TEXT,
        "title": Field(otherwise=""),
        "message": Field(otherwise=""),
        "type": Field(read=word(NotificationType), otherwise=NotificationType.INFO),
        "related_job_id": _TEXT,
        "related_execution_id": _TEXT,
        **_flags("is_read"),
        "read_at": _MOMENT,
        "created_at": Field(read=instant, like="read_at", otherwise=EPOCH),
    },
}
"""The nine tables (contract section 9), what is referred to before what refers to it."""
