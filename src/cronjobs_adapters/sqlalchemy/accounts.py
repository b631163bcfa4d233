"""Users, their sign-ins and what they chose."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Column, delete, insert, or_, select, true, update

from cronjobs_adapters.sqlalchemy.rows import columns, from_row, to_row
from cronjobs_adapters.sqlalchemy.tables import (
    user_notification_preferences,
    user_sessions,
    user_ui_preferences,
    users,
)
from cronjobs_adapters.sqlalchemy.transaction import Transaction
from cronjobs_core.domain.errors import AccountTaken, CronjobsError
from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.notifications import Audience
from cronjobs_core.domain.preferences import (
    NotificationFlags,
    NotificationPreferences,
    UiPreferences,
)
from cronjobs_core.domain.users import Role, Session, User, normalise_login

_USERS: Final = select(*columns(User))
_SESSIONS: Final = select(*columns(Session))
_PREFERENCES: Final = user_notification_preferences.c
_FLAGS: Final = select(
    *columns(NotificationFlags),
    _PREFERENCES.id,
    _PREFERENCES.user_id,
    _PREFERENCES.created_at,
    _PREFERENCES.updated_at,
)
_COLUMNS: Final = select(*columns(UiPreferences))
_KEPT: Final = ("id", "created_at")


@dataclass(frozen=True, slots=True)
class SqlUsers:
    """Implements `ports.account_repositories.Users`."""

    transaction: Transaction

    async def add(self, user: User) -> None:
        await self._require_free(user)
        await self.transaction.write(insert(users), to_row(user), clashes=_clashes())

    async def get(self, user_id: UserId) -> User | None:
        row = await self.transaction.row(_USERS.where(users.c.id == user_id), lock=users)
        return None if row is None else from_row(User, row)

    async def by_login(self, login: str) -> User | None:
        wanted = normalise_login(login)
        either = or_(users.c.username == wanted, users.c.email == wanted)
        found = await self.transaction.rows(_USERS.where(either), lock=users)
        by_name = sorted(found, key=lambda row: row.username != wanted)
        return from_row(User, by_name[0]) if by_name else None

    async def count(self) -> int:
        return await self.transaction.count(users)

    async def list_all(self) -> list[User]:
        found = [from_row(User, row) for row in await self.transaction.rows(_USERS)]
        # Sorted here: PostgreSQL would sort names by its locale.
        return sorted(found, key=lambda one: (one.created_at, one.username))

    async def active_admins(self) -> int:
        await self.transaction.hold_accounts()
        return await self.transaction.count(users, users.c.role == Role.ADMIN, users.c.is_active)

    async def delete(self, user_id: UserId) -> None:
        await self.transaction.hold_accounts()
        await self.transaction.write(delete(users).where(users.c.id == user_id))

    async def update(self, user: User) -> None:
        await self.transaction.hold_accounts()
        await self._require_free(user)
        change = update(users).where(users.c.id == user.id).values(to_row(user))
        await self.transaction.write(change, clashes=_clashes())

    async def in_audience(self, audience: Audience) -> list[UserId]:
        concerned = or_(users.c.role == Role.ADMIN, users.c.id.in_(audience.user_ids))
        heard = true() if audience.everyone else concerned
        told = select(users.c.id).where(users.c.is_active, heard).order_by(users.c.id)
        return [row.id for row in await self.transaction.rows(told)]

    async def _require_free(self, user: User) -> None:
        """Raise AccountTaken in the promised order, which no database keeps by itself."""
        self.transaction.require_writing()
        same = or_(users.c.username == user.username, users.c.email == user.email)
        others = select(users.c.username).where(same, users.c.id != user.id)
        taken = [row.username for row in await self.transaction.rows(others)]
        if taken:
            raise AccountTaken("Username" if user.username in taken else "Email")


def _clashes() -> dict[Column[str], CronjobsError]:
    """What another unit may have taken since `_require_free` looked."""
    return {users.c.username: AccountTaken("Username"), users.c.email: AccountTaken("Email")}


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """Implements `ports.account_repositories.Sessions`."""

    transaction: Transaction

    async def add(self, session: Session) -> None:
        await self.transaction.write(insert(user_sessions), to_row(session))

    async def get(self, session_id: SessionId) -> Session | None:
        wanted = _SESSIONS.where(user_sessions.c.id == session_id)
        row = await self.transaction.row(wanted, lock=user_sessions)
        return None if row is None else from_row(Session, row)

    async def update(self, session: Session) -> None:
        change = update(user_sessions).where(user_sessions.c.id == session.id)
        await self.transaction.write(change.values(to_row(session)))

    async def end_all(
        self, user_id: UserId, at: datetime, *, keep: SessionId | None = None
    ) -> None:
        going_on = (user_sessions.c.user_id == user_id, user_sessions.c.ended_at.is_(None))
        change = update(user_sessions).where(*going_on).values(ended_at=at)
        if keep is not None:
            change = change.where(user_sessions.c.id != keep)
        await self.transaction.write(change)


@dataclass(frozen=True, slots=True)
class SqlPreferences:
    """Implements `ports.account_repositories.Preferences`."""

    transaction: Transaction

    async def notification(self, user_id: UserId) -> NotificationPreferences | None:
        wanted = _FLAGS.where(_PREFERENCES.user_id == user_id)
        row = await self.transaction.row(wanted, lock=user_notification_preferences)
        if row is None:
            return None
        return NotificationPreferences(
            id=row.id,
            user_id=row.user_id,
            flags=from_row(NotificationFlags, row),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )

    async def put_notification(self, preferences: NotificationPreferences) -> None:
        row = {
            "id": preferences.id,
            "user_id": preferences.user_id,
            **to_row(preferences.flags),
            "created_at": preferences.created_at,
            "updated_at": preferences.updated_at,
        }
        await self.transaction.put(user_notification_preferences, "user_id", row, kept=_KEPT)

    async def ui(self, user_id: UserId) -> UiPreferences | None:
        wanted = _COLUMNS.where(user_ui_preferences.c.user_id == user_id)
        row = await self.transaction.row(wanted, lock=user_ui_preferences)
        return None if row is None else from_row(UiPreferences, row)

    async def put_ui(self, preferences: UiPreferences) -> None:
        row = to_row(preferences)
        await self.transaction.put(user_ui_preferences, "user_id", row, kept=_KEPT)
