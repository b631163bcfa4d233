"""Fakes for tests: each passes the contract of its port, and shows what it holds."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from cronjobs_core.domain.errors import Unauthenticated
from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.users import User
from cronjobs_core.ports.security import Claims, TokenKind
from cronjobs_core.testing.fake_engine import (
    ImmediateQueue,
    ManualScheduler,
    MemoryElection,
    MemoryLeadership,
)

__all__ = [
    "CountingIds",
    "FixedClock",
    "ImmediateQueue",
    "ManualScheduler",
    "MemoryElection",
    "MemoryLeadership",
    "PlainHasher",
    "PlainTokens",
]


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self._now = at.astimezone(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def set(self, instant: datetime) -> None:
        """Show `instant`, as when an operator sets a clock; back does not turn `monotonic` back."""
        self._elapsed += max(0.0, (instant - self._now).total_seconds())
        self._now = instant.astimezone(UTC)

    def tick(self, by: float | timedelta) -> None:
        """Let `by` (seconds, if a number) pass."""
        self.set(self._now + (by if isinstance(by, timedelta) else timedelta(seconds=by)))


class CountingIds:
    """Ids that can be foretold: UUID-like texts that end in 1, 2, 3 and so on.

    Two generators of different `series` never return the same.
    """

    def __init__(self, series: int = 0) -> None:
        self._series = series
        self._numbers = count(1)

    def __call__(self) -> str:
        return f"{self._series:08d}-0000-4000-8000-{next(self._numbers):012d}"


class PlainHasher:
    """Fast, weak hashes. Those that start with `older$` count as made in a retired way."""

    def __init__(self) -> None:
        self._salts = count(1)

    async def hash(self, password: str) -> str:
        return self.hash_now(password)

    async def verify(self, password: str, stored: str) -> bool:
        way, _, rest = stored.partition("$")
        return stored == self._hash(way, rest.partition("$")[0], password)

    def needs_rehash(self, stored: str) -> bool:
        return not stored.startswith("plain$")

    def hash_now(self, password: str, way: str = "plain") -> str:
        """The same as `hash`, for tests that do not wait."""
        return self._hash(way, str(next(self._salts)), password)

    def _hash(self, way: str, salt: str, password: str) -> str:
        return f"{way}${salt}${_digest(salt, password)}"


class PlainTokens:
    """Tokens with a checksum for a signature, over the claims of the real ones."""

    def __init__(self, key: str = "key") -> None:
        self._key = key

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
        start = at.timestamp()
        claims = {"sub": user.id, "sid": session_id, "type": kind, "fresh": fresh}
        return self.sign({**claims, "iat": start, "exp": start + lifetime})

    def sign(self, claims: Mapping[str, object]) -> str:
        """A genuine token that says exactly this; instants are seconds since 1970."""
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
        return f"{body}.{_digest(self._key, body)}"

    def read(self, token: str, kind: TokenKind, at: datetime) -> Claims:
        claims = self._genuine(token)
        if claims["exp"] <= at.timestamp():
            raise Unauthenticated("Token has expired")
        if not claims.get("sub"):
            raise Unauthenticated("Invalid token: missing subject")
        if claims.get("type", "access") != kind:
            raise Unauthenticated("Invalid token type")
        sid = claims.get("sid")
        return Claims(
            user_id=UserId(claims["sub"]),
            session_id=None if sid is None else SessionId(sid),
            issued_at=datetime.fromtimestamp(claims.get("iat", 0), UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )

    def _genuine(self, token: str) -> dict[str, Any]:
        body, _, seal = token.partition(".")
        if seal != _digest(self._key, body):
            raise Unauthenticated("Invalid token")
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
        if "exp" not in claims:
            raise Unauthenticated("Invalid token")
        return claims


def _digest(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}:{text}".encode("utf-8", "surrogatepass")).hexdigest()
