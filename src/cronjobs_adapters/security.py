"""Passwords by passlib (Argon2id; older PBKDF2 hashes verify) and tokens by PyJWT."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeVar

import jwt
from passlib.context import CryptContext  # type: ignore[import-untyped]

from cronjobs_core.domain.errors import InvalidInput, Unauthenticated
from cronjobs_core.domain.ids import SessionId, UserId
from cronjobs_core.domain.users import User
from cronjobs_core.ports.security import Claims, TokenKind
from cronjobs_core.ports.world import NewId

Result = TypeVar("Result")
Algorithm = Literal["HS256", "HS384", "HS512"]

MAX_PASSWORD: Final = 4096
"""Characters that passlib hashes at most."""
MAX_SKEW: Final = 60.0
"""Seconds by which another machine's clock may be ahead (reliability checklist S13)."""
_EXPIRED: Final = "Token has expired"
_INVALID: Final = "Invalid token"
_NO_SUBJECT: Final = "Invalid token: missing subject"
_WRONG_TYPE: Final = "Invalid token type"


class PasslibHasher:
    """Argon2id with 19 MiB, two passes and one lane (reliability checklist S01).

    Hashes are computed in threads of their own, two at a time: the event loop's default pool also
    resolves host names, and a few sign-ins at once would hold up every outgoing call.
    """

    def __init__(self) -> None:
        self._context = CryptContext(
            schemes=["argon2", "pbkdf2_sha256"],
            deprecated="auto",
            argon2__type="ID",
            argon2__memory_cost=19 * 1024,
            argon2__time_cost=2,
            argon2__parallelism=1,
        )
        self._context.handler("argon2").get_backend()  # loaded here, as loading is not thread-safe
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")

    async def hash(self, password: str) -> str:
        """See the port. Raises InvalidInput for a password that cannot be hashed."""
        return await self._in_thread(lambda: self._hash(password))

    async def verify(self, password: str, stored: str) -> bool:
        return await self._in_thread(lambda: self._verify(password, stored))

    def needs_rehash(self, stored: str) -> bool:
        try:
            return bool(self._context.needs_update(stored))
        except (TypeError, ValueError):  # no hash at all
            return True

    def close(self) -> None:
        """End the threads, after what they are computing. Later calls raise RuntimeError."""
        self._threads.shutdown(cancel_futures=True)

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _hash(self, password: str) -> str:
        try:
            return str(self._context.hash(password))
        except ValueError as error:  # too long, or a lone surrogate
            message = f"password must be text of at most {MAX_PASSWORD} characters."
            raise InvalidInput("Invalid password", message) from error

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return bool(self._context.verify(password, stored))
        except (TypeError, ValueError):  # `stored` is no hash, or no hash is of such a password
            return False


class JwtTokens:
    """Signed with one secret and one HMAC algorithm; tokens that name another are refused.

    Raises ValueError for a secret that is too short for the algorithm (RFC 7518, 3.2), that is
    really a public key, or for another algorithm.

    Headers that name a key (`kid`, `jku`, `x5u`, `jwk`) are ignored (RFC 8725, 3.10). PyJWT judges
    the signature only: it would compare instants with the machine's clock instead of `at`.
    """

    def __init__(self, secret: str, algorithm: Algorithm, new_id: NewId) -> None:
        if algorithm not in ("HS256", "HS384", "HS512"):
            raise ValueError(f"JWT algorithm must be HS256, HS384 or HS512, not {algorithm}")
        self._secret = secret
        self._algorithm = algorithm
        self._new_id = new_id
        self._jwt = jwt.PyJWT({"enforce_minimum_key_length": True})
        try:
            self._sign({})
        except jwt.InvalidKeyError as error:
            raise ValueError(f"the JWT secret does not suit {algorithm}: {error}") from error

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
        claims = {
            "sub": user.id,
            "role": user.role.value,
            "email": user.email,
            "iat": start,
            "exp": start + lifetime,
            "type": kind,
            "jti": self._new_id(),
            "sid": session_id,
        }
        return self._sign(claims | ({"fresh": fresh} if kind == "access" else {}))

    def read(self, token: str, kind: TokenKind, at: datetime) -> Claims:
        payload = self._genuine(token)
        claims = _claims(payload)
        if at >= claims.expires_at:
            raise Unauthenticated(_EXPIRED)
        _check_begun(payload, at)
        if not claims.user_id:
            raise Unauthenticated(_NO_SUBJECT)
        if payload.get("type", "access") != kind:
            raise Unauthenticated(_WRONG_TYPE)
        return claims

    def _sign(self, claims: dict[str, Any]) -> str:
        return self._jwt.encode(claims, self._secret, self._algorithm)

    def _genuine(self, token: str) -> Mapping[str, Any]:
        options: Any = {
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
            "verify_sub": False,
        }
        try:
            return self._jwt.decode(token, self._secret, [self._algorithm], options)
        except (jwt.PyJWTError, UnicodeEncodeError) as error:
            raise Unauthenticated(_INVALID) from error


def _claims(payload: Mapping[str, Any]) -> Claims:
    """What the payload says; without `iat` it was issued long ago, so that any sign-out counts."""
    subject = payload.get("sub") or ""
    session = payload.get("sid")
    if not isinstance(subject, str) or not isinstance(session, str | None):
        raise Unauthenticated(_INVALID)
    return Claims(
        user_id=UserId(subject),
        session_id=None if session is None else SessionId(session),
        issued_at=_instant(payload.get("iat", 0)),
        expires_at=_instant(payload.get("exp")),
    )


def _check_begun(payload: Mapping[str, Any], at: datetime) -> None:
    """Refuse a token of the future, beyond what a clock that is a little ahead explains."""
    for name in ("iat", "nbf"):
        begin = _instant(payload.get(name, 0))
        if (begin - at).total_seconds() > MAX_SKEW:
            raise Unauthenticated(_INVALID)


def _instant(value: object) -> datetime:
    """A NumericDate (RFC 7519, 2: seconds since 1970, fractions allowed), or Unauthenticated."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, OSError, ValueError) as error:
            raise Unauthenticated(_INVALID) from error
    raise Unauthenticated(_INVALID)
