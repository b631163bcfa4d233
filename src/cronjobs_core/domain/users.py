"""People who sign in: users, their roles, their sessions."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from cronjobs_core.domain.ids import SessionId, UserId


class Role(StrEnum):
    """What a user may do in general; the permission table says what exactly."""

    ADMIN = "admin"
    USER = "user"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with an account. User name and e-mail address are stored lower-case."""

    id: UserId
    username: str
    email: str
    password_hash: str
    role: Role
    is_active: bool
    created_at: datetime
    updated_at: datetime
    sessions_end_before: datetime | None = None
    """Tokens that name no session (those of the previous backend) and were issued earlier than
    this UTC instant are no longer good; None: no such limit."""

    @property
    def is_active_admin(self) -> bool:
        """Whether this account keeps the installation manageable."""
        return self.is_active and self.role is Role.ADMIN

    def change(
        self,
        *,
        email: str | None = None,
        password_hash: str | None = None,
        role: Role | None = None,
        is_active: bool | None = None,
        at: datetime,
    ) -> Self:
        """The user with what is given in place of what was; None leaves it."""
        return replace(
            self,
            email=email or self.email,
            password_hash=password_hash or self.password_hash,
            role=role or self.role,
            is_active=self.is_active if is_active is None else is_active,
            updated_at=at,
        )

    def end_sessions_before(self, at: datetime) -> Self:
        """The user whose tokens without a session are no longer good if issued before `at`."""
        return replace(self, sessions_end_before=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What both tokens of one sign-in name (`sid`); ending it makes them worthless."""

    id: SessionId
    user_id: UserId
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def is_alive(self, at: datetime) -> bool:
        """Whether tokens of this session are good at `at`."""
        return self.ended_at is None and at < self.expires_at

    def end(self, at: datetime) -> Self:
        """The session, ended; the first end counts."""
        return self if self.ended_at is not None else replace(self, ended_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """On whose behalf something is done: a user as the store knows them now."""

    user_id: UserId
    username: str
    email: str
    role: Role
    session_id: SessionId | None = None

    @classmethod
    def of(cls, user: User, session_id: SessionId | None = None) -> Self:
        """The actor for a signed-in user."""
        return cls(
            user_id=user.id,
            username=user.username,
            email=user.email,
            role=user.role,
            session_id=session_id,
        )

    @property
    def label(self) -> str:
        """How notifications name the actor (contract 8.1): the address, else the user name."""
        return self.email or self.username


def normalise_login(text: str) -> str:
    """The one form under which a user name or address is stored and looked up (S10)."""
    folded = unicodedata.normalize("NFC", text.strip()).casefold()
    return unicodedata.normalize("NFC", folded)  # folding may leave letters to be composed
