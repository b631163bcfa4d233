# ruff: noqa: D102 -- documented on the port
"""Users, sign-ins and preferences in memory; what each method does is said on the port."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from cronjobs_core.domain.errors import AccountTaken
from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.notifications import Audience, Notification
from cronjobs_core.domain.preferences import NotificationPreferences, UiPreferences
from cronjobs_core.domain.users import Role, Session, User, normalise_login
from cronjobs_core.testing.memory_tables import Tables, as_stored

Chosen = TypeVar("Chosen", NotificationPreferences, UiPreferences)


@dataclass(frozen=True, slots=True)
class MemoryUsers:
    """Implements `ports.account_repositories.Users`."""

    tables: Tables

    async def add(self, user: User) -> None:
        self._store(user)

    async def get(self, user_id: UserId) -> User | None:
        return self.tables.users.get(user_id)

    async def by_login(self, login: str) -> User | None:
        wanted = normalise_login(login)
        users = self.tables.users.values()
        by_name = (one for one in users if one.username == wanted)
        by_address = (one for one in users if one.email == wanted)
        return next(by_name, None) or next(by_address, None)

    async def count(self) -> int:
        return len(self.tables.users)

    async def list_all(self) -> list[User]:
        return sorted(self.tables.users.values(), key=lambda one: (one.created_at, one.username))

    async def active_admins(self) -> int:
        return sum(user.is_active_admin for user in self.tables.users.values())

    async def delete(self, user_id: UserId) -> None:
        tables = self.tables.writable()
        tables.users.pop(user_id, None)
        tables.notification_preferences.pop(user_id, None)
        tables.ui_preferences.pop(user_id, None)
        _delete_of(user_id, tables.sessions)
        _delete_of(user_id, tables.notifications)
        _disown(user_id, tables)

    async def update(self, user: User) -> None:
        if user.id in self.tables.writable().users:
            self._store(user)

    async def in_audience(self, audience: Audience) -> list[UserId]:
        return sorted(
            user.id
            for user in self.tables.users.values()
            if user.is_active
            and (audience.everyone or user.role is Role.ADMIN or user.id in audience.user_ids)
        )

    def _store(self, user: User) -> None:
        users = self.tables.writable().users
        others = [one for one in users.values() if one.id != user.id]
        if any(one.username == user.username for one in others):
            raise AccountTaken("Username")
        if any(one.email == user.email for one in others):
            raise AccountTaken("Email")
        users[user.id] = as_stored(user)


def _delete_of(user_id: UserId, rows: dict[Any, Session] | dict[Any, Notification]) -> None:
    for row_id in [row.id for row in rows.values() if row.user_id == user_id]:
        del rows[row_id]


def _disown(user_id: UserId, tables: Tables) -> None:
    for job in tables.jobs.values():
        if job.created_by == user_id:
            tables.jobs[job.id] = replace(job, created_by=None)
    for execution in tables.executions.values():
        if execution.triggered_by == user_id:
            tables.executions[execution.id] = replace(execution, triggered_by=None)


@dataclass(frozen=True, slots=True)
class MemorySessions:
    """Implements `ports.account_repositories.Sessions`."""

    tables: Tables

    async def add(self, session: Session) -> None:
        self.tables.writable().sessions[session.id] = as_stored(session)

    async def get(self, session_id: SessionId) -> Session | None:
        return self.tables.sessions.get(session_id)

    async def update(self, session: Session) -> None:
        if session.id in self.tables.writable().sessions:
            await self.add(session)

    async def end_all(
        self, user_id: UserId, at: datetime, *, keep: SessionId | None = None
    ) -> None:
        sessions = self.tables.writable().sessions
        for one in sessions.values():
            if one.user_id == user_id and one.id != keep:
                sessions[one.id] = as_stored(one.end(at))


@dataclass(frozen=True, slots=True)
class MemoryPreferences:
    """Implements `ports.account_repositories.Preferences`."""

    tables: Tables

    async def notification(self, user_id: UserId) -> NotificationPreferences | None:
        return self.tables.notification_preferences.get(user_id)

    async def put_notification(self, preferences: NotificationPreferences) -> None:
        _put(self.tables.writable().notification_preferences, preferences)

    async def ui(self, user_id: UserId) -> UiPreferences | None:
        return self.tables.ui_preferences.get(user_id)

    async def put_ui(self, preferences: UiPreferences) -> None:
        _put(self.tables.writable().ui_preferences, preferences)


def _put(rows: dict[UserId, Chosen], preferences: Chosen) -> None:
    first = rows.get(preferences.user_id, preferences)
    kept = replace(preferences, id=first.id, created_at=first.created_at)
    rows[preferences.user_id] = as_stored(kept)
