"""Passwords and tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.users import User

TokenKind = Literal["access", "refresh"]


class PasswordHasher(Protocol):
    """Slow one-way hashes. Both calls leave the event loop free while they compute."""

    async def hash(self, password: str) -> str:
        """A hash of `password`, salted: two calls differ. At most 255 characters."""
        ...

    async def verify(self, password: str, stored: str) -> bool:
        """Whether `password` belongs to the hash `stored`; False for a text that is no hash."""
        ...

    def needs_rehash(self, stored: str) -> bool:
        """Whether `stored` was made in a way that is no longer used for new hashes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a good token says. `session_id` is None on tokens of the previous backend."""

    user_id: UserId
    session_id: SessionId | None
    issued_at: datetime
    expires_at: datetime


class Tokens(Protocol):
    """Signed bearer tokens."""

    def issue(
        self,
        kind: TokenKind,
        user: User,
        session_id: SessionId,
        at: datetime,
        lifetime: float,
        *,
        fresh: bool = False,
    ) -> str:
        """A token naming `user` and `session_id`, good from `at` for `lifetime` seconds.

        An access token says whether it is `fresh`: given for a password, not for another token.
        """
        ...

    def read(self, token: str, kind: TokenKind, at: datetime) -> Claims:
        """The claims of a token that is genuine, of this `kind` and not expired at `at`.

        A token that does not say its kind counts as an access token. Raises Unauthenticated with
        one of the messages `Token has expired`, `Invalid token`, `Invalid token: missing subject`,
        `Invalid token type`.
        """
        ...
