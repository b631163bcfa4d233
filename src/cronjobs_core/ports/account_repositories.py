"""The repositories of accounts: users, their sign-ins and what they chose."""

from datetime import datetime
from typing import Protocol

from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.notifications import Audience
from cronjobs_core.domain.preferences import NotificationPreferences, UiPreferences
from cronjobs_core.domain.users import Session, User


class Users(Protocol):
    """Users, with unique user names and e-mail addresses (both stored lower-case)."""

    async def add(self, user: User) -> None:
        """Store a new user; raises AccountTaken ("Username" before "Email")."""
        ...

    async def get(self, user_id: UserId) -> User | None:
        """The user, or None."""
        ...

    async def by_login(self, login: str) -> User | None:
        """The user whose user name, else whose address, is `login` in any case of letters."""
        ...

    async def count(self) -> int:
        """How many users there are, active or not."""
        ...

    async def list_all(self) -> list[User]:
        """Every user, oldest `created_at` first, then by user name."""
        ...

    async def active_admins(self) -> int:
        """How many active admins there are.

        In a writing unit none of them changes before its end, so of two units that would each
        remove one of the last two, the second counts one.
        """
        ...

    async def delete(self, user_id: UserId) -> None:
        """Remove the user with their sessions, preferences and notifications.

        Their jobs and what they triggered stay and belong to nobody.
        """
        ...

    async def update(self, user: User) -> None:
        """Store the user in place of the one with its id; raises AccountTaken."""
        ...

    async def in_audience(self, audience: Audience) -> list[UserId]:
        """Who hears what is told to `audience`: active users, each once, by id."""
        ...


class Sessions(Protocol):
    """Sign-ins."""

    async def add(self, session: Session) -> None:
        """Store a new session."""
        ...

    async def get(self, session_id: SessionId) -> Session | None:
        """The session, or None."""
        ...

    async def update(self, session: Session) -> None:
        """Store the session in place of the one with its id."""
        ...

    async def end_all(
        self, user_id: UserId, at: datetime, *, keep: SessionId | None = None
    ) -> None:
        """End, at `at`, every session of the user that has not ended, but for `keep`."""
        ...


class Preferences(Protocol):
    """What users chose; at most one of each kind for a user."""

    async def notification(self, user_id: UserId) -> NotificationPreferences | None:
        """The user's mail flags, or None."""
        ...

    async def put_notification(self, preferences: NotificationPreferences) -> None:
        """Store them, in place of the user's earlier ones, whose id and `created_at` stay."""
        ...

    async def ui(self, user_id: UserId) -> UiPreferences | None:
        """The user's table columns, or None."""
        ...

    async def put_ui(self, preferences: UiPreferences) -> None:
        """Store them, in place of the user's earlier ones, whose id and `created_at` stay."""
        ...
