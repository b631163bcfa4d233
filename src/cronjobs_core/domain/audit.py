"""Audit entries: who did what to what, before and after, without secrets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.domain.taxonomy import Category, PicTeam
from cronjobs_core.domain.users import Actor, User

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
HIDDEN: Final = "***"
_SECRET: Final = frozenset({"password_hash", "webhook_url"})
_SECRET_WORDS: Final = ("password", "secret", "token", "api_key", "apikey", "authorization")
_NOISE: Final = frozenset({"created_at", "updated_at"})

Entity = Job | User | Category | PicTeam | SlackSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change. `before` and `after` hold only what differs; dates are ISO texts.

    `actor_id` is None for what the service does by itself; `actor_name` is kept as it was.
    """

    id: str
    at: datetime
    actor_id: UserId | None
    actor_name: str
    action: str
    entity_type: str
    entity_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def entry(
    *,
    id: str,  # noqa: A002 -- the field's name
    at: datetime,
    actor: Actor | None,
    action: str,
    before: Entity | None,
    after: Entity | None,
) -> AuditEntry:
    """The entry for a change from `before` (None: created) to `after` (None: deleted)."""
    subject = after if after is not None else before
    if subject is None:
        raise ValueError("an audit entry is about something")
    old, new = _shown(before), _shown(after)
    if before is not None and after is not None:
        changed = {key for key in new if getattr(before, key) != getattr(after, key)}
        old = {key: value for key, value in old.items() if key in changed}
        new = {key: value for key, value in new.items() if key in changed}
    return AuditEntry(
        id=id,
        at=at,
        actor_id=actor.user_id if actor is not None else None,
        actor_name=actor.username if actor is not None else "system",
        action=action,
        entity_type=_WORD.sub("_", type(subject).__name__).lower(),
        entity_id=subject.id,
        before=old,
        after=new,
    )


def _shown(entity: Entity | None) -> dict[str, Any]:
    if entity is None:
        return {}
    names = (one.name for one in fields(entity) if one.name not in _NOISE)
    return {name: _plain(name, getattr(entity, name)) for name in names}


def _plain(name: str, value: object) -> object:
    """A JSON value; whatever stands under a name that looks secret is hidden."""
    if name in _SECRET or any(word in name.lower() for word in _SECRET_WORDS):
        return HIDDEN
    match value:
        case datetime() | date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case Mapping():
            return {str(key): _plain(str(key), inner) for key, inner in value.items()}
        case tuple() | list():
            return [_plain(name, inner) for inner in value]
        case _:
            return value
